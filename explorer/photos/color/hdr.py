"""Tone-map pictures of high dynamic range to sRGB.

PQ and HLG follow ITU-R BT.2100-2, tables 4 and 5. Reference white is 203 nits (cd/m², ITU-R
BT.2408-7, table 1). The EETF of ITU-R BT.2390-11, section 5.4.1, compresses the range up to the
picture's peak into the range up to reference white. It is applied to the brightest of the three
channels, and the others are scaled in proportion, which preserves hues.
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
# HLG on a display of 1,000 nits, with a system gamma of 1.2.
_HLG_PEAK, _HLG_GAMMA = 1000.0, 1.2
_HLG_A, _HLG_B, _HLG_C = 0.17883277, 0.28466892, 0.55991073
_LUMINANCE = np.array([0.2627, 0.6780, 0.0593], np.float32)
# Pixels above this percentile, such as glints and noise, do not count toward a picture's peak.
_PEAK_PERCENTILE = 99.9


def pq_to_nits(values: npt.NDArray[Any]) -> Array:
    """Convert a PQ signal, 0 to 1, to nits."""
    power = np.clip(values, 0, 1) ** (1 / _M2)
    found: Array = (
        _BRIGHTEST * (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1)
    ).astype(np.float32)
    return found


def nits_to_pq(nits: npt.NDArray[Any]) -> Array:
    """Convert nits, up to 10,000, to a PQ signal, 0 to 1."""
    power = np.clip(nits / _BRIGHTEST, 0, 1) ** _M1
    found: Array = (((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2).astype(np.float32)
    return found


def hlg_to_scene(values: npt.NDArray[Any]) -> Array:
    """Convert an HLG signal, 0 to 1, to scene light, 0 to 1 (the inverse OETF)."""
    clipped = np.clip(values, 0, 1)
    bright = (np.exp((clipped - _HLG_C) / _HLG_A) + _HLG_B) / 12
    found: Array = np.where(clipped <= 0.5, clipped**2 / 3, bright).astype(np.float32)
    return found


def scene_to_nits(scene: Array) -> Array:
    """Convert HLG scene light, (…, 3), to nits on a display of 1,000 nits (the OOTF)."""
    luminance = (scene @ _LUMINANCE)[..., None]
    found: Array = (_HLG_PEAK * np.maximum(luminance, 1e-9) ** (_HLG_GAMMA - 1) * scene).astype(
        np.float32
    )
    return found


def peak_luminance(nits: Array) -> float:
    """The peak luminance of a picture in nits, ignoring the brightest 0.1% of its pixels. nits:
    (…, 3)."""
    brightest = nits.max(axis=-1)
    return float(np.percentile(brightest, _PEAK_PERCENTILE)) if brightest.size else 0.0


def tone_map(nits: Array, peak: float) -> Array:
    """Map nits, (…, 3), to linear light from 0 to 1, where 1 is reference white. peak: the peak
    luminance of the whole picture, in nits."""
    brightest = nits.max(axis=-1)
    share: Array | float = 1.0
    if peak > WHITE:
        share = (
            pq_to_nits(_rolled_off(nits_to_pq(brightest), peak)) / np.maximum(brightest, 1e-6)
        )[..., None]
    found: Array = np.minimum(nits * share / WHITE, 1.0).astype(np.float32)
    return found


def _rolled_off(signal: Array, peak: float) -> Array:
    """Apply BT.2390's EETF to a PQ signal: identity up to the knee, then a Hermite spline up to
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


def encode_srgb(linear: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Encode linear light, 0 to 1, as 8-bit sRGB (IEC 61966-2-1)."""
    clipped = np.clip(linear, 0, 1)
    curve = np.where(
        clipped <= 0.0031308,
        clipped * 12.92,
        1.055 * np.maximum(clipped, 1e-9) ** (1 / 2.4) - 0.055,
    )
    found: npt.NDArray[np.uint8] = (curve * 255 + 0.5).astype(np.uint8)
    return found


def linear_to_srgb(linear: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Tone-map linear light in sRGB's primaries, (…, 3), to 8-bit sRGB. 1 is reference white;
    brighter values exceed it."""
    nits = np.maximum(linear, 0).astype(np.float32) * np.float32(WHITE)
    return encode_srgb(tone_map(nits, peak_luminance(nits)))
