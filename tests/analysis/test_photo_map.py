from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.analysis import map_layout, photo_map
from explorer.analysis.neighbors import NeighborStage
from explorer.analysis.photo_map import MapStage
from explorer.library.library import Library
from explorer.library.stores import map_store as store
from explorer.library.stores import stage_store
from tests import factory
from tests.factory import DIM, ENCODER, VERSION, LibraryBuilder
from tests.thoroughness import times


class EncoderName:
    """As much of an encoder as the stages use."""

    name, version, dim = ENCODER, VERSION, DIM


class MapLibrary(LibraryBuilder):
    """A library with the two stages that make its map."""

    def __init__(self, folder: Path) -> None:
        (folder / "photos").mkdir(parents=True)
        super().__init__(Library.open(folder / "library"), str(folder / "photos"))
        self.restart()

    def restart(self) -> None:
        """Go on as another process would."""
        self.neighbours = NeighborStage(self.library, self.writer, EncoderName())  # type: ignore[arg-type]
        self.stage = MapStage(self.library, self.writer, EncoderName())  # type: ignore[arg-type]

    def fill(self, *contents: object) -> list[int]:
        return [self.put(f"{content}.jpg", content) for content in contents]

    def follow(self) -> dict[int, tuple[float, float]]:
        """The map after both stages have followed the catalog."""
        self.neighbours.run(quiet)
        for _ in range(1000):
            self.stage.run(quiet)
            if (
                stage_store.stage_change(self.library.catalog, f"map {self.encoder}", "1")
                == self.library.catalog.change()
            ):
                return self.map()
        raise AssertionError("the map was not finished")

    def map(self) -> dict[int, tuple[float, float]]:
        found = store.map_coordinates(self.library.catalog, self.encoder)
        return {
            i: (x, y)
            for i, (x, y) in zip(found.ids.tolist(), found.coordinates.tolist(), strict=True)
        }


def quiet(done: int, total: int) -> None:
    pass


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_layout, "STEPS", 60)


@pytest.fixture
def atlas(tmp_path: Path) -> Iterator[MapLibrary]:
    made = MapLibrary(tmp_path)
    yield made
    made.close()


def test_every_photo_has_its_own_position(atlas: MapLibrary) -> None:
    for number in (0, 1, 2, 3, 40):
        ids = atlas.fill(*range(number))
        found = atlas.follow()
        assert sorted(found) == sorted(ids)
        assert len(set(found.values())) == number
        assert np.isfinite(np.array(list(found.values()))).all()


@settings(max_examples=times(10, 50), deadline=None)
@given(data=st.data())
def test_new_photos_move_none_of_the_others(
    tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    atlas = MapLibrary(tmp_path_factory.mktemp("atlas"))
    try:
        atlas.fill(*range(30))
        found, next_one = atlas.follow(), 30
        for number in data.draw(st.lists(st.integers(1, 6), max_size=5)):
            new = atlas.fill(*range(next_one, next_one + number))
            next_one += number
            if data.draw(st.booleans()):
                atlas.restart()
            now = atlas.follow()
            assert {i: now[i] for i in found} == found
            assert set(now) == set(found) | set(new)
            found = now
    finally:
        atlas.close()


def test_a_library_that_doubled_gets_a_new_map_aligned_with_the_old_one(atlas: MapLibrary) -> None:
    atlas.fill(*range(40))
    before = atlas.follow()
    atlas.fill(*range(40, 80))
    assert atlas.follow() | before == atlas.map()
    atlas.fill(80)
    now = atlas.follow()
    assert all(now[i] != before[i] for i in before)
    old, new = (np.array([where[i] for i in before]) for where in (before, now))
    old, new = old - old.mean(axis=0), new - new.mean(axis=0)
    apart = ((old - new) ** 2).sum()
    for turn in range(1, 12):
        angle = turn * np.pi / 6
        assert (
            apart
            <= (
                (
                    old
                    - new
                    @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
                )
                ** 2
            ).sum()
            + 1e-3
        )


def test_an_interrupted_layout_gives_the_same_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, cut = MapLibrary(tmp_path / "whole"), MapLibrary(tmp_path / "cut")
    try:
        for atlas in (whole, cut):
            atlas.fill(*range(50))
        expected = whole.follow()
        calls = 0

        def stop(done: int, total: int) -> None:
            nonlocal calls
            calls += 1
            if calls % 17 == 0:
                raise InterruptedError

        cut.neighbours.run(quiet)
        interrupted = 0
        while not cut.map():
            cut.restart()
            try:
                cut.stage.run(stop)
            except InterruptedError:
                interrupted += 1
        assert interrupted >= 3
        assert cut.map() == expected
    finally:
        whole.close()
        cut.close()


def test_a_layout_is_computed_in_small_steps(
    atlas: MapLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_map, "SECONDS_AT_ONCE", 0.0)
    atlas.fill(*range(20))
    atlas.neighbours.run(quiet)
    atlas.stage.run(quiet)
    assert not atlas.map()
    assert len(store.map_layout(atlas.library.catalog, atlas.encoder).draft.ids) == 20
    monkeypatch.setattr(photo_map, "SECONDS_AT_ONCE", 60.0)
    # A photo that comes meanwhile is placed when the drawing is done.
    atlas.fill(20)
    assert len(atlas.follow()) == 21


def test_a_run_without_changes_leaves_the_map_unchanged(atlas: MapLibrary) -> None:
    atlas.fill(*range(30))
    atlas.follow()
    atlas.neighbours.run(quiet)
    atlas.stage.run(quiet)
    said, change = list[tuple[int, int]](), atlas.library.catalog.change()
    for _ in range(3):
        atlas.neighbours.run(lambda *at: said.append(at))
        atlas.stage.run(lambda *at: said.append(at))
    atlas.restart()
    atlas.stage.run(lambda *at: said.append(at))
    assert said == [] and atlas.library.catalog.change() == change


def test_photos_that_return_get_their_old_position(atlas: MapLibrary) -> None:
    ids = atlas.fill(*range(30))
    before = atlas.follow()
    atlas.lose("7.jpg")
    assert atlas.follow() == {i: place for i, place in before.items() if i != ids[7]}
    atlas.fill(7)
    assert atlas.follow() == before


def test_new_photos_similar_only_to_each_other_are_placed(
    atlas: MapLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        factory,
        "vector_of",
        lambda content: np.eye(DIM)[0] + 0.01 * _noise(content) if content < 40 else np.eye(DIM)[1],
    )
    atlas.fill(*range(40))
    atlas.follow()
    # More than a list of neighbours holds, so that none of them knows one of the old photos.
    new = atlas.fill(*range(40, 75))
    found = atlas.follow()
    assert set(new) <= set(found)


def test_a_photo_is_placed_even_if_no_other_is_left(atlas: MapLibrary) -> None:
    (first,) = atlas.fill("first")
    atlas.follow()
    atlas.lose("first.jpg")
    (second,) = atlas.fill("second")
    assert atlas.follow().keys() == {second}
    assert first != second


def _noise(content: object) -> np.ndarray:
    return np.random.default_rng(int(str(content))).standard_normal(DIM)
