"""A part of a photo is within it, large enough, and read as it is written."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.errors import UsageError
from explorer.photos.photo_region import MIN_SHARE, PhotoRegion


@st.composite
def _edges(draw: st.DrawFn) -> tuple[float, float]:
    """A start and a size from 0 to 1 that end within 1."""
    size = draw(st.floats(MIN_SHARE, 1))
    return draw(st.floats(0, 1 - size)), size


@given(_edges(), _edges())
def test_a_region_is_parsed(across: tuple[float, float], down: tuple[float, float]) -> None:
    (left, width), (top, height) = across, down
    # The largest start may be rounded up to one that ends beyond 1.
    assume(left + width <= 1 and top + height <= 1)
    region = PhotoRegion(left, top, width, height)
    assert PhotoRegion.parse(str(region)) == region
    assert region.left + region.width <= 1 + 1e-9 and region.top + region.height <= 1 + 1e-9
    assert region.box == pytest.approx((left, top, width, height), abs=2e-4)


@given(st.text())
def test_any_other_text_raises_a_usage_error(text: str) -> None:
    try:
        region = PhotoRegion.parse(text)
    except UsageError as error:
        assert "\n" not in str(error).replace(text, "")
    else:
        assert len(text.split(",")) == 4
        assert PhotoRegion.parse(str(region)) == region


def test_a_region_is_written_without_needless_digits() -> None:
    assert str(PhotoRegion(0.1, 0.25, 1 / 3, 0.5)) == "0.1,0.25,0.3333,0.5"
    assert str(PhotoRegion(0, 0, 1, 1)) == "0,0,1,1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not a region"),
        ("0.1,0.2,0.3", "is not a region"),
        ("0.1,0.2,0.3,x", "is not a region"),
        ("nan,0,1,1", "from 0 to 1"),
        ("-0.1,0,1,1", "from 0 to 1"),
        ("0.5,0,0.6,1", "within it"),
        ("0,0.5,1,0.6", "within it"),
        ("0,0,0.01,1", "too small"),
        ("0,0,1,0", "too small"),
    ],
)
def test_invalid_input_is_reported(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        PhotoRegion.parse(text)
