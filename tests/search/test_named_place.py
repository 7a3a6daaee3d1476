"""Places that users type."""

from __future__ import annotations

import contextlib

import pytest

from explorer.errors import UsageError
from explorer.library.edits.edit_fields import PhotoValues
from explorer.library.edits.edit_operations import EditOperation
from explorer.places.gazetteer import gazetteer
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
        ("Luxembourg", "placed in Luxembourg", (49.6, 6.1)),
        ("Mexico", "placed in Mexico City, Mexico", (19.4, -99.1)),
        ("Macao", "placed in Macau, Macao", (22.2, 113.5)),
        ("New York", "placed in New York City, New York, United States", (40.7, -74.0)),
        # Nor does a region around the town, or a small one elsewhere.
        ("Buenos Aires", "placed in Buenos Aires, Buenos Aires F.D., Argentina", (-34.6, -58.4)),
        ("Kiev", "placed in Kyiv, Kyiv City, Ukraine", (50.5, 30.5)),
        ("Manchester", "placed in Manchester, England, United Kingdom", (53.5, -2.2)),
        ("Granada", "placed in Granada, Andalusia, Spain", (37.2, -3.6)),
        ("Italy, Texas", "placed in Italy, Texas, United States", (32.2, -96.9)),
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
        ("UK", "region or country"),
        ("USA", "region or country"),
        ("California, USA", "region or country"),
        ("Victoria", "region or country"),
        ("Mozambique", "region or country"),
        ("Iowa", "region or country"),
        ("Lisbom", "not a place.*Did you mean Lisbon"),
        ("48.85N, 2.35E", "not a place.*such as 48.85, 2.35"),
    ],
)
def test_what_is_no_town_is_refused(typed: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        place_edit(typed)


def test_the_names_of_countries_and_states_never_lead_elsewhere() -> None:
    """Towns in other countries are called like them: there is an Italy in Texas."""
    known = gazetteer()
    united_states = known.country_codes.index("US")
    states = [
        name
        for name, country in zip(known.region_names, known.region_country, strict=True)
        if country == united_states
    ]
    places = [(name, name) for name in known.country_names]
    places += [(name, "United States") for name in states if name != "Georgia"]
    towns = set(known.names)
    shared = [(name, country) for name, country in places if name in towns]
    assert len(shared) > 20
    misled = []
    for name, country in shared:
        with contextlib.suppress(UsageError):
            summary = place_edit(name).summary
            if not summary.endswith(country):
                misled.append(summary)
    assert misled == []
