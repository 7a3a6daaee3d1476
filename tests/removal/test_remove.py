""""""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import LibraryError, LibraryLocked, UsageError
from explorer.library.file_lookup import find_photo_file
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.removal import keeper_check, keeper_proof, preflight, safe_move, trash
from explorer.removal.remove import remove
from explorer.removal.results import Removal
from explorer.removal.undo import history, undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary, tree


def test_a_copy_is_removed_and_restored(small_library: SmallLibrary, where: Where) -> None:
    small_library.add_photo("2020/a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    outcome = remove(
        small_library.library, [small_library.removal("b.jpg", "2020/a.jpg")], where(small_library)
    )
    assert [result.state for result in outcome.results] == ["removed"]
    assert outcome.freed == 3
    assert set(before) - set(small_library.tree()) == {"b.jpg"}
    assert outcome.results[0].at is not None and Path(outcome.results[0].at).read_text() == "one"
    known = find_photo_file(small_library.library.catalog, str(small_library.photos / "b.jpg"))
    assert known is not None and known.file.state == "missing"
    run, restored = undo(small_library.library)
    assert run.id == outcome.run
    assert [(each.path, each.note) for each in restored] == [
        (str(small_library.photos / "b.jpg"), "")
    ]
    assert small_library.tree() == before
    known = find_photo_file(small_library.library.catalog, str(small_library.photos / "b.jpg"))
    assert known is not None and known.file.state == "present"
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(small_library.library)
    with pytest.raises(UsageError, match="already been restored"):
        undo(small_library.library, outcome.run)


def test_nothing_is_overwritten_at_the_destination(small_library: SmallLibrary) -> None:
    aside = small_library.base / "aside"
    for number in range(3):
        small_library.add_photo("sub/a.jpg", f"version {number}")
        small_library.add_photo("keep.jpg", f"version {number}")
        remove(small_library.library, [small_library.removal("sub/a.jpg", "keep.jpg")], str(aside))
    found = {path: data for path, (kind, data, _) in tree(aside).items() if kind == "file"}
    assert found == {
        "photos/sub/a.jpg": b"version 0",
        "photos/sub/a (2).jpg": b"version 1",
        "photos/sub/a (3).jpg": b"version 2",
    }


def test_many_files_with_one_name_are_each_restored_from_the_trash(
    small_library: SmallLibrary,
) -> None:
    for folder in "abc":
        small_library.add_photo(f"{folder}/same.jpg", f"content {folder}")
        small_library.add_photo(f"kept/{folder}.jpg", f"content {folder}")
    before = small_library.tree()
    for folder in "abc":
        remove(
            small_library.library,
            [small_library.removal(f"{folder}/same.jpg", f"kept/{folder}.jpg")],
        )
    for run in history(small_library.library):
        undo(small_library.library, run.id)
    assert small_library.tree() == before


def test_files_that_are_each_others_keepers_are_kept(small_library: SmallLibrary) -> None:
    for name in "abc":
        small_library.add_photo(f"{name}.jpg", "one")
    before = small_library.tree()
    circle = [
        small_library.removal("a.jpg", "b.jpg"),
        small_library.removal("b.jpg", "c.jpg"),
        small_library.removal("c.jpg", "a.jpg"),
    ]
    outcome = remove(small_library.library, circle)
    assert {result.reason for result in outcome.results} == {
        "the photo to keep is to be removed as well"
    }
    # One after the other, what was the keeper of the first is gone when it is asked for.
    results = [remove(small_library.library, [each]).results[0] for each in circle]
    assert [result.state for result in results] == ["removed", "removed", "refused"]
    assert len(small_library.tree()) == 1
    for run in history(small_library.library):
        undo(small_library.library, run.id)
    assert small_library.tree() == before


def test_a_file_is_restored_if_its_keeper_vanishes_during_the_move(
    small_library: SmallLibrary, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    for name in ("send", "move"):
        module = trash if name == "send" else safe_move
        real = getattr(module, name)

        def first_lose_the_keeper(*given: Any, real: Any = real) -> Any:
            answer = real(*given)
            (small_library.photos / "a.jpg").unlink(missing_ok=True)
            return answer

        monkeypatch.setattr(module, name, first_lose_the_keeper)
    outcome = remove(
        small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
    )
    assert (outcome.results[0].state, outcome.results[0].reason) == (
        "failed",
        "the photo to keep no longer exists",
    )
    assert small_library.tree() == {"b.jpg": before["b.jpg"]}


def test_a_file_is_restored_if_its_keeper_is_removed_later_in_the_run(
    small_library: SmallLibrary,
) -> None:
    """By another program, between two files."""
    for name in "abc":
        small_library.add_photo(f"{name}.jpg", "one")
    before = small_library.tree()

    def lose(done: int, total: int) -> None:
        if done == 1:
            (small_library.photos / "a.jpg").unlink()

    outcome = remove(
        small_library.library,
        [
            small_library.removal("b.jpg", "a.jpg"),
            Removal("/nowhere", "0" * 32, "/nor/there", "0" * 32),
        ],
        tick=lose,
    )
    assert [result.state for result in outcome.results] == ["failed", "refused"]
    assert small_library.tree() == {name: before[name] for name in ("b.jpg", "c.jpg")}


def test_a_keeper_is_not_removed_through_an_alias(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keeper of the first file is to go later in the same run, under a path by which it was not
    recognised."""
    for name in "ac":
        small_library.add_photo(f"{name}.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    (small_library.photos / "alias").symlink_to(".")
    alias = small_library.index("alias/a.jpg")
    before = small_library.tree()
    # As a mount that nothing tells of.
    for module in (preflight, keeper_check):
        monkeypatch.setattr(module, "resolve_folder", lambda path: path)
    wanted = [
        small_library.removal("b.jpg", "a.jpg"),
        replace(small_library.removal("a.jpg", "c.jpg"), path=alias),
    ]
    outcome = remove(small_library.library, wanted)
    assert [(result.state, result.reason) for result in outcome.results] == [
        ("removed", ""), ("failed", keeper_proof.KEPT_FOR_ANOTHER),
    ]  # fmt: skip
    assert small_library.tree() == {name: what for name, what in before.items() if name != "b.jpg"}
    undo(small_library.library)
    assert small_library.tree() == before


def test_nothing_is_removed_without_a_journal(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    RemovalJournal(small_library.library.dir).path.mkdir()
    with pytest.raises(LibraryError, match=r"journal of removals .* cannot be read"):
        remove(small_library.library, [small_library.removal("b.jpg", "a.jpg")])
    assert small_library.tree() == before


def test_only_one_removal_runs_at_a_time(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    monkeypatch.setattr("explorer.library.removals.removal_journal.LOCK_TIMEOUT", 0.05)
    with (
        RemovalJournal(small_library.library.dir).lock(),
        pytest.raises(LibraryLocked, match="is running"),
    ):
        remove(small_library.library, [])


def test_after_an_interruption_between_two_files_the_first_can_be_restored(
    small_library: SmallLibrary,
) -> None:
    for name in "abc":
        small_library.add_photo(f"{name}.jpg", "one")
    before = small_library.tree()

    def stop(done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remove(
            small_library.library,
            [small_library.removal("b.jpg", "a.jpg"), small_library.removal("c.jpg", "a.jpg")],
            tick=stop,
        )
    assert set(small_library.tree()) == {"a.jpg", "c.jpg"}
    undo(small_library.library)
    assert small_library.tree() == before


def test_a_running_worker_is_notified(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    with small_library.library.lock():
        remove(small_library.library, [small_library.removal("b.jpg", "a.jpg")])
    with small_library.library.catalog.reading() as db:
        assert [tuple(row) for row in db.execute("select command, argument from command")] == [
            ("rescan", str(small_library.photos))
        ]
