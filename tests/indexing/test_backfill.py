"""Photos that are known but lack something are read once more, where that is possible."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.indexing.batch_reader import BatchReader
from explorer.indexing.read_task import ReadTask
from explorer.library.file_rows import FileStat
from tests.fixtures.indexing import IndexingSetup


def task(root_id: int, name: str) -> ReadTask:
    return ReadTask(root_id, FileStat(name, 1, 2_500_000_000, 3))


def test_only_existing_files_on_drives_that_answer_are_read(
    desk: IndexingSetup, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for path in (desk.photos / "a.jpg", desk.photos / "b.jpg", other / "a.jpg"):
        path.write_bytes(b"x")
    backfill = desk.indexer._backfill
    backfill._reader.roots = {1: str(desk.photos), 2: str(other)}
    tasks = [task(1, "a.jpg"), task(2, "a.jpg"), task(1, "gone.jpg"), task(1, "b.jpg")]
    assert backfill._available(tasks) == [tasks[0], tasks[3], tasks[1]]
    desk.drives.unresponsive = {str(desk.photos)}
    assert backfill._available(tasks) == [tasks[1]]


def test_originals_are_only_read_for_photos_that_lack_something(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.draw("a.jpg")
    desk.run()
    monkeypatch.setattr(
        BatchReader,
        "batches",
        lambda self, tasks, known: pytest.fail("it was read") if tasks else iter([]),
    )
    assert desk.run().encoded == 0
