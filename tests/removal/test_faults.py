"""Whatever goes wrong at whichever step: no last copy is lost, and undo brings everything back."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import ExplorerError
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.removal import trash
from explorer.removal.remove import remove
from explorer.removal.results import TRASH
from explorer.removal.undo import history, recover_interrupted, undo
from tests.fixtures.small_library import SmallLibrary, tree
from tests.removal.faults import struck
from tests.this_machine import separate_drives

# Where files go, and the kinds of trouble on that way (`faults.Faults`). “aside”: the trash cannot
# be read. “drive”: every folder is one.
WAYS = {
    "trash": ("before", "after", "torn", "ENOSPC", "EACCES", "EIO"),
    "drive": ("before", "after", "torn", "ENOSPC", "EACCES"),
    "folder": ("before", "after", "EIO"),
    "aside": ("before",),
}
every_way = pytest.mark.parametrize(
    ("way", "kind"), [(way, kind) for way, kinds in WAYS.items() for kind in kinds]
)


def where(way: str, small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch) -> str:
    if way == "aside":
        monkeypatch.setattr(trash, "is_supported", lambda: False)
    if way == "drive":
        separate_drives(monkeypatch)
    return str(small_library.base / "aside") if way in ("folder", "drive") else TRASH


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on disk in which order after a power cut is not to be seen from here; waiting for the
    disk takes most of the time."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def groups(small_library: SmallLibrary) -> list[list[str]]:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("sub/b.jpg", "one")
    for name in ("a.mov", "sub/b.mov"):
        small_library.add_file(name, "film")
    small_library.add_file("sub/b.jpg.xmp", "words")
    small_library.add_photo("c.jpg", "two")
    small_library.add_link("e.jpg", "c.jpg", hard=False)
    return [["a.jpg", "sub/b.jpg"], ["c.jpg", "e.jpg"]]


def check(
    small_library: SmallLibrary, made: list[list[str]], before: Any, *, times: bool = True
) -> None:
    """The keeper of each group and its film are unchanged, and no incomplete file has a photo's
    name.

    times: also compare the times of files that were put back. After a second interruption, one
    may still have the time that the proof of its identity sets for a moment, until undo has ended.
    """
    now = small_library.tree()
    for keeper in (*(keeper for keeper, *_ in made), "a.mov"):
        assert now[keeper] == before[keeper]
    for path, what in now.items():
        if not Path(path).name.startswith("."):
            assert what[: 3 if times else 2] == before[path][: 3 if times else 2], path


def everything_back(small_library: SmallLibrary, before: Any) -> None:
    recover_interrupted(small_library.library, RemovalJournal(small_library.library.dir))
    for run in history(small_library.library):
        if run.away:
            undo(small_library.library, run.id)
    assert {path: what for path, what in small_library.tree().items() if what[0] != "folder"} == {
        path: what for path, what in before.items() if what[0] != "folder"
    }
    # Each round starts with an empty journal: reading those of all rounds before would take most
    # of the time.
    RemovalJournal(small_library.library.dir).path.unlink(missing_ok=True)


def removals(small_library: SmallLibrary, made: list[list[str]]) -> list[Any]:
    return [small_library.removal(other, keeper) for keeper, *others in made for other in others]


@every_way
def test_a_removal_survives_a_fault_at_every_step(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch, way: str, kind: str
) -> None:
    made, to = groups(small_library), where(way, small_library, monkeypatch)
    before = small_library.tree()
    for at in range(1000):
        with struck(at, kind) as faults, contextlib.suppress(ExplorerError, OSError):
            remove(small_library.library, removals(small_library, made), to, sidecars=False)
        check(small_library, made, before)
        everything_back(small_library, before)
        if faults.calls <= at:
            break
    assert at > 15


@every_way
def test_an_undo_survives_a_fault_at_every_step(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch, way: str, kind: str
) -> None:
    made, to = groups(small_library), where(way, small_library, monkeypatch)
    before = small_library.tree()
    for at in range(1000):
        remove(small_library.library, removals(small_library, made), to)
        with struck(at, kind) as faults, contextlib.suppress(ExplorerError, OSError):
            undo(small_library.library)
        check(small_library, made, before)
        everything_back(small_library, before)
        if faults.calls <= at:
            break
    assert at > 10


@pytest.mark.parametrize(
    ("way", "kind"),
    [("trash", "after"), ("drive", "before"), ("drive", "after"), ("folder", "torn")],
)
def test_a_removal_survives_two_faults(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch, way: str, kind: str
) -> None:
    """Cut off in a removal, and again while that is being settled and undone."""
    made, to = groups(small_library), where(way, small_library, monkeypatch)
    before = small_library.tree()
    for at in range(3, 60, 7):
        with struck(at, kind), contextlib.suppress(ExplorerError, OSError):
            remove(small_library.library, removals(small_library, made), to)
        for again in range(0, 30, 3):
            with struck(again, kind), contextlib.suppress(ExplorerError, OSError):
                undo(small_library.library)
            check(small_library, made, before, times=False)
        everything_back(small_library, before)


def test_no_temporary_copy_is_left_after_faults(small_library: SmallLibrary) -> None:
    made = groups(small_library)
    before = small_library.tree()
    aside = small_library.base / "aside"
    for at in range(60):
        with struck(at, "before"), contextlib.suppress(ExplorerError):
            remove(small_library.library, removals(small_library, made), str(aside))
        everything_back(small_library, before)
    assert [path for path, what in tree(aside).items() if what[0] != "folder"] == []
    assert small_library.tree() == before
