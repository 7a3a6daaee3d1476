from __future__ import annotations

import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from explorer.decoding.pool import DecodePool
from explorer.errors import PhotoError
from explorer.matching import full_resolution
from explorer.matching.full_resolution import (
    pixel_hash,
    read_subsecond,
    recompression_residual_or_none,
)
from explorer.photos.containers.contents import FileContents
from tests.containers import coded, film, heif, pages
from tests.pictures import draw, encoded, exif, write


def test_pixels_are_the_same_in_any_lossless_file_and_turned_by_exif() -> None:
    picture = draw(1)
    png = pixel_hash(encoded(picture, "PNG"))
    assert pixel_hash(encoded(picture, "BMP")) == pixel_hash(encoded(picture, "TIFF")) == png
    turned = encoded(picture.transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif(orientation=6))
    assert pixel_hash(turned) == png


def test_one_pixel_makes_a_difference_and_so_does_the_shape() -> None:
    picture = Image.new("RGB", (40, 30), "red")
    other = picture.copy()
    other.putpixel((3, 3), (254, 0, 0))
    hashes = {
        pixel_hash(encoded(p, "PNG")) for p in (picture, other, Image.new("RGB", (30, 40), "red"))
    }
    assert len(hashes) == 3


def test_transparency_makes_a_difference() -> None:
    picture = draw(1, (64, 48))
    half = picture.copy()
    half.putalpha(Image.linear_gradient("L").resize(picture.size))
    solid = picture.copy()
    solid.putalpha(255)
    flat = Image.alpha_composite(Image.new("RGBA", half.size, "white"), half).convert("RGB")
    assert pixel_hash(encoded(solid, "PNG")) == pixel_hash(encoded(picture, "PNG"))
    assert pixel_hash(encoded(half, "PNG")) != pixel_hash(encoded(flat, "PNG"))
    turned = encoded(half.transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif(orientation=6))
    assert (
        pixel_hash(turned) == pixel_hash(encoded(half, "PNG")) == pixel_hash(encoded(half, "TIFF"))
    )
    # White, more or less of it there: what is seen is the same.
    whites = [Image.new("RGBA", (8, 8), (255, 255, 255, alpha)) for alpha in (0, 100, 255)]
    assert len({pixel_hash(encoded(white, "PNG")) for white in whites}) == 3


def test_more_than_eight_bits_make_a_difference() -> None:
    eight = Image.linear_gradient("L")
    deep = Image.fromarray(np.asarray(eight, np.uint16) * 256)
    deeper = Image.fromarray(np.asarray(deep) + 7)
    hashes = {
        pixel_hash(encoded(picture, "TIFF")) for picture in (eight, deep, deeper, deep.convert("I"))
    }
    assert len(hashes) == 4 and pixel_hash(encoded(deep, "PNG")) in hashes


@pytest.mark.parametrize("ending", [".png", ".tiff"])
def test_colours_of_sixteen_bits_that_are_read_as_eight_are_the_same_byte_for_byte_alone(
    ending: str,
) -> None:
    colours = np.asarray(draw(1, (64, 48)))
    files = [
        cv2.imencode(ending, values)[1].tobytes()
        for values in (colours, colours * np.uint16(256), colours * np.uint16(257))
    ]
    assert len({pixel_hash(data) for data in files}) == 3
    assert pixel_hash(files[0]) == pixel_hash(files[0] + bytes(9)) and pixel_hash(
        files[1]
    ) != pixel_hash(files[1] + bytes(9))


def test_ten_bits_of_heif() -> None:
    eight = heif([coded(1, (64, 64))])
    assert b"pixi" in eight and pixel_hash(eight) == pixel_hash(eight + bytes(9))
    at = eight.index(b"pixi") + 9
    ten = eight[:at] + b"\x0a" + eight[at + 1 :]
    assert pixel_hash(ten) != pixel_hash(eight) and pixel_hash(ten) != pixel_hash(ten + bytes(9))
    # A file that names no channels says nothing of more bits.
    none = eight[: at - 1] + b"\0" + eight[at:]
    assert pixel_hash(none) == pixel_hash(none + bytes(9))


def test_ten_bits_behind_a_thumbnail_of_eight() -> None:
    eight = heif([coded(1, (64, 64))])
    deeper = eight + b"pixi" + bytes(4) + b"\x03\x08\x08\x0a"
    assert (full_resolution._heif_bit_depth(eight), full_resolution._heif_bit_depth(deeper)) == (
        8,
        10,
    )
    assert pixel_hash(deeper) != pixel_hash(deeper + bytes(9))


def test_depths_that_are_cut_off_or_not_said() -> None:
    assert (
        full_resolution._heif_bit_depth(b"")
        == full_resolution._heif_bit_depth(b"pixi")
        == full_resolution._heif_bit_depth(b"..pixi\0\0\0\0")
        == 8
    )
    assert full_resolution._heif_bit_depth(b"pixi\0\0\0\0\x03\x08\x0c") == 12
    # The channels alone count, not what comes behind them.
    assert full_resolution._heif_bit_depth(b"pixi\0\0\0\0\x01\x08\x0c") == 8


def test_colours_are_those_that_the_profile_says() -> None:
    picture = draw(1, (64, 48))
    assert pixel_hash(encoded(picture, "PNG", icc_profile=swapped_profile())) != pixel_hash(
        encoded(picture, "PNG")
    )
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert pixel_hash(encoded(picture, "PNG", icc_profile=srgb)) == pixel_hash(
        encoded(picture, "PNG")
    )


def swapped_profile() -> bytes:
    """An sRGB profile, but with red and green in each other's place, and of another name."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for old, new in ((b"rXYZ", b"!XYZ"), (b"gXYZ", b"rXYZ"), (b"!XYZ", b"gXYZ")):
        at = profile.index(old)
        profile[at : at + 4] = new
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "wide".encode("utf-16-be"))


def test_all_that_a_file_holds_makes_a_difference() -> None:
    first, jpeg = [1, 2], encoded(draw(1), "PNG")
    assert pixel_hash(pages(first)) == pixel_hash(pages(first, compression="tiff_lzw"))
    assert len({pixel_hash(pages(seeds)) for seeds in (first, [1], [1, 3], [1, 2, 3])}) == 4
    assert (
        pixel_hash(jpeg + bytes(20))
        == pixel_hash(jpeg)
        != pixel_hash(jpeg + film(1))
        != pixel_hash(jpeg + film(2))
    )


def test_what_cannot_be_told_is_the_same_for_the_same_bytes_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(full_resolution, "read_contents", lambda data: FileContents(complete=False))
    png = encoded(draw(1), "PNG")
    assert pixel_hash(png) == pixel_hash(png) != pixel_hash(png + b"\0")


def test_the_hash_is_what_libraries_have_kept() -> None:
    """They compare new files with it."""
    half = draw(1, (64, 48))
    assert pixel_hash(encoded(half, "PNG")).hex() == "bbce0d975322b5cb59144a1298325c9c"
    half.putalpha(100)
    assert pixel_hash(encoded(half, "PNG") + film(1)).hex() == "c20279ee24708796129ce212672cd083"


def test_warnings_are_neither_shown_nor_turned_off_for_others() -> None:
    before, odd = list(warnings.filters), encoded(draw(1), "PNG")
    pixel_hash(odd)
    recompression_residual_or_none(odd, odd)
    assert list(warnings.filters) == before


def test_memory_that_is_short_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(full_resolution, "to_rgb", short)
    with pytest.raises(MemoryError):
        pixel_hash(encoded(draw(1), "PNG"))


def test_a_broken_file_has_no_pixels() -> None:
    with pytest.raises(PhotoError):
        pixel_hash(encoded(draw(1), "PNG")[:-2000])
    with pytest.raises(PhotoError):
        pixel_hash(b"nothing")


def test_the_fraction_of_the_second() -> None:
    block = Image.Exif()
    block.get_ifd(0x8769).update({0x9003: "2024:05:01 10:00:00", 0x9291: "130"})
    assert read_subsecond(encoded(draw(1), exif=block.tobytes())) == "13"
    assert read_subsecond(encoded(draw(1))) is None
    assert read_subsecond(b"nothing") is None


def test_the_decode_process_looks_closer(tmp_path: Path) -> None:
    path = write(tmp_path / "a.png", draw(1))
    with DecodePool(1, None) as pool:
        looked = pool.full_resolution_fact(str(path), "pixels")
        assert looked is not None and looked[1] == pixel_hash(path.read_bytes()).hex()
        assert pool.full_resolution_fact(str(path), "fraction") == (looked[0], None)
        assert pool.full_resolution_fact(str(tmp_path / "absent.png"), "pixels") is None
        (tmp_path / "broken.png").write_bytes(path.read_bytes()[:300])
        assert pool.full_resolution_fact(str(tmp_path / "broken.png"), "pixels") is None
        assert pool.full_resolution_fact(str(path), "pixels") == looked
