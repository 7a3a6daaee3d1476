"""Putting single files back."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from explorer.library.removals.removal_journal import RemovalEntry, RemovalJournal
from explorer.removal import part_files, restore, safe_move, trash
from explorer.removal.remove import remove
from explorer.removal.restore import Restorer
from explorer.removal.sidecar_restore import keep_written_sidecar
from explorer.removal.undo import undo
from tests.fixtures.small_library import SmallLibrary, hash_of


@pytest.fixture
def pair(small_library: SmallLibrary) -> SmallLibrary:
    """A photo and a copy of it."""
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("sub/b.jpg", "one")
    return small_library


def gone(small_library: SmallLibrary, to: str = "") -> list[RemovalEntry]:
    """The copy has gone; gives the entries of the removal."""
    outcome = remove(
        small_library.library,
        [small_library.removal("sub/b.jpg", "a.jpg")],
        to or str(small_library.base / "aside"),
    )
    assert outcome.removed, outcome.results
    return RemovalJournal(small_library.library.dir).runs()[-1].entries


def restorer(small_library: SmallLibrary) -> Restorer:
    return Restorer(small_library.library, RemovalJournal(small_library.library.dir))


def entry(path: str, **other: Any) -> RemovalEntry:
    return RemovalEntry(
        run="r",
        number=0,
        state="moved",
        path=path,
        hash="0" * 32,
        keeper=None,
        where="/to",
        root="/photos",
        **other,
    )


def test_a_photo_and_its_film_are_restored_under_the_same_new_name(pair: SmallLibrary) -> None:
    for name in ("a.mov", "sub/b.mov"):
        pair.add_file(name, "film")
    gone(pair)
    pair.add_file("sub/b.jpg", "a newcomer")
    _, restored = undo(pair.library)
    notes = {Path(each.path).name: each.note for each in restored}
    assert notes == {
        "b.mov": "its name was taken, so it is now b (restored).mov",
        "b.jpg": "its name was taken, so it is now b (restored).jpg",
    }  # fmt: skip
    assert (pair.photos / "sub/b (restored).mov").read_text() == "film" and (
        pair.photos / "sub/b.jpg"
    ).read_text() == "a newcomer"
    assert (pair.photos / "sub/b (restored).jpg").read_text() == "one"


def test_a_name_taken_concurrently_is_not_overwritten(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone(pair)
    real = safe_move.move

    def taken(source: str, target: str, *given: Any) -> list[str]:
        if Path(target).name == "b.jpg":
            Path(target).write_text("a newcomer")
        return real(source, target, *given)

    monkeypatch.setattr(safe_move, "move", taken)
    _, (restored,) = undo(pair.library)
    assert (
        restored.back == str(pair.photos / "sub/b (restored).jpg")
        and (pair.photos / "sub/b.jpg").read_text() == "a newcomer"
    )


def test_a_file_restored_by_hand_is_found_and_reported(pair: SmallLibrary) -> None:
    (moved,) = gone(pair)
    Path(moved.target or "").rename(pair.photos / "sub/b.jpg")
    _, (restored,) = undo(pair.library)
    assert (restored.back, restored.note) == (
        str(pair.photos / "sub/b.jpg"),
        "it had been restored by hand",
    )
    assert not RemovalJournal(pair.library.dir).runs()[-1].away


def test_a_file_that_is_linked_at_its_place_already_gets_no_other_name(pair: SmallLibrary) -> None:
    (moved,) = gone(pair)
    os.link(moved.target or "", moved.path)
    assert restorer(pair).restore(moved, [moved]) == restore.Restored(moved.path, moved.path, "")
    assert os.listdir(pair.photos / "sub") == ["b.jpg"] and not os.path.lexists(moved.target or "")


@pytest.mark.skipif(not trash.is_supported(), reason="the trash of freedesktop.org")
def test_an_announced_removal_into_the_trash_is_found_there(pair: SmallLibrary) -> None:
    (moved,) = gone(pair, "trash")
    target, info = moved.target, moved.info
    moved.state, moved.target, moved.info = "intended", None, None
    assert restorer(pair).locate(moved) == "moved"
    assert (moved.target, moved.info) == (target, info)


def test_a_restored_file_is_not_restored_again(pair: SmallLibrary) -> None:
    (moved,) = gone(pair)
    assert restorer(pair).restore(moved, [moved]).note == ""
    Path(moved.path).write_text("edited since")
    assert restorer(pair).restore(moved, [moved]) == restore.Restored(moved.path, moved.path)
    assert moved.state == "undone" and Path(moved.path).read_text() == "edited since"


def test_a_missing_file_is_reported_and_can_be_retried(pair: SmallLibrary) -> None:
    (moved,) = gone(pair)
    Path(moved.target or "").unlink()
    (restored,) = restorer(pair).restore_all([moved])
    assert (
        restored.back is None
        and f"it is not in {pair.base / 'aside'}" in restored.note
        and moved.away
    )
    gone_to_trash = entry(str(pair.photos / "sub/b.jpg"))
    gone_to_trash.where, gone_to_trash.facts = "trash", moved.facts
    assert "it is not in the trash" in restorer(pair).restore(gone_to_trash).note


@pytest.mark.skipif(not trash.is_supported(), reason="the trash of freedesktop.org")
def test_a_file_that_another_program_moved_within_the_trash_is_found_by_its_note(
    pair: SmallLibrary,
) -> None:
    before = pair.tree()
    (moved,) = gone(pair, "trash")
    files, info = Path(moved.target or ""), Path(moved.info or "")
    files.rename(files.with_name("renamed"))
    info.rename(info.with_name("renamed.trashinfo"))
    undo(pair.library)
    assert pair.tree() == before and not info.with_name("renamed.trashinfo").exists()


@pytest.mark.parametrize("device", ["device", "drive"])
def test_folders_are_created_again_on_their_drive(pair: SmallLibrary, device: str) -> None:
    """An overlay gives its files another device number than its folders: either counts."""
    before = pair.tree()
    (moved,) = gone(pair)
    moved.facts = {**moved.facts, "device": -1, "drive": -1, device: moved.facts["drive"]}
    shutil.rmtree(pair.photos)
    assert restorer(pair).restore(moved).back == moved.path
    assert pair.tree() == {name: before[name] for name in ("sub", "sub/b.jpg")}


@pytest.mark.parametrize("empty", [False, True])
def test_nothing_is_written_below_the_mount_point_of_a_disconnected_drive(
    pair: SmallLibrary, empty: bool
) -> None:
    (moved,) = gone(pair)
    moved.facts = {**moved.facts, "device": -1, "drive": -1}
    # As long as anything lies in the watched folder, its drive is there.
    other = restorer(pair)
    shutil.rmtree(pair.photos)
    if empty:
        pair.photos.mkdir()
    restored = other.restore(moved)
    assert (
        restored.back is None
        and f"the drive with {pair.photos} seems not to be connected" in restored.note
    )
    assert not (pair.photos / "sub").exists() and moved.state == "moved"
    pair.photos.mkdir(exist_ok=True)
    (pair.photos / "x").write_text("something")
    assert other.restore(moved).back == moved.path


def test_a_restored_file_has_its_original_times(pair: SmallLibrary) -> None:
    before = (pair.photos / "sub/b.jpg").stat()
    (moved,) = gone(pair)
    target = Path(moved.target or "")
    target.write_text("one")
    restorer(pair).restore(moved)
    after = (pair.photos / "sub/b.jpg").stat()
    assert (after.st_atime_ns, after.st_mtime_ns) == (before.st_atime_ns, before.st_mtime_ns)


def test_a_new_name_is_reported_before_the_failure(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    (moved,) = gone(pair)
    pair.add_file("sub/b.jpg", "a newcomer")

    def refuse(*_: Any) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(safe_move, "set_times", refuse)
    assert restorer(pair).restore(moved).note == (
        "its name was taken, so it is now b (restored).jpg;"
        " its times could not be set (Operation not permitted)"
    )


def test_a_file_without_a_destination_was_kept(pair: SmallLibrary) -> None:
    (moved,) = gone(pair)
    Path(moved.target or "").rename(moved.path)
    moved.state, moved.target = "intended", None
    assert restorer(pair).locate(moved) == "stayed" and moved.state == "undone"


def test_a_sidecar_is_stored_once_however_often_it_is_set_aside(pair: SmallLibrary) -> None:
    (moved,) = gone(pair)
    kept = pair.library.dir / "removed/sidecars"
    sidecar = pair.photos / "a.jpg.xmp"
    for text in ("one", "one", "two", "two"):
        sidecar.write_text(text)
        keep_written_sidecar(pair.library, moved.token, str(sidecar))
    assert sorted(path.read_text() for path in kept.iterdir()) == ["one", "two"]


def test_a_file_out_of_bounds_is_not_looked_up(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    (moved,) = gone(pair)
    moved.state, moved.target = "intended", str(pair.base / "elsewhere/b.jpg")
    looked = list[str]()
    monkeypatch.setattr(
        restore, "is_removed_file", lambda entry, path: looked.append(path) or False
    )
    assert restorer(pair).locate(moved) == "unknown" and looked == []
    moved.back = moved.path
    assert restorer(pair).finish_interrupted(moved) is False and looked == []


def test_a_partial_copy_left_by_an_interruption_is_deleted(pair: SmallLibrary) -> None:
    """On the way there, and on the way back."""
    (moved,) = gone(pair)
    target, back = Path(moved.target or ""), pair.photos / "sub"
    halves = [folder / part_files.part_name(moved.token) for folder in (target.parent, back)]
    strangers = [folder / part_files.part_name("other") for folder in (target.parent, back)]
    for path in (*halves, *strangers):
        path.write_text("half")
    moved.state = "intended"
    assert restorer(pair).locate(moved) == "moved" and not halves[0].exists() and halves[1].exists()
    target.rename(moved.path)
    moved.state, moved.back = "undoing", moved.path
    assert (
        restorer(pair).finish_interrupted(moved) is True
        and not halves[1].exists()
        and moved.state == "undone"
    )
    assert all(path.exists() for path in strangers)


def test_an_undo_is_complete_only_if_the_file_is_back_and_no_longer_away(
    pair: SmallLibrary,
) -> None:
    (moved,) = gone(pair)
    assert restorer(pair).finish_interrupted(moved) is False
    moved.state, moved.back = "undoing", moved.path
    assert restorer(pair).finish_interrupted(moved) is False
    # Cut off between two names: both are there.
    os.link(moved.target or "", moved.path)
    assert restorer(pair).finish_interrupted(moved) is False and moved.state == "undoing"
    Path(moved.target or "").unlink()
    assert restorer(pair).finish_interrupted(moved) is True
    assert [each.state for each in RemovalJournal(pair.library.dir).runs()[-1].entries] == [
        "undone"
    ]


def test_files_without_ids_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same size and time are no proof."""
    path = tmp_path / "a.jpg"
    path.write_text("two")
    os.utime(path, ns=(5, 7))
    real = os.lstat
    monkeypatch.setattr(
        os,
        "lstat",
        lambda path: os.stat_result([0 if n == 1 else value for n, value in enumerate(real(path))]),
    )
    facts = {"inode": 0, "size": 3, "mtime_ns": os.lstat(path).st_mtime_ns}
    given = entry(str(path), facts=facts)
    given.hash = hash_of(b"one")
    assert not restore.is_removed_file(given, str(path))
    given.hash = hash_of(b"two")
    assert restore.is_removed_file(given, str(path))
