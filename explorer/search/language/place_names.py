"""The names of places in queries: which cities, regions and countries a name means.

A name is compared as a whole, ignoring accents, capitals and hyphens. Large cities and all
countries are known by their names in other languages, too. A name of several parts, such as
`Springfield, Illinois`, means the places with the first name that lie in the others.
"""

from __future__ import annotations

import difflib
import functools
import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.library.text.text_folding import fold
from explorer.places.gazetteer import DATA, gazetteer, lines

# Only cities with at least this many people are proposed for an unknown name.
_PROPOSED_FROM = 15_000
_MIN_SIMILARITY = 0.6
_VARIANTS = {"’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "-": " ", "‐": " "}


class PlaceMeaning(NamedTuple):
    """What a name stands for: any of these."""

    places: frozenset[int] = frozenset()
    """GeoNames' ids of cities and of parts of cities."""
    regions: frozenset[str] = frozenset()
    """Codes such as `PT.14`."""
    countries: frozenset[str] = frozenset()
    """Codes (ISO 3166-1)."""

    def __bool__(self) -> bool:
        return bool(self.places or self.regions or self.countries)


class _Names(NamedTuple):
    """Names to be searched: the lines of a text, with a line break before and after each."""

    text: str
    ends: npt.NDArray[np.int64]
    """Where each line ends."""

    @classmethod
    def of(cls, folded: str) -> _Names:
        text = f"\n{folded}\n"
        return cls(text, np.array([each.start() for each in re.finditer("\n", text)][1:]))

    def lines_of(self, name: str) -> list[int]:
        """The numbers of the lines that have exactly this folded name."""
        found, at = list[int](), self.text.find(f"\n{name}\n")
        while at >= 0:
            found.append(int(np.searchsorted(self.ends, at, side="right")))
            at = self.text.find(f"\n{name}\n", at + 1)
        return found


class _Index(NamedTuple):
    own: _Names
    other: _Names
    other_owners: npt.NDArray[np.int32]
    regions: _Names
    countries: _Names
    other_countries: _Names
    other_country_owners: npt.NDArray[np.uint8]


def place_meaning(text: str) -> PlaceMeaning:
    """What a name stands for; empty for an unknown one."""
    name, *around = [" ".join(part.split()) for part in _folded(text).split(",")]
    if not name or "\n" in name:
        return PlaceMeaning()
    index, known = _index(), gazetteer()
    places = index.own.lines_of(name)
    places += [int(index.other_owners[at]) for at in index.other.lines_of(name)]
    regions, countries = index.regions.lines_of(name), _countries(name)
    for part in filter(None, around):
        inside_regions, inside = set(_regions(part)), set(_countries(part))
        places = [
            at
            for at in places
            if int(known.region[at]) in inside_regions or int(known.country[at]) in inside
        ]
        regions = [at for at in regions if int(known.region_country[at]) in inside]
        countries = []
    return PlaceMeaning(
        frozenset(int(known.ids[at]) for at in places),
        frozenset(known.region_codes[at] for at in regions),
        frozenset(known.country_codes[at] for at in countries),
    )


def folded_name(text: str) -> str:
    """The form in which names are compared, of the part before the first comma."""
    return " ".join(_folded(text.partition(",")[0]).split())


def _folded(text: str) -> str:
    """Folded, with one kind of apostrophe and without hyphens: `Saint-Denis` is `saint denis`."""
    return _without_variants(fold(text))


def _without_variants(text: str) -> str:
    # For all names, `str.translate` would take forty times as long.
    for variant, usual in _VARIANTS.items():
        text = text.replace(variant, usual)
    return text


def _regions(name: str) -> list[int]:
    """Regions by name or, as in `Paris, TX`, by the end of their code."""
    codes = (code.partition(".")[2].lower() for code in gazetteer().region_codes)
    short = [at for at, code in enumerate(codes) if code == name and not code.isdigit()]
    return [*_index().regions.lines_of(name), *short]


def _countries(name: str) -> list[int]:
    index = _index()
    others = [int(index.other_country_owners[at]) for at in index.other_countries.lines_of(name)]
    return [*index.countries.lines_of(name), *others]


def nearest_name(text: str) -> str | None:
    """The name of a large city, region or country that an unknown name may have been meant to be:
    the largest that begins with it, or else the most similar."""
    name = folded_name(text)
    if not name:
        return None
    folded = _proposed_names()
    longer = next((each for each in folded if each.startswith(name)), None)
    if longer and len(name) >= 3:
        return folded[longer]
    alike = [each for each in folded if abs(len(each) - len(name)) <= 2 and each[0] == name[0]]
    found = difflib.get_close_matches(name, alike, 1, _MIN_SIMILARITY)
    return folded[found[0]] if found else None


def is_well_known(text: str) -> bool:
    """Whether a name is that of a country, a region or a city with at least 15,000 people."""
    meaning, known = place_meaning(text), gazetteer()
    if meaning.regions or meaning.countries:
        return True
    return any(known.population[np.isin(known.ids, list(meaning.places))] >= _PROPOSED_FROM)


@functools.cache
def large_places(people: int) -> dict[str, str]:
    """The names of countries, and of cities with more people than that, by their folded forms, the
    largest first."""
    known = gazetteer()
    order = np.argsort(-known.population, kind="stable")
    large = order[: int((known.population >= people).sum())].tolist()
    return {
        _folded(name): name for name in (*known.country_names, *(known.names[i] for i in large))
    }


@functools.cache
def _proposed_names() -> dict[str, str]:
    """Names of countries, regions and large cities by their folded forms; cities by population,
    the largest first. Folding them takes 0.2 s, once per process."""
    known = gazetteer()
    order = np.argsort(-known.population, kind="stable")
    large = order[: int((known.population >= _PROPOSED_FROM).sum())]
    cities = (known.names[at] for at in large.tolist())
    folded = dict[str, str]()
    for name in (*known.country_names, *filter(None, known.region_names), *cities):
        folded.setdefault(_folded(name), name)
    return folded


@functools.cache
def _index() -> _Index:
    """The names of all places, read once per process, which takes about 0.5 s."""
    known = gazetteer()
    with np.load(DATA / "place_names.npz", allow_pickle=False) as data:
        return _Index(
            _Names.of(_folded("\n".join(known.names))),
            _Names.of(_without_variants("\n".join(lines(data["names"])))),
            data["owners"],
            _Names.of(_folded("\n".join(known.region_names))),
            _Names.of(_folded("\n".join(known.country_names))),
            _Names.of(_without_variants("\n".join(lines(data["country_names"])))),
            data["country_owners"],
        )
