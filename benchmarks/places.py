"""How often photos are said to be in the right city and country, on landmarks that were not used
for tuning (`_landmarks.py`); and how many coordinates are named in a second.

    python run.py bench places [--wrong]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from benchmarks._landmarks import HELD_OUT, USED, landmarks
from explorer.library.text.text_folding import fold
from explorer.places.gazetteer import gazetteer
from explorer.places.reverse_geocoder import NONE, locate

_COORDINATES = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="list the landmarks named wrongly")
    show_wrong: bool = parser.parse_args().wrong
    _score("seen while the rules were chosen", USED, show_wrong)
    _score("held out", HELD_OUT, show_wrong)
    random = np.random.default_rng(1)
    latitude = np.degrees(np.arcsin(random.uniform(-1, 1, _COORDINATES)))
    longitude = random.uniform(-180, 180, _COORDINATES)
    start = time.perf_counter()
    locate(latitude, longitude)
    seconds = time.perf_counter() - start
    print(f"{_COORDINATES:,} coordinates all over the earth: {seconds:.1f} s")


def _score(title: str, table: str, show_wrong: bool) -> None:
    places, known = landmarks(table), gazetteer()
    found = locate(
        np.array([each.latitude for each in places]), np.array([each.longitude for each in places])
    )
    cities = countries = 0
    for each, place, city, country in zip(
        places, found.place.tolist(), found.city.tolist(), found.country.tolist(), strict=True
    ):
        named = {fold(known.names[at]) for at in (place, city) if at != NONE}
        right = not named.isdisjoint(map(fold, each.cities))
        code = known.country_codes[country] if country != NONE else ""
        cities += right
        countries += code == each.country
        if show_wrong and not (right and code == each.country):
            said = " / ".join(sorted(named)) or "nowhere"
            print(f"  {each.name}: {said}, {code or 'at sea'};"
                  f" right: {' / '.join(each.cities)}, {each.country}")  # fmt: skip
    count = len(places)
    print(f"{count} landmarks, {title}: city {cities / count:.1%},"
          f" country {countries / count:.1%} right")  # fmt: skip


if __name__ == "__main__":
    main()
