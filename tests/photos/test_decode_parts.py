"""How far a photo is reduced, what its preview is, and what is known of its compression."""

from __future__ import annotations

import dataclasses
import io
import warnings
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.errors import DamagedPhoto, OversizedPhoto, UnsupportedPhoto
from explorer.photos import decode as decode_module
from explorer.photos.decode import decode, photo_errors
from explorer.photos.input_spec import InputSpec
from explorer.photos.picture_loader import load_picture
from explorer.photos.quality import measure
from tests import pictures

SPEC = InputSpec(256, "crop", "bicubic")


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is known of each measured photo's compression."""
    seen = list[dict[str, Any]]()
    real = measure.measure_quality

    def record(grey: Any, small: Any, **known: Any) -> Any:
        seen.append(known)
        return real(grey, small, **known)

    monkeypatch.setattr(measure, "measure_quality", record)
    return seen


@pytest.mark.parametrize(
    ("size", "shown"),
    [((2000, 1000), (512, 256)), ((300, 900), (171, 512)), ((512, 20), (512, 20)),
     ((60, 40), (60, 40))],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_preview_is_no_larger_than_512_pixels(
    size: tuple[int, int], shown: tuple[int, int], kind: str
) -> None:
    data = pictures.encoded(Image.new("RGB", size, "navy"), kind)
    for spec in (None, SPEC):
        photo = decode(data, spec)
        assert (photo.width, photo.height) == size
        with Image.open(io.BytesIO(photo.preview)) as preview:
            assert preview.size == shown and preview.format == "JPEG"
            expected = io.BytesIO()
            preview.save(expected, "JPEG", quality=85)
            with Image.open(expected) as same:
                assert preview.quantization == same.quantization  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("size", "spec", "factor"),
    [
        ((4600, 3000), None, 10.0), ((3000, 4600), None, 10.0), ((400, 300), None, 1.0),
        # The shorter side of the input must not be enlarged.
        ((4600, 512), SPEC, 2.0), ((512, 4600), SPEC, 2.0), ((4600, 4600), SPEC, 10.0),
        ((4600, 200), SPEC, 1.0),
    ],
)  # fmt: skip
def test_a_picture_is_reduced_as_far_as_preview_and_input_allow(
    size: tuple[int, int], spec: InputSpec | None, factor: float
) -> None:
    assert decode_module._max_reduction(*size, spec) == pytest.approx(factor)


@pytest.mark.parametrize("spec", [None, SPEC])
@pytest.mark.parametrize("size", [(2400, 300), (1000, 1000), (300, 2400)])
def test_what_a_picture_is_reduced_to_shows_what_the_whole_does(
    size: tuple[int, int], spec: InputSpec | None
) -> None:
    picture = pictures.draw(3, size)
    photo = decode(pictures.encoded(picture, "PNG"), spec)
    with Image.open(io.BytesIO(photo.preview)) as preview:
        wanted = np.asarray(picture.resize(preview.size, Image.Resampling.BOX), np.int16)
        assert np.abs(np.asarray(preview, np.int16) - wanted).mean() < 8
    assert (photo.input is None) is (spec is None)
    if photo.input is not None:
        assert photo.input.shape == (256, 256, 3)


@pytest.mark.parametrize("size", [(2400, 300), (300, 2400)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_input_of_a_panorama_shows_more_than_its_preview(
    size: tuple[int, int], kind: str
) -> None:
    """Its shorter side is that of the input, and much longer than that of the preview."""
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    along = pixels if size[0] > size[1] else pixels.transpose(1, 0, 2)
    for start in range(4):
        along[:, start::8] = 255
    photo = decode(pictures.encoded(Image.fromarray(pixels), kind), SPEC)
    with Image.open(io.BytesIO(photo.preview)) as preview:
        assert min(preview.size) == 64
    assert photo.input is not None and photo.input.std() > 90


# --- compression


@pytest.mark.parametrize(
    ("kind", "width", "period"),
    [
        ("JPEG", 700, 8), ("JPEG", 2800, 4), ("JPEG", 5600, 2), ("PNG", 700, 8), ("PNG", 2800, 4),
        # Of nine pixels, one is left: eight are no multiple of three.
        ("PNG", 4200, 0), ("PNG", 5600, 2),
    ],
)  # fmt: skip
def test_the_grid_of_a_jpeg_shrinks_with_it(
    options: list[dict[str, Any]], kind: str, width: int, period: int
) -> None:
    decode(pictures.encoded(Image.new("RGB", (width, 200), "navy"), kind), None)
    assert [known["block_period"] for known in options] == [period]


def test_the_quality_of_a_jpeg_is_known_and_that_of_others_is_none(
    options: list[dict[str, Any]],
) -> None:
    for quality in (40, 90):
        decode(pictures.encoded(pictures.draw(1), "JPEG", quality=quality), None)
    decode(pictures.encoded(pictures.draw(1), "PNG"), None)
    assert [round(known["jpeg_quality"]) for known in options] == [40, 90, 0]


# --- frames


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "PNG", "WEBP"])
def test_frames_and_pages_are_counted(kind: str) -> None:
    frames = [pictures.draw(number, (40, 30)) for number in range(3)]
    data = io.BytesIO()
    frames[0].save(data, kind, save_all=True, append_images=frames[1:])
    assert decode(data.getvalue(), None).frames == 3
    assert decode(pictures.encoded(frames[0], kind), None).frames == 1


def test_a_picture_of_which_later_frames_are_broken_has_one() -> None:
    class Broken:
        format = "GIF"

        @property
        def n_frames(self) -> int:
            raise EOFError

    assert decode_module._frame_count(Broken()) == 1  # type: ignore[arg-type]


# --- what is said of damage


def test_a_picture_is_blank_if_hardly_a_pixel_differs_from_the_last() -> None:
    """What a decoder leaves of a file that ends before its picture."""
    grey = np.full((100, 100, 3), 128, np.uint8)
    for count, blank in ((0, True), (99, True), (100, False)):
        for difference, seen in ((3, False), (4, True), (-4, True)):
            pixels = grey.copy()
            # In one color of three.
            pixels.reshape(-1, 3)[:count, 1] += np.uint8(difference % 256)
            expected = blank or not seen
            assert decode_module._is_blank(Image.fromarray(pixels)) is expected, (count, difference)
    inverted = np.zeros((10, 10, 3), np.uint8)
    inverted[-1, -1] = 255
    assert not decode_module._is_blank(Image.fromarray(inverted))


@pytest.mark.parametrize("damaged", [None, "the file is cut off"])
@pytest.mark.parametrize("plain", [True, False])
def test_only_a_damaged_picture_is_refused_for_being_blank(
    monkeypatch: pytest.MonkeyPatch, damaged: str | None, plain: bool
) -> None:
    monkeypatch.setattr(
        decode_module, "load_picture", lambda *given: (load_picture(*given)[0], damaged)
    )
    picture = Image.new("RGB", (60, 40), "navy") if plain else pictures.draw(1, (60, 40))
    data = pictures.encoded(picture, "PNG")
    if damaged and plain:
        with pytest.raises(DamagedPhoto, match="no part of its picture"):
            decode(data, None)
    else:
        assert decode(data, None).damaged == damaged


def test_errors_of_decoders_become_reasons_and_their_warnings_are_ignored() -> None:
    with photo_errors(b""):
        warnings.warn("an irregularity", stacklevel=1)
    with pytest.warns(UserWarning):
        warnings.warn("of somebody else", stacklevel=1)
    with pytest.raises(OversizedPhoto, match="more memory") as oversized, photo_errors(b""):
        raise MemoryError
    assert oversized.value.__cause__ is None
    cut = pictures.encoded(pictures.draw(1))[:100]
    for data, kind in ((b"something", UnsupportedPhoto), (cut, DamagedPhoto)):
        with pytest.raises(kind) as caught, photo_errors(data):
            raise ZeroDivisionError
        assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_photo_without_a_date_has_that_of_its_name_or_its_file() -> None:
    data = pictures.encoded(pictures.draw(1, (60, 40)))
    named = decode(data, None, mtime=86400.0 * 365 * 40, name="IMG_20150607_101112.jpg")
    assert (named.taken_at or "").startswith("2015-06-07") and named.taken_source == "name"
    dated = decode(data, None, mtime=86400.0 * 365 * 40, name="a.jpg")
    assert (dated.taken_at or "").startswith("2009-12-2") and dated.taken_source == "file"
    fields = {field.name for field in dataclasses.fields(dated)}
    assert {"taken_at", "taken_source", "impossible_date"} <= fields
    assert decode(data, None).taken_at is None
