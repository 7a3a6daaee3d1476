"""Photos that are known but lack something are read again, where that is possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from explorer.decoding.decode_result import DecodeResult
from explorer.indexing import backfill
from explorer.indexing.batch_reader import BatchReader
from explorer.indexing.pipeline import Indexer
from explorer.indexing.read_task import ReadTask
from explorer.library.file_rows import FileStat
from explorer.library.index_files import index_files
from explorer.library.stores.quality_store import refresh_photo
from explorer.library.writer import Writer
from explorer.photos.decoded_photo import DecodedPhoto
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.index_summary import IndexSummary
from tests import pictures
from tests.fixtures.indexing import CountingEncoder, IndexingSetup
from tests.indexing.test_pipeline import counts
from tests.tiny import Tiny


class Second(CountingEncoder):
    name = "second"


def task(root_id: int, name: str) -> ReadTask:
    return ReadTask(root_id, FileStat(name, 1, 2_500_000_000, 3))


def test_only_existing_files_on_responsive_drives_are_read(
    setup: IndexingSetup, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for path in (setup.photos / "a.jpg", setup.photos / "b.jpg", other / "a.jpg"):
        path.write_bytes(b"x")
    completer = setup.indexer._backfill
    completer._reader.roots = {1: str(setup.photos), 2: str(other)}
    tasks = [task(1, "a.jpg"), task(2, "a.jpg"), task(1, "gone.jpg"), task(1, "b.jpg")]
    assert completer._available(tasks) == [tasks[0], tasks[3], tasks[1]]
    setup.drives.unresponsive = {str(setup.photos)}
    assert completer._available(tasks) == [tasks[1]]


def test_a_drive_signals_progress_for_each_file_that_is_looked_for(setup: IndexingSetup) -> None:
    """Without it, looking for a hundred thousand files would count as silence."""
    heard = list[int]()

    class CountingDrives(DriveTimeouts):
        def call(
            self, root: str, function: Callable[..., Any], tick: Callable[[], None] = lambda: None
        ) -> Any:
            return function(lambda: heard.append(1))

    completer = setup.indexer._backfill
    completer._drives, completer._reader.roots = CountingDrives(), {1: str(setup.photos)}
    assert completer._available([task(1, "a.jpg"), task(1, "b.jpg")]) == []
    assert len(heard) == 2


def test_preferred_previews_spare_only_originals_that_hold_no_more(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in (("small.png", (100, 100)), ("large.png", (300, 200))):
        pictures.write(setup.photos / name, pictures.plain("red", size))
    setup.run()
    indexer = Indexer(setup.library, setup.writer, Second(), setup.pool, lambda _: None)
    indexer._reader.roots = setup.library.catalog.root_paths()
    indexer._backfill._prefer_previews = True
    monkeypatch.setattr(backfill, "preview_is_enough", lambda width, *_: width == 100)
    read, real = list[str](), BatchReader.batches

    def record(
        self: BatchReader, tasks: Sequence[ReadTask], known: Callable[[bytes], bool]
    ) -> Iterator[list[DecodeResult]]:
        read.extend(task.seen.path for task in tasks)
        yield from real(self, tasks, known)

    monkeypatch.setattr(BatchReader, "batches", record)
    summary = IndexSummary()
    assert indexer._backfill.encode_missing(summary)
    assert read == ["large.png"] and summary.encoded == 2


def test_originals_are_only_read_for_photos_that_lack_something(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.draw("a.jpg")
    setup.run()
    monkeypatch.setattr(
        BatchReader,
        "batches",
        lambda self, tasks, known: pytest.fail("it was read") if tasks else iter([]),
    )
    assert setup.run().encoded == 0


def test_another_encoder_encodes_the_photos_it_lacks(setup: IndexingSetup) -> None:
    setup.paint("red.png", "red")
    gone = setup.paint("blue.png", "blue")
    setup.run()
    second = Second()
    indexer = Indexer(setup.library, setup.writer, second, setup.pool, lambda _: None)
    # Its original is away without the scan's knowing: the preview stands in.
    gone.unlink()
    summary = indexer.run([], thorough=True)
    assert summary.encoded == 2 and second.encoded == 2
    index = setup.library.vectors(second.name, second.version, second.dim)
    assert sorted(index.ids().tolist()) == sorted(setup.present().values())
    _, found = index.search(Tiny().encode_texts(["blue"])[0], 1)
    assert found.tolist() == [setup.present()["blue.png"]]
    assert indexer.run([], thorough=True).encoded == 0


class Newer(CountingEncoder):
    version = "newer"


def test_vectors_of_an_earlier_version_go_when_all_photos_are_encoded_again(
    setup: IndexingSetup,
) -> None:
    setup.paint("red.png", "red")
    setup.paint("blue.png", "blue")
    setup.run()
    setup.index().save()
    other = Second()
    Indexer(setup.library, setup.writer, other, setup.pool, lambda _: None).run([])
    newer = Newer()

    class Stop(Exception):
        pass

    def stop(_: object) -> None:
        raise Stop

    indexer = Indexer(setup.library, setup.writer, newer, setup.pool, stop)
    old = index_files(setup.library.dir / "vectors", setup.encoder.name, setup.encoder.version)
    with pytest.raises(Stop):
        indexer.run([])
    assert len(setup.library.catalog.encoders()) == 3 and all(each.exists() for each in old)
    indexer = Indexer(setup.library, setup.writer, newer, setup.pool, lambda _: None)
    indexer.run([], thorough=False)
    assert len(setup.library.catalog.encoders()) == 3
    indexer.run([])
    known = {(name, version) for name, version, _, _ in setup.library.catalog.encoders()}
    assert known == {(newer.name, newer.version), (other.name, other.version)}
    assert old and not any(each.exists() for each in old)
    with setup.library.catalog.reading() as db:
        assert db.execute("select count(*) from embedding").fetchone()[0] == 4


def test_originals_that_cannot_be_read_do_not_hold_up_a_run_in_parts(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = setup.paint("red.png", "red")
    setup.run()
    path.write_bytes(b"torn")
    monkeypatch.setattr(backfill, "preview_is_enough", lambda *_: False)
    indexer = Indexer(setup.library, setup.writer, Second(), setup.pool, lambda _: None)
    indexer._reader.roots = setup.library.catalog.root_paths()
    read, real = list[int](), BatchReader.batches

    def record(
        self: BatchReader, tasks: Sequence[ReadTask], known: Callable[[bytes], bool]
    ) -> Iterator[list[DecodeResult]]:
        for batch in real(self, tasks, known):
            read.append(len(batch))
            yield batch

    monkeypatch.setattr(BatchReader, "batches", record)
    # The time of each part is up as soon as an original was read.
    summary = IndexSummary()
    assert not indexer._backfill.encode_missing(summary, lambda: bool(read))
    assert read == [1] and summary.encoded == 0
    read.clear()
    assert indexer._backfill.encode_missing(summary, lambda: bool(read))
    assert not read and summary.encoded == 1
    # Then the next run may find them readable.
    assert indexer._backfill._read_in_vain == set()


def test_a_damaged_preview_does_not_stop_a_run(setup: IndexingSetup) -> None:
    setup.paint("red.png", "red")
    gone = setup.paint("blue.png", "blue")
    setup.run()
    row = setup.library.catalog.photo(setup.present()["blue.png"])
    assert row is not None
    setup.library.previews.path(row["hash"]).write_bytes(b"torn")
    gone.unlink()
    summary = Indexer(setup.library, setup.writer, Second(), setup.pool, lambda _: None).run(
        [], thorough=True
    )
    assert summary.encoded == 1


def test_photos_measured_together_are_updated_all_or_none(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        setup.draw(f"{number}.jpg", number)
    setup.run()
    setup.writer.connection.execute("update photo set contents = null, width = 1")
    updated, real = list[int](), refresh_photo

    def fail_at_the_second(writer: Writer, photo_id: int, photo: DecodedPhoto) -> None:
        if updated:
            raise KeyError(photo_id)
        real(writer, photo_id, photo)
        updated.append(photo_id)

    monkeypatch.setattr(backfill, "refresh_photo", fail_at_the_second)
    with pytest.raises(KeyError):
        setup.run()
    rows = setup.library.catalog.photos(setup.present().values())
    assert [row["width"] for row in rows.values()] == [1, 1] and len(updated) == 1


def test_photos_of_an_earlier_release_are_read_again_once(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.draw("a.jpg", 1)
    setup.draw("b.jpg", 2)
    setup.run()
    before = {
        name: setup.library.catalog.photo(photo_id) for name, photo_id in setup.present().items()
    }
    previews = {
        name: setup.library.previews.path(row["hash"])
        for name, row in before.items()
        if row is not None
    }
    kept = previews["a.jpg"].read_bytes()
    setup.writer.connection.execute(
        "update photo set contents = null, width = 1, camera = 'another', phash = null"
    )
    for path in previews.values():
        path.write_bytes(b"of an earlier release")
    # One row is of another content than its file has: what is read is not that photo's.
    setup.writer.connection.execute(
        "update photo set hash = ? where id = ?", (bytes(16), setup.present()["b.jpg"])
    )
    assert counts(setup.run()) == {"unchanged": 2}
    ids = setup.present()
    assert (
        setup.library.catalog.photo(ids["a.jpg"]) == before["a.jpg"]
        and previews["a.jpg"].read_bytes() == kept
    )
    stale = setup.library.catalog.photo(ids["b.jpg"])
    assert (
        stale is not None
        and stale["width"] == 1
        and previews["b.jpg"].read_bytes() == b"of an earlier release"
    )
    # Its file is indexed anew.
    assert counts(setup.run()) == {"unchanged": 1, "indexed": 1, "encoded": 1}
    monkeypatch.setattr(setup.pool, "_run_job", lambda *_: pytest.fail("a file was read again"))
    assert counts(setup.run()) == {"unchanged": 2}
