"""Where a typed place is: coordinates, or the name of a town."""

from __future__ import annotations

import numpy as np

from explorer.errors import UsageError
from explorer.library.edit_operations import EditOperation, change_place, set_place
from explorer.places.gazetteer import Gazetteer, gazetteer
from explorer.search.language.place_names import nearest_name, place_meaning
from explorer.text_format import excerpt


def place_edit(text: str) -> EditOperation:
    """The edit for a typed place: the name of a town, such as `Lisbon` or `Paris, Texas`, or
    coordinates; an empty text restores those of the file.

    Of several towns with that name, the one with the most people is meant; the summary says where
    it is. Raises UsageError for an unknown name, one of a region or country, and wrong coordinates.
    """
    if not any(map(str.isalpha, text)):
        return change_place(text)
    meaning, known = place_meaning(text), gazetteer()
    found = np.flatnonzero(np.isin(known.ids, list(meaning.places)))
    if not len(found):
        raise UsageError(_problem(text, is_larger=bool(meaning)))
    at = int(found[np.argmax(known.population[found])])
    placed = set_place(float(known.latitude[at]), float(known.longitude[at]))
    return placed._replace(summary=f"placed in {_full_name(known, at)}")


def _full_name(known: Gazetteer, at: int) -> str:
    """The name of a town with its region and country."""
    region = int(known.region[at])
    country = known.country_names[int(known.region_country[region])]
    names = known.names[at], known.region_names[region], country
    return ", ".join(dict.fromkeys(filter(None, names)))


def _problem(text: str, *, is_larger: bool) -> str:
    if is_larger:
        return f"“{excerpt(text)}” is a region or country. Write the name of a town there."
    similar = nearest_name(text)
    hint = f" Did you mean {similar}?" if similar else ""
    return (
        f"“{excerpt(text)}” is not a place with a known name.{hint} Write the name of a town, such"
        " as Lisbon or “Paris, Texas”, or a latitude and a longitude in degrees, such as 48.85,"
        " 2.35."
    )
