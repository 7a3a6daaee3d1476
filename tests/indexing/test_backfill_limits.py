"""What completing a photo leaves alone: other contents, photos to be left out, and files that are
not here."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from explorer.indexing import backfill
from explorer.indexing.pipeline import Indexer
from explorer.indexing.progress import Progress
from explorer.scanning.index_summary import IndexSummary
from explorer.systems.this_system import this_system
from tests.fixtures.indexing import IndexingSetup
from tests.indexing.test_backfill import Second, task
from tests.tiny import Tiny


def second(setup: IndexingSetup, tick: Callable[[Progress], None] = lambda _: None) -> Indexer:
    """An indexer with an encoder that has encoded nothing yet."""
    indexer = Indexer(setup.library, setup.writer, Second(), setup.pool, tick)
    indexer._reader.roots = setup.library.catalog.root_paths()
    return indexer


def encoded(setup: IndexingSetup) -> dict[int, str]:
    """The color that the vector of each photo says."""
    index = setup.library.vectors(Second.name, Second.version, Second.dim)
    colors = ("red", "green", "blue")
    return {
        int(photo): max(colors, key=lambda color: float(stored @ Tiny().encode_texts([color])[0]))
        for photo in index.ids()
        if (stored := index.get(int(photo))) is not None
    }


def test_a_photo_never_gets_the_vector_of_what_replaced_its_file(setup: IndexingSetup) -> None:
    path = setup.paint("a.bmp", "red")
    setup.run()
    facts = path.stat()
    setup.paint("a.bmp", "blue")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    summary = IndexSummary()
    assert second(setup)._backfill.encode_missing(summary)
    # Its preview is still that of the content that was indexed.
    assert encoded(setup) == {setup.present()["a.bmp"]: "red"} and summary.encoded == 1


def test_what_is_read_for_a_vector_is_measured_as_well(setup: IndexingSetup) -> None:
    setup.paint("a.png", "red")
    setup.run()
    setup.writer.connection.execute("update photo set width = 7")
    summary = IndexSummary()
    assert second(setup)._backfill.encode_missing(summary) and summary.encoded == 1
    row = setup.library.catalog.photo(setup.present()["a.png"])
    assert row is not None and row["width"] == 48


def test_photos_that_cannot_be_encoded_are_left_out_from_then_on(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, color in (("a.png", "red"), ("b.png", "green"), ("c.png", "blue")):
        setup.paint(name, color)
    setup.run()
    ids = setup.present()
    torn = setup.library.catalog.photo(ids["b.png"])
    assert torn is not None
    setup.library.previews.path(torn["hash"]).write_bytes(b"torn")
    (setup.photos / "b.png").unlink()
    indexer, skip, summary = second(setup), {ids["c.png"]}, IndexSummary()
    assert indexer._backfill.encode_missing(summary, skip=skip)
    assert encoded(setup) == {ids["a.png"]: "red"} and summary.encoded == 1
    assert skip == {ids["b.png"], ids["c.png"]}
    monkeypatch.setattr(indexer._backfill, "_available", pytest.fail)
    assert indexer._backfill.encode_missing(summary, skip=skip) and summary.encoded == 1


@pytest.mark.parametrize("prefer", [False, True])
def test_nothing_is_begun_when_the_time_is_up(
    setup: IndexingSetup, prefer: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.paint("a.png", "red")
    setup.run()
    indexer, summary = second(setup), IndexSummary()
    indexer._backfill._prefer_previews = prefer
    monkeypatch.setattr(backfill, "preview_is_enough", lambda *_: False)
    assert not indexer._backfill.encode_missing(summary, lambda: True)
    assert summary.encoded == 0 and encoded(setup) == {}
    skip = set[int]()
    assert indexer._backfill.encode_missing(summary, skip=skip) and summary.encoded == 1
    assert skip == set()


@pytest.mark.parametrize("originals", [False, True])
def test_a_run_whose_time_is_up_has_not_got_through(setup: IndexingSetup, originals: bool) -> None:
    """Also where the time was just enough: the next call says so."""
    path = setup.paint("a.png", "red")
    setup.run()
    if not originals:
        path.unlink()
    indexer, summary, skip = second(setup), IndexSummary(), set[int]()
    assert not indexer._backfill.encode_missing(summary, lambda: summary.encoded > 0, skip)
    assert summary.encoded == 1 and skip == set()
    assert indexer._backfill.encode_missing(summary, skip=skip) and summary.encoded == 1


def test_progress_counts_every_preview_once(setup: IndexingSetup) -> None:
    for number in range(3):
        setup.paint(f"{number}.png", f"#{number}0{number}0{number}0")
    setup.run()
    for path in setup.photos.iterdir():
        path.unlink()
    seen, summary = list[Progress](), IndexSummary()
    indexer = second(setup)
    indexer._backfill._tick = seen.append
    assert indexer._backfill.encode_missing(summary)
    assert summary.encoded == 3 and (seen[-1].done, seen[-1].total) == (3, 3)


def test_no_original_is_downloaded(setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    setup.paint("a.png", "red")
    indexer = second(setup)
    indexer._backfill._reader.roots = {1: str(setup.photos)}
    here = task(1, "a.png")
    assert indexer._backfill._available([here]) == [here]
    monkeypatch.setattr(type(this_system()), "is_in_cloud", lambda _, facts: True)
    assert indexer._backfill._available([here]) == []
