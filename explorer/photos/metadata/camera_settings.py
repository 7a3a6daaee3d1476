"""The camera in EXIF data, and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PIL import ExifTags

from explorer.photos.metadata.exif import ExifBlocks
from explorer.photos.metadata.field_values import clean_text, positive_number

_TAG = ExifTags.Base
_ISO_MAXIMUM = 65535
_STANDARD, _RECOMMENDED, _ISO_SPEED = (
    _TAG.StandardOutputSensitivity,
    _TAG.RecommendedExposureIndex,
    _TAG.ISOSpeed,
)
# The fields that hold the sensitivity, by SensitivityType.
_SENSITIVITIES = {
    1: (_STANDARD,),
    2: (_RECOMMENDED,),
    3: (_ISO_SPEED,),
    4: (_STANDARD, _RECOMMENDED),
    5: (_STANDARD, _ISO_SPEED),
    6: (_RECOMMENDED, _ISO_SPEED),
    7: (_STANDARD, _RECOMMENDED, _ISO_SPEED),
}


def camera_name(make: Any, model: Any) -> str | None:
    """Make and model without repeating the make: `NIKON CORPORATION`, `NIKON D90` → `NIKON D90`.
    None if both are absent."""
    maker, name = clean_text(make), clean_text(model)
    if not maker or not name:
        return name or maker
    return name if name.lower().startswith(maker.split()[0].lower()) else f"{maker} {name}"


def camera_settings(exif: ExifBlocks) -> dict[str, Any]:
    """camera, lens, exposure_time (seconds), f_number, iso and focal_length (millimeters); None for
    values that are not given."""
    return {
        "camera": camera_name(exif.ifd0.get(_TAG.Make), exif.ifd0.get(_TAG.Model)),
        "lens": clean_text(exif.exif_ifd.get(_TAG.LensModel)),
        "exposure_time": positive_number(exif.exif_ifd.get(_TAG.ExposureTime)),
        "f_number": positive_number(exif.exif_ifd.get(_TAG.FNumber)),
        "iso": _sensitivity(exif.exif_ifd),
        "focal_length": positive_number(exif.exif_ifd.get(_TAG.FocalLength)),
    }


def _sensitivity(camera: Mapping[int, Any]) -> float | None:
    """The ISO sensitivity. The field for it holds at most 65535, which stands for any higher value
    (EXIF 2.3); the field that SensitivityType names has the value itself."""
    iso = positive_number(camera.get(_TAG.ISOSpeedRatings))
    if iso is not None and iso < _ISO_MAXIMUM:
        return iso
    kind: Any = camera.get(_TAG.SensitivityType)
    named = _SENSITIVITIES.get(kind, ())
    exact = (positive_number(camera.get(tag)) for tag in named)
    return next(filter(None, exact), iso)
