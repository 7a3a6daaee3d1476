from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from explorer.errors import PhotoError
from explorer.indexing.decode_pool import DecodePool
from explorer.photos.closer import fraction, pixel_hash
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
    hashes = {pixel_hash(encoded(p, "PNG")) for p in (picture, other, Image.new("RGB", (30, 40), "red"))}
    assert len(hashes) == 3


def test_a_broken_file_has_no_pixels() -> None:
    with pytest.raises(PhotoError):
        pixel_hash(encoded(draw(1), "PNG")[:-2000])
    with pytest.raises(PhotoError):
        pixel_hash(b"nothing")


def test_the_fraction_of_the_second() -> None:
    block = Image.Exif()
    block.get_ifd(0x8769).update({0x9003: "2024:05:01 10:00:00", 0x9291: "130"})
    assert fraction(encoded(draw(1), exif=block.tobytes())) == "13"
    assert fraction(encoded(draw(1))) is None
    assert fraction(b"nothing") is None


def test_the_decode_process_looks_closer(tmp_path: Path) -> None:
    path = write(tmp_path / "a.png", draw(1))
    with DecodePool(1, None) as pool:
        looked = pool.look_closer(str(path), "pixels")
        assert looked is not None and looked[1] == pixel_hash(path.read_bytes()).hex()
        assert pool.look_closer(str(path), "fraction") == (looked[0], None)
        assert pool.look_closer(str(tmp_path / "absent.png"), "pixels") is None
        (tmp_path / "broken.png").write_bytes(path.read_bytes()[:300])
        assert pool.look_closer(str(tmp_path / "broken.png"), "pixels") is None
        assert pool.look_closer(str(path), "pixels") == looked
