"""Recovering from an interrupted removal whose keepers were changed or removed meanwhile."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.library.removals.removal_journal import RemovalJournal
from explorer.removal import file_state, safe_move, trash
from explorer.removal.remove import remove
from explorer.removal.restore import is_removed_file
from explorer.removal.results import TRASH
from explorer.removal.undo import _lost_its_keeper, history, recover_interrupted, undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary
from tests.removal.test_recover_interrupted import cut
from tests.removal.test_undo import entries


@pytest.mark.parametrize("lose", ["gone", "changed", "link"])
def test_after_an_interruption_the_keeper_is_read_again(
    pair: SmallLibrary, where: Where, lose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The removal had not come to it."""
    before = pair.tree()
    cut(pair, where(pair), monkeypatch, after=True)
    keeper = pair.photos / "a.jpg"
    keeper.unlink()
    if lose == "changed":
        keeper.write_text("two")
    elif lose == "link":
        keeper.symlink_to("sub/b.jpg")
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    assert pair.tree()["sub/b.jpg"] == before["sub/b.jpg"] and not history(pair.library)[0].away


def test_files_checked_before_the_interruption_are_not_read_again(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c", "d"):
        small_library.add_photo(f"{name}.jpg", "one" if name < "c" else "two")
    with monkeypatch.context() as patch:
        patch.setattr("explorer.removal.remove.RemovalExecutor.end", lambda *_: None)
        remove(
            small_library.library,
            [small_library.removal("b.jpg", "a.jpg"), small_library.removal("d.jpg", "c.jpg")],
        )
    read, real = list[str](), file_state.has_content
    monkeypatch.setattr(
        file_state,
        "has_content",
        lambda path, digest: read.append(Path(path).name) or real(path, digest),
    )
    (small_library.photos / "a.jpg").write_text("edited since")
    recover_interrupted(small_library.library, RemovalJournal(small_library.library.dir))
    assert read == ["c.jpg"] and set(small_library.tree()) == {"a.jpg", "c.jpg"}


def test_the_keeper_of_an_open_step_is_read_again_whichever_step_it_is(
    small_library: SmallLibrary,
) -> None:
    """The first step was not noted as done, though its run came to its end."""
    for name in ("a", "b", "c", "d"):
        small_library.add_photo(f"{name}.jpg", "one" if name < "c" else "two")
    remove(
        small_library.library,
        [small_library.removal("b.jpg", "a.jpg"), small_library.removal("d.jpg", "c.jpg")],
        str(small_library.base / "aside"),
    )
    for keeper in ("a.jpg", "c.jpg"):
        (small_library.photos / keeper).write_text("edited since")
    path = RemovalJournal(small_library.library.dir).path
    lines = path.read_bytes().splitlines(keepends=True)
    done = [line for line in lines if json.loads(line)["step"] == "moved"]
    path.write_bytes(b"".join(line for line in lines if line != done[0]))
    recover_interrupted(small_library.library, RemovalJournal(small_library.library.dir))
    assert set(small_library.tree()) == {"a.jpg", "b.jpg", "c.jpg"}


def test_a_file_that_never_moved_lost_no_keeper(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(pair, str(pair.base / "aside"), monkeypatch, after=False)
    (pair.photos / "a.jpg").unlink()
    (entry,) = entries(pair)
    assert _lost_its_keeper(entry, read_keeper=True)
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    (entry,) = entries(pair)
    assert not entry.away and not _lost_its_keeper(entry, read_keeper=True)


def test_photos_removed_without_a_keeper_stay_removed_after_an_interruption(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was kept for it, so that nothing is missing."""
    small_library.add_photo("a.jpg", "one")
    with monkeypatch.context() as patch:
        patch.setattr("explorer.removal.remove.RemovalExecutor.end", lambda *_: None)
        remove(
            small_library.library,
            [small_library.removal("a.jpg", None)],
            str(small_library.base / "aside"),
            without_keeper=True,
        )
    recover_interrupted(small_library.library, RemovalJournal(small_library.library.dir))
    assert (
        small_library.tree() == {}
        and entries(small_library)[0].state == "moved"
        and history(small_library.library)[0].ended
    )


@pytest.mark.skipif(not trash.is_supported(), reason="the trash of freedesktop.org")
def test_a_file_that_is_in_no_trash_stays_open(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program may have emptied it, or its drive may be away."""
    cut(pair, TRASH, monkeypatch, after=True)
    (entry,) = entries(pair)
    Path(entry.target or "").unlink()
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    (entry,) = entries(pair)
    assert entry.state == "intended" and history(pair.library)[0].away == [entry]


def test_a_file_in_place_of_a_removed_link_is_another_one(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(pair, str(pair.base / "aside"), monkeypatch, after=False)
    (entry,) = entries(pair)
    copy = str(pair.photos / "a.jpg")
    assert is_removed_file(entry, entry.path) and is_removed_file(entry, copy)
    link = replace(entry, facts={**entry.facts, "link": "a.jpg"})
    assert not is_removed_file(link, copy)


def test_a_file_that_cannot_be_put_back_yet_stops_nothing(
    pair: SmallLibrary, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays away, and undo tries again."""
    before = pair.tree()
    cut(pair, where(pair), monkeypatch, after=True)
    (pair.photos / "a.jpg").unlink()

    def full(*_: Any) -> list[str]:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(safe_move, "move", full)
        recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    assert len(history(pair.library)[0].away) == 1
    undo(pair.library)
    assert pair.tree()["sub/b.jpg"] == before["sub/b.jpg"] and not history(pair.library)[0].away
