from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.photos.color import hdr


@pytest.mark.parametrize(
    ("nits", "signal"),
    [
        (0, 0.0),
        (0.1, 0.0623),
        (100, 0.5081),
        (203, 0.5807),
        (1000, 0.7518),
        (4000, 0.9026),
        (10000, 1.0),
    ],
)
def test_pq_follows_the_standard(nits: float, signal: float) -> None:
    assert float(hdr.nits_to_pq(np.array([nits]))[0]) == pytest.approx(signal, abs=2e-4)
    assert float(hdr.pq_to_nits(np.array([signal]))[0]) == pytest.approx(nits, rel=5e-3, abs=1e-3)


@pytest.mark.parametrize(
    ("signal", "scene"), [(0.0, 0.0), (0.25, 0.0625 / 3), (0.5, 1 / 12), (0.75, 0.2650), (1.0, 1.0)]
)
def test_hlg_follows_the_standard(signal: float, scene: float) -> None:
    assert float(hdr.hlg_to_scene(np.array([signal]))[0]) == pytest.approx(scene, abs=1e-3)


def test_hlg_reference_white_is_203_nits() -> None:
    """BT.2408: 75% of HLG's signal, on a screen of 1,000 nits."""
    grey = np.repeat(hdr.hlg_to_scene(np.array([0.75])), 3)[None]
    assert hdr.scene_to_nits(grey)[0] == pytest.approx([203] * 3, abs=2)
    assert hdr.scene_to_nits(np.ones((1, 3), np.float32))[0] == pytest.approx([1000] * 3, abs=1)
    # Luminance decides, not the channel.
    red, green = hdr.scene_to_nits(np.array([[0.5, 0, 0], [0, 0.5, 0]], np.float32))
    assert 0 < red[0] < green[1]


def test_light_up_to_reference_white_is_unchanged() -> None:
    nits = np.linspace(0, 203, 300, dtype=np.float32).reshape(100, 3)
    assert hdr.tone_map(nits, hdr.peak_luminance(nits)) == pytest.approx(nits / 203, abs=1e-5)


@given(peak=st.floats(250, 10_000))
def test_the_tone_curve_rises_to_white_and_keeps_the_shadows(peak: float) -> None:
    ramp = np.repeat(np.linspace(0, peak, 2000, dtype=np.float32)[:, None], 3, axis=1)
    mapped = hdr.tone_map(ramp, hdr.peak_luminance(ramp))[:, 0]
    assert (np.diff(mapped) >= -1e-4).all() and mapped.max() <= 1.0
    assert mapped[-1] == pytest.approx(1.0, abs=0.01)
    # Nothing is made brighter, and reference white darker by no more than makes room.
    assert (mapped <= ramp[:, 0] / 203 + 1e-3).all()
    assert 0.4 < np.interp(203, ramp[:, 0], mapped) < 1.0
    # Below the knee all is as it was.
    top = float(hdr.nits_to_pq(np.array([peak]))[0])
    knee = float(hdr.pq_to_nits(np.array([(1.5 * 0.5807 / top - 0.5) * top]))[0])
    low = ramp[:, 0] < knee * 0.95
    assert mapped[low] == pytest.approx(ramp[low, 0] / 203, rel=0.02, abs=1e-4)


def test_a_few_bright_pixels_do_not_darken_a_picture() -> None:
    nits = np.full((10_000, 3), 100, np.float32)
    nits[:5] = 9000
    assert hdr.tone_map(nits, hdr.peak_luminance(nits))[100] == pytest.approx(
        [100 / 203] * 3, abs=1e-4
    )
    assert hdr.tone_map(nits, hdr.peak_luminance(nits)).max() <= 1


def test_hues_are_preserved() -> None:
    nits = np.tile(np.array([[2000, 500, 250]], np.float32), (50, 1))
    one, two, three = hdr.tone_map(nits, hdr.peak_luminance(nits))[0]
    assert two / one == pytest.approx(0.25, rel=1e-3) and three / one == pytest.approx(
        0.125, rel=1e-3
    )
    assert hdr.peak_luminance(np.zeros((0, 3), np.float32)) == 0


def test_srgb() -> None:
    assert hdr.encode_srgb(np.array([0, 0.002, 0.0030, 0.2140, 0.5, 1, 2, -1])).tolist() == [
        0,
        7,
        10,
        127,
        188,
        255,
        255,
        0,
    ]
    assert hdr.linear_to_srgb(np.array([[1.0, 0.2140, -0.5]])).tolist() == [[255, 127, 0]]
