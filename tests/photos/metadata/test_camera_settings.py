"""Camera, lens and exposure in EXIF data."""

from __future__ import annotations

from typing import Any

import pytest

from explorer.photos.metadata.camera_settings import camera_settings
from tests.photos.metadata.test_exif import of


def test_camera_settings() -> None:
    found = camera_settings(
        of(
            {0x010F: "NIKON CORPORATION", 0x0110: "NIKON D90"},
            {0xA434: "18-55", 0x829A: 0.004, 0x829D: 2.8, 0x8827: (400, 0), 0x920A: 35},
        )
    )
    assert found == {
        "camera": "NIKON D90",
        "lens": "18-55",
        "exposure_time": 0.004,
        "f_number": 2.8,
        "iso": 400.0,
        "focal_length": 35.0,
    }
    assert set(camera_settings(of()).values()) == {None}


@pytest.mark.parametrize(
    ("details", "iso"),
    [
        ({0x8827: 65535, 0x8830: 2, 0x8832: 102400}, 102400),
        ({0x8827: 65535, 0x8830: 1, 0x8831: 80000, 0x8832: 102400}, 80000),
        ({0x8827: 65535, 0x8830: 3, 0x8833: 409600}, 409600),
        ({0x8827: (65535, 0), 0x8830: 7, 0x8833: 204800}, 204800),
        ({0x8830: 2, 0x8832: 800}, 800),
        ({0x8827: 65535, 0x8830: 2}, 65535),
        ({0x8827: 65535, 0x8832: 102400}, 65535),
        ({0x8827: 65535, 0x8830: 9, 0x8832: 102400}, 65535),
        ({0x8827: 400, 0x8830: 2, 0x8832: 640}, 400),
    ],
)
def test_a_sensitivity_that_does_not_fit_into_its_field_is_read_from_another(
    details: dict[int, Any], iso: float
) -> None:
    assert camera_settings(of(details=details))["iso"] == iso
