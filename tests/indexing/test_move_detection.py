"""Recognizing moved files by inode, size and time, without a scan."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer import int64
from explorer.indexing import move_detection
from explorer.indexing.move_detection import MoveDetector, has_precise_time
from explorer.indexing.read_task import ReadTask
from explorer.library.file_rows import EXCLUDED, FileStat, KnownFile
from explorer.library.missing_files import put_vanished
from explorer.library.stores.file_store import files_below, put_missing, put_moved
from explorer.library.stores.root_store import add_root
from tests.factory import LibraryBuilder
from tests.fixtures.drives import UnresponsiveDrives

PRECISE, WHOLE = 1_600_000_000_123_456_789, 1_600_000_001_000_000_000


class Detecting:
    """A run over the builder's folder, with the known file `a.jpg` of inode 7."""

    def __init__(self, builder: LibraryBuilder, mtime_ns: int = PRECISE) -> None:
        self.builder, self.photos = builder, builder.library.dir.parent / "photos"
        builder.put("a.jpg", "one")
        self.know("a.jpg", mtime_ns)
        self.drives, self.ticks = UnresponsiveDrives(), 0
        self.gone: dict[int, KnownFile] = {}

    def know(self, name: str, mtime_ns: int) -> None:
        stat = FileStat(name, 1000, mtime_ns, 7)
        put_moved(self.builder.writer, self.files()[name], self.builder.root, stat)

    def files(self) -> dict[str, KnownFile]:
        return files_below(self.builder.writer, self.builder.root)

    def moves(
        self, *names: str, mtime_ns: int = PRECISE, roots: set[int] | None = None
    ) -> set[str]:
        """Which of these new files, with inode 7, are moved ones. roots: those of the run, by id;
        None for all."""
        every = {root["id"]: root for root in self.builder.library.catalog.roots()}
        looked_at = {number: every[number] for number in roots or every}
        detector = MoveDetector(self.builder.writer, looked_at, self.drives, self.gone, self._tick)
        new = [ReadTask(self.builder.root, FileStat(name, 1000, mtime_ns, 7)) for name in names]
        left = detector.record_moves(new)
        return set(names) - {task.seen.path for task in left}

    def _tick(self) -> None:
        self.ticks += 1


def test_a_file_that_is_no_longer_at_its_path_has_moved(builder: LibraryBuilder) -> None:
    run = Detecting(builder)
    before = run.files()["a.jpg"]
    run.gone = {before.id: before}
    assert run.moves("b.jpg") == {"b.jpg"}
    assert run.files()["b.jpg"].id == before.id and set(run.files()) == {"b.jpg"}
    # Whoever records what is gone must not find it there.
    assert run.gone == {}


@pytest.mark.parametrize("how", ["not found by this scan", "vanished before", "missing"])
def test_a_file_known_to_be_gone_has_moved_even_if_its_drive_does_not_respond(
    builder: LibraryBuilder, how: str
) -> None:
    run = Detecting(builder)
    known = run.files()["a.jpg"]
    if how == "vanished before":
        put_vanished(builder.writer, [known])
    elif how == "missing":
        put_missing(builder.writer, [known])
    else:
        run.gone = {known.id: known}
    run.drives.unresponsive = {str(run.photos)}
    assert run.moves("b.jpg") == {"b.jpg"}


def test_an_excluded_file_or_one_of_another_folder_has_not_moved(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    run = Detecting(builder)
    put_missing(builder.writer, [run.files()["a.jpg"]], EXCLUDED)
    assert run.moves("b.jpg") == set()
    (tmp_path / "other").mkdir()
    other = add_root(builder.writer, str(tmp_path / "other"))
    put_moved(builder.writer, run.files()["a.jpg"], other, FileStat("a.jpg", 1000, PRECISE, 7))
    assert run.moves("b.jpg", roots={builder.root}) == set()
    assert run.moves("b.jpg") == {"b.jpg"}


def test_one_file_moves_to_one_path(builder: LibraryBuilder) -> None:
    """Its hard links are new files."""
    assert len(Detecting(builder).moves("b.jpg", "c.jpg")) == 1


def test_a_file_that_is_still_there_has_not_moved(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Detecting(builder)
    monkeypatch.setattr(move_detection, "inode_of", lambda path: 7)
    assert run.moves("b.jpg") == set() and set(run.files()) == {"a.jpg"}


def test_a_file_whose_place_another_file_took_has_moved(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    (tmp_path / "photos" / "a.jpg").write_text("another")
    assert Detecting(builder).moves("b.jpg") == {"b.jpg"}


@pytest.mark.parametrize("silent", [True, False])
def test_a_file_whose_place_cannot_be_looked_at_has_not_moved(
    builder: LibraryBuilder, silent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Detecting(builder)
    if silent:
        run.drives.unresponsive = {str(run.photos)}
    else:
        monkeypatch.setattr(move_detection, "inode_of", lambda path: None)
    assert run.moves("b.jpg") == set() and set(run.files()) == {"a.jpg"}


def test_without_a_precise_time_the_name_must_be_the_same(builder: LibraryBuilder) -> None:
    run = Detecting(builder, WHOLE)
    assert run.moves("x/b.jpg", "x/a.jpg", mtime_ns=WHOLE) == {"x/a.jpg"}


@pytest.mark.parametrize(
    ("mtime_ns", "precise"),
    [
        (0, False),
        (-1, True),
        (1_000_000_000, False),
        (1_000_000_001, True),
        (WHOLE, False),
        (PRECISE, True),
        (-PRECISE, True),
        # What a time outside the range of 64 bits is stored as.
        (int64.MAX, False),
        (-int64.MAX - 1, False),
    ],
)
def test_a_time_is_precise_if_it_is_no_whole_second(mtime_ns: int, precise: bool) -> None:
    assert has_precise_time(FileStat("a.jpg", 1, mtime_ns, 7)) is precise


def test_a_long_list_of_new_files_reports_progress(builder: LibraryBuilder) -> None:
    run = Detecting(builder)
    assert run.moves(*(f"{number}.jpg" for number in range(1001)), mtime_ns=PRECISE + 1) == set()
    assert run.ticks == 3


def test_without_moves_the_catalog_is_unchanged(builder: LibraryBuilder) -> None:
    run = Detecting(builder)
    change = builder.library.catalog.change()
    assert run.moves("b.jpg", mtime_ns=PRECISE + 1) == set()
    assert builder.library.catalog.change() == change
