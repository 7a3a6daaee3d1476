"""Other programs that change files between the check and the removal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from explorer.library.removals.removal_journal import RemovalJournal
from explorer.removal import part_files, safe_move, trash
from explorer.removal.metadata_merger import MetadataMerger
from explorer.removal.preflight import Preflight
from explorer.removal.remove import remove
from explorer.removal.results import TRASH
from explorer.removal.sidecar_writer import PreparedSidecar
from explorer.removal.undo import undo
from tests.fixtures.small_library import SmallLibrary


def test_a_file_that_changes_after_the_check_is_kept(
    two_copies: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between being read and being moved; whether or not its time tells of it."""
    real = Preflight.__call__
    for keep_time in (False, True):

        def check(self: Preflight, *given: Any, keep_time: bool = keep_time) -> Any:
            found = real(self, *given)
            facts = (two_copies.photos / "b.jpg").stat()
            (two_copies.photos / "b.jpg").write_text("new")
            if keep_time:
                os.utime(two_copies.photos / "b.jpg", ns=(facts.st_atime_ns, facts.st_mtime_ns))
            return found

        with monkeypatch.context() as patch:
            patch.setattr(Preflight, "__call__", check)
            (result,) = remove(two_copies.library, [two_copies.removal("b.jpg", "a.jpg")]).results
        assert (result.state, result.reason) == ("failed", "it changed a moment ago")
        assert (two_copies.photos / "b.jpg").read_text() == "new"
        (two_copies.photos / "b.jpg").unlink()
        two_copies.add_photo("b.jpg", "one")


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("to", ["trash", "folder"])
def test_a_version_saved_while_the_folder_is_synced_is_kept(
    two_copies: SmallLibrary, to: str, in_place: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At that moment, the file has two names, and the old one is about to be deleted. Programs that
    preserve a photo's times may save a version with the same size and time."""
    photo, facts = two_copies.photos / "b.jpg", (two_copies.photos / "b.jpg").stat()
    before = photo.read_bytes()
    saved = list[Path]()

    def save(_: str) -> None:
        if not saved and photo.stat().st_nlink == 2:
            new = photo if in_place else photo.with_name("new")
            new.write_bytes(before + b"more" if in_place else before[::-1])
            os.utime(new, ns=(facts.st_atime_ns, facts.st_mtime_ns))
            new.replace(photo)
            saved.append(new)

    monkeypatch.setattr(part_files, "sync_folder", save)
    (result,) = remove(
        two_copies.library,
        [two_copies.removal("b.jpg", "a.jpg")],
        str(two_copies.base / "aside") if to == "folder" else TRASH,
    ).results
    assert saved and result.state == "failed", result
    assert photo.read_bytes() == (before + b"more" if in_place else before[::-1])
    # Nor is the version lost that moved.
    others = {
        path: data for path, data in two_copies.tree().items() if path not in ("a.jpg", "b.jpg")
    }
    assert len(others) == (0 if in_place else 1)


def test_a_copy_is_read_again_at_its_destination(
    two_copies: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What arrives differs from what was sent: the file, which was only moved, is put back."""
    before, real = two_copies.tree(), safe_move.move

    def spoil(source: str, target: str, *given: Any) -> list[str]:
        lost = real(source, target, *given)
        if "aside" in target:
            data = Path(target).read_bytes()
            Path(target).unlink()
            Path(target).write_bytes(data[::-1])
        return lost

    monkeypatch.setattr(safe_move, "move", spoil)
    (result,) = remove(
        two_copies.library, [two_copies.removal("b.jpg", "a.jpg")], str(two_copies.base / "aside")
    ).results
    assert result.state == "failed" and result.reason.startswith(
        "it changed a moment ago; b.jpg could not be put back"
    )
    assert two_copies.tree() == {"a.jpg": before["a.jpg"]}


def test_a_keeper_removed_concurrently_by_another_library_restores_the_copy(
    two_copies: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each looks at what it keeps after its own file has moved: of two that keep each other's, one
    at least comes back."""
    before, real = two_copies.tree(), trash.send

    def other(path: str, *given: Any) -> list[str]:
        lost = real(path, *given)
        (two_copies.photos / "a.jpg").rename(two_copies.base / "taken.jpg")
        return lost

    monkeypatch.setattr(trash, "send", other)
    (result,) = remove(two_copies.library, [two_copies.removal("b.jpg", "a.jpg")]).results
    assert result.state == "failed" and two_copies.tree() == {"b.jpg": before["b.jpg"]}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_sidecar_saved_meanwhile_by_another_program_is_kept(
    two_copies: SmallLibrary, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = two_copies.photos / "a.jpg.xmp"
    if moment == "after":
        beside.write_text("theirs, before")
    found = beside.read_bytes() if beside.exists() else None
    monkeypatch.setattr(
        MetadataMerger, "__call__", lambda *_, **__: PreparedSidecar(str(beside), found, b"ours")
    )
    real = RemovalJournal.note

    def note(self: RemovalJournal, **what: Any) -> None:
        real(self, **what)
        if what["step"] == "sidecar":
            beside.write_text("theirs, now")

    monkeypatch.setattr(RemovalJournal, "note", note)
    (result,) = remove(
        two_copies.library, [two_copies.removal("b.jpg", "a.jpg")], sidecars=True
    ).results
    assert result.state == "failed" and "a moment ago" in result.reason
    assert beside.read_text() == "theirs, now" and (two_copies.photos / "b.jpg").exists()


def test_two_links_to_one_film_are_removed_together(two_copies: SmallLibrary) -> None:
    """The first of them takes a link from the second, which is all that changes of it."""
    two_copies.add_file("b.mov", "film")
    os.link(two_copies.photos / "b.mov", two_copies.photos / "b.mp4")
    two_copies.add_file("a.mov", "film")
    two_copies.add_file("a.mp4", "film")
    before = two_copies.tree()
    (result,) = remove(two_copies.library, [two_copies.removal("b.jpg", "a.jpg")]).results
    assert result.state == "removed", result
    undo(two_copies.library)
    assert two_copies.tree() == before
