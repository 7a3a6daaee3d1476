"""Undo, and what it makes of a cut: nothing is concluded from what is not to be seen, and nothing is done outside its bounds."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import UsageError
from explorer.library import removal_folders
from explorer.library.removal_folders import removal_folders as known_folders
from explorer.library.removals import Entry, Journal, known_file
from explorer.review import moving, restore, trash
from explorer.review.checking import TRASH
from explorer.review.removal import remove
from explorer.review.sidecar import sidecar_of
from explorer.review.undo import history, settle, undo
from tests.review.conftest import Where
from tests.review.field import Field, digest, tree


@pytest.fixture
def pair(field: Field) -> Field:
    field.put("a.jpg", "one")
    field.put("sub/b.jpg", "one")
    return field


def entries(field: Field) -> list[Entry]:
    return [entry for run in Journal(field.library.dir).runs() for entry in run.entries]


def cut(field: Field, to: str, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    """A removal that is cut off before or after its file moved, before the journal says so."""
    real = moving.move

    def move(*given: Any) -> None:
        if after:
            real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(moving, "move", move)
        patch.setattr("explorer.review.removal._Run.end", lambda *_: None)
        patch.setattr(trash, "forget", lambda _: None)
        with pytest.raises(KeyboardInterrupt):
            remove(field.library, [field.removal("sub/b.jpg", "a.jpg")], to)


def change(field: Field, edit: Callable[[dict[str, Any]], Any]) -> None:
    """Every line of the journal as somebody else would have it."""
    path = Journal(field.library.dir).path
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    for line in lines:
        edit(line)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def everything(field: Field) -> dict[str, Any]:
    """All files below the test's folder but the library's own."""
    found = tree(field.base)
    return {path: what for path, what in found.items() if what[0] == "file" and not path.startswith("library/")}


# --- after a cut


@pytest.mark.parametrize("after", [False, True])
def test_a_cut_is_found_out_and_undone(pair: Field, where: Where, after: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    before, to = pair.tree(), where(pair)
    cut(pair, to, monkeypatch, after=after)
    (entry,) = entries(pair)
    assert entry.state == "intended" and entry.away
    settle(pair.library, Journal(pair.library.dir))
    (entry,) = entries(pair)
    if after:
        assert entry.state == "moved" and entry.target is not None and Path(entry.target).read_text() == "one"
        assert known_file(pair.library.catalog, entry.path).file.state == "missing"  # type: ignore[union-attr]
        undo(pair.library)
    else:
        assert (entry.state, entry.reason) == ("undone", "it never went")
        assert not (to == TRASH and trash.readable() and os.path.lexists(entry.info or ""))
    assert pair.tree() == before
    assert history(pair.library)[0].ended and not history(pair.library)[0].away


@pytest.mark.skipif(not trash.readable(), reason="the trash of freedesktop.org")
@pytest.mark.parametrize("after", [False, True])
def test_a_cut_of_an_earlier_release_is_found_out_too(pair: Field, after: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """It did not choose places in the trash beforehand."""
    before = pair.tree()
    cut(pair, TRASH, monkeypatch, after=after)
    change(pair, lambda line: [line.pop(key, None) for key in ("target", "info", "keeper_hash")])
    settle(pair.library, Journal(pair.library.dir))
    (entry,) = entries(pair)
    assert entry.state == ("moved" if after else "undone") and (entry.target is not None) == after
    if after:
        assert entry.info == trash.note_of(entry.target or "")
        undo(pair.library)
    assert pair.tree() == before


@pytest.mark.parametrize("away", ["photos", "aside"])
def test_with_a_drive_away_a_cut_stays_open(pair: Field, away: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absence is no proof: neither that it never went, nor that another program has moved it."""
    before = pair.tree()
    cut(pair, str(pair.base / "aside"), monkeypatch, after=away == "aside")
    drive = pair.base / away
    drive.rename(pair.base / "unplugged")
    if away == "photos":
        drive.mkdir()
    for _ in range(2):
        _, (restored,) = undo(pair.library)
        assert restored.back is None and "neither at its place nor in" in restored.note and "connect the drive" in restored.note
        (entry,) = entries(pair)
        assert entry.state == "intended" and history(pair.library)[0].away == [entry]
    if away == "photos":
        drive.rmdir()
    (pair.base / "unplugged").rename(drive)
    if away == "photos":
        with pytest.raises(UsageError, match="nothing to be undone"):
            undo(pair.library)
    else:
        undo(pair.library)
    assert pair.tree() == before


def test_where_a_photo_is_left_open_what_went_along_is_left_too(pair: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is settled when the photo is: then it comes back with the photo that never went."""
    pair.beside("sub/b.xmp", "words")
    before, real = pair.tree(), moving.move

    def stop(source: str, *given: Any) -> None:
        if source.endswith(".jpg"):
            raise KeyboardInterrupt
        real(source, *given)

    with monkeypatch.context() as patch:
        patch.setattr(moving, "move", stop)
        patch.setattr("explorer.review.removal._Run.end", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))
    (pair.photos / "sub").rename(pair.base / "unplugged")
    settle(pair.library, Journal(pair.library.dir))
    assert (pair.base / "aside/photos/sub/b.xmp").read_text() == "words" and history(pair.library)[0].ended
    (pair.base / "unplugged").rename(pair.photos / "sub")
    settle(pair.library, Journal(pair.library.dir))
    assert pair.tree() == before and not history(pair.library)[0].away


@pytest.mark.parametrize("lose", ["gone", "changed", "link"])
def test_after_a_cut_what_is_kept_is_read_again(pair: Field, where: Where, lose: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The removal had not come to it."""
    before = pair.tree()
    cut(pair, where(pair), monkeypatch, after=True)
    keeper = pair.photos / "a.jpg"
    keeper.unlink()
    if lose == "changed":
        keeper.write_text("two")
    elif lose == "link":
        keeper.symlink_to("sub/b.jpg")
    settle(pair.library, Journal(pair.library.dir))
    assert pair.tree()["sub/b.jpg"] == before["sub/b.jpg"] and not history(pair.library)[0].away


def test_what_had_been_checked_before_the_cut_is_not_read_again(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c", "d"):
        field.put(f"{name}.jpg", "one" if name < "c" else "two")
    with monkeypatch.context() as patch:
        patch.setattr("explorer.review.removal._Run.end", lambda *_: None)
        remove(field.library, [field.removal("b.jpg", "a.jpg"), field.removal("d.jpg", "c.jpg")])
    read, real = list[str](), moving.holds
    monkeypatch.setattr(moving, "holds", lambda path, digest: read.append(Path(path).name) or real(path, digest))
    (field.photos / "a.jpg").write_text("edited since")
    settle(field.library, Journal(field.library.dir))
    assert read == ["c.jpg"] and set(field.tree()) == {"a.jpg", "c.jpg"}


def test_the_next_removal_settles_what_came_before(pair: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    cut(pair, TRASH, monkeypatch, after=False)
    remove(pair.library, [])
    assert [entry.state for entry in entries(pair)] == ["undone"]


def test_after_a_cut_between_two_names_the_second_goes(pair: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file has its new name, and still its old one; or there is a whole copy on the other drive."""
    before = pair.tree()
    for copy in (False, True):
        cut(pair, str(pair.base / "aside"), monkeypatch, after=False)
        target = entries(pair)[-1].target
        assert target is not None
        if copy:
            shutil.copy2(pair.photos / "sub/b.jpg", target)
        else:
            os.link(pair.photos / "sub/b.jpg", target)
        settle(pair.library, Journal(pair.library.dir))
        assert pair.tree() == before and not os.path.lexists(target)


def test_another_file_in_its_place_is_not_taken_for_a_copy(pair: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    before = pair.tree()
    cut(pair, str(pair.base / "aside"), monkeypatch, after=False)
    target = Path(entries(pair)[0].target or "")
    target.write_text("a stranger's")
    settle(pair.library, Journal(pair.library.dir))
    assert target.read_text() == "a stranger's" and pair.tree() == before and entries(pair)[0].state == "undone"


def test_what_cannot_be_looked_at_is_left_open(pair: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    cut(pair, str(pair.base / "aside"), monkeypatch, after=False)

    def broken(*_: Any) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(restore, "is_it", broken)
        settle(pair.library, Journal(pair.library.dir))
        _, (restored,) = undo(pair.library)
    assert restored.back is None and "Input/output error" in restored.note and entries(pair)[0].state == "intended"


def test_an_undo_that_was_cut_off_goes_on(pair: Field, where: Where, monkeypatch: pytest.MonkeyPatch) -> None:
    before, to, real = pair.tree(), where(pair), moving.move
    for after in (False, True):
        remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], to)

        def stop(*given: Any, after: bool = after) -> None:
            if after:
                real(*given)
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(moving, "move", stop)
            with pytest.raises(KeyboardInterrupt):
                undo(pair.library)
        assert entries(pair)[-1].state == "undoing"
        settle(pair.library, Journal(pair.library.dir))
        assert entries(pair)[-1].state == ("undone" if after else "undoing")
        if not after:
            undo(pair.library)
        assert pair.tree() == before and not history(pair.library)[0].away
        info = entries(pair)[-1].info
        assert info is None or not os.path.lexists(info)


def test_a_stranger_at_its_place_is_not_taken_for_it_after_a_cut(pair: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(moving, "move", stop)
        with pytest.raises(KeyboardInterrupt):
            undo(pair.library)
    (pair.photos / "sub/b.jpg").write_text("new")
    target = entries(pair)[0].target or ""
    settle(pair.library, Journal(pair.library.dir))
    assert entries(pair)[0].state == "undoing"
    _, (restored,) = undo(pair.library)
    assert restored.back == str(pair.photos / "sub/b (restored).jpg") and not os.path.lexists(target)
    assert (pair.photos / "sub/b.jpg").read_text() == "new" and (pair.photos / "sub/b (restored).jpg").read_text() == "one"


# --- what is the file


def test_size_and_time_alone_or_the_id_alone_are_not_the_file(pair: Field) -> None:
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))
    (entry,) = entries(pair)
    target = Path(entry.target or "")
    assert restore.is_it(entry, str(target))
    target.write_text("two")
    # Its id, and not its time.
    assert not restore.is_it(entry, str(target))
    other = target.with_name("other")
    other.write_text("two")
    os.utime(other, ns=(entry.facts["atime_ns"], entry.facts["mtime_ns"]))
    # Its size and its time, and not its id.
    assert not restore.is_it(entry, str(other))
    os.utime(target, ns=(entry.facts["atime_ns"], entry.facts["mtime_ns"]))
    target.write_text("longer")
    os.utime(target, ns=(entry.facts["atime_ns"], entry.facts["mtime_ns"]))
    assert not restore.is_it(entry, str(target))
    other.write_text("one")
    assert restore.is_it(entry, str(other)) and not restore.is_it(entry, str(other.parent))
    link = target.with_name("link")
    link.symlink_to("other")
    assert not restore.is_it(entry, str(link)) and not restore.is_it(entry, str(target.with_name("none")))
    entry.facts["link"] = "other"
    assert restore.is_it(entry, str(link)) and not restore.is_it(entry, str(target))
    link.unlink()
    link.symlink_to("elsewhere")
    assert not restore.is_it(entry, str(link))


# --- within bounds


def outside(field: Field) -> Path:
    """A file that is nobody's business, with the content that was removed."""
    path = field.base / "outside" / "b.jpg"
    path.parent.mkdir(exist_ok=True)
    path.write_text("one")
    return path


@pytest.mark.parametrize("to", ["outside", TRASH])
def test_nothing_is_taken_from_elsewhere(pair: Field, to: str) -> None:
    path = outside(pair)
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], TRASH if to == TRASH else str(pair.base / "aside"))
    for forged in (path, pair.base / "aside/../outside/b.jpg"):
        said = {"target": str(forged), **({"where": str(path.parent)} if to != TRASH else {})}
        change(pair, lambda line, said=said: line.update({key: value for key, value in said.items() if key in line}))
        before = everything(pair)
        _, (restored,) = undo(pair.library)
        assert restored.back is None and "no place to which this library moves photos" in restored.note
        assert everything(pair) == before


def test_a_folder_that_leads_elsewhere_is_not_one_of_ours(pair: Field) -> None:
    path = outside(pair)
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))
    shutil.rmtree(pair.base / "aside/photos/sub")
    (pair.base / "aside/photos/sub").symlink_to(path.parent)
    _, (restored,) = undo(pair.library)
    assert restored.back is None and path.exists() and not (pair.photos / "sub/b.jpg").exists()


@pytest.mark.parametrize("state", ["intended", "moved", "undoing"])
@pytest.mark.parametrize("key", ["path", "back"])
@pytest.mark.parametrize("forged", ["outside/new.jpg", "photos/../outside/new.jpg", "photos/leads/new.jpg", "library/catalog2.db"])
def test_nothing_is_put_elsewhere(pair: Field, state: str, key: str, forged: str) -> None:
    outside(pair)
    (pair.photos / "leads").symlink_to(pair.base / "outside")
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))
    journal = Journal(pair.library.dir)
    if state == "undoing" or key == "back":
        journal.note(run=journal.runs()[0].id, step="undoing", number=0, back=str(pair.photos / "sub/b.jpg"))
    change(pair, lambda line: line.update({key: str(pair.base / forged)}) if key in line else None)
    if state == "intended":
        lines = journal.path.read_bytes().splitlines(keepends=True)
        journal.path.write_bytes(b"".join(line for line in lines if b'"moved"' not in line and b'"end"' not in line))
    before, library = everything(pair), tree(pair.library.dir)
    settle(pair.library, journal)
    _, (restored,) = undo(pair.library)
    assert restored.back is None and restored.note
    assert everything(pair) == before
    assert set(tree(pair.library.dir)) == set(library)


def test_a_note_of_the_trash_is_not_what_the_journal_says(pair: Field) -> None:
    path = outside(pair)
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")])
    change(pair, lambda line: line.update(info=str(path)) if "info" in line else None)
    undo(pair.library)
    assert path.exists() and (pair.photos / "sub/b.jpg").read_text() == "one"


def test_undo_after_the_folder_left_the_library(pair: Field) -> None:
    """It says what to do; once the folder is added again, it does it."""
    from explorer.library.writer import Writer

    before = pair.tree()
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))
    writer = Writer(pair.library.catalog)
    writer.remove_root(str(pair.photos))
    _, (restored,) = undo(pair.library)
    assert restored.back is None and f"{pair.photos / 'sub'} is not, or is no longer, in a folder of this library" in restored.note
    writer.add_root(str(pair.photos))
    writer.close()
    undo(pair.library)
    assert pair.tree() == before


# --- sidecars


def with_sidecar(field: Field, before: bytes | None, after: bytes) -> Path:
    """A removal that wrote a sidecar of the one kept, as its journal says."""
    sidecar = Path(sidecar_of(str(field.photos / "a.jpg")))
    remove(field.library, [field.removal("sub/b.jpg", "a.jpg")], str(field.base / "aside"))
    sidecar.write_bytes(after)
    note = {
        "path": str(sidecar), "before": None if before is None else base64.b64encode(before).decode(), "after": digest(sidecar),
        "times": None if before is None else [5_000_000_000, 7_000_000_000],
    }  # fmt: skip
    journal = Journal(field.library.dir)
    journal.note(run=journal.runs()[0].id, step="sidecar", number=0, sidecar=note)
    return sidecar


@pytest.mark.parametrize("before", [None, b"before"])
def test_a_sidecar_is_taken_back_and_what_it_said_is_kept(pair: Field, before: bytes | None) -> None:
    sidecar = with_sidecar(pair, before, b"after")
    undo(pair.library)
    if before is None:
        assert not sidecar.exists()
    else:
        assert sidecar.read_bytes() == before and sidecar.stat().st_mtime_ns == 7_000_000_000
    assert [path.read_bytes() for path in (pair.library.dir / "removed/sidecars").iterdir()] == [b"after"]


@pytest.mark.parametrize("before", [None, b"before"])
def test_a_sidecar_that_changed_stays(pair: Field, before: bytes | None) -> None:
    sidecar = with_sidecar(pair, before, b"after")
    sidecar.write_bytes(b"edited")
    undo(pair.library)
    assert sidecar.read_bytes() == b"edited"


@pytest.mark.parametrize("forged", ["photos/a.jpg", "photos/other/a.jpg.xmp", "outside/a.jpg.xmp", "photos/../outside/a.jpg.xmp"])
def test_only_a_sidecar_of_the_one_kept_is_taken_back(pair: Field, forged: str) -> None:
    with_sidecar(pair, None, b"one")
    victim = pair.base / forged
    for folder in ("outside", "photos/other"):
        (pair.base / folder).mkdir()
    victim.write_bytes(b"one")
    change(pair, lambda line: line["sidecar"].update(path=str(victim)) if "sidecar" in line else None)
    if "outside" in forged:
        change(pair, lambda line: line.update(keeper=str(victim)[:-4]) if "keeper" in line else None)
    undo(pair.library)
    assert victim.read_bytes() == b"one" and (pair.photos / "sub/b.jpg").exists()


def test_a_sidecar_that_cannot_be_taken_back_is_said_and_the_photo_is_back(pair: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    with_sidecar(pair, b"before", b"after")

    def locked(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(moving, "write_whole", locked)
    _, (restored,) = undo(pair.library)
    assert restored.back == str(pair.photos / "sub/b.jpg") and "a.jpg.xmp could not be put back as it was" in restored.note
    assert not history(pair.library)[0].away


def test_times_that_cannot_be_set_are_said(pair: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))

    def locked(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(moving, "set_times", locked)
    _, (restored,) = undo(pair.library)
    assert restored.back and "its times could not be set" in restored.note


# --- folders of earlier releases


def test_folders_that_photos_went_to_are_remembered(pair: Field) -> None:
    journal = Journal(pair.library.dir)
    assert known_folders(pair.library.catalog, journal) == []
    for name in ("one", "two", "one"):
        remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / name))
        undo(pair.library)
    assert known_folders(pair.library.catalog, journal) == [str(pair.base / name) for name in ("one", "two")]
    for damaged in ("no json", "3", '["/x", 3]'):
        pair.library.catalog.set_setting(removal_folders.SETTING, damaged)
        assert known_folders(pair.library.catalog, journal) == (["/x"] if "/x" in damaged else [])


def test_a_removal_of_an_earlier_release_can_be_undone(pair: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    """It named its folder in the journal only: what the journal says of the time before this release is taken for true."""
    before = pair.tree()
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))
    (run,) = Journal(pair.library.dir).runs()
    pair.library.catalog.set_setting(removal_folders.SETTING, "[]")
    _, (restored,) = undo(pair.library)
    assert restored.back is None
    with pair.library.catalog.reading() as db:
        db.execute("delete from setting where key = ?", (removal_folders.SETTING,))
    for times, known in (((run.at - 9, run.at - 1), False), ((run.at + 1, run.at + 9), False), ((run.at - 1, run.at + 1), True)):
        monkeypatch.setattr(removal_folders, "_schema_times", lambda _, times=times: times)
        assert known_folders(pair.library.catalog, Journal(pair.library.dir)) == ([str(pair.base / "aside")] if known else [])
    undo(pair.library)
    assert pair.tree() == before
    # With the first removal of this release they are remembered for good.
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "new"))
    monkeypatch.undo()
    assert known_folders(pair.library.catalog, Journal(pair.library.dir)) == [str(pair.base / name) for name in ("aside", "new")]


def test_a_new_library_has_no_removals_of_an_earlier_release(field: Field) -> None:
    first, last = removal_folders._schema_times(field.library.catalog)
    assert 0 < first <= last < first + 60


def test_a_file_comes_back_from_a_trash_that_the_environment_does_not_name_any_more(
    field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terminals inside sandboxed programs name another home for data."""
    for name in ("keep.jpg", "copy.jpg", "other.jpg"):
        field.put(name, "one")
    before = field.tree()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "sandbox"))
    remove(field.library, [field.removal("copy.jpg", "keep.jpg")])
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    remove(field.library, [field.removal("other.jpg", "keep.jpg")])
    monkeypatch.delenv("XDG_DATA_HOME")
    for _ in range(2):
        _, (restored,) = undo(field.library)
        assert (restored.back, restored.note) == (restored.path, "")
    assert field.tree() == before and not list(tmp_path.rglob("*.trashinfo"))
