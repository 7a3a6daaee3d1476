"""Recovering from a removal or an undo that was interrupted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import UsageError
from explorer.library.file_lookup import find_photo_file
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.removal import restore, safe_move, trash
from explorer.removal.remove import remove
from explorer.removal.results import TRASH
from explorer.removal.undo import history, recover_interrupted, undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary
from tests.removal.test_undo import entries


def cut(
    small_library: SmallLibrary, to: str, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    """A removal that is cut off before or after its file moved, before the journal says so."""
    real = safe_move.move

    def move(*given: Any) -> None:
        if after:
            real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(safe_move, "move", move)
        patch.setattr("explorer.removal.remove.RemovalExecutor.end", lambda *_: None)
        patch.setattr(trash, "delete_note", lambda _: None)
        with pytest.raises(KeyboardInterrupt):
            remove(small_library.library, [small_library.removal("sub/b.jpg", "a.jpg")], to)


def change(small_library: SmallLibrary, edit: Callable[[dict[str, Any]], Any]) -> None:
    """Every line of the journal as somebody else would have it."""
    path = RemovalJournal(small_library.library.dir).path
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    for line in lines:
        edit(line)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.mark.parametrize("after", [False, True])
def test_an_interrupted_move_is_found_and_undone(
    pair: SmallLibrary, where: Where, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, to = pair.tree(), where(pair)
    cut(pair, to, monkeypatch, after=after)
    (entry,) = entries(pair)
    assert entry.state == "intended" and entry.away
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    (entry,) = entries(pair)
    if after:
        assert (
            entry.state == "moved"
            and entry.target is not None
            and Path(entry.target).read_text() == "one"
        )
        assert find_photo_file(pair.library.catalog, entry.path).file.state == "missing"  # type: ignore[union-attr]
        undo(pair.library)
    else:
        assert (entry.state, entry.reason) == ("undone", "it was never moved")
        assert not (to == TRASH and trash.is_supported() and os.path.lexists(entry.info or ""))
    assert pair.tree() == before
    assert history(pair.library)[0].ended and not history(pair.library)[0].away


@pytest.mark.skipif(not trash.is_supported(), reason="the trash of freedesktop.org")
@pytest.mark.parametrize("after", [False, True])
def test_an_interrupted_move_of_an_earlier_release_is_found(
    pair: SmallLibrary, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It did not choose places in the trash beforehand."""
    before = pair.tree()
    cut(pair, TRASH, monkeypatch, after=after)
    change(pair, lambda line: [line.pop(key, None) for key in ("target", "info", "keeper_hash")])
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    (entry,) = entries(pair)
    assert entry.state == ("moved" if after else "undone") and (entry.target is not None) == after
    if after:
        assert entry.info == trash.note_path(entry.target or "")
        undo(pair.library)
    assert pair.tree() == before


@pytest.mark.parametrize("away", ["photos", "aside"])
def test_an_interrupted_move_stays_open_while_its_drive_is_away(
    pair: SmallLibrary, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Absence proves neither that it was never moved nor that another program has moved it."""
    before = pair.tree()
    cut(pair, str(pair.base / "aside"), monkeypatch, after=away == "aside")
    drive = pair.base / away
    drive.rename(pair.base / "unplugged")
    if away == "photos":
        drive.mkdir()
    for _ in range(2):
        _, (restored,) = undo(pair.library)
        assert (
            restored.back is None
            and "neither at its original path nor in" in restored.note
            and "connect the drive" in restored.note
        )
        (entry,) = entries(pair)
        assert entry.state == "intended" and history(pair.library)[0].away == [entry]
    if away == "photos":
        drive.rmdir()
    (pair.base / "unplugged").rename(drive)
    if away == "photos":
        with pytest.raises(UsageError, match="nothing to undo"):
            undo(pair.library)
    else:
        undo(pair.library)
    assert pair.tree() == before


def test_only_certain_outcomes_update_the_catalog(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(pair, str(pair.base / "aside"), monkeypatch, after=True)
    told = list[dict[str, list[str]]]()
    monkeypatch.setattr(
        "explorer.removal.undo.update_catalog", lambda _, **paths: told.append(paths)
    )
    (pair.base / "aside").rename(pair.base / "unplugged")
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    (pair.base / "unplugged").rename(pair.base / "aside")
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    gone = str(pair.photos / "sub/b.jpg")
    assert told == [{"gone": [], "back": []}, {"gone": [gone], "back": []}]
    undo(pair.library)
    told.clear()
    cut(pair, str(pair.base / "aside"), monkeypatch, after=False)
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    assert told[-1] == {"gone": [], "back": [gone]}


def test_companions_stay_unresolved_with_their_photo(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is settled when the photo is: then it comes back with the photo that never went."""
    pair.add_file("sub/b.thm", "words")
    before, real = pair.tree(), safe_move.move

    def stop(source: str, *given: Any) -> list[str]:
        if source.endswith(".jpg"):
            raise KeyboardInterrupt
        return real(source, *given)

    with monkeypatch.context() as patch:
        patch.setattr(safe_move, "move", stop)
        patch.setattr("explorer.removal.remove.RemovalExecutor.end", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))
    (pair.photos / "sub").rename(pair.base / "unplugged")
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    assert (pair.base / "aside/photos/sub/b.thm").read_text() == "words" and history(pair.library)[
        0
    ].ended
    # Nor does it come back alone if the keeper is gone, too.
    (pair.photos / "a.jpg").rename(pair.base / "a.jpg")
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    assert pair.tree() == {} and (pair.base / "aside/photos/sub/b.thm").exists()
    (pair.base / "a.jpg").rename(pair.photos / "a.jpg")
    (pair.base / "unplugged").rename(pair.photos / "sub")
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    assert pair.tree() == before and not history(pair.library)[0].away


def test_the_next_removal_resolves_earlier_interruptions(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(pair, TRASH, monkeypatch, after=False)
    remove(pair.library, [])
    assert [entry.state for entry in entries(pair)] == ["undone"]
    # What is resolved is not written again.
    journal = RemovalJournal(pair.library.dir)
    written = journal.path.read_bytes()
    recover_interrupted(pair.library, journal)
    assert journal.path.read_bytes() == written


def test_an_inaccessible_file_is_left_unresolved(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(pair, str(pair.base / "aside"), monkeypatch, after=False)

    def broken(*_: Any) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(restore, "is_removed_file", broken)
        recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
        _, (restored,) = undo(pair.library)
    assert (
        restored.back is None
        and "Input/output error" in restored.note
        and entries(pair)[0].state == "intended"
    )


def test_an_interrupted_run_does_not_hide_later_ones(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of its own files nor of its like: each photo is settled by itself."""
    for name in ("k", "a", "b"):
        small_library.add_photo(f"{name}.jpg", "one")
    real = safe_move.move

    def stop(source: str, target: str, *given: Any) -> list[str]:
        lost: list[str] = real(source, target, *given)
        raise KeyboardInterrupt
        return lost

    with monkeypatch.context() as patch:
        patch.setattr("explorer.removal.remove.RemovalExecutor.end", lambda *_: None)
        patch.setattr(safe_move, "move", stop)
        for name in "ab":
            with pytest.raises(KeyboardInterrupt):
                patch.setattr("explorer.removal.remove.recover_interrupted", lambda *_: None)
                remove(
                    small_library.library,
                    [small_library.removal(f"{name}.jpg", "k.jpg")],
                    str(small_library.base / "aside"),
                )
    away = small_library.base / "aside/photos/a.jpg"
    away.rename(small_library.base / "elsewhere.jpg")
    recover_interrupted(small_library.library, RemovalJournal(small_library.library.dir))
    # Of the first nothing can be seen; the second has gone.
    assert [entry.state for entry in entries(small_library)] == ["intended", "moved"]
