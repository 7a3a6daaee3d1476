"""Undoing removals."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import UsageError
from explorer.library.file_lookup import find_photo_file
from explorer.library.removals.removal_journal import RemovalEntry, RemovalJournal
from explorer.removal import restore, safe_move
from explorer.removal.remove import remove
from explorer.removal.undo import history, recover_interrupted, undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary, tree


def entries(small_library: SmallLibrary) -> list[RemovalEntry]:
    return [
        entry for run in RemovalJournal(small_library.library.dir).runs() for entry in run.entries
    ]


def everything(small_library: SmallLibrary) -> dict[str, Any]:
    """All files below the test's folder but the library's own."""
    found = tree(small_library.base)
    return {
        path: what
        for path, what in found.items()
        if what[0] == "file" and not path.startswith("library/")
    }


def test_an_interrupted_undo_is_continued(
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
        found = find_photo_file(pair.library.catalog, str(pair.photos / "sub/b.jpg"))
        assert found is not None and (found.file.state == "present") == after
        if not after:
            undo(pair.library)
        assert pair.tree() == before and not history(pair.library)[0].away
        info = entries(pair)[-1].info
        assert info is None or not os.path.lexists(info)


def test_a_foreign_file_at_its_path_is_not_mistaken_for_it_after_an_interruption(
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


def test_size_and_time_or_id_alone_do_not_identify_the_file(pair: SmallLibrary) -> None:
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


def test_the_last_removal_with_files_still_away_is_undone(small_library: SmallLibrary) -> None:
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
    with pytest.raises(UsageError, match="already been restored"):
        undo(small_library.library, ids[1])
    with pytest.raises(UsageError, match="no removal “20200101-000000-abcd”"):
        undo(small_library.library, "20200101-000000-abcd")
    assert set(small_library.tree()) == {"k.jpg", "1.jpg"}


def test_results_and_progress_are_reported_in_order(small_library: SmallLibrary) -> None:
    for name in ("k", "a", "b", "c"):
        small_library.add_photo(f"{name}.jpg", "one")
    small_library.add_file("b.thm", "words")
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
        "b.thm",
        "b.jpg",
        "c.jpg",
    ] and ticks == [(n, 4) for n in range(4)]
    assert set(small_library.tree()) == {
        *before,
        "a.jpg",
        "b.jpg",
        "b.thm",
        "c.jpg",
        "c (restored).jpg",
    }
    # The catalog knows at once what is back.
    known = [
        find_photo_file(small_library.library.catalog, str(small_library.photos / f"{name}.jpg"))
        for name in "ab"
    ]
    assert [each.file.state for each in known if each] == ["present"] * 2


def test_a_file_is_restored_from_a_trash_no_longer_named_by_the_environment(
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
