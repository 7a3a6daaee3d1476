from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from explorer.errors import PhotoError
from explorer.photos.decode import PREVIEW_SIDE, decode
from explorer.photos.input_spec import InputSpec
from tests import pictures
from tests.fixtures.picture_checks import difference, distance, preview

SPEC = InputSpec(64, "squash", "bicubic")
KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF")


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_gives_the_same_photo(kind: str) -> None:
    drawn = pictures.draw(3, (640, 480))
    reference = decode(pictures.encoded(drawn, "PNG"), SPEC)
    photo = decode(pictures.encoded(drawn, kind), SPEC)
    assert (photo.format, photo.width, photo.height, photo.frames, photo.damaged) == (
        kind,
        640,
        480,
        1,
        None,
    )
    assert preview(photo).size == (512, 384)
    assert preview(photo).mode == "RGB"
    limit = 12 if kind == "GIF" else 4
    assert difference(preview(photo), preview(reference)) < limit
    assert difference(photo.input, reference.input) < limit
    assert distance(photo.phash, reference.phash) <= (24 if kind == "GIF" else 12)


def test_progressive_and_grey_jpegs() -> None:
    drawn = pictures.draw(5, (700, 500))
    plain = decode(pictures.encoded(drawn), SPEC)
    progressive = decode(pictures.encoded(drawn, progressive=True), SPEC)
    assert difference(progressive.input, plain.input) < 1
    grey = decode(pictures.encoded(drawn.convert("L")), SPEC)
    assert distance(grey.phash, plain.phash) <= 8
    assert grey.input is not None
    assert np.ptp(grey.input.astype(int), axis=2).max() == 0


def test_the_file_name_does_not_matter() -> None:
    photo = decode(pictures.encoded(pictures.draw(1), "PNG"), SPEC, name="holiday.jpg")
    assert photo.format == "PNG"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_the_first_frame_of_an_animation_is_shown(kind: str) -> None:
    first, *others = (pictures.draw(seed, (200, 150)) for seed in range(5))
    options = {"save_all": True, "append_images": others, "duration": 100}
    photo = decode(pictures.encoded(first, kind, **options), SPEC)
    assert photo.frames == 5
    assert difference(photo.input, decode(pictures.encoded(first, kind), SPEC).input) < 3


def test_the_first_page_of_a_tiff_is_shown() -> None:
    first, *others = (pictures.draw(seed, (200, 150)) for seed in range(3))
    photo = decode(pictures.encoded(first, "TIFF", save_all=True, append_images=others), SPEC)
    assert photo.frames == 3
    assert difference(photo.input, decode(pictures.encoded(first, "PNG"), SPEC).input) < 1


def test_the_preview_that_a_camera_appends_is_not_a_second_photo() -> None:
    packed = io.BytesIO()
    pictures.draw(1, (900, 600)).save(
        packed, "MPO", save_all=True, append_images=[pictures.draw(2, (300, 200))]
    )
    photo = decode(packed.getvalue(), SPEC)
    assert (photo.format, photo.width, photo.height, photo.frames) == ("JPEG", 900, 600, 1)
    assert (
        difference(photo.input, decode(pictures.encoded(pictures.draw(1, (900, 600))), SPEC).input)
        < 3
    )


def test_bytes_after_the_picture_do_not_matter() -> None:
    """Phones append a short video to a photo."""
    data = pictures.encoded(pictures.draw(1))
    photo = decode(data + bytes(range(256)) * 50, SPEC)
    assert photo.damaged is None
    assert difference(photo.input, decode(data, SPEC).input) == 0


@pytest.mark.parametrize("size", [(20000, 1), (1, 20000), (20000, 30), (1, 1), (2, 3), (511, 513)])
@pytest.mark.parametrize("fit", ["crop", "squash"])
def test_any_shape_can_be_shown_and_encoded(size: tuple[int, int], fit: str) -> None:
    picture = Image.new("RGB", size, (200, 30, 30))
    for kind in ("PNG", "JPEG"):
        photo = decode(pictures.encoded(picture, kind), InputSpec(224, fit, "bicubic"))  # type: ignore[arg-type]
        assert (photo.width, photo.height) == size
        assert max(preview(photo).size) == min(PREVIEW_SIDE, max(size))
        assert photo.input is not None
        assert photo.input.shape == (224, 224, 3)
        assert difference(photo.input, np.full((224, 224, 3), (200, 30, 30))) < 4


@pytest.mark.parametrize("size", [(2000, 1500), (1600, 1200), (1024, 768), (500, 375), (300, 200)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    "spec",
    [
        InputSpec(224, "squash", "bicubic"),
        InputSpec(336, "crop", "bicubic"),
        InputSpec(64, "squash", "bilinear"),
    ],
)
def test_the_encoder_input_equals_that_of_the_full_picture(
    size: tuple[int, int], kind: str, spec: InputSpec
) -> None:
    drawn = pictures.draw(9, size)
    photo = decode(pictures.encoded(drawn, kind), spec)
    side = min(size)
    left, top = (size[0] - side) // 2, (size[1] - side) // 2
    cut = drawn if spec.fit == "squash" else drawn.crop((left, top, left + side, top + side))
    filters = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
    assert difference(photo.input, cut.resize((spec.size, spec.size), filters[spec.resample])) < 2.5


def test_without_an_encoder_there_is_no_input() -> None:
    assert decode(pictures.encoded(pictures.draw(1)), None).input is None


def test_the_input_of_a_photo_can_be_encoded_without_being_copied() -> None:
    photo = decode(pictures.encoded(pictures.draw(1)), SPEC)
    assert photo.input is not None
    assert photo.input.dtype == np.uint8


def test_a_preview_has_no_metadata() -> None:
    """A preview may be passed on; where the photo was taken must not go with it."""
    block = pictures.exif(taken="2020:01:02 03:04:05", place=(48.1, 11.5), camera=("Make", "Model"))
    photo = decode(
        pictures.encoded(pictures.draw(1), exif=block, comment=b"secret", xmp=b"<secret/>"), SPEC
    )
    assert photo.latitude == pytest.approx(48.1)
    seen = preview(photo)
    assert not seen.getexif()
    assert set(seen.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"secret" not in photo.preview


def test_the_perceptual_hash_survives_resizing_and_differs_between_photos() -> None:
    photo = decode(pictures.encoded(pictures.draw(1, (1200, 900))), None)
    small = decode(
        pictures.encoded(pictures.draw(1, (1200, 900)).resize((400, 300)), quality=60), None
    )
    other = decode(pictures.encoded(pictures.draw(2, (1200, 900))), None)
    assert len(photo.phash) == 32
    assert distance(photo.phash, small.phash) <= 10
    assert distance(photo.phash, other.phash) > 60


def test_raw_files_are_not_read_as_their_preview() -> None:
    thumbnail = pictures.draw(1, (160, 120))
    for tags in ({50706: b"\x01\x04\0\0"}, {254: 1, 330: 8}):
        with pytest.raises(PhotoError, match="RAW"):
            decode(pictures.encoded(thumbnail, "TIFF", tiffinfo=tags), SPEC)
    entries = (
        (256, 1, 8),
        (257, 1, 8),
        (258, 1, 8),
        (259, 1, 1),
        (262, 1, 1),
        (273, 1, 128),
        (279, 1, 64),
    )
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHII", tag, 4, count, value) for tag, count, value in entries
    )
    grey = directory.ljust(112, b"\0") + bytes(range(64))
    assert decode(b"II*\0\x10\0\0\0" + bytes(8) + grey, SPEC).width == 8
    with pytest.raises(PhotoError, match="RAW"):
        decode(b"II*\0\x10\0\0\0CR\x02\0" + bytes(4) + grey, SPEC)
