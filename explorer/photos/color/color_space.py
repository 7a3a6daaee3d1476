"""Color spaces that a file declares without an ICC profile: by CICP codes, PNG's gamma and
chromaticities, or EXIF's Adobe RGB.

Code points follow ITU-T H.273 (the same as ISO/IEC 23091-2), tables 2 and 3.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

from explorer.photos.color import hdr

Chromaticities = tuple[float, float, float, float, float, float, float, float]
"""CIE x and y of red, green, blue and white."""
Samples = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

_D65, _C, _DCI = (0.3127, 0.3290), (0.310, 0.316), (0.314, 0.351)
_BT709: Chromaticities = (0.640, 0.330, 0.300, 0.600, 0.150, 0.060, *_D65)
_ADOBE: Chromaticities = (0.640, 0.330, 0.210, 0.710, 0.150, 0.060, *_D65)
_PRIMARIES: dict[int, Chromaticities] = {
    1: _BT709,
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, *_C),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *_D65),
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    7: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    8: (0.681, 0.319, 0.243, 0.692, 0.145, 0.049, *_C),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *_D65),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_DCI),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_D65),
    22: (0.630, 0.340, 0.295, 0.605, 0.155, 0.077, *_D65),
}
# Transfer characteristics: an exponent, or one of the curves below. Television's camera curves (1,
# 6, 7, 11, 12, 14, 15) are shown as sRGB, as browsers do: their own inverse would make such photos
# darker than intended.
_SRGB, _PQ, _HLG = "sRGB", "PQ", "HLG"
_CURVES: dict[int, str | float] = {
    **dict.fromkeys((1, 2, 6, 7, 11, 12, 13, 14, 15), _SRGB),
    4: 2.2,
    5: 2.8,
    8: 1.0,
    16: _PQ,
    17: 2.6,
    18: _HLG,
}
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
# Tolerances: PNG rounds chromaticities, and browsers treat a gamma this close to 2.2 as sRGB.
# Within the last tolerance, grays look about the same as in sRGB.
_NEAR, _NEAR_GAMMA, _SIMILAR_GAMMA = 0.002, 0.06, 0.3
_UNCALIBRATED, _ADOBE_RGB, _INTEROP_INDEX = 0xFFFF, 2, 1
_COLOR_SPACE = 0xA001


class ColorSpace(NamedTuple):
    """An RGB color space."""

    primaries: Chromaticities
    curve: str | float
    """`sRGB`, `PQ`, `HLG`, or the exponent that linearizes values."""

    @property
    def is_srgb(self) -> bool:
        """Whether it is visually indistinguishable from sRGB."""
        near = all(
            abs(one - other) <= _NEAR for one, other in zip(self.primaries, _BT709, strict=True)
        )
        return near and (
            self.curve == _SRGB
            or (isinstance(self.curve, float) and abs(self.curve - 2.2) <= _NEAR_GAMMA)
        )

    @property
    def has_srgb_tones(self) -> bool:
        """Whether its grays are about as light as those of sRGB."""
        return self.curve == _SRGB or (
            isinstance(self.curve, float) and abs(self.curve - 2.2) <= _SIMILAR_GAMMA
        )

    @property
    def is_hdr(self) -> bool:
        """Whether it has a high dynamic range (PQ or HLG)."""
        return self.curve in (_PQ, _HLG)

    def to_srgb(self, picture: Image.Image) -> Image.Image:
        """Convert an RGB picture from this space to sRGB. High dynamic range is tone-mapped
        (`hdr.tone_map`); other colors outside the gamut are clipped."""
        values = np.asarray(picture)
        return Image.fromarray(self.converted(values, self.peak(values) if self.is_hdr else 0.0))

    def peak(self, values: Samples) -> float:
        """The peak luminance of an HDR picture, in nits. values: (…, 3), 8 or 16 bits."""
        return hdr.peak_luminance(self._light(values))

    def converted(self, values: Samples, peak: float) -> npt.NDArray[np.uint8]:
        """Convert values, (…, 3), 8 or 16 bits, to 8-bit sRGB. peak: the picture's peak luminance
        in nits; used for HDR only."""
        light = self._light(values)
        return hdr.encode_srgb(hdr.tone_map(light, peak) if self.is_hdr else light)

    def _light(self, values: Samples) -> npt.NDArray[np.float32]:
        """Linear light in sRGB's primaries. HDR: in nits, at least 0. Otherwise: 0 to 1 for colors
        within sRGB's gamut."""
        curve = _decoding_table(self.curve, np.iinfo(values.dtype).max + 1)
        if self.curve == _HLG:
            nits: npt.NDArray[np.float32] = np.maximum(
                hdr.scene_to_nits(curve[values]) @ self._matrix().T, 0
            )
            return nits
        light: npt.NDArray[np.float32] = curve[values] @ self._matrix().T
        return np.maximum(light, 0) if self.curve == _PQ else light

    def _matrix(self) -> npt.NDArray[np.float32]:
        return _matrix(self.primaries)


def declared_color_space(picture: Image.Image) -> ColorSpace | None:
    """The color space declared by a loaded picture without an ICC profile; None if it is sRGB,
    unknown, or not declared."""
    space = cicp_color_space(picture)
    if (
        space is None
        and not {"cicp", "nclx_profile", "srgb"} & picture.info.keys()
        and picture.format == "PNG"
    ):
        space = _of_png(picture.info)
    if space is None and _is_adobe_rgb(picture):
        space = ColorSpace(_ADOBE, 563 / 256)
    return None if space is None or space.is_srgb else space


def cicp_color_space(picture: Image.Image) -> ColorSpace | None:
    """The color space given by an opened picture's CICP codes, which may be sRGB; None if it has no
    known codes.

    Does not decode the picture. Reading EXIF would make Pillow decode a PNG, and after a failed
    decode Pillow returns the picture as if it were complete.
    """
    if isinstance(codes := picture.info.get("cicp"), tuple):
        return _of_codes(*codes)
    if isinstance(nclx := picture.info.get("nclx_profile"), Mapping):
        return _of_codes(nclx.get("color_primaries", 2), nclx.get("transfer_characteristics", 2))
    return None


def _of_codes(primaries: int, transfer: int) -> ColorSpace | None:
    curve = _CURVES.get(transfer)
    # HDR without known primaries is assumed to be BT.2020.
    default = _PRIMARIES[9] if curve in (_PQ, _HLG) else _BT709
    return None if curve is None else ColorSpace(_PRIMARIES.get(primaries, default), curve)


def _of_png(info: Mapping[Any, Any]) -> ColorSpace | None:
    gamma, found = info.get("gamma"), info.get("chromaticity")
    known = (
        isinstance(found, tuple)
        and len(found) == 8
        and all(isinstance(each, float) and 0 <= each <= 1 for each in found)
    )
    if not isinstance(gamma, float) or not 0.05 <= gamma <= 5:
        # Primaries without a gamma: assume sRGB's curve.
        return _valid(ColorSpace((*found[2:], *found[:2]), _SRGB)) if known else None  # type: ignore[index]
    primaries = (*found[2:], *found[:2]) if known else _BT709  # type: ignore[index]
    near = abs(1 / gamma - 2.2) <= _NEAR_GAMMA
    return _valid(ColorSpace(primaries, _SRGB if near else 1 / gamma))


def _valid(space: ColorSpace) -> ColorSpace | None:
    """The same space; None if its primaries do not span a triangle around the white point."""
    try:
        return (
            space
            if np.isfinite(_matrix(space.primaries)).all()
            and np.abs(_matrix(space.primaries)).max() < 10
            else None
        )
    except np.linalg.LinAlgError:
        return None


def _is_adobe_rgb(picture: Image.Image) -> bool:
    """Whether EXIF declares Adobe RGB: by ColorSpace (EXIF 2.32), or by the interoperability index
    R03 (DCF 2.0, option files)."""
    try:
        exif = picture.getexif()
        if not exif:
            return False
        space = exif.get_ifd(ExifTags.IFD.Exif).get(_COLOR_SPACE)
        if space == _ADOBE_RGB:
            return True
        return (
            space == _UNCALIBRATED
            and str(exif.get_ifd(ExifTags.IFD.Interop).get(_INTEROP_INDEX, "")).strip("\0 ")
            == "R03"
        )
    except Exception:  # noqa: BLE001  a broken EXIF block may raise anything
        return False


@functools.lru_cache(maxsize=8)
def _decoding_table(curve: str | float, levels: int) -> npt.NDArray[np.float32]:
    """The linear light of each code value, of shape (levels,): nits for PQ, scene light from 0 to 1
    for HLG, otherwise 0 to 1. curve: a name or an exponent."""
    values = np.arange(levels, dtype=np.float64) / (levels - 1)
    if curve == _PQ:
        return hdr.pq_to_nits(values)
    if curve == _HLG:
        return hdr.hlg_to_scene(values)
    return (_srgb_decoded(values) if curve == _SRGB else values ** float(curve)).astype(np.float32)


def _srgb_decoded(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _to_xyz(primaries: Chromaticities) -> npt.NDArray[np.float64]:
    corners = np.array(
        [
            [x / y, 1.0, (1 - x - y) / y]
            for x, y in zip(primaries[0:6:2], primaries[1:6:2], strict=True)
        ]
    ).T
    scaled: npt.NDArray[np.float64] = corners * np.linalg.solve(corners, _white(primaries))
    return scaled


def _white(primaries: Chromaticities) -> npt.NDArray[np.float64]:
    x, y = primaries[6:]
    return np.array([x / y, 1.0, (1 - x - y) / y])


@functools.lru_cache(maxsize=32)
def _matrix(primaries: Chromaticities) -> npt.NDArray[np.float32]:
    """The 3 × 3 matrix from linear values of a space to linear sRGB, with Bradford chromatic
    adaptation.

    Raises LinAlgError for collinear primaries.
    """
    if min(primaries[1::2]) <= 0:
        raise np.linalg.LinAlgError("a primary with y = 0")
    ours, theirs = _white(_BT709), _white(primaries)
    adapted = (
        np.linalg.inv(_BRADFORD) @ np.diag((_BRADFORD @ ours) / (_BRADFORD @ theirs)) @ _BRADFORD
    )
    found: npt.NDArray[np.float32] = (
        np.linalg.inv(_to_xyz(_BT709)) @ adapted @ _to_xyz(primaries)
    ).astype(np.float32)
    return found
