"""Writing outcomes of reading to the catalog, one result at a time, without a decoder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.errors import PhotoError
from explorer.indexing import photo_updates
from explorer.indexing.photo_updates import PhotoUpdates
from explorer.indexing.read_task import ReadTask
from explorer.indexing.rewritten_files import RewrittenFiles
from explorer.library.file_rows import FileStat, KnownFile
from explorer.library.missing_files import put_vanished
from explorer.library.stores.file_store import files_below, put_missing
from explorer.library.stores.root_store import add_root, update_root
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.path_probes import device_of
from explorer.scanning.write_detection import WriteDetector
from tests.factory import LibraryBuilder, decoded, digest_of, vector_of
from tests.fixtures.drives import DrivesOutsideTransactions

UNKNOWN = "unknown"


class Updating:
    """A run over the builder's folder, in which the scan did not find the files `gone`.

    device: of the folder, as last seen; UNKNOWN leaves it as it is, None is that of the folder now.
    """

    def __init__(self, builder: LibraryBuilder, *gone: str, device: str | None = None) -> None:
        self.builder, self.photos = builder, builder.library.dir.parent / "photos"
        if device != UNKNOWN:
            known_device = device or device_of(str(self.photos))
            update_root(builder.writer, builder.root, device=known_device)
        self.drives = DrivesOutsideTransactions(builder.writer)
        self.summary = IndexSummary()
        self.changes: dict[str, int] = {}
        self.gone = {self.file(name).id: self.file(name) for name in gone}
        self.updates = PhotoUpdates(
            builder.writer,
            builder.encoder,
            builder.library.catalog.roots(),
            self.gone,
            self.summary,
            drives=self.drives,
            detector=WriteDetector(),
            changes=self.changes,
            rewritten=RewrittenFiles(builder.writer, builder.library.previews, {}),
        )

    def files(self) -> dict[str, KnownFile]:
        return files_below(self.builder.writer, self.builder.root)

    def file(self, name: str) -> KnownFile:
        return self.files()[name]

    def read(self, name: str, content: object, *, size: int = 1000, error: str = "") -> None:
        """Record that a file was read which the scan saw with 1000 bytes, or why it was not."""
        task = ReadTask(self.builder.root, FileStat(name, 1000, 5, 70))
        job = DecodeJob(str(self.photos / name), 1.0, task)
        result = (
            DecodeResult(job, error=error)
            if error
            else DecodeResult(job, digest_of(content), size, 5, decoded())
        )
        self.update((result, None if error else vector_of(content)))

    def update(self, *results: tuple[DecodeResult, np.ndarray | None], exists: bool = True) -> None:
        """Record these in one transaction, as the pipeline does."""
        sources = self.updates.move_sources([result for result, _ in results])
        with self.builder.writer.transaction():
            for (result, vector), source in zip(results, sources, strict=True):
                self.updates.update(result, vector, exists=exists, source=source)


def test_a_file_that_the_scan_missed_has_moved_even_if_its_drive_stops_responding(
    builder: LibraryBuilder,
) -> None:
    builder.put("a.jpg", "one")
    run = Updating(builder, "a.jpg")
    before = run.file("a.jpg")
    run.drives.unresponsive = {str(run.photos)}
    run.read("b.jpg", "one")
    assert set(run.files()) == {"b.jpg"} and run.file("b.jpg").id == before.id
    assert (run.summary.moved, run.summary.indexed) == (1, 0)
    # Whoever records what is gone must not find it there.
    assert run.gone == {}


def test_a_vanished_file_moves_to_one_new_path_only(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", "one")
    run = Updating(builder, "a.jpg")
    (run.photos / "b.jpg").write_text("is there")
    for name in ("b.jpg", "c.jpg"):
        run.read(name, "one")
    assert set(run.files()) == {"b.jpg", "c.jpg"}
    assert (run.summary.moved, run.summary.indexed, run.summary.encoded) == (1, 1, 0)


def test_a_row_that_an_earlier_file_of_the_batch_changed_is_no_longer_moved(
    builder: LibraryBuilder,
) -> None:
    """A missing photo has come back with other content, and a copy of its old content is new."""
    builder.put("a.jpg", "one")
    run = Updating(builder)
    put_missing(builder.writer, [run.file("a.jpg")])
    (run.photos / "a.jpg").write_text("is there")
    results = [
        DecodeResult(
            DecodeJob(
                str(run.photos / name), 1.0, ReadTask(builder.root, FileStat(name, 1000, 5, 70))
            ),
            digest_of(content), 1000, 5, decoded(),
        )
        for name, content in (("a.jpg", "two"), ("b.jpg", "one"), ("c.jpg", "one"))
    ]  # fmt: skip
    run.update(*((result, vector_of(result.job.path)) for result in results))
    assert set(run.files()) == {"a.jpg", "b.jpg", "c.jpg"}
    assert (run.summary.moved, run.summary.indexed) == (0, 3)


def test_a_copy_of_a_photo_on_an_unresponsive_drive_is_no_move(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", "one")
    run = Updating(builder)
    run.drives.unresponsive = {str(run.photos)}
    run.read("b.jpg", "one")
    assert set(run.files()) == {"a.jpg", "b.jpg"}
    assert (run.summary.moved, run.summary.indexed) == (0, 1)


@pytest.mark.parametrize("connected", [True, False])
def test_a_photo_has_moved_only_if_its_drive_is_connected(
    builder: LibraryBuilder, connected: bool
) -> None:
    """Nothing is at its path, but that says nothing of a drive that is not mounted there."""
    builder.put("a.jpg", "one")
    run = Updating(builder, device=None if connected else "another drive")
    run.read("b.jpg", "one")
    assert set(run.files()) == ({"b.jpg"} if connected else {"a.jpg", "b.jpg"})
    assert run.summary.moved == connected


@pytest.mark.parametrize("silent", [True, False])
def test_a_copy_of_a_photo_on_an_unknown_drive_is_no_move(
    builder: LibraryBuilder, silent: bool
) -> None:
    """Before its first scan ends, the drive of a folder is not known."""
    builder.put("a.jpg", "one")
    builder.writer.connection.execute("update root set device = null")
    run = Updating(builder, device=UNKNOWN)
    (run.photos / "a.jpg").write_text("is there")
    if silent:
        run.drives.unresponsive = {str(run.photos)}
    run.read("b.jpg", "one")
    assert set(run.files()) == {"a.jpg", "b.jpg"} and run.summary.moved == 0


@pytest.mark.parametrize("put", [put_missing, put_vanished])
def test_a_missing_photo_has_moved_even_if_its_drive_is_disconnected(
    builder: LibraryBuilder, put: Callable[..., None]
) -> None:
    builder.put("a.jpg", "one")
    run = Updating(builder, device="another drive")
    put(builder.writer, [run.file("a.jpg")])
    run.read("b.jpg", "one")
    assert set(run.files()) == {"b.jpg"} and run.summary.moved == 1


def test_a_copy_of_a_photo_in_a_folder_not_looked_at_is_no_move(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    """A folder that was added after the run began is not among its roots."""
    run = Updating(builder)
    (tmp_path / "other").mkdir()
    first, builder.root = builder.root, add_root(builder.writer, str(tmp_path / "other"))
    builder.put("a.jpg", "one")
    builder.root = first
    run.read("b.jpg", "one")
    assert set(run.files()) == {"b.jpg"} and run.summary.indexed == 1


def test_how_often_a_file_changed_is_remembered_while_its_drive_is_unresponsive(
    builder: LibraryBuilder,
) -> None:
    run = Updating(builder)
    path = str(run.photos / "a.jpg")
    run.read("a.jpg", "one", size=999)
    run.read("a.jpg", "one", size=999)
    assert run.changes == {path: 2}
    run.drives.unresponsive = {str(run.photos)}
    run.read("a.jpg", "", error="it cannot be read")
    assert run.changes == {path: 2} and run.files() == {}
    run.drives.unresponsive = set()
    run.read("a.jpg", "one")
    assert run.changes == {} and set(run.files()) == {"a.jpg"}


def test_only_the_folder_of_a_file_that_keeps_changing_is_scanned_again(
    builder: LibraryBuilder,
) -> None:
    run = Updating(builder)
    run.read("x/y/a.jpg", "one", size=999)
    (target,) = run.summary.unsettled
    assert (target.root, target.folder, target.recursive) == (str(run.photos), "x/y", False)


def test_each_failure_is_recorded_with_its_reason(builder: LibraryBuilder) -> None:
    builder.put("fine.jpg", "fine")
    run = Updating(builder)
    run.read("a.jpg", "", error="it is torn")
    assert run.summary.failed == 1
    run.read("b.jpg", "", error="it is empty")
    failures = {Path(row["path"]).name: row["reason"] for row in builder.library.catalog.failures()}
    assert failures == {"a.jpg": "it is torn", "b.jpg": "it is empty"}
    assert (run.summary.failed, run.summary.indexed, run.summary.encoded) == (2, 0, 0)
    assert run.file("fine.jpg").state == "present"


def test_a_photo_that_the_catalog_refuses_is_a_failure_and_leaves_nothing(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Updating(builder)

    def refuse(*_: object) -> None:
        raise PhotoError("it is too large")

    with monkeypatch.context() as patched:
        patched.setattr(photo_updates, "put_quality", refuse)
        run.read("a.jpg", "one")
    assert (run.summary.failed, run.summary.indexed, run.summary.encoded) == (1, 0, 0)
    assert [row["reason"] for row in builder.library.catalog.failures()] == ["it is too large"]
    counts = builder.writer.connection.execute(
        "select (select count(*) from photo), (select count(*) from embedding)"
    ).fetchone()
    assert tuple(counts) == (0, 0)


def test_a_file_that_vanished_is_forgotten_by_the_detector(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, forgotten = Updating(builder), list[str]()
    monkeypatch.setattr(WriteDetector, "forget", lambda _, path: forgotten.append(path))
    path = str(run.photos / "a.jpg")
    job = DecodeJob(path, 1.0, ReadTask(builder.root, FileStat("a.jpg", 1000, 5, 70)))
    run.update((DecodeResult(job, error="it is gone"), None), exists=False)
    assert forgotten == [path] and run.files() == {} and run.summary.failed == 0


def test_a_new_photo_is_recorded_with_all_that_belongs_to_it(builder: LibraryBuilder) -> None:
    run = Updating(builder)
    (run.photos / "a.jpg").touch()
    run.read("a.jpg", "one")
    run.read("b.jpg", "one")
    run.read("c.jpg", "two")
    assert (run.summary.indexed, run.summary.encoded, run.summary.moved) == (3, 2, 0)
    numbers = builder.writer.connection.execute(
        "select (select count(*) from photo), (select count(*) from embedding),"
        " (select count(*) from photo where bytes = 1000)"
    ).fetchone()
    assert tuple(numbers) == (2, 2, 2)
    assert run.file("a.jpg").photo_id == run.file("b.jpg").photo_id


@pytest.mark.parametrize("state", ["present", "failed", "another photo"])
def test_a_file_that_was_touched_is_unchanged(builder: LibraryBuilder, state: str) -> None:
    builder.put("a.jpg", "two" if state == "another photo" else "one")
    builder.put("other.jpg", "one")
    run = Updating(builder)
    was = run.file("a.jpg")
    if state == "failed":
        was = was._replace(state="failed")
    task = ReadTask(builder.root, FileStat("a.jpg", 1000, 5, 70), None, was)
    (run.photos / "other.jpg").touch()
    job = DecodeJob(str(run.photos / "a.jpg"), 1.0, task)
    run.update((DecodeResult(job, digest_of("one"), 1000, 5), None))
    same = state == "present"
    assert (run.summary.unchanged, run.summary.encoded) == (int(same), 0)
    assert run.file("a.jpg").photo_id == run.file("other.jpg").photo_id
    assert run.file("a.jpg").mtime_ns == 5


def test_a_known_photo_that_was_purged_meanwhile_is_left_to_the_next_scan(
    builder: LibraryBuilder,
) -> None:
    run = Updating(builder)
    job = DecodeJob("a.jpg", 1.0, ReadTask(builder.root, FileStat("a.jpg", 1000, 5, 70)))
    run.update((DecodeResult(job, digest_of("one"), 1000, 5), None))
    assert run.files() == {} and run.summary == IndexSummary()
