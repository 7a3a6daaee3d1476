from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import LibraryError, LibraryLocked, UsageError
from explorer.library.file_lookup import find_photo_file
from explorer.library.file_rows import FileStat
from explorer.library.file_store import put_present
from explorer.library.protected_folder_store import protect_folder
from explorer.library.removal_journal import RemovalJournal
from explorer.photos.containers.contents import NOTHING_PACKED, ContentPart, FileContents
from explorer.removal import keeper_check, preflight, proof, safe_move, trash
from explorer.removal.remove import dry_run, remove
from explorer.removal.results import Removal
from explorer.removal.undo import history, undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary, tree


def reason(small_library: SmallLibrary, wanted: Removal, **options: Any) -> str:
    """Why it is refused; nothing may have changed."""
    before = small_library.tree()
    for outcome in (
        dry_run(small_library.library, [wanted]),
        remove(small_library.library, [wanted], **options),
    ):
        assert [result.state for result in outcome.results] == ["refused"]
        assert outcome.run is None
    assert small_library.tree() == before
    assert history(small_library.library) == []
    return outcome.results[0].reason


def test_a_copy_goes_and_comes_back(small_library: SmallLibrary, where: Where) -> None:
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
    with pytest.raises(UsageError, match="put back already"):
        undo(small_library.library, outcome.run)


def test_nothing_is_overwritten_where_removed_files_go(small_library: SmallLibrary) -> None:
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


def test_many_of_one_name_in_the_trash_each_come_back(small_library: SmallLibrary) -> None:
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


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda f: (f.photos / "b.jpg").write_text("two"), "changed"),
        (lambda f: (f.photos / "b.jpg").unlink(), "no longer exists"),
        (lambda f: (f.photos / "a.jpg").write_text("two"), "the photo to keep has changed"),
        (lambda f: (f.photos / "a.jpg").unlink(), "the photo to keep no longer exists"),
        (
            lambda f: ((f.photos / "a.jpg").unlink(), (f.photos / "a.jpg").symlink_to("b.jpg")),
            "only a link",
        ),
        (
            lambda f: ((f.photos / "a.jpg").unlink(), (f.photos / "a.jpg").mkdir()),
            "only a link, or not a file",
        ),
        (lambda f: protect_folder(f.library.catalog, str(f.photos)), "protected"),
        (
            lambda f: ((f.photos / "b.jpg").unlink(), (f.photos / "b.jpg").mkdir()),
            "it is not a file",
        ),
    ],
)
def test_what_changed_since_the_plan_stays(
    small_library: SmallLibrary, break_it: Callable[[SmallLibrary], Any], words: str
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    wanted = small_library.removal("b.jpg", "a.jpg")
    break_it(small_library)
    assert words in reason(small_library, wanted)


def test_what_the_library_does_not_know_stays(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    (small_library.photos / "new.jpg").write_text("one")
    (small_library.base / "outside.jpg").write_text("one")
    assert "not in the library" in reason(small_library, small_library.removal("new.jpg", "a.jpg"))
    assert "not in the library" in reason(
        small_library, small_library.removal("../outside.jpg", "a.jpg")
    )
    assert "the photo to keep is not in the library" in reason(
        small_library, small_library.removal("a.jpg", "new.jpg")
    )


def test_a_plan_for_an_older_content_is_refused(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    wanted = small_library.removal("b.jpg", "a.jpg")
    small_library.add_photo("b.jpg", "another photo")
    assert "since the plan was made" in reason(small_library, wanted)


@pytest.mark.parametrize(
    ("tier", "found", "goes"),
    [
        ("picture", None, False), ("picture", "different", False), ("picture", "scene", False), ("picture", "picture", True),
        ("picture", "pixels", True), ("pixels", "picture", False), ("pixels", "pixels", True), ("identical", "pixels", False),
        ("", None, False), ("", "picture", True), ("what a hand wrote", "scene", False), ("moment", None, True), ("lookalike", None, True),
    ],
)  # fmt: skip
def test_a_copy_goes_only_for_a_photo_that_it_was_compared_with(
    small_library: SmallLibrary, tier: str, found: Any, goes: bool
) -> None:
    """A plan in which another was put down as the photo to keep, by hand or by a way round the page."""
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "two")
    if found:
        small_library.add_pair("a.jpg", "b.jpg", found)
    wanted = small_library.removal("b.jpg", "a.jpg", tier=tier)
    if goes:
        assert remove(small_library.library, [wanted]).removed
        undo(small_library.library)
    else:
        assert "not compared with the photo to keep" in reason(small_library, wanted)


def test_a_file_is_never_its_own_keeper(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    assert "to be removed as well" in reason(small_library, small_library.removal("a.jpg", "a.jpg"))
    (small_library.photos / "alias").symlink_to(".")
    small_library.index("alias/a.jpg")
    assert "to be removed as well" in reason(
        small_library, small_library.removal("alias/a.jpg", "a.jpg")
    )


def test_one_file_under_two_paths_is_seen_through(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mount or a system that ignores case: real paths differ, the entry is one."""
    small_library.add_photo("a.jpg", "one")
    (small_library.photos / "mount").symlink_to(".")
    small_library.index("mount/a.jpg")
    monkeypatch.setattr(os.path, "realpath", lambda path, **_: os.path.normpath(path))
    assert "this very file" in reason(small_library, small_library.removal("mount/a.jpg", "a.jpg"))


def test_members_of_a_circle_keep_one_another(small_library: SmallLibrary) -> None:
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


def test_a_keeper_that_vanishes_in_that_moment_brings_the_file_back(
    small_library: SmallLibrary, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    for name in ("send", "move"):
        module = trash if name == "send" else safe_move
        real = getattr(module, name)

        def first_lose_the_keeper(*given: Any, real: Any = real) -> None:
            real(*given)
            (small_library.photos / "a.jpg").unlink(missing_ok=True)

        monkeypatch.setattr(module, name, first_lose_the_keeper)
    outcome = remove(
        small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
    )
    assert (outcome.results[0].state, outcome.results[0].reason) == (
        "failed",
        "the photo to keep no longer exists",
    )
    assert small_library.tree() == {"b.jpg": before["b.jpg"]}


def test_a_keeper_removed_later_in_the_same_run_brings_the_file_back(
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
        ("removed", ""), ("failed", proof.KEPT_FOR_ANOTHER),
    ]  # fmt: skip
    assert small_library.tree() == {name: what for name, what in before.items() if name != "b.jpg"}
    undo(small_library.library)
    assert small_library.tree() == before


def test_hard_links_go_and_it_is_said_that_nothing_is_gained(
    small_library: SmallLibrary, where: Where
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_link("b.jpg", "a.jpg", hard=True)
    before = small_library.tree()
    outcome = remove(
        small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
    )
    assert (outcome.results[0].state, outcome.freed) == ("removed", 0)
    assert "no space is gained" in outcome.results[0].reason
    assert set(small_library.tree()) == {"a.jpg"}
    undo(small_library.library)
    assert small_library.tree() == before


def test_symbolic_links_go_as_links(small_library: SmallLibrary, where: Where) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_link("sub/b.jpg", "a.jpg", hard=False)
    before = small_library.tree()
    outcome = remove(
        small_library.library, [small_library.removal("sub/b.jpg", "a.jpg")], where(small_library)
    )
    assert (outcome.results[0].state, outcome.freed) == ("removed", 0)
    assert "a.jpg" in small_library.tree() and "sub/b.jpg" not in small_library.tree()
    undo(small_library.library)
    assert small_library.tree() == before


def test_the_name_is_taken_again(small_library: SmallLibrary, where: Where) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    remove(small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library))
    (small_library.photos / "b.jpg").write_text("a newcomer")
    (small_library.photos / "b (restored).jpg").write_text("another")
    _, (restored,) = undo(small_library.library)
    assert restored.back == str(small_library.photos / "b (restored 2).jpg")
    assert "b (restored 2).jpg" in restored.note
    assert small_library.tree()["b (restored 2).jpg"] == before["b.jpg"]
    assert (small_library.photos / "b.jpg").read_text() == "a newcomer"


def test_the_folder_is_gone(small_library: SmallLibrary, where: Where) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("deep/er/b.jpg", "one")
    before = small_library.tree()
    remove(
        small_library.library,
        [small_library.removal("deep/er/b.jpg", "a.jpg")],
        where(small_library),
    )
    shutil.rmtree(small_library.photos / "deep")
    undo(small_library.library)
    assert small_library.tree() == before


def test_a_drive_that_is_away_is_not_written_to(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    remove(
        small_library.library,
        [small_library.removal("b.jpg", "a.jpg")],
        str(small_library.base / "aside"),
    )
    small_library.photos.rename(small_library.base / "unplugged")
    small_library.photos.mkdir()
    real = os.stat

    def other_drive(path: Any, *given: Any, **named: Any) -> Any:
        facts = real(path, *given, **named)
        return (
            os.stat_result((*facts[:2], facts.st_dev + 1, *facts[3:]))
            if path == str(small_library.photos)
            else facts
        )

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", other_drive)
        _, (restored,) = undo(small_library.library)
    assert restored.back is None and "seems not to be connected" in restored.note
    assert small_library.tree() == {}
    small_library.photos.rmdir()
    (small_library.base / "unplugged").rename(small_library.photos)
    undo(small_library.library)
    assert small_library.tree() == before


def test_brought_back_by_hand_or_deleted_for_good(
    small_library: SmallLibrary, where: Where
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    at = (
        remove(
            small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
        )
        .results[0]
        .at
    )
    assert at is not None
    Path(at).rename(small_library.photos / "b.jpg")
    _, (restored,) = undo(small_library.library)
    assert (restored.back, restored.note) == (
        str(small_library.photos / "b.jpg"),
        "it had been put back by hand",
    )
    assert small_library.tree() == before
    at = (
        remove(
            small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
        )
        .results[0]
        .at
    )
    assert at is not None
    Path(at).unlink()
    for _ in range(2):
        _, (restored,) = undo(small_library.library)
        assert restored.back is None and "not in" in restored.note


def test_a_stranger_in_our_place_in_the_trash_is_left_there(
    small_library: SmallLibrary, where: Where
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    at = (
        remove(
            small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
        )
        .results[0]
        .at
    )
    assert at is not None
    Path(at).unlink()
    Path(at).write_text("a stranger")
    _, (restored,) = undo(small_library.library)
    assert restored.back is None
    assert Path(at).read_text() == "a stranger"
    assert set(small_library.tree()) == {"a.jpg"}


def test_one_without_a_keeper_stays_and_the_others_go(
    small_library: SmallLibrary, where: Where
) -> None:
    small_library.add_photo("keep.jpg", "one")
    small_library.add_photo("copy.jpg", "one")
    small_library.add_photo("alone.jpg", "two")
    wanted = [
        small_library.removal("alone.jpg", None),
        small_library.removal("copy.jpg", "keep.jpg"),
    ]
    tried = dry_run(small_library.library, wanted, where(small_library))
    done = remove(small_library.library, wanted, where(small_library))
    assert [result.state for result in tried.results] == ["refused", "would"]
    assert [result.state for result in done.results] == ["refused", "removed"]
    assert "--without-keeper" in done.results[0].reason == tried.results[0].reason
    assert set(small_library.tree()) == {"keep.jpg", "alone.jpg"}


def test_photos_removed_for_their_own_sake_need_a_word(
    small_library: SmallLibrary, where: Where
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "two")
    before = small_library.tree()
    wanted = [small_library.removal("a.jpg", None), small_library.removal("b.jpg", None)]
    with pytest.raises(UsageError, match="confirmation"):
        remove(small_library.library, wanted, where(small_library))
    assert small_library.tree() == before
    outcome = remove(small_library.library, wanted, where(small_library), without_keeper=True)
    assert [result.state for result in outcome.results] == ["removed", "removed"]
    assert small_library.tree() == {}
    undo(small_library.library)
    assert small_library.tree() == before


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("photos/aside", "is in the library"),
        ("a file", "is a file"),
        ("library/x", "belongs to the library"),
        (None, "full path"),
    ],
)
def test_folders_that_cannot_take_photos(
    small_library: SmallLibrary, to: str | None, words: str
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    (small_library.base / "a file").write_text("")
    with pytest.raises(UsageError, match=words):
        remove(
            small_library.library,
            [small_library.removal("b.jpg", "a.jpg")],
            "relative" if to is None else str(small_library.base / to),
        )


def test_a_folder_above_the_library_does_not_lead_back_into_it(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    outcome = remove(
        small_library.library, [small_library.removal("b.jpg", "a.jpg")], str(small_library.base)
    )
    assert (
        outcome.results[0].state == "refused" and "is in the library" in outcome.results[0].reason
    )


def test_twice_the_same_is_no_plan(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    with pytest.raises(UsageError, match="twice"):
        dry_run(small_library.library, [small_library.removal("b.jpg", "a.jpg")] * 2)


def test_to_another_drive_by_a_copy_that_is_compared(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    small_library.add_link("c.jpg", "a.jpg", hard=False)
    before = small_library.tree()
    real = os.link

    def across(source: str, target: str, **options: Any) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        real(source, target, **options)

    monkeypatch.setattr(os, "link", across)
    wanted = [small_library.removal("b.jpg", "a.jpg"), small_library.removal("c.jpg", "a.jpg")]
    outcome = remove(small_library.library, wanted, str(small_library.base / "aside"))
    assert [result.state for result in outcome.results] == ["removed", "removed"]
    assert {
        path.split("/")[-1]
        for path, (kind, _, _) in tree(small_library.base / "aside").items()
        if kind != "folder"
    } == {"b.jpg", "c.jpg"}
    undo(small_library.library)
    assert small_library.tree() == before
    # A copy that is not like the original does not count: the original stays, and of the copy
    # nothing is left.
    monkeypatch.setattr(
        shutil, "copyfileobj", lambda source, new, *_: new.write(b"0" + source.read()[1:])
    )
    outcome = remove(small_library.library, wanted[:1], str(small_library.base / "aside"))
    assert (
        outcome.results[0].state == "failed"
        and "copy differs from the original" in outcome.results[0].reason
    )
    assert small_library.tree() == before
    assert [
        path for path, (kind, _, _) in tree(small_library.base / "aside").items() if kind == "file"
    ] == []


def test_a_drive_without_second_names(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()

    def none(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    remove(
        small_library.library,
        [small_library.removal("b.jpg", "a.jpg")],
        str(small_library.base / "aside"),
    )
    undo(small_library.library)
    assert small_library.tree() == before


def test_without_a_journal_nothing_goes(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    RemovalJournal(small_library.library.dir).path.mkdir()
    with pytest.raises(LibraryError, match="journal"):
        remove(small_library.library, [small_library.removal("b.jpg", "a.jpg")])
    assert small_library.tree() == before


def test_one_removal_at_a_time(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    monkeypatch.setattr("explorer.library.removal_journal.WAIT", 0.05)
    with (
        RemovalJournal(small_library.library.dir).lock(),
        pytest.raises(LibraryLocked, match="going on"),
    ):
        remove(small_library.library, [])


def test_stopped_between_two_files_the_first_can_be_undone(small_library: SmallLibrary) -> None:
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


def test_while_a_worker_has_the_library_it_is_left_word(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    with small_library.library.lock():
        remove(small_library.library, [small_library.removal("b.jpg", "a.jpg")])
    with small_library.library.catalog.reading() as db:
        assert [tuple(row) for row in db.execute("select command, argument from command")] == [
            ("rescan", str(small_library.photos))
        ]


@pytest.mark.skipif(os.name != "posix", reason="names that are no UTF-8 exist on POSIX alone")
def test_names_that_are_no_text(small_library: SmallLibrary, where: Where) -> None:
    small_library.add_photo("a.jpg", "one")
    name = os.fsdecode(b"caf\xe9 \n.jpg")
    (small_library.photos / name).write_text("one")
    from explorer.library.paths import to_text

    writer_path = to_text(name)
    data = (small_library.photos / name).read_bytes()
    assert data == b"one"
    from explorer.library.writer import Writer

    writer = Writer(small_library.library.catalog)
    facts = (small_library.photos / name).stat()
    photo = small_library.library.catalog.photo_id(
        bytes.fromhex(small_library.removal("a.jpg", None).hash)
    )
    assert photo is not None
    put_present(
        writer,
        small_library.root,
        FileStat(writer_path, facts.st_size, facts.st_mtime_ns, facts.st_ino),
        photo,
    )
    writer.close()
    before = small_library.tree()
    assert (
        remove(small_library.library, [small_library.removal(name, "a.jpg")], where(small_library))
        .results[0]
        .state
        == "removed"
    )
    undo(small_library.library)
    assert small_library.tree() == before


FILM = FileContents((ContentPart("film", "0" * 32),)).packed()


@pytest.mark.parametrize(
    ("goes", "kept", "words"),
    [
        (FILM, NOTHING_PACKED, "not all that it holds (film inside) is in the one kept"),
        (FileContents(complete=False).packed(), FILM, "not all of it can be read"),
        (None, FILM, "read again"), (FILM, None, "what the one kept holds"), ("{", FILM, "read again"),
        (FILM, FILM, ""), (NOTHING_PACKED, FILM, ""), (NOTHING_PACKED, None, ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("tier", ["pixels", "picture", "", "what a hand wrote"])
def test_what_a_file_holds_beside_its_picture_must_be_in_the_one_kept(
    small_library: SmallLibrary, tier: str, goes: Any, kept: Any, words: str
) -> None:
    """Whatever a plan says: one that is old, written by hand, or with another file put down as the
    one to keep."""
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "two")
    small_library.add_pair("a.jpg", "b.jpg", "pixels")
    small_library.set_contents("a.jpg", kept)
    small_library.set_contents("b.jpg", goes)
    wanted = small_library.removal("b.jpg", "a.jpg", tier=tier)
    if words:
        assert words in reason(small_library, wanted)
    else:
        assert (
            dry_run(small_library.library, [wanted]).removed
            and remove(small_library.library, [wanted]).removed
        )


@pytest.mark.parametrize("tier", ["moment", "lookalike"])
def test_other_shots_go_with_what_they_hold(small_library: SmallLibrary, tier: str) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "two")
    small_library.set_contents("b.jpg", FILM)
    assert remove(
        small_library.library, [small_library.removal("b.jpg", "a.jpg", tier=tier)]
    ).removed


def test_the_same_bytes_go_whatever_they_hold(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    small_library.set_contents("b.jpg", None)
    assert remove(
        small_library.library, [small_library.removal("b.jpg", "a.jpg", tier="identical")]
    ).removed


def test_a_photo_for_its_own_sake_goes_with_what_it_holds(small_library: SmallLibrary) -> None:
    small_library.add_photo("b.jpg", "two")
    small_library.set_contents("b.jpg", FILM)
    assert remove(
        small_library.library, [small_library.removal("b.jpg", None)], without_keeper=True
    ).removed
