"""Places follow the coordinates of photos."""

from __future__ import annotations

import pytest

from explorer.analysis import place_stage
from explorer.analysis.place_stage import PlaceStage
from explorer.library.stores.location_store import location_counts, locations_of
from explorer.library.stores.quality_store import refresh_photo
from tests.factory import LibraryBuilder, decoded

PARIS, CHARTRES, OCEAN = (48.8584, 2.2945), (48.4477, 1.4878), (-40.0, -30.0)


def put(builder: LibraryBuilder, name: str, where: tuple[float, float] | None) -> int:
    facts = {"latitude": where[0], "longitude": where[1]} if where else {}
    return builder.put(name, name, **facts)


def quiet(done: int, total: int) -> None:
    """A tick that changes nothing."""


def fail(done: int, total: int) -> None:
    raise AssertionError("There was something to do.")


def test_photos_get_the_places_of_their_coordinates(builder: LibraryBuilder) -> None:
    paris, ocean = put(builder, "a.jpg", PARIS), put(builder, "b.jpg", OCEAN)
    plain = put(builder, "c.jpg", None)
    stage = PlaceStage(builder.library, builder.writer)
    stage.run(quiet)
    found = locations_of(builder.library.catalog, [paris, ocean, plain])
    assert list(found) == [paris]
    assert (found[paris].city_name, found[paris].country_code) == ("Paris", "FR")
    stage.run(fail)


def test_later_and_corrected_photos_follow(builder: LibraryBuilder) -> None:
    stage = PlaceStage(builder.library, builder.writer)
    photo = put(builder, "a.jpg", PARIS)
    stage.run(quiet)
    refresh_photo(builder.writer, photo, decoded(latitude=CHARTRES[0], longitude=CHARTRES[1]))
    later = put(builder, "b.jpg", PARIS)
    stage.run(quiet)
    found = locations_of(builder.library.catalog, [photo, later])
    assert (found[photo].city_name, found[later].city_name) == ("Chartres", "Paris")


def test_a_stopped_run_continues(builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place_stage, "BATCH_SIZE", 2)
    for number in range(5):
        put(builder, f"{number}.jpg", PARIS)
    ticks = list[tuple[int, int]]()

    def stop(done: int, total: int) -> None:
        ticks.append((done, total))
        raise InterruptedError

    stage = PlaceStage(builder.library, builder.writer)
    with pytest.raises(InterruptedError):
        stage.run(stop)
    stage.run(lambda done, total: ticks.append((done, total)))
    assert ticks == [(2, 5), (2, 3), (3, 3)]
    assert sum(each.photos for each in location_counts(builder.library.catalog)) == 5


def test_places_are_found_again_in_newer_data(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(builder, "a.jpg", PARIS)
    stage = PlaceStage(builder.library, builder.writer)
    stage.run(quiet)
    monkeypatch.setattr(place_stage, "VERSION", "next")
    ticks = list[tuple[int, int]]()
    stage.run(lambda done, total: ticks.append((done, total)))
    assert ticks == [(1, 1)]
    stage.run(fail)
