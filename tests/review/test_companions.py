from __future__ import annotations

import pytest

from explorer.review.companions import kept_together


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("IMG_1234.JPG", "IMG_E1234.JPG"), ("img_1234.heic", "IMG_E1234.JPG"), ("beach.jpg", "beach-edited.jpg"),
        ("beach.jpg", "beach_edited.jpg"), ("beach.jpg", "beach (edited).jpg"), ("PXL_2024.jpg", "PXL_2024-edited.jpg"),
        ("DSC_1.NEF", "DSC_1.JPG"), ("a.CR2", "a.jpg"),
    ],
)  # fmt: skip
def test_sets_are_kept_together(one: str, other: str) -> None:
    assert kept_together(f"/p/{one}", f"/p/{other}") and kept_together(f"/p/{other}", f"/p/{one}")
    assert not kept_together(f"/p/{one}", f"/q/{other}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("IMG_1234.JPG", "IMG_E1235.JPG"), ("IMG_1234.JPG", "IMG_1234 (1).JPG"), ("a.jpg", "a.png"), ("a.jpg", "a.jpeg"),
        ("edited.jpg", "beach.jpg"), ("credited.jpg", "cr.jpg"), ("a.jpg", "a copy.jpg"), ("a.NEF", "a.CR2"),
    ],
)  # fmt: skip
def test_copies_are_no_sets(one: str, other: str) -> None:
    assert not kept_together(f"/p/{one}", f"/p/{other}")
