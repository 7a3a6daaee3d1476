"""Where a typed place is: coordinates, or the name of a town."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.errors import UsageError
from explorer.library.edits.edit_operations import EditOperation, change_place, set_place
from explorer.places.gazetteer import Gazetteer, gazetteer
from explorer.search.language.place_names import (
    PlaceMeaning,
    folded_name,
    nearest_name,
    place_meaning,
)
from explorer.text_format import excerpt

# The smallest share of the people of a region or country for a town in it that has the same name:
# Schwyz has 10% of its canton, the town of Mozambique 0.5% of the country.
_MIN_SHARE = 0.01
# The smallest population of a town that may be meant although it lies outside the region of that
# name, as Buenos Aires and Washington do.
_LARGE_TOWN = 100_000


def place_edit(text: str) -> EditOperation:
    """The edit for a typed place: the name of a town, such as `Lisbon` or `Paris, Texas`, or
    coordinates; an empty text restores those of the file.

    Of several towns with that name, the one with the most people is meant; the summary says where
    it is. A name that is also that of a region or country means a town only if it would be taken
    for one: its main town (`Luxembourg`, `New York`), or one with more people than the whole region
    (`Manchester`, which is a parish of Jamaica, too).

    Raises UsageError for an unknown name, one of a region or country, and wrong coordinates.
    """
    if not any(map(str.isalpha, text)):
        return change_place(text)
    meaning, known = place_meaning(text), gazetteer()
    found = np.flatnonzero(np.isin(known.ids, list(meaning.places)))
    if not len(found):
        raise UsageError(_problem(text, is_larger=bool(meaning)))
    found = found[np.argsort(-known.population[found], kind="stable")]
    if area := _largest_area(meaning, known):
        name = folded_name(text)
        found = found[[_is_meant(int(each), name, area, known) for each in found]]
        if not len(found):
            raise UsageError(_problem(text, is_larger=True))
    at = int(found[0])
    placed = set_place(float(known.latitude[at]), float(known.longitude[at]))
    return placed._replace(summary=f"placed in {_full_name(known, at)}")


class _Area(NamedTuple):
    """A region or country."""

    name: str
    country: int
    inside: npt.NDArray[np.bool_]
    """(n,): which places lie in it."""
    people: npt.NDArray[np.float64]
    """(n,): the population of the towns in it; 0 for other places, and for parts of towns."""


def _largest_area(meaning: PlaceMeaning, known: Gazetteer) -> _Area | None:
    """Of the regions and countries that a name means, the one with the most people."""
    regions = [known.region_codes.index(code) for code in meaning.regions]
    countries = [known.country_codes.index(code) for code in meaning.countries]
    people = np.where(known.city == np.arange(len(known.ids)), known.population, 0)
    areas = [
        *(
            (known.region_names[at], int(known.region_country[at]), known.region == at)
            for at in regions
        ),
        *((known.country_names[at], at, known.country == at) for at in countries),
    ]
    found = [_Area(*area, np.where(area[-1], people, 0)) for area in areas]
    return max(found, key=lambda area: float(area.people.sum()), default=None)


def _is_meant(place: int, name: str, area: _Area, known: Gazetteer) -> bool:
    """Whether the name of an area may stand for a place that is also called so.

    name: folded.
    """
    size, everybody = float(known.population[place]), float(area.people.sum())
    own = folded_name(known.names[place])
    if area.inside[place]:
        if own == name and size >= _MIN_SHARE * everybody:
            return True
        # Mexico City is also called Mexico, and Macau has nearly all people of Macao.
        named_after = any(f" {each} " in f" {own} " for each in (name, folded_name(area.name)))
        return size >= area.people.max() and (named_after or 2 * size > everybody)
    in_country = int(known.country[place]) == area.country
    reasons = own == name, in_country, size > everybody
    return size >= _LARGE_TOWN and sum(reasons) >= 2


def _full_name(known: Gazetteer, at: int) -> str:
    """The name of a town with its region and country."""
    region = int(known.region[at])
    country = known.country_names[int(known.region_country[region])]
    names = known.names[at], known.region_names[region], country
    return ", ".join(dict.fromkeys(filter(None, names)))


def _problem(text: str, *, is_larger: bool) -> str:
    if is_larger:
        return (
            f"“{excerpt(text)}” is a region or country. Write the name of a town there; for"
            " a town of that name, add where it is, as in “Paris, Texas”."
        )
    similar = nearest_name(text)
    hint = f" Did you mean {similar}?" if similar else ""
    return (
        f"“{excerpt(text)}” is not a place with a known name.{hint} Write the name of a town, such"
        " as Lisbon or “Paris, Texas”, or a latitude and a longitude in degrees, such as 48.85,"
        " 2.35."
    )
