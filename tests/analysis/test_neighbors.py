from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.analysis import neighbors
from explorer.analysis.neighbor_check import check_neighbors
from explorer.analysis.neighbors import NeighborStage
from explorer.library.library import Library
from explorer.library.stores import neighbor_store
from explorer.library.stores.neighbor_store import NEIGHBOR_COUNT, NO_PHOTO
from tests import factory
from tests.factory import DIM, ENCODER, VERSION, LibraryBuilder, vector_of
from tests.thoroughness import times


class EncoderName:
    """As much of an encoder as the stage uses."""

    name, version, dim = ENCODER, VERSION, DIM


def stage(builder: LibraryBuilder) -> NeighborStage:
    return NeighborStage(builder.library, builder.writer, EncoderName())  # type: ignore[arg-type]


def quiet(done: int, total: int) -> None:
    pass


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbors, "BLOCK_ROWS", 16)
    monkeypatch.setattr(neighbors, "BLOCK_COLUMNS", 32)
    monkeypatch.setattr(neighbors, "BATCH_SIZE", 32)
    monkeypatch.setattr(neighbors, "SEARCH_RESULTS", NEIGHBOR_COUNT + 2)


def check(builder: LibraryBuilder) -> None:
    """The stored lists are what a search finds; a list that lost neighbors may be shorter."""
    index = builder.index()
    ids = np.sort(index.ids())
    rows = index.rows(ids)
    product = rows @ rows.T
    kept = neighbor_store.neighbor_table(builder.library.catalog, builder.encoder)
    assert kept.ids.tolist() == ids.tolist()
    for number in range(len(ids)):
        near = kept.near[number][kept.near[number] != NO_PHOTO]
        assert len(near) >= min(neighbors.SHORT_LIST, len(ids) - 1) and len(
            set(near.tolist())
        ) == len(near)
        assert ids[number] not in near
        best = np.sort(np.delete(product[number], number))[::-1][: len(near)]
        assert np.allclose(kept.scores[number][: len(near)], best, atol=1e-5)
        assert np.allclose(product[number][np.searchsorted(ids, near)], best, atol=1e-5)


def test_lists_are_exact_from_one_photo_to_many(builder: LibraryBuilder) -> None:
    kept = stage(builder)
    for number in (0, 1, 5, NEIGHBOR_COUNT, 100):
        for content in range(number):
            builder.put(f"{content}.jpg", content)
        kept.run(quiet)
        check(builder)


@settings(max_examples=times(15, 75), deadline=None)
@given(data=st.data())
def test_lists_stay_exact_as_photos_come_and_go(
    tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    folder = tmp_path_factory.mktemp("come-and-go")
    (folder / "photos").mkdir()
    builder = LibraryBuilder(Library.open(folder / "library"), str(folder / "photos"))
    try:
        kept, there = stage(builder), set[int]()
        for _ in range(data.draw(st.integers(1, 5))):
            for content in data.draw(st.sets(st.integers(0, 90), max_size=60)):
                if content in there:
                    builder.lose(f"{content}.jpg")
                    there.remove(content)
                else:
                    builder.put(f"{content}.jpg", content)
                    there.add(content)
            if data.draw(st.booleans()):
                kept = stage(builder)
            kept.run(quiet)
            check(builder)
    finally:
        builder.close()


def test_an_interrupted_run_is_continued_by_the_next(builder: LibraryBuilder) -> None:
    for content in range(70):
        builder.put(f"{content}.jpg", content)
    kept, calls = stage(builder), 0

    def cut(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls % 7 == 0:
            raise InterruptedError

    for _ in range(30):
        try:
            kept.run(cut)
            break
        except InterruptedError:
            continue
    kept.run(quiet)
    check(builder)


@pytest.mark.parametrize("crowded", [False, True])
def test_photos_added_one_by_one_enter_all_lists_they_belong_to(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch, crowded: bool
) -> None:
    """Also those of isolated photos, which a search for the new photo does not return; and among
    many equal photos."""
    kept = stage(builder)
    random = np.random.default_rng(5)
    for number in range(90):
        vector = (
            random.standard_normal(DIM)
            if number % 3
            else np.ones(DIM) + (0 if crowded else 0.3) * random.standard_normal(DIM)
        )
        unit = (vector / np.linalg.norm(vector)).astype(np.float32)
        monkeypatch.setattr(factory, "vector_of", lambda content, unit=unit: unit)
        builder.put(f"{number}.jpg", ("lone", number))
        kept.run(quiet)
        if number % 7 == 0:
            check(builder)
    check(builder)


def test_a_run_without_changes_does_nothing(builder: LibraryBuilder) -> None:
    for content in range(30):
        builder.put(f"{content}.jpg", content)
    kept, said = stage(builder), list[tuple[int, int]]()
    kept.run(quiet)
    kept.run(lambda *at: said.append(at))
    stage(builder).run(lambda *at: said.append(at))
    assert said == []


def test_one_photo_has_the_neighbors_of_an_exact_search(builder: LibraryBuilder) -> None:
    ids = [builder.put(f"{content}.jpg", content) for content in range(40)]
    assert neighbor_store.neighbors_of(builder.library.catalog, builder.encoder, ids[3]) == []
    stage(builder).run(quiet)
    found = neighbor_store.neighbors_of(builder.library.catalog, builder.encoder, ids[3])
    assert len(found) == NEIGHBOR_COUNT
    assert found[0][1] == pytest.approx(
        max(float(vector_of(3) @ vector_of(c)) for c in range(40) if c != 3), abs=2e-3
    )


@pytest.mark.parametrize("seed", range(3))
def test_lists_stay_exact_over_many_runs(builder: LibraryBuilder, seed: int) -> None:
    """As lists lose neighbors, are computed again and gain others, in small and large libraries."""
    random, alive, number, keeper = np.random.default_rng(seed), set[int](), 0, stage(builder)
    for _ in range(30):
        for _ in range(int(random.integers(0, 20))):
            builder.put(f"{number}.jpg", (seed, number))
            alive.add(number)
            number += 1
        for gone in random.permutation(sorted(alive))[: int(random.integers(0, 18))]:
            builder.lose(f"{gone}.jpg")
            alive.discard(int(gone))
        keeper.run(quiet)
        check(builder)
        assert check_neighbors(builder.library, builder.index(), builder.encoder) == []


def test_wrong_lists_are_noticed_while_the_stage_lags(builder: LibraryBuilder) -> None:
    ids = [builder.put(f"{content}.jpg", content) for content in range(40)]
    stage(builder).run(quiet)
    builder.put("new.jpg", "new")
    builder.lose("7.jpg")
    library, encoder = builder.library, builder.encoder
    assert check_neighbors(library, builder.index(), encoder) == []
    lists = neighbor_store.neighbor_table(library.catalog, encoder)
    row = slice(3, 4)
    with builder.writer.transaction():
        neighbor_store.put_neighbors(
            builder.writer, encoder, lists.ids[row], lists.near[row], lists.scores[row] - 0.01
        )
    assert check_neighbors(library, builder.index(), encoder) == [ids[3]]
    for stranger in (0, -5, 1 << 50):
        near = lists.near[row].copy()
        near[0, 0] = stranger
        with builder.writer.transaction():
            neighbor_store.put_neighbors(
                builder.writer, encoder, lists.ids[row], near, lists.scores[row]
            )
        assert check_neighbors(library, builder.index(), encoder) == [ids[3]]
