"""Light of high dynamic range → sRGB: the curves of BT.2100 and a tone curve for screens that are
no brighter than paper.

PQ and HLG after ITU-R BT.2100-2, tables 4 and 5. Reference white is 203 nits (cd/m²), as ITU-R
BT.2408-7 has it (table 1); what is brighter is rolled off by the EETF of ITU-R BT.2390-11, section
5.4.1, from the picture's own peak to that white. It is applied to the brightest of the three
colours, and the others follow in proportion, so that hues stay.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

WHITE = 203.0
_BRIGHTEST = 10_000.0
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
# HLG on a screen of 1,000 nits, whose gamma is 1.2.
_HLG_PEAK, _HLG_GAMMA = 1000.0, 1.2
_HLG_A, _HLG_B, _HLG_C = 0.17883277, 0.28466892, 0.55991073
_LUMINANCE = np.array([0.2627, 0.6780, 0.0593], np.float32)
# Of a picture's peak, so few pixels are left out: sparks and noise.
_PEAK_PERCENTILE = 99.9


def pq_to_nits(values: npt.NDArray[Any]) -> Array:
    """PQ signal, 0 to 1 → nits."""
    power = np.clip(values, 0, 1) ** (1 / _M2)
    found: Array = (
        _BRIGHTEST * (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1)
    ).astype(np.float32)
    return found


def nits_to_pq(nits: npt.NDArray[Any]) -> Array:
    """Nits, up to 10,000 → PQ signal, 0 to 1."""
    power = np.clip(nits / _BRIGHTEST, 0, 1) ** _M1
    found: Array = (((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2).astype(np.float32)
    return found


def hlg_to_scene(values: npt.NDArray[Any]) -> Array:
    """HLG signal, 0 to 1 → scene light, 0 to 1: the inverse of the OETF."""
    clipped = np.clip(values, 0, 1)
    bright = (np.exp((clipped - _HLG_C) / _HLG_A) + _HLG_B) / 12
    found: Array = np.where(clipped <= 0.5, clipped**2 / 3, bright).astype(np.float32)
    return found


def scene_to_nits(scene: Array) -> Array:
    """HLG's scene light, of shape (…, 3) → nits on a screen of 1,000 nits: the OOTF."""
    luminance = (scene @ _LUMINANCE)[..., None]
    found: Array = (_HLG_PEAK * np.maximum(luminance, 1e-9) ** (_HLG_GAMMA - 1) * scene).astype(
        np.float32
    )
    return found


def peak(nits: Array) -> float:
    """How bright a picture gets: nits, of shape (…, 3), but for a few pixels."""
    brightest = nits.max(axis=-1)
    return float(np.percentile(brightest, _PEAK_PERCENTILE)) if brightest.size else 0.0


def tone_mapped(nits: Array, peak: float) -> Array:
    """Nits, of shape (…, 3) → linear light with 1 for reference white, and nothing brighter. peak:
    of the whole picture, in nits."""
    brightest = nits.max(axis=-1)
    share: Array | float = 1.0
    if peak > WHITE:
        share = (
            pq_to_nits(_rolled_off(nits_to_pq(brightest), peak)) / np.maximum(brightest, 1e-6)
        )[..., None]
    found: Array = np.minimum(nits * share / WHITE, 1.0).astype(np.float32)
    return found


def _rolled_off(signal: Array, peak: float) -> Array:
    """BT.2390's EETF of a PQ signal: as it is up to the knee, then a Hermite spline that ends at
    reference white."""
    top = float(nits_to_pq(np.float64(peak)))  # type: ignore[arg-type]
    most = float(nits_to_pq(np.float64(WHITE))) / top  # type: ignore[arg-type]
    knee = 1.5 * most - 0.5
    scaled = np.clip(signal / top, 0, 1)
    t = np.maximum(scaled - knee, 0) / (1 - knee)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * most
    )
    found: Array = (np.where(scaled < knee, scaled, spline) * top).astype(np.float32)
    return found


def srgb_encoded(linear: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Linear light, 0 to 1 → sRGB in 8 bits (IEC 61966-2-1)."""
    clipped = np.clip(linear, 0, 1)
    curve = np.where(
        clipped <= 0.0031308,
        clipped * 12.92,
        1.055 * np.maximum(clipped, 1e-9) ** (1 / 2.4) - 0.055,
    )
    found: npt.NDArray[np.uint8] = (curve * 255 + 0.5).astype(np.uint8)
    return found


def scene_to_srgb(linear: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Linear light in sRGB's primaries, of shape (…, 3), 1 for paper white and above for what is
    brighter → sRGB in 8 bits."""
    nits = np.maximum(linear, 0).astype(np.float32) * np.float32(WHITE)
    return srgb_encoded(tone_mapped(nits, peak(nits)))
