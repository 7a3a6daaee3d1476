"""Parts of a picture for which a decoder had no data are recognized by their color."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from explorer.photos.decode import decode
from explorer.photos.quality.metrics import QualityMetrics
from tests.fixtures.scenes import jpeg, judged, scene


def test_missing_rows_are_measured() -> None:
    picture = scene(0)
    picture[490:] = 128
    assert judged(picture).missing_rows_share == pytest.approx(0.3, abs=0.02)
    assert judged(scene(0)).missing_rows_share == 0
    # A dark or white foot is a frame, not a fault.
    picture[490:] = 255
    assert judged(picture).missing_rows_share == 0


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_missing_rows_are_recognized_in_a_rotated_photo(turns: int) -> None:
    picture = scene(0)
    picture[490:] = 128
    assert judged(np.rot90(picture, turns)).missing_rows_share == pytest.approx(0.3, abs=0.02)


def test_a_gray_frame_is_no_missing_data() -> None:
    picture = scene(0)
    picture[:, :60] = picture[:, -60:] = 128
    assert judged(picture).missing_rows_share == 0
    picture[:60] = picture[-60:] = 128
    assert judged(picture).missing_rows_share == 0
    picture = scene(0)
    picture[:60] = picture[-60:] = 128
    assert judged(picture).missing_rows_share == 0


def test_a_format_whose_decoder_fills_in_nothing_has_no_missing_rows() -> None:
    picture, packed = scene(0), io.BytesIO()
    picture[:200] = 128
    Image.fromarray(picture).save(packed, "PNG")
    assert judged(packed.getvalue()).missing_rows_share == 0
    assert judged(picture).missing_rows_share > 0.2


def test_a_truncated_file_has_missing_rows() -> None:
    data = jpeg(scene(0), 90)
    photo = decode(data[: len(data) // 2], None)
    assert photo.damaged and 0.2 < QualityMetrics.unpacked(photo.quality).missing_rows_share < 0.8


@pytest.mark.parametrize(
    ("colour", "told"),
    [((128, 128, 128), True), ((0, 135, 0), True), ((0, 0, 0), False), ((40, 90, 160), False)],
)
def test_colours_of_missing_data_are_recognized(colour: tuple[int, int, int], told: bool) -> None:
    """A black bottom may be a border, and a blue one is paint."""
    picture = scene(12).copy()
    picture[int(len(picture) * 0.7) :] = colour
    assert judged(picture).missing_rows_share == pytest.approx(0.3 if told else 0.0, abs=0.02)
