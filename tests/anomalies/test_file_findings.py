from __future__ import annotations

import numpy as np
import pytest

from explorer.anomalies.file_findings import (
    EXTENSIONS,
    damage,
    damage_scores,
    folder_numbers,
    shapes,
    wrong_extension,
)
from explorer.library.stores.quality_store import QualityTable, ReviewPhoto
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


def score_of(size: tuple[int, int], *others: tuple[int, int], camera: str | None = None) -> float:
    """The score of the first of these photos by its shape and size."""
    photos = [photo(1, size, camera=camera), *(photo(2, other) for other in others)]
    return float(shapes(photos).score[0])


@pytest.mark.parametrize(
    ("size", "others", "camera", "middle"),
    [
        # At each limit, the score is half.
        ((3100, 1000), [], None, True), ((1000, 3100), [], None, True),
        ((9000, 1000), [], "X", True), ((110, 110), [], None, True),
        # A tenth of the median, up to 320 pixels.
        ((200, 200), [(2000, 2000)] * 4, None, True),
        ((320, 320), [(9000, 9000)] * 4, None, True),
        ((320, 320), [(2000, 2000)] * 4, None, False),
        ((4000, 3000), [], None, False),
    ],
)  # fmt: skip
def test_shape_and_size_have_limits(
    size: tuple[int, int], others: list[tuple[int, int]], camera: str | None, middle: bool
) -> None:
    found = score_of(size, *others, camera=camera)
    assert found == pytest.approx(0.5, abs=0.02) if middle else found > 0.8


def test_the_worse_of_shape_and_size_is_the_reason() -> None:
    found = shapes([photo(1, (5000, 1000)), photo(2, (60, 50)), photo(3, (0, 0))])
    assert found.reason(0) == "Odd shape: 5000 × 1000 pixels, 5.0 times as long as wide."
    assert found.reason(1) == "Tiny: 60 × 50 pixels." and found.score[2] == 0
    assert found.score[0] < 0.2 and found.score[1] < 0.1 and len(shapes([]).score) == 0


@pytest.mark.parametrize(
    ("rows", "broken", "damaged", "score"),
    [
        (0.0, 0.0, False, 1.0), (0.03, 0.0, False, 0.5), (0.0, 0.7, False, 0.5),
        (0.03, 0.7, False, 0.5), (0.0, 0.45, False, 0.995), (0.0, 0.9, False, 0.05),
        # A blank picture is not cut off.
        (0.97, 0.0, False, 0.001), (0.98, 0.0, False, 1.0), (1.0, 0.0, False, 1.0),
        # What the decoder found counts, and more with what is seen of it.
        (0.0, 0.0, True, 0.2), (0.03, 0.0, True, 0.2), (0.06, 0.0, True, 0.1),
    ],
)  # fmt: skip
def test_damage_is_scored(rows: float, broken: float, damaged: bool, score: float) -> None:
    measured = table([1], missing_rows_share=[rows], color_break=[broken])
    (found,) = damage_scores(measured.of, np.array([damaged]))
    assert found == pytest.approx(score, abs=0.01) and found.dtype == np.float32


@pytest.mark.parametrize(
    ("edges", "colors", "entropy", "is_damaged"),
    [
        (0.006, 0.52, 6.5, False), (0.02, 0.9, 4.5, False), (0.004, 0.9, 4.5, True),
        (0.02, 0.4, 6.5, True), (0.006, 0.76, 7.3, True),
    ],
)  # fmt: skip
def test_marked_text_is_not_taken_for_shifted_colors(
    edges: float, colors: float, entropy: float, is_damaged: bool
) -> None:
    measured = table(
        [1],
        color_break=[0.95], hard_edge_share=[edges], top_colors_share=[colors], entropy=[entropy],
    )  # fmt: skip
    assert (damage([photo(1)], measured).score[0] < 0.5) == is_damaged


@pytest.mark.parametrize(
    ("rows", "is_named"), [(0.02, False), (0.04, True), (0.97, True), (0.99, False)]
)
def test_missing_rows_are_named_between_the_limits(rows: float, is_named: bool) -> None:
    found = damage([photo(1, damaged="it is torn")], table([1], missing_rows_share=[rows]))
    assert found.reason(0) == (
        f"It is torn: {rows:.0%} of it, up to a border, is one flat color."
        if is_named
        else "It is torn."
    )


def test_a_wrong_extension_is_named_with_the_right_one() -> None:
    assert wrong_extension("/p/a.JPG", "JPEG") is None is wrong_extension("a.xyz", "XYZ")
    assert wrong_extension("/p.jpg/a.png", "JPEG") == (
        "Its extension is .png, but it is a JPEG file: .jpg would be right."
    )
    assert wrong_extension("a", "HEIF") == (
        "It has no extension, but it is a HEIF file: .heic would be right."
    )
    assert {form: names[0] for form, names in EXTENSIONS.items()} == {
        "JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif", "BMP": ".bmp",
        "DIB": ".bmp", "TIFF": ".tif", "HEIF": ".heic", "AVIF": ".avif", "JXL": ".jxl",
        "DNG": ".dng", "NEF": ".nef", "CR2": ".cr2", "CR3": ".cr3", "RAF": ".raf",
    }  # fmt: skip


def test_folders_are_numbered_by_root_and_path() -> None:
    places = [("/p", "a/1.jpg"), ("/p", "a/b/1.jpg"), ("/p", "a/2.jpg"), ("/q", "a/1.jpg"),
              ("/p", "1.jpg")]  # fmt: skip
    photos = [
        photo(n)._replace(root=root, relative=relative) for n, (root, relative) in enumerate(places)
    ]
    numbers, folders = folder_numbers(photos)
    assert numbers.tolist() == [0, 1, 0, 2, 3] and folders == ["/p/a", "/p/a/b", "/q/a", "/p"]
