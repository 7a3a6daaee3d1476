"""The `places` command: what it prints."""

from __future__ import annotations

from pathlib import Path

from tests import pictures
from tests.fixtures.command_line import Run


class TestPlaces:
    def test_countries_regions_and_cities_are_counted(self, run: Run, tmp_path: Path) -> None:
        folder = tmp_path / "travels"
        for name, place in (
            ("a", (48.8584, 2.2945)), ("b", (48.8867, 2.3431)), ("c", (41.8902, 12.4922)),
        ):  # fmt: skip
            pictures.write(
                folder / f"{name}.jpg", pictures.draw(ord(name)), exif=pictures.exif(place=place)
            )
        run("index", folder, "--json")
        found = run("places", "--json").json
        assert [(place["name"], place["kind"], place["photos"]) for place in found] == [
            ("France", "country", 2), ("Italy", "country", 1),
        ]  # fmt: skip
        (region,) = found[0]["places"]
        assert region["kind"] == "region"
        (paris,) = region["places"]
        assert paris == {
            "name": "Paris", "kind": "city", "photos": 2,
            "query": 'place:"Paris, France"', "places": [],
        }  # fmt: skip
        assert len(run("search", paris["query"], "--json").json) == 2
        printed = run("places").out.splitlines()
        assert printed[0] == "France: 2 photos" and "    Paris: 2 photos" in printed

    def test_without_coordinates_there_is_nothing(self, run: Run, indexed: Path) -> None:
        assert run("places", "--json").json == []
        assert run("places").out == "No photo has coordinates of a known place.\n"
