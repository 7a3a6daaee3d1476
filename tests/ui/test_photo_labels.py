"""Facts of a photo in words."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.library.rows import PhotoRow
from explorer.ui.photo_labels import escape_markdown, exposure, place, taken


def photo(**facts: Any) -> PhotoRow:
    return cast(PhotoRow, dict.fromkeys(PhotoRow.__annotations__) | facts)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "No date"),
        ({"taken_at": "2019-05-02T08:05:00", "taken_source": "exif"}, "May 2, 2019, 8:05\u202fAM"),
        (
            {"taken_at": "2019-05-02T08:05:00", "taken_source": "file"},
            "May 2, 2019, 8:05\u202fAM (the file's own date)",
        ),
        (
            {"taken_at": "2019-05-02T08:05:00", "taken_precision": "minute"},
            "May 2, 2019, 8:05\u202fAM",
        ),
        (
            {"taken_at": "2019-05-02T00:00:00", "taken_precision": "day", "taken_source": "name"},
            "May 2, 2019 (from the file's name)",
        ),
        ({"taken_at": "2019-05-01T00:00:00", "taken_precision": "month"}, "May 2019"),
        ({"taken_at": "2019-01-01T00:00:00", "taken_precision": "year"}, "2019"),
    ],
)
def test_dates_are_labeled(facts: dict[str, Any], words: str) -> None:
    assert taken(photo(**facts)) == words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ""),
        (
            {"exposure_time": 0.004, "f_number": 2.8, "iso": 100, "focal_length": 35.0},
            "1/250 s · ƒ/2.8 · ISO 100 · 35 mm",
        ),
        ({"exposure_time": 2.0}, "2 s"),
    ],
)
def test_exposure_is_labeled(facts: dict[str, Any], words: str) -> None:
    assert exposure(photo(**facts)) == words


def test_positions_are_labeled() -> None:
    assert place(photo(latitude=-33.8568, longitude=151.2153)) == "33.8568° S, 151.2153° E"
    assert place(photo(latitude=1.0)) == ""


@given(st.text())
def test_plain_text_has_one_line_and_no_bare_markup(text: str) -> None:
    shown = escape_markdown(text)
    assert "\n" not in shown
    bare = shown.replace("\\\\", "")
    assert not any(bare[i] in "*_`[]<>$:" and bare[i - 1] != "\\" for i in range(1, len(bare)))
