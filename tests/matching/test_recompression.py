"""What is measured of two JPEG files, and of which parts."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from explorer.matching import recompression
from explorer.matching.recompression import RecompressionResidual, recompression_residual


def jpeg(picture: np.ndarray, quality: int = 90) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(picture).save(packed, "JPEG", quality=quality)
    return packed.getvalue()


def noise(height: int, width: int, seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.normal(128, 12, (height, width)).clip(40, 220).astype(np.uint8)


def opened(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def test_the_direction_that_explains_more_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    results = iter([RecompressionResidual(0.1, 0.2, 0.3), RecompressionResidual(0.4, 0.5, 0.6)] * 2)
    monkeypatch.setattr(recompression, "_residual", lambda *_: next(results))
    one, other = jpeg(noise(64, 64)), jpeg(noise(64, 64, 2))
    assert recompression_residual(one, other) == (0.1, 0.5, 0.6)
    monkeypatch.setattr(
        recompression, "_residual", lambda x, *_: None if x is None else next(results, None)
    )
    next(results)
    assert recompression_residual(one, other) is None


@pytest.mark.parametrize(
    ("height", "width", "is_large"), [(32, 40, True), (31, 40, False), (40, 31, False)]
)
def test_images_of_less_than_two_tiles_are_not_read(
    height: int, width: int, is_large: bool
) -> None:
    assert (recompression._read_luma(jpeg(noise(height, width))) is not None) is is_large


@pytest.mark.parametrize(("tiles", "is_measured"), [(11, False), (12, True)])
def test_enough_tiles_must_show_more_than_rounding(tiles: int, is_measured: bool) -> None:
    picture = np.full((64, 128), 128, np.uint8)
    for number in range(tiles):
        top, left = number // 8 * 16, number % 8 * 16
        picture[top : top + 16, left : left + 16] = noise(16, 16, number)
    # Whole tiles, whatever was blurred across their edges.
    luma = recompression._read_luma(jpeg(picture, 95))
    assert luma is not None
    usable = np.arange(32) < tiles
    found = recompression._residual(
        luma.gray, luma.gray, luma.table, np.zeros(32, np.float32), usable
    )
    assert (found is not None) is is_measured


def test_tiles_that_may_be_clipped_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those with a black or white spot in either of the two."""
    given = list[list[bool]]()
    monkeypatch.setattr(
        recompression, "_residual", lambda *all_of_it: given.append(all_of_it[-1].tolist())
    )
    one, other = noise(32, 64), noise(32, 64, 2)
    one[4:12, 4:12], other[4:12, 20:28] = 0, 255
    one[20:28, 36:44], other[20:28, 52:60] = 255, 0
    assert recompression_residual(jpeg(one), jpeg(other)) is None
    assert given == [[False, False, True, True, True, True, False, False]] * 2


def test_files_stored_in_other_ways_are_not_compared() -> None:
    one = jpeg(noise(64, 64))
    turned = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 3
    Image.fromarray(noise(64, 64)).save(turned, "JPEG", exif=exif)
    png = io.BytesIO()
    Image.fromarray(noise(64, 64)).save(png, "PNG")
    for other in (jpeg(noise(64, 80)), turned.getvalue(), png.getvalue()):
        assert recompression_residual(one, other) is None is recompression_residual(other, one)


def test_large_images_are_sampled_in_whole_tiles() -> None:
    assert recompression._parts(480) == [(0, 480)] and recompression._parts(470) == [(0, 464)]
    assert recompression._parts(481) == [(0, 160), (160, 320), (320, 480)]
    parts = recompression._parts(1000)
    assert parts == [(0, 160), (416, 576), (832, 992)]


def test_tones_are_mapped_to_those_of_the_other_image() -> None:
    levels = np.tile(np.arange(0, 240, dtype=np.float32), (30, 1))
    like = np.asarray(levels / 2 + 20, np.float32)
    found = recompression._match_tones(levels, like)
    assert np.abs(found - like)[:, 4:-4].max() < 1
    plain = np.full((30, 30), 50, np.float32)
    assert (recompression._match_tones(plain, plain + 9) == plain).all()


def test_black_and_white_stay_when_they_are_recompressed() -> None:
    """Levels beyond them are cut off."""
    for level, expected in ((0, 0), (-9, 0), (255, 255), (270, 255), (100.4, 100)):
        found = recompression._recompress(np.full((16, 16), level, np.float32), [1] * 64)
        assert (found == expected).all()
