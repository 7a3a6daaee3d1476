"""What is noted of a run that writes sidecars, and what becomes of one that was interrupted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from explorer.library.edits.edit_operations import set_rating
from explorer.library.file_lookup import find_photo_file
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.library.removals.sidecar_journal import SidecarRun
from explorer.removal import sidecar_writer
from explorer.removal.checked_files import RemovalRefused
from explorer.removal.sidecar_writer import PreparedSidecar
from explorer.sidecars import write_sidecars as module
from explorer.sidecars.undo_sidecars import sidecar_history, undo_sidecars
from explorer.sidecars.write_sidecars import finish_interrupted, write_sidecars
from tests.fixtures.small_library import SmallLibrary
from tests.sidecars.test_write_sidecars import edit

pytestmark = pytest.mark.usefixtures("in_process")


def rated(small: SmallLibrary, *names: str) -> None:
    """Photos with ratings that no sidecar has."""
    for name in names:
        small.add_photo(name, name)
        edit(small, name, set_rating(3))


def runs(small: SmallLibrary) -> list[SidecarRun]:
    return sidecar_history(small.library)


def noted(run: SidecarRun) -> dict[str, bool]:
    """Whether each photo's sidecar has been undone, or was never written."""
    return {os.path.basename(entry.photo): entry.undone for entry in run.entries}


def test_a_run_is_noted_from_its_beginning_to_its_end(small_library: SmallLibrary) -> None:
    rated(small_library, "a.jpg", "b.jpg")
    outcome = write_sidecars(small_library.library)
    (run,) = runs(small_library)
    assert run.id == outcome.run and run.ended
    assert noted(run) == {"a.jpg": False, "b.jpg": False}
    assert [entry.number for entry in run.entries] == [0, 1]


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_run_that_writes_nothing_is_not_noted(small_library: SmallLibrary, dry_run: bool) -> None:
    rated(small_library, "a.jpg")
    if not dry_run:
        write_sidecars(small_library.library)
    assert write_sidecars(small_library.library, dry_run=dry_run).run is None
    assert len(runs(small_library)) == (0 if dry_run else 1)


def test_a_run_that_the_caller_stops_has_ended(small_library: SmallLibrary) -> None:
    rated(small_library, "a.jpg", "b.jpg")

    def stop(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sidecars(small_library.library, tick=stop)
    (run,) = runs(small_library)
    assert run.ended and noted(run) == {"a.jpg": False}
    undo_sidecars(small_library.library)
    assert not (small_library.photos / "a.jpg.xmp").exists()


def test_a_sidecar_that_was_refused_is_not_undone(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    rated(small_library, "a.jpg", "b.jpg")
    real = sidecar_writer.write

    def write(note: dict[str, Any], prepared: PreparedSidecar, photo: str, whose: str) -> None:
        if photo.endswith("a.jpg"):
            raise RemovalRefused("another program saved it")
        real(note, prepared, photo, whose)

    monkeypatch.setattr(sidecar_writer, "write", write)
    outcome = write_sidecars(small_library.library)
    (run,) = runs(small_library)
    assert noted(run) == {"a.jpg": True, "b.jpg": False} and run.ended
    assert {os.path.basename(each.photo): each.state for each in outcome.results} == {
        "a.jpg": "refused",
        "b.jpg": "written",
    }


def test_an_interrupted_run_is_ended_once(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the sidecar that was written last can have been left in part."""
    rated(small_library, "a.jpg", "b.jpg")
    with monkeypatch.context() as killed:
        killed.setattr(module._Writer, "end", lambda self: None)
        write_sidecars(small_library.library)
    assert [run.ended for run in runs(small_library)] == [False]
    deleted = list[str]()

    def delete(note: dict[str, Any]) -> None:
        deleted.append(Path(note["path"]).name)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(module, "delete_left_part", delete)
    journal = RemovalJournal(small_library.library.dir)
    for _ in range(2):
        finish_interrupted(journal)
        assert deleted == ["b.jpg.xmp"] and [run.ended for run in runs(small_library)] == [True]
    # What was written can still be undone.
    assert noted(runs(small_library)[0]) == {"a.jpg": False, "b.jpg": False}


def test_a_photo_that_cannot_be_looked_at_costs_its_own_sidecar(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    rated(small_library, "a.jpg", "b.jpg")
    real = find_photo_file

    def find(catalog: Any, photo: str) -> Any:
        if photo.endswith("a.jpg"):
            raise OSError(5, "Input/output error")
        return real(catalog, photo)

    monkeypatch.setattr(module, "find_photo_file", find)
    first, second = write_sidecars(small_library.library).results
    assert (first.state, first.sidecar, first.new) == ("refused", "", False)
    assert first.reason == "it cannot be read (Input/output error)"
    assert (second.state, second.reason, second.new) == ("written", "", True)
    assert second.sidecar == f"{second.photo}.xmp"
