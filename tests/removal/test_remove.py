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
from explorer.library.decision_store import protect
from explorer.library.removal_journal import Journal, known_file
from explorer.photos.containers.contents import NOTHING_PACKED, Contents, Part
from explorer.removal import preflight, proof, safe_move, trash
from explorer.removal.remove import dry_run, remove
from explorer.removal.results import Removal
from explorer.removal.undo import history, undo
from tests.fixtures.field import Field, tree
from tests.fixtures.removal import Where


def reason(field: Field, wanted: Removal, **options: Any) -> str:
    """Why it is refused; nothing may have changed."""
    before = field.tree()
    for outcome in (dry_run(field.library, [wanted]), remove(field.library, [wanted], **options)):
        assert [result.state for result in outcome.results] == ["refused"]
        assert outcome.run is None
    assert field.tree() == before
    assert history(field.library) == []
    return outcome.results[0].reason


def test_a_copy_goes_and_comes_back(field: Field, where: Where) -> None:
    field.put("2020/a.jpg", "one")
    field.put("b.jpg", "one")
    before = field.tree()
    outcome = remove(field.library, [field.removal("b.jpg", "2020/a.jpg")], where(field))
    assert [result.state for result in outcome.results] == ["removed"]
    assert outcome.freed == 3
    assert set(before) - set(field.tree()) == {"b.jpg"}
    assert outcome.results[0].at is not None and Path(outcome.results[0].at).read_text() == "one"
    known = known_file(field.library.catalog, str(field.photos / "b.jpg"))
    assert known is not None and known.file.state == "missing"
    run, restored = undo(field.library)
    assert run.id == outcome.run
    assert [(each.path, each.note) for each in restored] == [(str(field.photos / "b.jpg"), "")]
    assert field.tree() == before
    known = known_file(field.library.catalog, str(field.photos / "b.jpg"))
    assert known is not None and known.file.state == "present"
    with pytest.raises(UsageError, match="nothing to be undone"):
        undo(field.library)
    with pytest.raises(UsageError, match="brought back already"):
        undo(field.library, outcome.run)


def test_nothing_is_overwritten_where_removed_files_go(field: Field) -> None:
    aside = field.base / "aside"
    for number in range(3):
        field.put("sub/a.jpg", f"version {number}")
        field.put("keep.jpg", f"version {number}")
        remove(field.library, [field.removal("sub/a.jpg", "keep.jpg")], str(aside))
    found = {path: data for path, (kind, data, _) in tree(aside).items() if kind == "file"}
    assert found == {
        "photos/sub/a.jpg": b"version 0",
        "photos/sub/a (2).jpg": b"version 1",
        "photos/sub/a (3).jpg": b"version 2",
    }


def test_many_of_one_name_in_the_trash_each_come_back(field: Field) -> None:
    for folder in "abc":
        field.put(f"{folder}/same.jpg", f"content {folder}")
        field.put(f"kept/{folder}.jpg", f"content {folder}")
    before = field.tree()
    for folder in "abc":
        remove(field.library, [field.removal(f"{folder}/same.jpg", f"kept/{folder}.jpg")])
    for run in history(field.library):
        undo(field.library, run.id)
    assert field.tree() == before


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda f: (f.photos / "b.jpg").write_text("two"), "changed"),
        (lambda f: (f.photos / "b.jpg").unlink(), "not there any more"),
        (lambda f: (f.photos / "a.jpg").write_text("two"), "the one to keep has changed"),
        (lambda f: (f.photos / "a.jpg").unlink(), "the one to keep is not there"),
        (
            lambda f: ((f.photos / "a.jpg").unlink(), (f.photos / "a.jpg").symlink_to("b.jpg")),
            "only a link",
        ),
        (
            lambda f: ((f.photos / "a.jpg").unlink(), (f.photos / "a.jpg").mkdir()),
            "only a link, or no file",
        ),
        (lambda f: protect(f.library.catalog, str(f.photos)), "protected"),
        (lambda f: ((f.photos / "b.jpg").unlink(), (f.photos / "b.jpg").mkdir()), "no file"),
    ],
)
def test_what_changed_since_the_plan_stays(
    field: Field, break_it: Callable[[Field], Any], words: str
) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    wanted = field.removal("b.jpg", "a.jpg")
    break_it(field)
    assert words in reason(field, wanted)


def test_what_the_library_does_not_know_stays(field: Field) -> None:
    field.put("a.jpg", "one")
    (field.photos / "new.jpg").write_text("one")
    (field.base / "outside.jpg").write_text("one")
    assert "not in the library" in reason(field, field.removal("new.jpg", "a.jpg"))
    assert "not in the library" in reason(field, field.removal("../outside.jpg", "a.jpg"))
    assert "the one to keep is not in the library" in reason(
        field, field.removal("a.jpg", "new.jpg")
    )


def test_a_plan_for_an_older_content_is_refused(field: Field) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    wanted = field.removal("b.jpg", "a.jpg")
    field.put("b.jpg", "another photo")
    assert "since the plan was made" in reason(field, wanted)


@pytest.mark.parametrize(
    ("tier", "found", "goes"),
    [
        ("picture", None, False), ("picture", "different", False), ("picture", "scene", False), ("picture", "picture", True),
        ("picture", "pixels", True), ("pixels", "picture", False), ("pixels", "pixels", True), ("identical", "pixels", False),
        ("", None, False), ("", "picture", True), ("what a hand wrote", "scene", False), ("moment", None, True), ("lookalike", None, True),
    ],
)  # fmt: skip
def test_a_copy_goes_only_for_a_photo_that_it_was_compared_with(
    field: Field, tier: str, found: Any, goes: bool
) -> None:
    """A plan in which another was put down as the one to keep, by hand or by a way round the page."""
    field.put("a.jpg", "one")
    field.put("b.jpg", "two")
    if found:
        field.pair("a.jpg", "b.jpg", found)
    wanted = field.removal("b.jpg", "a.jpg", tier=tier)
    if goes:
        assert remove(field.library, [wanted]).removed
        undo(field.library)
    else:
        assert "not compared with the one to keep" in reason(field, wanted)


def test_a_file_is_never_its_own_keeper(field: Field) -> None:
    field.put("a.jpg", "one")
    assert "to be removed, too" in reason(field, field.removal("a.jpg", "a.jpg"))
    (field.photos / "alias").symlink_to(".")
    field.know("alias/a.jpg")
    assert "to be removed, too" in reason(field, field.removal("alias/a.jpg", "a.jpg"))


def test_one_file_under_two_paths_is_seen_through(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mount or a system that ignores case: real paths differ, the entry is one."""
    field.put("a.jpg", "one")
    (field.photos / "mount").symlink_to(".")
    field.know("mount/a.jpg")
    monkeypatch.setattr(preflight.os.path, "realpath", lambda path, **_: os.path.normpath(path))
    assert "this very file" in reason(field, field.removal("mount/a.jpg", "a.jpg"))


def test_members_of_a_circle_keep_one_another(field: Field) -> None:
    for name in "abc":
        field.put(f"{name}.jpg", "one")
    before = field.tree()
    circle = [
        field.removal("a.jpg", "b.jpg"),
        field.removal("b.jpg", "c.jpg"),
        field.removal("c.jpg", "a.jpg"),
    ]
    outcome = remove(field.library, circle)
    assert {result.reason for result in outcome.results} == {
        "the one to keep is to be removed, too"
    }
    # One after the other, what was the keeper of the first is gone when it is asked for.
    results = [remove(field.library, [each]).results[0] for each in circle]
    assert [result.state for result in results] == ["removed", "removed", "refused"]
    assert len(field.tree()) == 1
    for run in history(field.library):
        undo(field.library, run.id)
    assert field.tree() == before


def test_a_keeper_that_vanishes_in_that_moment_brings_the_file_back(
    field: Field, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    before = field.tree()
    for name in ("send", "move"):
        module = trash if name == "send" else safe_move
        real = getattr(module, name)

        def first_lose_the_keeper(*given: Any, real: Any = real) -> None:
            real(*given)
            (field.photos / "a.jpg").unlink(missing_ok=True)

        monkeypatch.setattr(module, name, first_lose_the_keeper)
    outcome = remove(field.library, [field.removal("b.jpg", "a.jpg")], where(field))
    assert (outcome.results[0].state, outcome.results[0].reason) == (
        "failed",
        "the one to keep is not there any more",
    )
    assert field.tree() == {"b.jpg": before["b.jpg"]}


def test_a_keeper_removed_later_in_the_same_run_brings_the_file_back(field: Field) -> None:
    """By another program, between two files."""
    for name in "abc":
        field.put(f"{name}.jpg", "one")
    before = field.tree()

    def lose(done: int, total: int) -> None:
        if done == 1:
            (field.photos / "a.jpg").unlink()

    outcome = remove(
        field.library,
        [field.removal("b.jpg", "a.jpg"), Removal("/nowhere", "0" * 32, "/nor/there", "0" * 32)],
        tick=lose,
    )
    assert [result.state for result in outcome.results] == ["failed", "refused"]
    assert field.tree() == {name: before[name] for name in ("b.jpg", "c.jpg")}


def test_a_keeper_is_not_removed_through_an_alias(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keeper of the first file is to go later in the same run, under a path by which it was not
    recognised."""
    for name in "ac":
        field.put(f"{name}.jpg", "one")
    field.put("b.jpg", "one")
    (field.photos / "alias").symlink_to(".")
    alias = field.know("alias/a.jpg")
    before = field.tree()
    # As a mount that nothing tells of.
    monkeypatch.setattr(preflight, "_real", lambda path: path)
    wanted = [field.removal("b.jpg", "a.jpg"), replace(field.removal("a.jpg", "c.jpg"), path=alias)]
    outcome = remove(field.library, wanted)
    assert [(result.state, result.reason) for result in outcome.results] == [
        ("removed", ""), ("failed", proof.KEPT),
    ]  # fmt: skip
    assert field.tree() == {name: what for name, what in before.items() if name != "b.jpg"}
    undo(field.library)
    assert field.tree() == before


def test_hard_links_go_and_it_is_said_that_nothing_is_gained(field: Field, where: Where) -> None:
    field.put("a.jpg", "one")
    field.link("b.jpg", "a.jpg", hard=True)
    before = field.tree()
    outcome = remove(field.library, [field.removal("b.jpg", "a.jpg")], where(field))
    assert (outcome.results[0].state, outcome.freed) == ("removed", 0)
    assert "no space is gained" in outcome.results[0].reason
    assert set(field.tree()) == {"a.jpg"}
    undo(field.library)
    assert field.tree() == before


def test_symbolic_links_go_as_links(field: Field, where: Where) -> None:
    field.put("a.jpg", "one")
    field.link("sub/b.jpg", "a.jpg", hard=False)
    before = field.tree()
    outcome = remove(field.library, [field.removal("sub/b.jpg", "a.jpg")], where(field))
    assert (outcome.results[0].state, outcome.freed) == ("removed", 0)
    assert "a.jpg" in field.tree() and "sub/b.jpg" not in field.tree()
    undo(field.library)
    assert field.tree() == before


def test_the_name_is_taken_again(field: Field, where: Where) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    before = field.tree()
    remove(field.library, [field.removal("b.jpg", "a.jpg")], where(field))
    (field.photos / "b.jpg").write_text("a newcomer")
    (field.photos / "b (restored).jpg").write_text("another")
    _, (restored,) = undo(field.library)
    assert restored.back == str(field.photos / "b (restored 2).jpg")
    assert "b (restored 2).jpg" in restored.note
    assert field.tree()["b (restored 2).jpg"] == before["b.jpg"]
    assert (field.photos / "b.jpg").read_text() == "a newcomer"


def test_the_folder_is_gone(field: Field, where: Where) -> None:
    field.put("a.jpg", "one")
    field.put("deep/er/b.jpg", "one")
    before = field.tree()
    remove(field.library, [field.removal("deep/er/b.jpg", "a.jpg")], where(field))
    shutil.rmtree(field.photos / "deep")
    undo(field.library)
    assert field.tree() == before


def test_a_drive_that_is_away_is_not_written_to(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    before = field.tree()
    remove(field.library, [field.removal("b.jpg", "a.jpg")], str(field.base / "aside"))
    field.photos.rename(field.base / "unplugged")
    field.photos.mkdir()
    real = os.stat

    def other_drive(path: Any, *given: Any, **named: Any) -> Any:
        facts = real(path, *given, **named)
        return (
            os.stat_result((*facts[:2], facts.st_dev + 1, *facts[3:]))
            if path == str(field.photos)
            else facts
        )

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", other_drive)
        _, (restored,) = undo(field.library)
    assert restored.back is None and "seems to be away" in restored.note
    assert field.tree() == {}
    field.photos.rmdir()
    (field.base / "unplugged").rename(field.photos)
    undo(field.library)
    assert field.tree() == before


def test_brought_back_by_hand_or_deleted_for_good(field: Field, where: Where) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    before = field.tree()
    at = remove(field.library, [field.removal("b.jpg", "a.jpg")], where(field)).results[0].at
    assert at is not None
    Path(at).rename(field.photos / "b.jpg")
    _, (restored,) = undo(field.library)
    assert (restored.back, restored.note) == (
        str(field.photos / "b.jpg"),
        "it had been brought back by hand",
    )
    assert field.tree() == before
    at = remove(field.library, [field.removal("b.jpg", "a.jpg")], where(field)).results[0].at
    assert at is not None
    Path(at).unlink()
    for _ in range(2):
        _, (restored,) = undo(field.library)
        assert restored.back is None and "not in" in restored.note


def test_a_stranger_in_our_place_in_the_trash_is_left_there(field: Field, where: Where) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    at = remove(field.library, [field.removal("b.jpg", "a.jpg")], where(field)).results[0].at
    assert at is not None
    Path(at).unlink()
    Path(at).write_text("a stranger")
    _, (restored,) = undo(field.library)
    assert restored.back is None
    assert Path(at).read_text() == "a stranger"
    assert set(field.tree()) == {"a.jpg"}


def test_one_without_a_keeper_stays_and_the_others_go(field: Field, where: Where) -> None:
    field.put("keep.jpg", "one")
    field.put("copy.jpg", "one")
    field.put("alone.jpg", "two")
    wanted = [field.removal("alone.jpg", None), field.removal("copy.jpg", "keep.jpg")]
    tried = dry_run(field.library, wanted, where(field))
    done = remove(field.library, wanted, where(field))
    assert [result.state for result in tried.results] == ["refused", "would"]
    assert [result.state for result in done.results] == ["refused", "removed"]
    assert "--without-keeper" in done.results[0].reason == tried.results[0].reason
    assert set(field.tree()) == {"keep.jpg", "alone.jpg"}


def test_photos_removed_for_their_own_sake_need_a_word(field: Field, where: Where) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "two")
    before = field.tree()
    wanted = [field.removal("a.jpg", None), field.removal("b.jpg", None)]
    with pytest.raises(UsageError, match="confirmation"):
        remove(field.library, wanted, where(field))
    assert field.tree() == before
    outcome = remove(field.library, wanted, where(field), without_keeper=True)
    assert [result.state for result in outcome.results] == ["removed", "removed"]
    assert field.tree() == {}
    undo(field.library)
    assert field.tree() == before


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("photos/aside", "lies in the library"),
        ("a file", "is a file"),
        ("library/x", "belongs to the library"),
        (None, "full path"),
    ],
)
def test_folders_that_cannot_take_photos(field: Field, to: str | None, words: str) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    (field.base / "a file").write_text("")
    with pytest.raises(UsageError, match=words):
        remove(
            field.library,
            [field.removal("b.jpg", "a.jpg")],
            "relative" if to is None else str(field.base / to),
        )


def test_a_folder_above_the_library_does_not_lead_back_into_it(field: Field) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    outcome = remove(field.library, [field.removal("b.jpg", "a.jpg")], str(field.base))
    assert (
        outcome.results[0].state == "refused" and "lies in the library" in outcome.results[0].reason
    )


def test_twice_the_same_is_no_plan(field: Field) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    with pytest.raises(UsageError, match="twice"):
        dry_run(field.library, [field.removal("b.jpg", "a.jpg")] * 2)


def test_to_another_drive_by_a_copy_that_is_compared(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    field.link("c.jpg", "a.jpg", hard=False)
    before = field.tree()
    real = os.link

    def across(source: str, target: str, **options: Any) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        real(source, target, **options)

    monkeypatch.setattr(os, "link", across)
    wanted = [field.removal("b.jpg", "a.jpg"), field.removal("c.jpg", "a.jpg")]
    outcome = remove(field.library, wanted, str(field.base / "aside"))
    assert [result.state for result in outcome.results] == ["removed", "removed"]
    assert {
        path.split("/")[-1]
        for path, (kind, _, _) in tree(field.base / "aside").items()
        if kind != "folder"
    } == {"b.jpg", "c.jpg"}
    undo(field.library)
    assert field.tree() == before
    # A copy that is not like the original does not count: the original stays, and of the copy
    # nothing is left.
    monkeypatch.setattr(
        shutil, "copyfileobj", lambda source, new, *_: new.write(b"0" + source.read()[1:])
    )
    outcome = remove(field.library, wanted[:1], str(field.base / "aside"))
    assert (
        outcome.results[0].state == "failed"
        and "copy is not like the original" in outcome.results[0].reason
    )
    assert field.tree() == before
    assert [
        path for path, (kind, _, _) in tree(field.base / "aside").items() if kind == "file"
    ] == []


def test_a_drive_without_second_names(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    before = field.tree()

    def none(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    remove(field.library, [field.removal("b.jpg", "a.jpg")], str(field.base / "aside"))
    undo(field.library)
    assert field.tree() == before


def test_without_a_journal_nothing_goes(field: Field) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    before = field.tree()
    Journal(field.library.dir).path.mkdir()
    with pytest.raises(LibraryError, match="journal"):
        remove(field.library, [field.removal("b.jpg", "a.jpg")])
    assert field.tree() == before


def test_one_removal_at_a_time(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    field.put("a.jpg", "one")
    monkeypatch.setattr("explorer.library.removal_journal.WAIT", 0.05)
    with Journal(field.library.dir).lock(), pytest.raises(LibraryLocked, match="going on"):
        remove(field.library, [])


def test_stopped_between_two_files_the_first_can_be_undone(field: Field) -> None:
    for name in "abc":
        field.put(f"{name}.jpg", "one")
    before = field.tree()

    def stop(done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remove(
            field.library,
            [field.removal("b.jpg", "a.jpg"), field.removal("c.jpg", "a.jpg")],
            tick=stop,
        )
    assert set(field.tree()) == {"a.jpg", "c.jpg"}
    undo(field.library)
    assert field.tree() == before


def test_while_a_worker_has_the_library_it_is_left_word(field: Field) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    with field.library.lock():
        remove(field.library, [field.removal("b.jpg", "a.jpg")])
    with field.library.catalog.reading() as db:
        assert [tuple(row) for row in db.execute("select command, argument from command")] == [
            ("rescan", str(field.photos))
        ]


@pytest.mark.skipif(os.name != "posix", reason="names that are no UTF-8 exist on POSIX alone")
def test_names_that_are_no_text(field: Field, where: Where) -> None:
    field.put("a.jpg", "one")
    name = os.fsdecode(b"caf\xe9 \n.jpg")
    (field.photos / name).write_text("one")
    from explorer.library.paths import to_text

    writer_path = to_text(name)
    data = (field.photos / name).read_bytes()
    assert data == b"one"
    from explorer.library.writer import Seen, Writer

    writer = Writer(field.library.catalog)
    facts = (field.photos / name).stat()
    photo = field.library.catalog.photo_id(bytes.fromhex(field.removal("a.jpg", None).hash))
    assert photo is not None
    writer.put_present(
        field.root, Seen(writer_path, facts.st_size, facts.st_mtime_ns, facts.st_ino), photo
    )
    writer.close()
    before = field.tree()
    assert (
        remove(field.library, [field.removal(name, "a.jpg")], where(field)).results[0].state
        == "removed"
    )
    undo(field.library)
    assert field.tree() == before


FILM = Contents((Part("film", "0" * 32),)).packed()


@pytest.mark.parametrize(
    ("goes", "kept", "words"),
    [
        (FILM, NOTHING_PACKED, "not all that it holds (film inside) is in the one kept"),
        (Contents(complete=False).packed(), FILM, "not all of it can be read"),
        (None, FILM, "read again"), (FILM, None, "what the one kept holds"), ("{", FILM, "read again"),
        (FILM, FILM, ""), (NOTHING_PACKED, FILM, ""), (NOTHING_PACKED, None, ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("tier", ["pixels", "picture", "", "what a hand wrote"])
def test_what_a_file_holds_beside_its_picture_must_be_in_the_one_kept(
    field: Field, tier: str, goes: Any, kept: Any, words: str
) -> None:
    """Whatever a plan says: one that is old, written by hand, or with another file put down as the
    one to keep."""
    field.put("a.jpg", "one")
    field.put("b.jpg", "two")
    field.pair("a.jpg", "b.jpg", "pixels")
    field.hold("a.jpg", kept)
    field.hold("b.jpg", goes)
    wanted = field.removal("b.jpg", "a.jpg", tier=tier)
    if words:
        assert words in reason(field, wanted)
    else:
        assert dry_run(field.library, [wanted]).removed and remove(field.library, [wanted]).removed


@pytest.mark.parametrize("tier", ["moment", "lookalike"])
def test_other_shots_go_with_what_they_hold(field: Field, tier: str) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "two")
    field.hold("b.jpg", FILM)
    assert remove(field.library, [field.removal("b.jpg", "a.jpg", tier=tier)]).removed


def test_the_same_bytes_go_whatever_they_hold(field: Field) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    field.hold("b.jpg", None)
    assert remove(field.library, [field.removal("b.jpg", "a.jpg", tier="identical")]).removed


def test_a_photo_for_its_own_sake_goes_with_what_it_holds(field: Field) -> None:
    field.put("b.jpg", "two")
    field.hold("b.jpg", FILM)
    assert remove(field.library, [field.removal("b.jpg", None)], without_keeper=True).removed
