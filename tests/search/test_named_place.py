"""Places that users type."""

from __future__ import annotations

import pytest

from explorer.errors import UsageError
from explorer.library.edit_fields import PhotoValues
from explorer.library.edit_operations import EditOperation
from explorer.search.named_place import place_edit


def placed(operation: EditOperation) -> tuple[float, float] | None:
    nothing = PhotoValues({}, {})
    values = operation.change(nothing)["place"]
    return None if values is None else (float(str(values[0])), float(str(values[1])))


@pytest.mark.parametrize(
    ("typed", "summary", "near"),
    [
        ("Lisbon", "placed in Lisbon, Portugal", (38.7, -9.1)),
        ("lisboa", "placed in Lisbon, Portugal", (38.7, -9.1)),
        # The one with the most people, unless a larger place is named.
        ("Paris", "placed in Paris, Île-de-France, France", (48.9, 2.3)),
        ("Paris, Texas", "placed in Paris, Texas, United States", (33.7, -95.6)),
        # A country of the same name does not matter.
        ("Singapore", "placed in Singapore", (1.3, 103.9)),
    ],
)
def test_a_town_is_named(typed: str, summary: str, near: tuple[float, float]) -> None:
    found = place_edit(typed)
    assert found.summary == summary
    assert placed(found) == pytest.approx(near, abs=0.1)


def test_coordinates_and_nothing_are_meant_as_before() -> None:
    assert placed(place_edit("48.85, 2.35")) == (48.85, 2.35)
    assert placed(place_edit(" ")) is None
    with pytest.raises(UsageError, match="not a place"):
        place_edit("48.85")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("Portugal", "region or country. Write the name of a town"),
        ("Lisbom", "not a place.*Did you mean Lisbon"),
        ("48.85N, 2.35E", "not a place.*such as 48.85, 2.35"),
    ],
)
def test_what_is_no_town_is_refused(typed: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        place_edit(typed)
