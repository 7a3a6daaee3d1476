from __future__ import annotations

import numpy as np
import pytest

from explorer.anomalies.file_findings import damage, shapes
from explorer.library.quality_store import QualityTable, ReviewPhoto
from explorer.photos.quality.metrics import METRIC_NAMES


def photo(
    number: int,
    size: tuple[int, int] = (4000, 3000),
    *,
    camera: str | None = None,
    damaged: str | None = None,
) -> ReviewPhoto:
    return ReviewPhoto(
        number, b"", "/p", f"{number}.jpg", "JPEG", *size, None, None, None, camera, damaged
    )


def table(ids: list[int], **metrics: list[float]) -> QualityTable:
    values = np.zeros((len(ids), len(METRIC_NAMES)), np.float32)
    for name, column in metrics.items():
        values[:, METRIC_NAMES.index(name)] = column
    return QualityTable(np.array(ids), values, {})


def test_each_sign_of_damage_has_its_reason() -> None:
    photos = [photo(n, damaged="the file is truncated" if n > 4 else None) for n in range(1, 7)]
    measured = table(
        [1, 2, 3, 5, 6], missing_rows_share=[0, 0.4, 0, 0.4, 0], color_break=[0.3, 0.3, 0.95, 0, 0]
    )
    found = damage(photos, measured)
    assert (found.score < 0.5).tolist() == [False, True, True, False, True, True]
    assert found.reason(1) == (
        "Part of the picture is missing: 40% of it, up to a border, is one flat color."
    )
    assert "shifted" in found.reason(2)
    assert found.reason(4).startswith("The file is truncated: 40% of it")
    assert found.reason(5) == "The file is truncated."


@pytest.mark.parametrize(
    ("size", "camera", "odd"),
    [
        ((12000, 2000), "X", False),
        ((2000, 12000), "X", False),
        ((12000, 2000), None, True),
        ((1000, 12000), "X", True),
        ((4000, 3000), None, False),
    ],
)
def test_panoramas_of_a_camera_may_be_long(
    size: tuple[int, int], camera: str | None, odd: bool
) -> None:
    assert (shapes([photo(1, size, camera=camera)]).score[0] < 0.5) == odd
