"""Undo, and what it makes of a cut: nothing is concluded from what is not to be seen, and nothing
is done outside its bounds."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import UsageError
from explorer.library.file_lookup import find_photo_file
from explorer.library.removal_journal import RemovalEntry, RemovalJournal
from explorer.removal import file_state, restore, safe_move, trash
from explorer.removal.remove import remove
from explorer.removal.results import TRASH
from explorer.removal.undo import history, recover_interrupted, undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary, tree


@pytest.fixture
def pair(small_library: SmallLibrary) -> SmallLibrary:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("sub/b.jpg", "one")
    return small_library


def entries(small_library: SmallLibrary) -> list[RemovalEntry]:
    return [
        entry for run in RemovalJournal(small_library.library.dir).runs() for entry in run.entries
    ]


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


def everything(small_library: SmallLibrary) -> dict[str, Any]:
    """All files below the test's folder but the library's own."""
    found = tree(small_library.base)
    return {
        path: what
        for path, what in found.items()
        if what[0] == "file" and not path.startswith("library/")
    }


# --- after a cut


@pytest.mark.parametrize("after", [False, True])
def test_a_cut_is_found_out_and_undone(
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
        assert (entry.state, entry.reason) == ("undone", "it never went")
        assert not (to == TRASH and trash.is_supported() and os.path.lexists(entry.info or ""))
    assert pair.tree() == before
    assert history(pair.library)[0].ended and not history(pair.library)[0].away


@pytest.mark.skipif(not trash.is_supported(), reason="the trash of freedesktop.org")
@pytest.mark.parametrize("after", [False, True])
def test_a_cut_of_an_earlier_release_is_found_out_too(
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
def test_with_a_drive_away_a_cut_stays_open(
    pair: SmallLibrary, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Absence is no proof: neither that it never went, nor that another program has moved it."""
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
            and "neither at its place nor in" in restored.note
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


def test_where_a_photo_is_left_open_what_went_along_is_left_too(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is settled when the photo is: then it comes back with the photo that never went."""
    pair.add_file("sub/b.xmp", "words")
    before, real = pair.tree(), safe_move.move

    def stop(source: str, *given: Any) -> None:
        if source.endswith(".jpg"):
            raise KeyboardInterrupt
        real(source, *given)

    with monkeypatch.context() as patch:
        patch.setattr(safe_move, "move", stop)
        patch.setattr("explorer.removal.remove.RemovalExecutor.end", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))
    (pair.photos / "sub").rename(pair.base / "unplugged")
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    assert (pair.base / "aside/photos/sub/b.xmp").read_text() == "words" and history(pair.library)[
        0
    ].ended
    (pair.base / "unplugged").rename(pair.photos / "sub")
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    assert pair.tree() == before and not history(pair.library)[0].away


@pytest.mark.parametrize("lose", ["gone", "changed", "link"])
def test_after_a_cut_what_is_kept_is_read_again(
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


def test_what_had_been_checked_before_the_cut_is_not_read_again(
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


def test_the_next_removal_settles_what_came_before(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(pair, TRASH, monkeypatch, after=False)
    remove(pair.library, [])
    assert [entry.state for entry in entries(pair)] == ["undone"]


def test_after_a_cut_between_two_names_the_second_goes(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has its new name, and still its old one; or there is a whole copy on the other
    drive."""
    before = pair.tree()
    for copy in (False, True):
        cut(pair, str(pair.base / "aside"), monkeypatch, after=False)
        target = entries(pair)[-1].target
        assert target is not None
        if copy:
            shutil.copy2(pair.photos / "sub/b.jpg", target)
        else:
            os.link(pair.photos / "sub/b.jpg", target)
        recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
        assert pair.tree() == before and not os.path.lexists(target)


def test_another_file_in_its_place_is_not_taken_for_a_copy(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = pair.tree()
    cut(pair, str(pair.base / "aside"), monkeypatch, after=False)
    target = Path(entries(pair)[0].target or "")
    target.write_text("a stranger's")
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    assert (
        target.read_text() == "a stranger's"
        and pair.tree() == before
        and entries(pair)[0].state == "undone"
    )


def test_what_cannot_be_looked_at_is_left_open(
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


def test_an_undo_that_was_cut_off_goes_on(
    pair: SmallLibrary, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, to, real = pair.tree(), where(pair), safe_move.move
    for after in (False, True):
        remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], to)

        def stop(*given: Any, after: bool = after) -> None:
            if after:
                real(*given)
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(safe_move, "move", stop)
            with pytest.raises(KeyboardInterrupt):
                undo(pair.library)
        assert entries(pair)[-1].state == "undoing"
        recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
        assert entries(pair)[-1].state == ("undone" if after else "undoing")
        if not after:
            undo(pair.library)
        assert pair.tree() == before and not history(pair.library)[0].away
        info = entries(pair)[-1].info
        assert info is None or not os.path.lexists(info)


def test_a_stranger_at_its_place_is_not_taken_for_it_after_a_cut(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(safe_move, "move", stop)
        with pytest.raises(KeyboardInterrupt):
            undo(pair.library)
    (pair.photos / "sub/b.jpg").write_text("new")
    target = entries(pair)[0].target or ""
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    assert entries(pair)[0].state == "undoing"
    _, (restored,) = undo(pair.library)
    assert restored.back == str(pair.photos / "sub/b (restored).jpg") and not os.path.lexists(
        target
    )
    assert (pair.photos / "sub/b.jpg").read_text() == "new" and (
        pair.photos / "sub/b (restored).jpg"
    ).read_text() == "one"


# --- what is the file


def test_size_and_time_alone_or_the_id_alone_are_not_the_file(pair: SmallLibrary) -> None:
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))
    (entry,) = entries(pair)
    target = Path(entry.target or "")
    assert restore.is_removed_file(entry, str(target))
    target.write_text("two")
    # Its id, and not its time.
    assert not restore.is_removed_file(entry, str(target))
    other = target.with_name("other")
    other.write_text("two")
    os.utime(other, ns=(entry.facts["atime_ns"], entry.facts["mtime_ns"]))
    # Its size and its time, and not its id.
    assert not restore.is_removed_file(entry, str(other))
    os.utime(target, ns=(entry.facts["atime_ns"], entry.facts["mtime_ns"]))
    target.write_text("longer")
    os.utime(target, ns=(entry.facts["atime_ns"], entry.facts["mtime_ns"]))
    assert not restore.is_removed_file(entry, str(target))
    other.write_text("one")
    assert restore.is_removed_file(entry, str(other)) and not restore.is_removed_file(
        entry, str(other.parent)
    )
    link = target.with_name("link")
    link.symlink_to("other")
    assert not restore.is_removed_file(entry, str(link)) and not restore.is_removed_file(
        entry, str(target.with_name("none"))
    )
    entry.facts["link"] = "other"
    assert restore.is_removed_file(entry, str(link)) and not restore.is_removed_file(
        entry, str(target)
    )
    link.unlink()
    link.symlink_to("elsewhere")
    assert not restore.is_removed_file(entry, str(link))


# --- which removal


def three(small_library: SmallLibrary) -> list[str]:
    """Three removals of one file each; gives their ids, the first one's first."""
    small_library.add_photo("k.jpg", "kept")
    ids = list[str]()
    for number in range(3):
        small_library.add_photo(f"{number}.jpg", "kept")
        found = remove(
            small_library.library,
            [small_library.removal(f"{number}.jpg", "k.jpg")],
            str(small_library.base / "aside"),
        ).run
        assert found is not None
        ids.append(found)
    return ids


def test_the_last_removal_of_which_anything_is_away_is_undone(small_library: SmallLibrary) -> None:
    ids = three(small_library)
    assert [run.id for run in history(small_library.library)] == ids[::-1]
    for run_id in ids[::-1]:
        run, (restored,) = undo(small_library.library)
        assert (run.id, restored.path) == (
            run_id,
            str(small_library.photos / f"{ids.index(run_id)}.jpg"),
        )
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(small_library.library)


def test_a_removal_is_undone_by_its_id(small_library: SmallLibrary) -> None:
    ids = three(small_library)
    run, (restored,) = undo(small_library.library, ids[1])
    assert run.id == ids[1] and restored.back == str(small_library.photos / "1.jpg")
    assert set(small_library.tree()) == {"k.jpg", "1.jpg"}
    with pytest.raises(UsageError, match="put back already"):
        undo(small_library.library, ids[1])
    with pytest.raises(UsageError, match="no removal “20200101-000000-abcd”"):
        undo(small_library.library, "20200101-000000-abcd")
    assert set(small_library.tree()) == {"k.jpg", "1.jpg"}


def test_what_became_of_each_file_is_said_in_order_and_how_far_it_is(
    small_library: SmallLibrary,
) -> None:
    for name in ("k", "a", "b", "c"):
        small_library.add_photo(f"{name}.jpg", "one")
    small_library.add_file("b.xmp", "words")
    outcome = remove(
        small_library.library,
        [small_library.removal(f"{name}.jpg", "k.jpg") for name in "abc"],
        str(small_library.base / "aside"),
    )
    assert len(outcome.removed) == 3
    before, ticks = small_library.tree(), list[tuple[int, int]]()
    (small_library.photos / "c.jpg").write_text("a newcomer")
    _, restored = undo(small_library.library, tick=lambda done, total: ticks.append((done, total)))
    assert [Path(each.path).name for each in restored] == [
        "a.jpg",
        "b.xmp",
        "b.jpg",
        "c.jpg",
    ] and ticks == [(n, 4) for n in range(4)]
    assert set(small_library.tree()) == {
        *before,
        "a.jpg",
        "b.jpg",
        "b.xmp",
        "c.jpg",
        "c (restored).jpg",
    }
    # The catalog knows at once what is back.
    known = [
        find_photo_file(small_library.library.catalog, str(small_library.photos / f"{name}.jpg"))
        for name in "ab"
    ]
    assert [each.file.state for each in known if each] == ["present"] * 2


def test_what_went_for_its_own_sake_stays_away_after_a_cut(
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


def test_a_run_that_was_cut_off_does_not_hide_later_ones(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of its own files nor of its like: each photo is settled by itself."""
    for name in ("k", "a", "b"):
        small_library.add_photo(f"{name}.jpg", "one")
    real = safe_move.move

    def stop(source: str, target: str, *given: Any) -> None:
        real(source, target, *given)
        raise KeyboardInterrupt

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


def test_a_file_comes_back_from_a_trash_that_the_environment_does_not_name_any_more(
    small_library: SmallLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terminals inside sandboxed programs name another home for data."""
    for name in ("keep.jpg", "copy.jpg", "other.jpg"):
        small_library.add_photo(name, "one")
    before = small_library.tree()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "sandbox"))
    remove(small_library.library, [small_library.removal("copy.jpg", "keep.jpg")])
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    remove(small_library.library, [small_library.removal("other.jpg", "keep.jpg")])
    monkeypatch.delenv("XDG_DATA_HOME")
    for _ in range(2):
        _, (restored,) = undo(small_library.library)
        assert (restored.back, restored.note) == (restored.path, "")
    assert small_library.tree() == before and not list(tmp_path.rglob("*.trashinfo"))
