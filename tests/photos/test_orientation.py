from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from explorer.photos.decode import decode
from explorer.photos.input_spec import InputSpec
from tests import pictures
from tests.fixtures.picture_checks import difference, distance, preview

# What has to be done to an upright picture so that the tag brings it back.
_LAID = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
SIZE = (600, 400)


def _laid(orientation: int) -> Image.Image:
    upright, turn = pictures.draw(4, SIZE), _LAID[orientation]
    return upright if turn is None else upright.transpose(turn)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("fit", ["crop", "squash"])
def test_a_rotated_photo_is_decoded_upright(kind: str, orientation: int, fit: str) -> None:
    spec = InputSpec(64, fit, "bicubic")  # type: ignore[arg-type]
    reference = decode(pictures.encoded(pictures.draw(4, SIZE), "PNG"), spec)
    photo = decode(
        pictures.encoded(_laid(orientation), kind, exif=pictures.exif(orientation=orientation)),
        spec,
    )
    assert (photo.width, photo.height) == SIZE
    assert difference(preview(photo), preview(reference)) < 4
    assert difference(photo.input, reference.input) < 3
    assert distance(photo.phash, reference.phash) <= 12
    assert preview(photo).getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_xmp_does_not_rotate_formats_that_store_their_rotation(kind: str) -> None:
    """Converters turn the pixels and copy the packet of the original."""
    upright = pictures.encoded(pictures.draw(4, SIZE), "PNG")
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><tiff:Orientation>%d</tiff:Orientation>"
    # The encoders would turn the picture as the packet says.
    data = pictures.encoded(pictures.draw(4, SIZE), kind, xmp=packet % 1).replace(
        packet % 1, packet % 6
    )
    photo = decode(data, None)
    assert (photo.width, photo.height) == SIZE
    assert difference(preview(photo), preview(decode(upright, None))) < 4


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_heic_is_not_rotated_twice(orientation: int) -> None:
    """Its own box turns the picture while it is decoded; phones write the EXIF tag as well."""
    spec = InputSpec(64, "squash", "bicubic")
    reference = decode(pictures.encoded(pictures.draw(4, SIZE), "PNG"), spec)
    data = pictures.encoded(_laid(orientation), "HEIF", exif=pictures.exif(orientation=orientation))
    photo = decode(data, spec)
    assert (photo.width, photo.height) == SIZE
    assert difference(photo.input, reference.input) < 4


@pytest.mark.parametrize("orientation", [0, 9, 255])
def test_an_invalid_orientation_is_ignored(orientation: int) -> None:
    block = Image.Exif()
    block[0x0112] = orientation
    photo = decode(pictures.encoded(pictures.draw(4, SIZE), exif=block.tobytes()), None)
    assert (photo.width, photo.height) == SIZE


def test_large_photos_are_rotated_too() -> None:
    """They are decoded at a fraction of their size, where width and height are easily mixed up."""
    upright = pictures.draw(4, (2400, 1600))
    spec = InputSpec(224, "crop", "bicubic")
    turned = pictures.encoded(
        upright.transpose(Image.Transpose.ROTATE_90), exif=pictures.exif(orientation=6)
    )
    photo, reference = decode(turned, spec), decode(pictures.encoded(upright), spec)
    assert (photo.width, photo.height) == (2400, 1600)
    assert preview(photo).size == (512, 341)
    assert difference(photo.input, reference.input) < 2


def test_an_orientation_in_a_broken_block_is_ignored() -> None:
    photo = decode(
        pictures.encoded(pictures.draw(4, SIZE), exif=b"Exif\0\0MM\0*\0\0\xff\xff" + bytes(8)), None
    )
    assert (photo.width, photo.height) == SIZE
    assert photo.damaged is None


def test_the_encoder_input_has_its_shape() -> None:
    photo = decode(
        pictures.encoded(_laid(6), exif=pictures.exif(orientation=6)),
        InputSpec(32, "squash", "bilinear"),
    )
    assert isinstance(photo.input, np.ndarray)
    assert photo.input.shape == (32, 32, 3)
