"""What may go is found out in that moment; the keeper of a file is what it was until the file has
gone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import UsageError
from explorer.library.removal_journal import RemovalJournal
from explorer.removal import file_identity, file_state, safe_move, trash
from explorer.removal.checked_files import KeptFile, RemovalRefused
from explorer.removal.file_state import file_stamp
from explorer.removal.preflight import Preflight
from explorer.removal.remove import dry_run, remove
from explorer.removal.results import TRASH, Removal
from explorer.removal.sidecar import MergedSidecar, MetadataMerger
from explorer.removal.undo import undo
from tests.fixtures.small_library import SmallLibrary, digest


@pytest.fixture
def pair(small_library: SmallLibrary) -> SmallLibrary:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    return small_library


def kept(path: Path) -> KeptFile:
    return KeptFile(str(path), digest(path), file_stamp(str(path)))


def test_what_is_kept_is_there_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jpg"
    path.write_text("one")
    other = tmp_path / "b.jpg"
    other.write_text("one")
    found = kept(path)
    assert found.is_unchanged() and found.has_same_content()
    # Touched, and of the same content.
    os.utime(path, ns=(1, 1))
    assert found.is_unchanged() and found.has_same_content()
    # A link that leads to that content is not the file.
    path.unlink()
    path.symlink_to("b.jpg")
    assert not found.is_unchanged() and not found.has_same_content()
    path.unlink()
    assert not found.is_unchanged() and not found.has_same_content()
    path.write_text("two")
    os.utime(path, ns=(found.stamp.mtime_ns, found.stamp.mtime_ns))
    assert not found.is_unchanged() and not found.has_same_content()


def test_what_is_unchanged_by_its_stamp_is_not_read_again_unless_it_has_no_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jpg"
    path.write_text("one")
    found, read = kept(path), list[str]()
    monkeypatch.setattr(file_state, "file_hash", lambda path: read.append(path) or found.hash)
    assert found.is_unchanged() and read == []
    assert found.has_same_content() and read == [str(path)]
    without = KeptFile(found.path, found.hash, found.stamp._replace(inode=0))
    monkeypatch.setattr(file_state, "file_stamp", lambda _: without.stamp)
    assert without.is_unchanged() and read == [str(path)] * 2


@pytest.mark.parametrize("carry_out", [False, True])
def test_a_folder_reached_by_a_link_is_the_watched_one(pair: SmallLibrary, carry_out: bool) -> None:
    """A dry run says the same."""
    (pair.base / "link").symlink_to(pair.photos)
    for to in ("link", "link/new"):
        with pytest.raises(UsageError, match="is in the library"):
            (remove if carry_out else dry_run)(
                pair.library, [pair.removal("b.jpg", "a.jpg")], str(pair.base / to)
            )
    (pair.base / "link2").symlink_to(pair.library.dir)
    with pytest.raises(UsageError, match="belongs to the library itself"):
        (remove if carry_out else dry_run)(
            pair.library, [pair.removal("b.jpg", "a.jpg")], str(pair.base / "link2/x")
        )


@pytest.mark.parametrize("carry_out", [False, True])
def test_a_keeper_that_goes_itself_under_another_path(pair: SmallLibrary, carry_out: bool) -> None:
    pair.add_photo("c.jpg", "one")
    (pair.photos / "link").symlink_to(".")
    pair.index("link/a.jpg")
    wanted = [pair.removal("b.jpg", "link/a.jpg"), pair.removal("a.jpg", "c.jpg")]
    first, second = (remove if carry_out else dry_run)(pair.library, wanted).results
    assert first.reason == "the photo to keep is to be removed as well" and second.done


def test_a_dry_run_says_of_links_what_a_removal_does(pair: SmallLibrary) -> None:
    pair.add_link("soft.jpg", "a.jpg", hard=False)
    pair.add_link("hard.jpg", "a.jpg", hard=True)
    wanted = [
        pair.removal("soft.jpg", "b.jpg"),
        pair.removal("hard.jpg", "b.jpg"),
        pair.removal("b.jpg", "a.jpg"),
    ]
    would, did = dry_run(pair.library, wanted[:2]), remove(pair.library, wanted[:2])
    for outcome in (would, did):
        assert [result.freed for result in outcome.results] == [0, 0]
        assert [
            "is a link" in outcome.results[0].reason,
            "several names" in outcome.results[1].reason,
        ] == [True, True]
    assert dry_run(pair.library, wanted[2:]).results[0].freed == 3
    undo(pair.library)


def test_an_empty_file_gains_no_space_and_nothing_is_said(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "")
    small_library.add_photo("b.jpg", "")
    (result,) = dry_run(small_library.library, [small_library.removal("b.jpg", "a.jpg")]).results
    assert (result.state, result.reason, result.freed) == ("would", "", 0)


def test_a_keeper_that_changes_while_it_is_read_does_not_count(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = file_state.file_hash

    def touch(path: str) -> str:
        found = real(path)
        if path.endswith("a.jpg"):
            os.utime(path, ns=(1, 1))
        return found

    monkeypatch.setattr(file_state, "file_hash", touch)
    (result,) = dry_run(pair.library, [pair.removal("b.jpg", "a.jpg")]).results
    assert result.reason == "the photo to keep has changed since the library last read it"


def test_a_file_that_changes_while_it_is_read_stays(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = file_state.file_hash

    def touch(path: str) -> str:
        found = real(path)
        if path.endswith("b.jpg"):
            os.utime(path, ns=(1, 1))
        return found

    monkeypatch.setattr(file_state, "file_hash", touch)
    (result,) = dry_run(pair.library, [pair.removal("b.jpg", "a.jpg")]).results
    assert result.reason == "it has changed since the library last read it"


@pytest.mark.parametrize("same", ["size", "time"])
def test_a_file_that_was_mended_since_the_plan_stays(
    small_library: SmallLibrary, same: str
) -> None:
    """Nobody knows whether it can be read now: also where its bytes are those of the plan."""
    path = Path(small_library.add_unreadable("broken.jpg", "half a photo"))
    facts = path.stat()
    path.write_text("half A photo" if same == "size" else "a whole photo")
    if same == "time":
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    wanted = Removal(str(path), digest(path), tier="unreadable")
    # By a link to it that the library knows, size and time are those of the file.
    (result,) = remove(
        small_library.library, [Removal(wanted.path, "", tier="unreadable")], without_keeper=True
    ).results
    assert result.state == "refused" and path.exists()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(2, "No such file"), "no longer exists"),
        (NotADirectoryError(20, "Not a directory"), "no longer exists"),
        (PermissionError(13, "Permission denied"), "you are not allowed to read"),
        (OSError(5, "Input/output error"), "(Input/output error)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.jpg", "b.jpg"])
def test_what_cannot_be_read_stays_and_why(
    pair: SmallLibrary, name: str, error: OSError, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, wanted = file_state.file_hash, pair.removal("b.jpg", "a.jpg")

    def fail(path: str) -> str:
        if path.endswith(name):
            raise error
        return real(path)

    monkeypatch.setattr(file_state, "file_hash", fail)
    (result,) = dry_run(pair.library, [wanted]).results
    assert words in result.reason and ("the photo to keep" in result.reason) == (name == "a.jpg")


def test_folders_that_are_asked_whether_a_file_shows_in_them(pair: SmallLibrary) -> None:
    pair.add_photo("sub/deep/c.jpg", "two")
    found = Preflight(pair.library, [], TRASH, without_keeper=False).folders()
    assert set(found) == {str(pair.photos), str(pair.photos / "sub/deep")}


# --- places to go to


def test_a_folder_that_cannot_be_made_or_written_to(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pair.base / "file").write_text("")
    (result,) = remove(
        pair.library, [pair.removal("b.jpg", "a.jpg")], str(pair.base / "file/below")
    ).results
    assert result.state == "refused" and "cannot be made" in result.reason

    def readonly(*_: Any) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(file_identity, "folder_showing", readonly)
    (result,) = remove(
        pair.library, [pair.removal("b.jpg", "a.jpg")], str(pair.base / "aside")
    ).results
    assert (
        result.state == "refused"
        and "cannot be written to" in result.reason
        and "Read-only" in result.reason
    )
    assert (pair.photos / "b.jpg").exists()


def test_a_folder_is_tried_once_for_each_removal(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.add_photo("c.jpg", "one")
    calls, real = list[str](), file_identity.folder_showing
    monkeypatch.setattr(
        file_identity,
        "folder_showing",
        lambda folder, *given: calls.append(folder) or real(folder, *given),
    )
    remove(
        pair.library,
        [pair.removal("b.jpg", "a.jpg"), pair.removal("c.jpg", "a.jpg")],
        str(pair.base / "aside"),
    )
    assert calls == [str(pair.base / "aside")]
    undo(pair.library)
    remove(pair.library, [pair.removal("b.jpg", "a.jpg")])
    assert len(calls) == 1


# --- the moment of removing


def test_a_file_that_changes_after_the_check_stays(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between being read and being moved; whether or not its time tells of it."""
    real = Preflight.__call__
    for keep_time in (False, True):

        def check(self: Preflight, *given: Any, keep_time: bool = keep_time) -> Any:
            found = real(self, *given)
            facts = (pair.photos / "b.jpg").stat()
            (pair.photos / "b.jpg").write_text("new")
            if keep_time:
                os.utime(pair.photos / "b.jpg", ns=(facts.st_atime_ns, facts.st_mtime_ns))
            return found

        with monkeypatch.context() as patch:
            patch.setattr(Preflight, "__call__", check)
            (result,) = remove(pair.library, [pair.removal("b.jpg", "a.jpg")]).results
        assert (result.state, result.reason) == ("failed", "it changed a moment ago")
        assert (pair.photos / "b.jpg").read_text() == "new"
        (pair.photos / "b.jpg").unlink()
        pair.add_photo("b.jpg", "one")


def test_a_copy_is_read_again_where_it_lies(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What arrives is not what was sent: it comes back, and the original was never more than moved."""
    before, real = pair.tree(), safe_move.move

    def spoil(source: str, target: str, *given: Any) -> None:
        real(source, target, *given)
        if "aside" in target:
            data = Path(target).read_bytes()
            Path(target).unlink()
            Path(target).write_bytes(data[::-1])

    monkeypatch.setattr(safe_move, "move", spoil)
    (result,) = remove(
        pair.library, [pair.removal("b.jpg", "a.jpg")], str(pair.base / "aside")
    ).results
    assert result.state == "failed" and result.reason.startswith(
        "it changed a moment ago; b.jpg could not be put back"
    )
    assert pair.tree() == {"a.jpg": before["a.jpg"]}


def test_a_keeper_removed_by_another_library_in_that_moment(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each looks at what it keeps after its own file has moved: of two that keep each other's, one
    at least comes back."""
    before, real = pair.tree(), trash.send

    def other(path: str, *given: Any) -> None:
        real(path, *given)
        (pair.photos / "a.jpg").rename(pair.base / "taken.jpg")

    monkeypatch.setattr(trash, "send", other)
    (result,) = remove(pair.library, [pair.removal("b.jpg", "a.jpg")]).results
    assert result.state == "failed" and pair.tree() == {"b.jpg": before["b.jpg"]}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_sidecar_saved_by_another_program_meanwhile_stays(
    pair: SmallLibrary, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = pair.photos / "a.jpg.xmp"
    if moment == "after":
        beside.write_text("theirs, before")
    found = beside.read_bytes() if beside.exists() else None
    monkeypatch.setattr(
        MetadataMerger, "__call__", lambda *_, **__: MergedSidecar(str(beside), found, b"ours")
    )
    real = RemovalJournal.note

    def note(self: RemovalJournal, **what: Any) -> None:
        real(self, **what)
        if what["step"] == "sidecar":
            beside.write_text("theirs, now")

    monkeypatch.setattr(RemovalJournal, "note", note)
    (result,) = remove(pair.library, [pair.removal("b.jpg", "a.jpg")], sidecars=True).results
    assert result.state == "failed" and "a moment ago" in result.reason
    assert beside.read_text() == "theirs, now" and (pair.photos / "b.jpg").exists()


def test_two_names_of_one_film_go_together(pair: SmallLibrary) -> None:
    """The first of them takes a link from the second, which is all that changes of it."""
    pair.add_file("b.mov", "film")
    os.link(pair.photos / "b.mov", pair.photos / "b.mp4")
    pair.add_file("a.mov", "film")
    pair.add_file("a.mp4", "film")
    before = pair.tree()
    (result,) = remove(pair.library, [pair.removal("b.jpg", "a.jpg")]).results
    assert result.state == "removed", result
    undo(pair.library)
    assert pair.tree() == before


def test_refused_is_an_answer_not_an_accident() -> None:
    assert str(RemovalRefused("why")) == "why"
