from __future__ import annotations

import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from explorer.decoding.pool import DecodePool
from explorer.errors import DamagedPhoto, PhotoError, UnsupportedPhoto
from explorer.matching import full_resolution
from explorer.matching.full_resolution import (
    pixel_hash,
    read_subsecond,
    recompression_residual_or_none,
)
from explorer.matching.recompression import RecompressionResidual
from explorer.photos.containers.contents import FileContents
from explorer.photos.decode import content_hash
from explorer.photos.picture_loader import open_picture
from tests.containers import coded, film, heif, pages
from tests.pictures import draw, encoded, exif, write


def test_lossless_files_with_equal_pixels_have_one_hash_in_any_orientation() -> None:
    picture = draw(1)
    png = pixel_hash(encoded(picture, "PNG"))
    assert pixel_hash(encoded(picture, "BMP")) == pixel_hash(encoded(picture, "TIFF")) == png
    turned = encoded(picture.transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif(orientation=6))
    assert pixel_hash(turned) == png


def test_a_single_pixel_or_another_shape_changes_the_hash() -> None:
    picture = Image.new("RGB", (40, 30), "red")
    other = picture.copy()
    other.putpixel((3, 3), (254, 0, 0))
    hashes = {
        pixel_hash(encoded(p, "PNG")) for p in (picture, other, Image.new("RGB", (30, 40), "red"))
    }
    assert len(hashes) == 3


def test_transparency_changes_the_hash() -> None:
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


def test_more_than_eight_bits_change_the_hash() -> None:
    eight = Image.linear_gradient("L")
    deep = Image.fromarray(np.asarray(eight, np.uint16) * 256)
    deeper = Image.fromarray(np.asarray(deep) + 7)
    hashes = {pixel_hash(encoded(picture, "TIFF")) for picture in (eight, deep, deeper)}
    assert len(hashes) == 3 and pixel_hash(encoded(deep, "PNG")) in hashes


def test_pixels_of_32_bits_are_not_compared() -> None:
    with pytest.raises(UnsupportedPhoto, match="more bits than can be compared"):
        pixel_hash(encoded(Image.linear_gradient("L").convert("I"), "TIFF"))


@pytest.mark.parametrize("ending", [".png", ".tiff"])
def test_colors_of_sixteen_bits_that_are_read_as_eight_are_equal_only_byte_for_byte(
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


def test_ten_bits_change_the_hash_of_a_heif_file() -> None:
    eight = heif([coded(1, (64, 64))])
    assert b"pixi" in eight and pixel_hash(eight) == pixel_hash(eight + bytes(9))
    at = eight.index(b"pixi") + 9
    ten = eight[:at] + b"\x0a" + eight[at + 1 :]
    assert pixel_hash(ten) != pixel_hash(eight) and pixel_hash(ten) != pixel_hash(ten + bytes(9))
    # A file that names no channels says nothing of more bits.
    none = eight[: at - 1] + b"\0" + eight[at:]
    assert pixel_hash(none) == pixel_hash(none + bytes(9))


def test_ten_bits_are_noticed_after_a_thumbnail_of_eight() -> None:
    eight = heif([coded(1, (64, 64))])
    deeper = eight + b"pixi" + bytes(4) + b"\x03\x08\x08\x0a"
    assert (full_resolution._heif_bit_depth(eight), full_resolution._heif_bit_depth(deeper)) == (
        8,
        10,
    )
    assert pixel_hash(deeper) != pixel_hash(deeper + bytes(9))


@pytest.mark.parametrize(
    ("data", "depth"),
    [
        (b"", 8),
        (b"pixi", 8),
        (b"..pixi\0\0\0\0", 8),
        (b"pixi\0\0\0\0\x03\x08\x0c", 12),
        # Only the bits of the channels count, not what is before or behind them.
        (b"pixi\0\0\0\x20\x01\x08\x0c", 8),
        (b"pixi\0\0\0\0\x09\x08", 8),
        (b"pixi\0\0\0\0\x01\x0apixi\0\0\0\0\x01\x08", 10),
    ],
)
def test_the_bit_depth_of_a_heif_file_is_the_largest_that_it_gives(data: bytes, depth: int) -> None:
    assert full_resolution._heif_bit_depth(data) == depth


@pytest.mark.parametrize(("bits", "is_reduced"), [(8, False), (9, True), (16, True)])
def test_colors_of_more_than_eight_bits_are_reduced(bits: int, is_reduced: bool) -> None:
    tiff = Image.new("RGB", (8, 8))
    tiff.format = "TIFF"
    tiff.tag_v2 = {258: (8, bits, 8)}  # type: ignore[attr-defined]
    assert full_resolution._is_reduced_to_eight_bits(tiff, b"") is is_reduced
    png = Image.new("RGB", (8, 8))
    png.format = "PNG"
    header = b"\xff" * 24 + bytes([bits]) + b"\xff"
    assert full_resolution._is_reduced_to_eight_bits(png, header) is is_reduced
    heif_picture = Image.new("RGB", (8, 8))
    for heif_picture.format in ("HEIF", "AVIF"):
        header = b"pixi\0\0\0\0\x01" + bytes([bits])
        assert full_resolution._is_reduced_to_eight_bits(heif_picture, header) is is_reduced


def test_a_tiff_file_that_gives_no_bit_depth_has_eight_bits() -> None:
    tiff = Image.new("RGB", (8, 8))
    tiff.format = "TIFF"
    for tags in ({}, {258: ()}):
        tiff.tag_v2 = tags  # type: ignore[attr-defined]
        assert not full_resolution._is_reduced_to_eight_bits(tiff, b"")


def test_a_file_of_which_only_eight_bits_were_read_has_no_pixel_hash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture = draw(1)
    picture.info["high_bit_depth"] = True
    monkeypatch.setattr(full_resolution, "open_picture", lambda data: picture)
    with pytest.raises(UnsupportedPhoto):
        pixel_hash(encoded(draw(1), "PNG"))


def test_everything_that_a_file_contains_changes_the_hash() -> None:
    first, jpeg = [1, 2], encoded(draw(1), "PNG")
    assert pixel_hash(pages(first)) == pixel_hash(pages(first, compression="tiff_lzw"))
    assert len({pixel_hash(pages(seeds)) for seeds in (first, [1], [1, 3], [1, 2, 3])}) == 4
    assert (
        pixel_hash(jpeg + bytes(20))
        == pixel_hash(jpeg)
        != pixel_hash(jpeg + film(1))
        != pixel_hash(jpeg + film(2))
    )


def test_a_file_with_unreadable_contents_is_equal_only_byte_for_byte(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(full_resolution, "read_contents", lambda data: FileContents(complete=False))
    png = encoded(draw(1), "PNG")
    assert pixel_hash(png) == pixel_hash(png) != pixel_hash(png + b"\0")


def test_the_hash_is_what_libraries_have_stored() -> None:
    """They compare new files with it."""
    half = draw(1, (64, 48))
    assert pixel_hash(encoded(half, "PNG")).hex() == "bbce0d975322b5cb59144a1298325c9c"
    half.putalpha(100)
    assert pixel_hash(encoded(half, "PNG") + film(1)).hex() == "6a5a7e4dd15bab7cf6b5737a177acbcf"


def test_warnings_of_codecs_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    png = encoded(draw(1), "PNG")
    expected, residual = pixel_hash(png), RecompressionResidual(0.1, 0.9, 0.5)

    def warn_and_open(data: bytes) -> Image.Image:
        warnings.warn("odd file", stacklevel=1)
        return open_picture(data)

    def warn_and_compare(one: bytes, other: bytes) -> RecompressionResidual:
        warnings.warn("odd file", stacklevel=1)
        return residual

    monkeypatch.setattr(full_resolution, "open_picture", warn_and_open)
    monkeypatch.setattr(full_resolution, "recompression_residual", warn_and_compare)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        before = list(warnings.filters)
        assert pixel_hash(png) == expected
        assert recompression_residual_or_none(png, png) == residual
        assert list(warnings.filters) == before


def test_files_that_cannot_be_decoded_have_no_residual() -> None:
    jpeg = encoded(draw(1))
    assert recompression_residual_or_none(jpeg, b"no photo") is None
    assert recompression_residual_or_none(jpeg, jpeg[:200]) is None


def test_too_little_memory_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(full_resolution, "to_rgb", fail)
    monkeypatch.setattr(full_resolution, "recompression_residual", fail)
    with pytest.raises(MemoryError):
        pixel_hash(encoded(draw(1), "PNG"))
    with pytest.raises(MemoryError):
        recompression_residual_or_none(b"", b"")


def test_an_unexpected_error_of_a_codec_means_a_damaged_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(full_resolution, "to_rgb", fail)
    with pytest.raises(DamagedPhoto):
        pixel_hash(encoded(draw(1), "PNG"))


def test_a_damaged_file_has_no_pixel_hash() -> None:
    with pytest.raises(PhotoError):
        pixel_hash(encoded(draw(1), "PNG")[:-2000])
    with pytest.raises(PhotoError):
        pixel_hash(b"nothing")


@pytest.mark.parametrize(
    ("stored", "digits"),
    [("130", "13"), ("013", "013"), ("000", "0"), ("22 ", "22"), ("5\0", "5"), ("x1", None)],
)
def test_the_fraction_of_the_second(stored: str, digits: str | None) -> None:
    block = Image.Exif()
    block.get_ifd(0x8769).update({0x9003: "2024:05:01 10:00:00", 0x9291: stored})
    assert read_subsecond(encoded(draw(1), exif=block.tobytes())) == digits


def test_a_file_without_a_fraction_has_none() -> None:
    assert read_subsecond(encoded(draw(1))) is None
    assert read_subsecond(b"nothing") is None


def test_the_decode_process_reads_these_facts(tmp_path: Path) -> None:
    path = write(tmp_path / "a.png", draw(1))
    with DecodePool(1, None) as pool:
        looked = pool.full_resolution_fact(str(path), "pixels")
        assert looked is not None and looked[1] == pixel_hash(path.read_bytes()).hex()
        assert pool.full_resolution_fact(str(path), "fraction") == (looked[0], None)
        assert pool.full_resolution_fact(str(tmp_path / "absent.png"), "pixels") is None
        broken = tmp_path / "broken.png"
        broken.write_bytes(path.read_bytes()[:300])
        digest = content_hash(broken.read_bytes())
        assert pool.full_resolution_fact(str(broken), "pixels") == (digest, None)
        assert pool.recompression_residual(str(path), str(broken)) == (looked[0], digest, None)
        assert pool.recompression_residual(str(path), str(tmp_path / "absent.png")) is None
        assert pool.full_resolution_fact(str(path), "pixels") == looked
