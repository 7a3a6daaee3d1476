"""The removal journal: a line is on disk before `note` returns, and what is read is what was
written."""

from __future__ import annotations

import base64
import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from explorer.errors import LibraryError, LibraryLocked
from explorer.library.removals import removal_journal
from explorer.library.removals.removal_journal import RemovalJournal
from tests.library.journal_entries import AT, FACTS, HASH, RUN, begin, intended, journal


def test_written_entries_are_read_back(tmp_path: Path) -> None:
    made = RemovalJournal(tmp_path)
    assert made.runs() == []
    along = {
        key: value
        for key, value in intended(0).items()
        if key not in ("run", "step", "along", "at")
    }
    sidecar = {
        "path": "/photos/k.jpg.xmp",
        "before": base64.b64encode(b"x").decode(),
        "after": HASH,
        "times": [1, 2],
    }
    for line in (
        begin(), intended(1, along=[along], keeper_hash=HASH, info=None),
        {"run": RUN, "step": "sidecar", "number": 1, "sidecar": sidecar},
        {"run": RUN, "step": "moved", "number": 0, "target": "/t/files/0", "info": "/t/info/0"},
        {"run": RUN, "step": "undoing", "number": 1, "back": "/photos/1.jpg"},
        {"run": RUN, "step": "undone", "number": 0, "back": "/photos/0.jpg", "reason": "why"},
        {"run": RUN, "step": "end"},
    ):  # fmt: skip
        made.note(**line)
    (run,) = made.runs()
    assert (run.id, run.where, run.planned, run.ended) == (RUN, "trash", 2, True)
    film, photo = run.entries
    assert (film.number, film.of, film.state, film.target, film.info, film.back, film.reason) == (
        0, 1, "undone", "/t/files/0", "/t/info/0", "/photos/0.jpg", "why",
    )  # fmt: skip
    assert (photo.state, photo.back, photo.sidecar, photo.keeper_hash, photo.of) == (
        "undoing",
        "/photos/1.jpg",
        sidecar,
        HASH,
        None,
    )
    assert run.families == [[film, photo]] and run.away == [photo] and photo.token == f"{RUN}-1"
    assert made.path.stat().st_mode & 0o777 == 0o600


def test_a_line_of_an_earlier_release_is_read(tmp_path: Path) -> None:
    """As the first that had a journal wrote it."""
    line = {key: value for key, value in intended().items() if key not in ("along", "target")}
    (run,) = journal(tmp_path, begin(), line).runs()
    (entry,) = run.entries
    assert (entry.path, entry.facts, entry.target, entry.keeper_hash, entry.away) == (
        "/photos/0.jpg",
        FACTS,
        None,
        None,
        True,
    )


def test_a_repeated_step_counts_once(tmp_path: Path) -> None:
    moved = {"run": RUN, "step": "moved", "number": 0, "target": "/t", "at": AT}
    made = journal(
        tmp_path,
        begin(),
        intended(),
        moved,
        intended(path="/photos/other.jpg"),
        begin(where="/elsewhere"),
    )
    (run,) = made.runs()
    assert run.where == "trash" and [(entry.path, entry.state) for entry in run.entries] == [
        ("/photos/0.jpg", "moved")
    ]


def test_a_sidecar_changes_neither_the_state_nor_the_end(tmp_path: Path) -> None:
    sidecar = {"path": "/photos/k.jpg.xmp", "before": None, "after": HASH, "times": None}
    made = journal(tmp_path, begin(), intended())
    made.note(run=RUN, step="sidecar", number=0, sidecar=sidecar)
    (run,) = made.runs()
    (entry,) = run.entries
    assert (entry.state, entry.sidecar, run.ended) == ("intended", sidecar, False)
    assert run.away == [entry]
    made.note(run=RUN, step="end")
    assert made.runs()[0].ended


def test_each_run_has_its_own_entries(tmp_path: Path) -> None:
    other = "20200102-030405-ffff"
    made = journal(
        tmp_path,
        begin(),
        begin(run=other, planned=1),
        intended(1, along=[{**intended(0), "of": 7}]),
        intended(1, run=other, path="/photos/other.jpg"),
    )
    one, two = made.runs()
    assert [(entry.run, entry.number, entry.of) for entry in one.entries + two.entries] == [
        (RUN, 0, 1),
        (RUN, 1, None),
        (other, 1, None),
    ]
    assert (one.id, two.id, one.at, two.planned) == (RUN, other, AT, 1)


def test_a_line_cut_off_does_not_swallow_the_next(tmp_path: Path) -> None:
    made = journal(tmp_path, begin())
    made.path.write_bytes(made.path.read_bytes() + b'{"run": "' + RUN.encode() + b'", "st')
    made.note(**intended())
    assert [entry.number for entry in made.runs()[0].entries] == [0]
    made.note(**intended(1))
    assert [entry.number for entry in made.runs()[0].entries] == [
        0,
        1,
    ] and b"\n\n" not in made.path.read_bytes()


def test_a_partial_write_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    made = RemovalJournal(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda handle, data: real(handle, data[:7]))
        made.note(**begin())
    assert [run.id for run in made.runs()] == [RUN]
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError("odd")))
    with pytest.raises(LibraryError, match=r"\(odd\)"):
        made.note(**intended())
    monkeypatch.setattr(os, "write", lambda handle, data: 0)
    with pytest.raises(LibraryError, match="so no more files are removed"):
        made.note(**intended())


def test_an_entry_and_its_file_name_are_on_disk_when_note_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, real = list[str](), os.fsync

    def fsync(handle: int) -> None:
        facts = os.fstat(handle)
        synced.append(
            "folder" if stat.S_ISDIR(facts.st_mode) else "empty" if not facts.st_size else "lines"
        )
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    made = RemovalJournal(tmp_path)
    made.note(**begin())
    assert synced == ["lines", "folder"]
    made.note(**intended())
    assert synced == ["lines", "folder", "lines"]
    monkeypatch.setattr(
        os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(5, "Input/output error"))
    )
    with pytest.raises(LibraryError, match=r"written (\(Input/output error\)), so"):
        made.note(**intended(1))


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be synced there")
def test_a_journal_whose_name_may_not_be_on_disk_is_not_relied_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EIO, "Input/output error")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(LibraryError, match="Input/output error"):
        RemovalJournal(tmp_path).note(**begin())


def test_an_unreadable_journal_is_reported(tmp_path: Path) -> None:
    (tmp_path / removal_journal.JOURNAL_NAME).mkdir()
    with pytest.raises(LibraryError, match="cannot be read"):
        RemovalJournal(tmp_path).runs()


def test_one_removal_runs_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal_journal, "LOCK_TIMEOUT", 0.05)
    held = RemovalJournal(tmp_path).lock()
    try:
        with pytest.raises(LibraryLocked, match="Another removal or undo"):
            RemovalJournal(tmp_path).lock()
    finally:
        held.release()
    RemovalJournal(tmp_path).lock().release()


def test_a_step_that_could_not_be_read_back_is_refused(tmp_path: Path) -> None:
    """Otherwise a file would be moved that the journal does not know."""
    made = journal(tmp_path, begin())
    with pytest.raises(LibraryError, match="cannot hold this step"):
        made.note(**intended(facts={**FACTS, "mtime_ns": 1 << 99}))
    assert made.read().count(b"\n") == 1
