"""Edits written to sidecars on request, and taken back."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

import pytest

from explorer.decoding.pool import DecodePool
from explorer.errors import UsageError
from explorer.library.edits.edit_operations import (
    EditOperation,
    change_keywords,
    combined,
    set_date,
    set_favourite,
    set_place,
    set_rating,
    set_text,
)
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.library.removals.sidecar_journal import sidecar_runs
from explorer.library.stores.edit_store import edit_photos
from explorer.library.stores.protected_folder_store import protect_folder
from explorer.photos.metadata.sidecar_values import SidecarValues, read_values
from explorer.removal import part_files, safe_move, sidecar_writer
from explorer.removal.undo import history
from explorer.sidecars import write_sidecars as module
from explorer.sidecars.undo_sidecars import sidecar_history, undo_sidecars
from explorer.sidecars.write_sidecars import SidecarOutcome, sidecar_of, write_sidecars
from tests.fixtures.small_library import SmallLibrary, digest
from tests.photos.metadata.packets import subject, xmp


def edit(small_library: SmallLibrary, path: str, *operations: EditOperation) -> int:
    catalog = small_library.library.catalog
    number = catalog.photo_id(bytes.fromhex(digest(small_library.photos / path)))
    assert number is not None
    edit_photos(catalog, [number], *combined(operations))
    return number


def states(outcome: SidecarOutcome) -> dict[str, str]:
    return {os.path.basename(each.photo): each.state for each in outcome.results}


def reasons(outcome: SidecarOutcome) -> list[str]:
    return [each.reason for each in outcome.results]


def test_all_edits_are_written_and_one_undo_takes_them_back(small_library: SmallLibrary) -> None:
    photo = small_library.add_photo("a.jpg", "one")
    small_library.add_photo("copies/b.jpg", "one")
    small_library.add_photo("plain.jpg", "not edited")
    before = small_library.tree()
    edit(
        small_library, "a.jpg", set_favourite(True), set_rating(4), set_text("title", "T & <b>"),
        set_text("description", "D"), change_keywords(["sea", "hills"]), set_date("1985-07"),
        set_place(48.85, 2.35),
    )  # fmt: skip
    dry = write_sidecars(small_library.library, dry_run=True)
    assert states(dry) == {"a.jpg": "would", "b.jpg": "would"} and dry.run is None
    assert all(each.new for each in dry.results) and small_library.tree() == before
    done = write_sidecars(small_library.library)
    assert states(done) == {"a.jpg": "written", "b.jpg": "written"}
    assert read_values(Path(photo + ".xmp").read_bytes()) == SidecarValues(
        True, 4.0, "T & <b>", "D", ("sea", "hills"), (), "1985-07", (48.85, 2.35)
    )
    assert states(write_sidecars(small_library.library)) == dict.fromkeys(
        ("a.jpg", "b.jpg"), "unchanged"
    )
    # It is no removal, though it is in the same journal.
    assert history(small_library.library) == []
    (run,) = sidecar_history(small_library.library)
    assert run.id == done.run and run.ended and len(run.pending) == 2
    _, undone = undo_sidecars(small_library.library, done.run)
    assert all(each.undone for each in undone) and small_library.tree() == before
    with pytest.raises(UsageError, match="no such sidecars"):
        undo_sidecars(small_library.library)


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("name", ["a.xmp", "a.jpg.xmp", "A.JPG.XMP"])
def test_the_sidecar_that_a_photo_has_is_extended(small_library: SmallLibrary, name: str) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_file(name, xmp("xmp:CreatorTool='T'", subject("sea", "old")))
    before = small_library.tree()
    edit(small_library, "a.jpg", change_keywords(["old", "sky"]))
    edit(small_library, "a.jpg", change_keywords(remove=["old"]))
    (result,) = write_sidecars(small_library.library).results
    assert os.path.basename(result.sidecar) == name and not result.new
    text = (small_library.photos / name).read_bytes()
    # A keyword that the user once added, and has removed since, is removed here, too.
    assert read_values(text).keywords == ("sea", "sky") and b"CreatorTool" in text
    assert set(small_library.tree()) == {"a.jpg", name}
    undo_sidecars(small_library.library)
    assert small_library.tree() == before


def test_a_sidecar_shared_with_another_photo_is_left_to_both(small_library: SmallLibrary) -> None:
    photo = small_library.add_photo("a.jpg", "one")
    small_library.add_file("a.nef", "raw")
    small_library.add_file("a.xmp", xmp())
    assert sidecar_of(photo) == photo + ".xmp"
    small_library.add_file("a.jpg.xmp", xmp())
    assert sidecar_of(photo) == photo + ".xmp"


def test_nothing_is_written_where_it_is_not_allowed(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("own/a.jpg", "Photos.photoslibrary/b.jpg", "locked/c.jpg", "changed/d.jpg"):
        small_library.add_photo(path, path)
        edit(small_library, path, set_rating(3))
    protect_folder(small_library.library.catalog, str(small_library.photos / "own"))
    (small_library.photos / "changed" / "d.jpg").write_text("something else")
    before = small_library.tree()
    allowed = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: "locked" not in str(path) and allowed(path, mode)
    )
    for dry_run in (True, False):
        outcome = write_sidecars(small_library.library, dry_run=dry_run)
        assert set(states(outcome).values()) == {"refused"} and outcome.run is None
        told = " ".join(reasons(outcome))
        for says in ("protected folder", "another program's own store", "read-only", "has changed"):
            assert says in told
    assert small_library.tree() == before


def test_a_broken_sidecar_is_left_as_it_is(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_file("a.jpg.xmp", "<x>")
    before = small_library.tree()
    edit(small_library, "a.jpg", set_rating(3))
    outcome = write_sidecars(small_library.library)
    assert states(outcome) == {"a.jpg": "refused"} and "not valid XMP" in reasons(outcome)[0]
    assert small_library.tree() == before


@pytest.mark.usefixtures("in_process")
def test_only_the_chosen_photos_and_those_that_are_here(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "two")
    chosen = edit(small_library, "a.jpg", set_rating(3))
    edit(small_library, "b.jpg", set_rating(3))
    assert states(write_sidecars(small_library.library, [chosen])) == {"a.jpg": "written"}
    assert write_sidecars(small_library.library, []).results == ()


@pytest.mark.usefixtures("in_process")
def test_a_sidecar_saved_meanwhile_is_not_overwritten(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_file("a.jpg.xmp", xmp())
    edit(small_library, "a.jpg", set_rating(3))
    saved = xmp("xmp:Rating='1'")

    def save_first(merged: sidecar_writer.PreparedSidecar) -> dict[str, object]:
        note = make_note(merged)
        Path(merged.target).write_text(saved)
        return note

    make_note = sidecar_writer.journal_note
    monkeypatch.setattr(sidecar_writer, "journal_note", save_first)
    outcome = write_sidecars(small_library.library)
    assert "saved by another program" in reasons(outcome)[0]
    assert (small_library.photos / "a.jpg.xmp").read_text() == saved
    assert sidecar_history(small_library.library)[0].pending == []


@pytest.mark.usefixtures("in_process")
def test_a_sidecar_changed_since_is_not_undone(small_library: SmallLibrary) -> None:
    photo = small_library.add_photo("a.jpg", "one")
    edit(small_library, "a.jpg", set_rating(3))
    write_sidecars(small_library.library)
    Path(photo + ".xmp").write_text("mine now")
    _, (undone,) = undo_sidecars(small_library.library)
    assert not undone.undone and "has changed since" in undone.note
    assert Path(photo + ".xmp").read_text() == "mine now"


@pytest.mark.usefixtures("in_process")
def test_a_drive_that_is_away_is_undone_later(small_library: SmallLibrary) -> None:
    small_library.add_photo("2019/a.jpg", "one")
    before = small_library.tree()
    edit(small_library, "2019/a.jpg", set_rating(3))
    write_sidecars(small_library.library)
    folder = small_library.photos / "2019"
    folder.rename(small_library.base / "away")
    _, (undone,) = undo_sidecars(small_library.library)
    assert not undone.undone and "connect the drive" in undone.note
    (small_library.base / "away").rename(folder)
    _, (undone,) = undo_sidecars(small_library.library)
    assert undone.undone and small_library.tree() == before


class Killed(BaseException):
    """Ends the program at one point."""


@pytest.mark.usefixtures("in_process")
@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize(
    ("where", "name"),
    [
        (part_files, "create_file"), (shutil, "copystat"), (os, "link"),
        (os, "replace"), (os, "unlink"), (part_files, "sync_folder"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_step_undo_restores_all(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch, where: object, name: str,
    exists: bool, after: bool,
) -> None:  # fmt: skip
    """The journal knows before each step what it takes to return."""
    small_library.add_photo("a.jpg", "one")
    if exists:
        small_library.add_file("a.jpg.xmp", xmp("xmp:CreatorTool='T'"))
    before = small_library.tree()
    edit(small_library, "a.jpg", set_rating(3))
    real = getattr(where, name)

    def killed(*args: object, **named: object) -> object:
        if after:
            real(*args, **named)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(where, name, killed)
        # A process that is killed cleans nothing up.
        patched.setattr(sidecar_writer, "delete_if_there", lambda path: None)
        patched.setattr(part_files, "discard", lambda path: None)
        patched.setattr(module._Writer, "end", lambda _: None)
        with contextlib.suppress(Killed):
            write_sidecars(small_library.library)
    (run,) = sidecar_runs(RemovalJournal(small_library.library.dir))
    whole = (small_library.photos / "a.jpg.xmp").read_bytes() if exists else None
    assert whole is None or read_values(whole) is not None
    if run.pending:
        _, (undone,) = undo_sidecars(small_library.library)
        assert undone.undone
    assert small_library.tree() == before


@pytest.mark.usefixtures("in_process")
def test_a_journal_that_names_other_files_is_not_obeyed(small_library: SmallLibrary) -> None:
    photo = small_library.add_photo("a.jpg", "one")
    edit(small_library, "a.jpg", set_rating(3))
    write_sidecars(small_library.library)
    data = Path(photo + ".xmp").read_bytes()
    other = small_library.base / "other.xmp"
    other.write_bytes(data)
    journal = RemovalJournal(small_library.library.dir)
    text = journal.path.read_text().replace(photo + ".xmp", str(other))
    journal.path.write_text(text)
    _, (undone,) = undo_sidecars(small_library.library)
    assert not undone.undone and "in a folder of this library" in undone.note
    assert other.read_bytes() == data


def test_a_decode_process_that_dies_costs_one_sidecar(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    edit(small_library, "a.jpg", set_rating(3))
    monkeypatch.setattr(DecodePool, "sidecar", lambda *_: "the decoder crashed")
    outcome = write_sidecars(small_library.library)
    assert "could not be read: the decoder crashed" in reasons(outcome)[0]


@pytest.mark.usefixtures("in_process")
def test_moves_and_sidecars_leave_each_other_alone(small_library: SmallLibrary) -> None:
    """Times of the folder's other files stay as they were."""
    photo = small_library.add_photo("a.jpg", "one")
    safe_move.set_times(photo, 10**18, 10**18 + 1)
    small_library.index("a.jpg")
    edit(small_library, "a.jpg", set_rating(3))
    write_sidecars(small_library.library)
    assert os.stat(photo).st_mtime_ns == 10**18 + 1
