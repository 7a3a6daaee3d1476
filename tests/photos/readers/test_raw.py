"""RAW files as photos: the preview or the developed picture, upright, with its metadata."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from explorer.errors import OversizedPhoto, PhotoError, UnsupportedPhoto
from explorer.matching.full_resolution import pixel_hash
from explorer.photos import limits
from explorer.photos.decode import decode
from explorer.photos.decode_region import decode_region
from explorer.photos.input_spec import InputSpec
from explorer.photos.picture_loader import open_picture
from explorer.photos.readers.raw import RawPicture
from explorer.photos.render_screen import render_screen
from tests import pictures
from tests.fixtures.picture_checks import difference
from tests.fixtures.raws import cr3, dng, preview_jpeg, raf

DRAWN = pictures.draw(3, (320, 240))
SPEC = InputSpec(64, "crop")
# A preview without blue, and a sensor's picture without red: one is not mistaken for the other.
MARKED = pictures.draw(5, (1100, 825)).convert("RGB", (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0))
LARGE = pictures.draw(5, (1760, 1320)).convert("RGB", (0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0))


@pytest.fixture(scope="module")
def large() -> bytes:
    return dng(LARGE, preview=preview_jpeg(MARKED))


def shown(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg)).convert("RGB")


def is_marked(jpeg: bytes) -> bool:
    red, _, blue = np.asarray(shown(jpeg)).reshape(-1, 3).mean(axis=0)
    return bool(red > blue)


def correlation(one: Image.Image, other: Image.Image) -> float:
    a, b = (np.asarray(each.convert("L").resize((64, 48))).ravel() for each in (one, other))
    return float(np.corrcoef(a, b)[0, 1])


def test_the_metadata_of_a_raw_file() -> None:
    photo = decode(dng(DRAWN), SPEC)
    assert (photo.format, photo.width, photo.height, photo.frames) == ("DNG", 320, 240, 1)
    assert (photo.taken_at, photo.taken_source) == ("2019-07-12T14:30:00", "exif")
    assert (photo.camera, photo.lens) == ("Acme X1", "Acme 35mm")
    assert photo.exposure_time == pytest.approx(0.008) and photo.iso == 200
    assert photo.f_number == pytest.approx(2.8) and photo.focal_length == pytest.approx(35)
    assert photo.latitude == pytest.approx(48.5) and photo.longitude == pytest.approx(9.25)
    assert photo.damaged is None and photo.input is not None and photo.input.shape == (64, 64, 3)


def test_sensor_data_is_developed_in_its_colors() -> None:
    preview = shown(decode(dng(DRAWN), None).preview)
    assert preview.size == (320, 240) and correlation(preview, DRAWN) > 0.97
    colors = [np.asarray(each.resize((32, 24)), np.float64) for each in (preview, DRAWN)]
    ratios = [each / each.sum(axis=2, keepdims=True) for each in colors]
    assert np.abs(ratios[0] - ratios[1]).mean() < 0.03


@pytest.mark.parametrize(
    ("orientation", "turn"), [(1, None), (3, Image.Transpose.ROTATE_180),
                              (6, Image.Transpose.ROTATE_270), (8, Image.Transpose.ROTATE_90)]
)  # fmt: skip
@pytest.mark.parametrize("previewed", [False, True])
def test_every_orientation_comes_out_upright(
    orientation: int, turn: Image.Transpose | None, previewed: bool
) -> None:
    preview = preview_jpeg(DRAWN) if previewed else None
    data = dng(DRAWN, orientation=orientation, preview=preview)
    upright = DRAWN if turn is None else DRAWN.transpose(turn)
    photo, screen = decode(data, None), render_screen(data, None)
    assert (photo.width, photo.height) == (screen.width, screen.height) == upright.size
    assert correlation(shown(photo.preview), upright) > 0.97
    assert correlation(shown(screen.jpeg), upright) > 0.97


class TestPreviews:
    def test_one_that_is_large_enough_is_indexed(self, large: bytes) -> None:
        photo = decode(large, SPEC)
        assert is_marked(photo.preview) and (photo.width, photo.height) == (1760, 1320)

    def test_a_smaller_one_is_not(self) -> None:
        small = MARKED.resize((800, 600))
        assert not is_marked(decode(dng(LARGE, preview=preview_jpeg(small)), None).preview)

    def test_one_with_another_aspect_ratio_is_not(self) -> None:
        for size in ((1200, 1200), (900, 1500)):
            data = dng(LARGE, preview=preview_jpeg(MARKED.resize(size)))
            assert not is_marked(decode(data, None).preview)

    def test_the_screen_gets_the_sensors_resolution(self, large: bytes) -> None:
        assert is_marked(render_screen(large, 1100).jpeg)
        fit, full = render_screen(large, 1600), render_screen(large, None)
        assert not is_marked(fit.jpeg) and (fit.width, fit.height) == (1600, 1200)
        assert not is_marked(full.jpeg) and (full.width, full.height) == (1760, 1320)

    def test_one_of_full_size_is_shown_at_full_size(self) -> None:
        data = dng(LARGE, preview=preview_jpeg(MARKED.resize((1760, 1320))))
        screen = render_screen(data, None)
        assert is_marked(screen.jpeg) and (screen.width, screen.height) == (1760, 1320)

    def test_its_own_orientation_counts(self) -> None:
        """A preview that is upright already, and one that says how to turn it."""
        upright = DRAWN.transpose(Image.Transpose.ROTATE_270)
        turned = upright.transpose(Image.Transpose.ROTATE_90)
        for preview in (preview_jpeg(upright), preview_jpeg(turned, 6)):
            screen = render_screen(dng(DRAWN, orientation=6, preview=preview), None)
            assert correlation(shown(screen.jpeg), upright) > 0.97

    def test_its_own_color_space_counts(self) -> None:
        from tests.photos.readers.test_jxl import swapped_profile

        red = Image.new("RGB", (320, 240), (200, 40, 30))
        jpeg = pictures.encoded(red, quality=95, icc_profile=swapped_profile())
        pixel = shown(render_screen(dng(DRAWN, preview=jpeg), None).jpeg).getpixel((99, 99))
        assert pixel[1] > 150 and pixel[0] < 90  # type: ignore[index]


def test_parts_are_cropped_from_the_upright_picture() -> None:
    data = dng(DRAWN, orientation=6)
    upright = DRAWN.transpose(Image.Transpose.ROTATE_270)
    found = decode_region(data, SPEC, [(0.0, 0.0, 1.0, 0.5)])
    wanted = upright.crop((0, 0, 240, 160))
    assert correlation(shown(found.preview), wanted) > 0.95


def test_raw_files_never_have_the_same_pixels() -> None:
    for data in (dng(DRAWN), dng(DRAWN, preview=preview_jpeg(DRAWN))):
        with pytest.raises(UnsupportedPhoto):
            pixel_hash(data)


def test_an_opened_raw_file_can_be_loaded_like_any_picture() -> None:
    picture = open_picture(dng(DRAWN, preview=preview_jpeg(DRAWN)))
    assert isinstance(picture, RawPicture) and picture.size == (320, 240)
    assert difference(picture.convert("RGB"), DRAWN) < 4


class TestBroken:
    @pytest.mark.parametrize("previewed", [False, True])
    def test_every_truncation_is_a_reason_or_a_damaged_photo(self, previewed: bool) -> None:
        whole = dng(DRAWN, preview=preview_jpeg(DRAWN) if previewed else None)
        # The sensor data ends before the last 600 bytes.
        for end in range(1, len(whole) - 600, len(whole) // 40):
            try:
                photo = decode(whole[:end], SPEC)
            except PhotoError as error:
                assert "truncated" in str(error) or "before its picture" in str(error) or end < 10
            else:
                assert photo.damaged and "sensor data" in photo.damaged

    def test_a_preview_stands_for_sensor_data_that_was_cut_off(self) -> None:
        data = dng(LARGE, preview=preview_jpeg(MARKED))
        photo = decode(data[: len(data) // 2], None)
        assert is_marked(photo.preview) and "sensor data" in str(photo.damaged)

    @pytest.mark.parametrize("data", [cr3(), raf(preview_jpeg(DRAWN)), b"IIU\0" + bytes(200)])
    def test_files_without_sensor_data_are_not_called_damaged(self, data: bytes) -> None:
        with pytest.raises(UnsupportedPhoto, match="RAW"):
            decode(data, SPEC)

    def test_a_huge_picture_is_not_developed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "free_memory", lambda: 1 << 20)
        monkeypatch.setattr(limits, "_SMALL_PIXELS", 100)
        with pytest.raises(OversizedPhoto):
            decode(dng(DRAWN), None)

    def test_a_preview_stands_for_a_huge_picture(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = dng(LARGE, preview=preview_jpeg(MARKED.resize((800, 600))))
        monkeypatch.setattr(limits, "free_memory", lambda: 1 << 20)
        monkeypatch.setattr(limits, "_SMALL_PIXELS", 1_000_000)
        assert is_marked(decode(data, None).preview)
