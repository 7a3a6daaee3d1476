"""One photo seen under two paths, by mounts that ids do not show: it is never removed as a copy of
itself, and undo never deletes it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import UsageError
from explorer.library.file_rows import FileStat
from explorer.library.file_store import put_present
from explorer.library.mounts import MountLocations
from explorer.library.protected_folder_store import ProtectedFolders, protect_folder
from explorer.library.removal_journal import RemovalJournal
from explorer.library.root_store import add_root
from explorer.library.writer import Writer
from explorer.removal import safe_move, trash
from explorer.removal.remove import remove
from explorer.removal.results import Removal
from explorer.removal.undo import history, undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary, Tree, digest, tree
from tests.removal.real_mounts import Mounts, mounts, possible

may_mount = pytest.mark.skipif(not possible(), reason="needs Linux, and the right to mount")


@pytest.fixture
def made() -> Iterator[Mounts]:
    with mounts() as made:
        yield made


def know(small_library: SmallLibrary, root: Path, path: str) -> str:
    """Have the library watch that folder too, and know a file in it."""
    writer = Writer(small_library.library.catalog)
    root_id = add_root(writer, str(root))
    target = root / path
    photo = small_library.library.catalog.photo_id(bytes.fromhex(digest(target)))
    assert photo is not None
    facts = target.stat()
    put_present(
        writer, root_id, FileStat(path, facts.st_size, facts.st_mtime_ns, facts.st_ino), photo
    )
    writer.close()
    return str(target)


def removal(path: str, keeper: str) -> Removal:
    return Removal(path, digest(Path(path)), keeper, digest(Path(keeper)))


def files(folder: Path) -> Tree:
    return {path: what for path, what in tree(folder).items() if what[0] == "file"}


def only_one(small_library: SmallLibrary, wanted: Removal, to: str, *words: str) -> None:
    """The removal is not done, and everything is where it was."""
    before = small_library.tree()
    (result,) = remove(small_library.library, [wanted], to).results
    assert result.state in ("refused", "failed") and any(word in result.reason for word in words), (
        result
    )
    assert small_library.tree() == before
    assert not any(run.away for run in history(small_library.library))


@may_mount
def test_a_bind_mount_of_the_folder_is_seen_through(
    small_library: SmallLibrary, made: Mounts, where: Where
) -> None:
    small_library.add_photo("sub/a.jpg", "one")
    alias = know(
        small_library,
        made.bind(small_library.photos / "sub", small_library.base / "alias"),
        "a.jpg",
    )
    only_one(
        small_library,
        removal(alias, str(small_library.photos / "sub/a.jpg")),
        where(small_library),
        "this very file",
    )


@may_mount
def test_a_copy_on_the_bind_mount_goes(
    small_library: SmallLibrary, made: Mounts, where: Where
) -> None:
    """Not everything that is reached through a mount is the same file."""
    small_library.add_photo("sub/a.jpg", "one")
    small_library.add_photo("sub/b.jpg", "one")
    before = small_library.tree()
    alias = know(
        small_library,
        made.bind(small_library.photos / "sub", small_library.base / "alias"),
        "b.jpg",
    )
    (result,) = remove(
        small_library.library,
        [removal(alias, str(small_library.photos / "sub/a.jpg"))],
        where(small_library),
    ).results
    assert result.state == "removed", result
    undo(small_library.library)
    assert small_library.tree() == before


@may_mount
@pytest.mark.parametrize("side", ["lower", "upper", "merged"])
def test_an_overlay_is_seen_through(
    small_library: SmallLibrary, made: Mounts, where: Where, side: str
) -> None:
    """An overlay gives files a drive number of its own, and goes on showing one that was renamed
    below it."""
    made.tmpfs(small_library.base / "drive")
    layer = (
        small_library.photos / "layer"
        if side == "lower"
        else small_library.base / "drive" / "upper"
    )
    layer.mkdir(parents=True)
    if side == "lower":
        small_library.add_photo("layer/a.jpg", "one")
        below = str(layer / "a.jpg")
        merged = made.overlay(
            small_library.base / "merged",
            lower=layer,
            upper=small_library.base / "drive/upper",
            work=small_library.base / "drive/work",
        )
    else:
        small_library.add_photo("other.jpg", "one")
        (layer / "a.jpg").write_text("one")
        below = know(small_library, layer, "a.jpg")
        merged = made.overlay(
            small_library.base / "merged",
            lower=small_library.base / "lower",
            upper=layer,
            work=small_library.base / "drive/work",
        )
    above = know(small_library, merged, "a.jpg")
    before = files(layer)
    wanted = removal(above, below) if side == "merged" else removal(below, above)
    only_one(
        small_library,
        wanted,
        where(small_library),
        "one file, seen under two paths",
        "no longer exists",
    )
    assert files(layer) == before


@may_mount
@pytest.mark.parametrize("order", ["keeper goes later", "keeper went before"])
def test_files_that_keep_one_another_by_their_aliases(
    small_library: SmallLibrary, made: Mounts, order: str
) -> None:
    """An overlay goes on showing a file that was moved away below it: each would be kept, and both
    would be gone."""
    for name in ("layer/a.jpg", "layer/b.jpg"):
        small_library.add_photo(name, "one")
    before = small_library.tree()
    made.tmpfs(small_library.base / "drive")
    merged = made.overlay(
        small_library.base / "merged",
        lower=small_library.photos / "layer",
        upper=small_library.base / "drive/u",
        work=small_library.base / "drive/w",
    )
    a, b = (str(small_library.photos / f"layer/{name}.jpg") for name in "ab")
    above_a, above_b = know(small_library, merged, "a.jpg"), know(small_library, merged, "b.jpg")
    first = removal(a, above_b)
    second = removal(b, above_a)
    if order == "keeper goes later":
        small_library.add_photo("layer/c.jpg", "one")
        before = small_library.tree()
        second = removal(b, str(small_library.photos / "layer/c.jpg"))
    outcome = remove(small_library.library, [first, second])
    assert [result.state for result in outcome.results] == ["removed", "failed"], outcome.results
    assert set(before) - set(small_library.tree()) == {"layer/a.jpg"}
    undo(small_library.library)
    assert small_library.tree() == before


@may_mount
def test_on_another_drive_only_the_name_went_and_the_copy_comes_back(
    small_library: SmallLibrary, made: Mounts
) -> None:
    """Of a file that was copied away, the alias still shows the deleted one."""
    small_library.add_photo("layer/a.jpg", "one")
    made.tmpfs(small_library.base / "drive")
    made.tmpfs(small_library.base / "to")
    merged = made.overlay(
        small_library.base / "merged",
        lower=small_library.photos / "layer",
        upper=small_library.base / "drive/u",
        work=small_library.base / "drive/w",
    )
    above = know(small_library, merged, "a.jpg")
    only_one(
        small_library,
        removal(str(small_library.photos / "layer/a.jpg"), above),
        str(small_library.base / "to"),
        "one file",
        "no longer exists",
    )
    assert files(small_library.base / "to") == {}


@may_mount
def test_a_copy_on_an_overlay_goes(small_library: SmallLibrary, made: Mounts, where: Where) -> None:
    small_library.add_photo("layer/a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    made.tmpfs(small_library.base / "drive")
    merged = made.overlay(
        small_library.base / "merged",
        lower=small_library.photos / "layer",
        upper=small_library.base / "drive/u",
        work=small_library.base / "drive/w",
    )
    above = know(small_library, merged, "a.jpg")
    (result,) = remove(
        small_library.library,
        [removal(str(small_library.photos / "b.jpg"), above)],
        where(small_library),
    ).results
    assert result.state == "removed", result
    undo(small_library.library)
    assert small_library.tree() == before


@may_mount
@pytest.mark.parametrize("part", ["", "deep", "deep/er"])
def test_protection_holds_through_mounts(
    small_library: SmallLibrary, made: Mounts, part: str
) -> None:
    """Protected is `sub`, or a folder above or below what is mounted."""
    small_library.add_photo("sub/deep/er/a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    protect_folder(small_library.library.catalog, str(small_library.photos / "sub/deep"))
    root = made.bind(small_library.photos / "sub" / part, small_library.base / "alias")
    alias = know(small_library, root, os.path.relpath("deep/er/a.jpg", part or "."))
    only_one(
        small_library, removal(alias, str(small_library.photos / "b.jpg")), "trash", "protected"
    )


@may_mount
def test_protection_holds_through_an_overlay(tmp_path: Path, made: Mounts) -> None:
    made.tmpfs(tmp_path / "drive")
    made.overlay(
        tmp_path / "merged",
        lower=tmp_path / "lower",
        upper=tmp_path / "drive/u",
        work=tmp_path / "drive/w",
    )
    for folder in ("lower/safe", "lower/free"):
        (tmp_path / folder).mkdir()
    protection = ProtectedFolders([str(tmp_path / "lower/safe")])
    assert protection.covers(str(tmp_path / "merged/safe/a.jpg"))
    assert not protection.covers(str(tmp_path / "merged/free/a.jpg"))


@may_mount
def test_protection_holds_where_the_system_has_no_table_of_mounts(
    tmp_path: Path, made: Mounts
) -> None:
    """By the ids of the folders on the way up."""
    for folder in ("safe/sub", "free/sub"):
        (tmp_path / folder).mkdir(parents=True)
        made.bind(
            tmp_path / folder.split("/", maxsplit=1)[0],
            tmp_path / "seen" / folder.split("/", maxsplit=1)[0],
        )
    protection = ProtectedFolders(
        [str(tmp_path / "safe"), str(tmp_path / "not there")], MountLocations(())
    )
    for _ in range(2):
        assert protection.covers(str(tmp_path / "seen/safe/a.jpg")) and protection.covers(
            str(tmp_path / "seen/safe/sub/a.jpg")
        )
        assert not protection.covers(
            str(tmp_path / "seen/free/sub/a.jpg")
        ) and not protection.covers(str(tmp_path / "none/a.jpg"))


@may_mount
def test_a_folder_in_which_a_watched_one_is_mounted_does_not_lead_back_into_it(
    small_library: SmallLibrary, made: Mounts
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    made.bind(small_library.photos, small_library.base / "aside/photos")
    only_one(
        small_library,
        small_library.removal("b.jpg", "a.jpg"),
        str(small_library.base / "aside"),
        "is in the library",
        "under another path",
    )


@may_mount
@pytest.mark.parametrize("below", ["", "new/er"])
def test_a_folder_that_is_a_watched_one_by_a_mount_takes_no_photos(
    small_library: SmallLibrary, made: Mounts, below: str
) -> None:
    small_library.add_photo("sub/a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    to = made.bind(small_library.photos / "sub", small_library.base / "aside") / below
    with pytest.raises(UsageError, match="is in the library"):
        remove(small_library.library, [small_library.removal("b.jpg", "sub/a.jpg")], str(to))
    assert small_library.tree() == before


def test_a_folder_that_shows_in_a_watched_one_takes_no_photos(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a network drive of this computer's own folder: nothing tells of it but what is written
    there."""
    small_library.add_photo("sub/a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before, real = small_library.tree(), os.path.lexists

    def shows(path: str) -> bool:
        return real(path) or (
            str(path).startswith(str(small_library.photos / "sub/.photo"))
            and real(small_library.base / "aside" / Path(path).name)
        )

    monkeypatch.setattr(os.path, "lexists", shows)
    (result,) = remove(
        small_library.library,
        [small_library.removal("b.jpg", "sub/a.jpg")],
        str(small_library.base / "aside"),
    ).results
    assert (
        result.state == "refused"
        and f"{small_library.photos / 'sub'} under another path" in result.reason
    )
    assert small_library.tree() == before and list((small_library.base / "aside").iterdir()) == []


@may_mount
def test_undo_where_the_two_folders_have_become_one(
    small_library: SmallLibrary, made: Mounts
) -> None:
    """The photo lies where it is to come back to: nothing is deleted, and nothing is left to undo."""
    small_library.add_photo("sub/a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    remove(
        small_library.library,
        [small_library.removal("b.jpg", "sub/a.jpg")],
        str(small_library.base / "aside"),
    )
    moved = small_library.base / "aside/photos"
    assert (moved / "b.jpg").read_text() == "one"
    made.bind(moved, small_library.photos)
    _, (restored,) = undo(small_library.library)
    assert restored.back == str(small_library.photos / "b.jpg")
    assert (moved / "b.jpg").read_text() == "one" and (
        small_library.photos / "b.jpg"
    ).read_text() == "one"


def test_undo_where_the_folder_has_become_a_link_to_the_other(small_library: SmallLibrary) -> None:
    small_library.add_photo("sub/b.jpg", "one")
    small_library.add_photo("a.jpg", "one")
    remove(
        small_library.library,
        [small_library.removal("sub/b.jpg", "a.jpg")],
        str(small_library.base / "aside"),
    )
    (small_library.photos / "sub").rmdir()
    (small_library.photos / "sub").symlink_to(small_library.base / "aside/photos/sub")
    for _ in range(2):
        _, (restored,) = undo(small_library.library)
        assert restored.back is None and "no longer" in restored.note
        assert (small_library.base / "aside/photos/sub/b.jpg").read_text() == "one"
    (small_library.photos / "sub").unlink()
    undo(small_library.library)
    assert (small_library.photos / "sub/b.jpg").read_text() == "one"


@may_mount
def test_after_a_cut_with_the_folders_one_nothing_is_dropped(
    small_library: SmallLibrary, made: Mounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")

    def cut(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(safe_move, "move", cut)
        patch.setattr("explorer.removal.remove.RemovalExecutor.end", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            remove(
                small_library.library,
                [small_library.removal("b.jpg", "a.jpg")],
                str(small_library.base / "aside"),
            )
    made.bind(small_library.photos, small_library.base / "aside/photos")
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(small_library.library)
    assert (small_library.photos / "b.jpg").read_text() == "one"


def test_a_path_with_detours_is_refused(small_library: SmallLibrary) -> None:
    """`x/../b.jpg` is another file where x is a link."""
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    (small_library.base / "elsewhere/x").mkdir(parents=True)
    (small_library.base / "elsewhere/b.jpg").write_text("one")
    (small_library.photos / "x").symlink_to(small_library.base / "elsewhere/x")
    before = (small_library.tree(), tree(small_library.base / "elsewhere"))
    plain, keeper = small_library.removal("b.jpg", "a.jpg"), str(small_library.photos / "a.jpg")
    for path in ("x/../b.jpg", "./b.jpg", "sub//b.jpg", "b.jpg/", "b.jpg\0", "\ud800.jpg"):
        wanted = Removal(f"{small_library.photos}/{path}", plain.hash, keeper, plain.hash)
        (result,) = remove(small_library.library, [wanted]).results
        assert result.state == "refused" and "by this path" in result.reason, path
        (result,) = remove(
            small_library.library, [Removal(plain.path, plain.hash, wanted.path, plain.hash)]
        ).results
        assert (
            result.state == "refused"
            and "the photo to keep is not in the library by this path" in result.reason
        ), path
    assert (small_library.tree(), tree(small_library.base / "elsewhere")) == before


class NoIds:
    """A file system that numbers no files: as some network drives and old Windows shares."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
        self._folders = tuple(map(str, folders))
        for name in ("lstat", "stat"):
            monkeypatch.setattr(os, name, self._without(getattr(os, name)))

    def _without(self, real: Any) -> Any:
        def stat(path: Any, *given: Any, **named: Any) -> Any:
            facts = real(path, *given, **named)
            if isinstance(path, int) or not str(path).startswith(self._folders):
                return facts
            fields = {name: getattr(facts, name) for name in dir(facts) if name.startswith("st_")}
            return type("Facts", (), {**fields, "st_ino": 0})()

        return stat


def test_without_ids_nothing_is_taken_for_another_name(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name was taken meanwhile, and both files have the id 0: the newcomer stays, and the photo
    comes back beside it."""
    small_library.add_photo("a.jpg", "the only copy")
    monkeypatch.setattr(trash, "is_supported", lambda: False)
    with monkeypatch.context() as patch:
        NoIds(patch, small_library.photos, small_library.library.dir)
        assert remove(
            small_library.library, [small_library.removal("a.jpg", None)], without_keeper=True
        ).removed
        (small_library.photos / "a.jpg").write_text("a newcomer...")
        _, (restored,) = undo(small_library.library)
    assert restored.back == str(small_library.photos / "a (restored).jpg")
    assert (small_library.photos / "a.jpg").read_text() == "a newcomer..." and (
        small_library.photos / "a (restored).jpg"
    ).read_text() == "the only copy"


def test_without_ids_a_copy_goes_and_comes_back(
    small_library: SmallLibrary, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    with monkeypatch.context() as patch:
        NoIds(patch, small_library.base)
        (result,) = remove(
            small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
        ).results
        assert result.state == "removed", result
        undo(small_library.library)
    assert small_library.tree() == before


def test_where_nothing_tells_two_files_apart_both_stay(
    small_library: SmallLibrary, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No ids, and times that this person may not set."""
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before, real = small_library.tree(), os.utime

    def mine(path: Any, *given: Any, **named: Any) -> None:
        if isinstance(path, int):
            raise PermissionError(1, "Operation not permitted")
        real(path, *given, **named)

    with monkeypatch.context() as patch:
        NoIds(patch, small_library.base)
        patch.setattr(os, "utime", mine)
        (result,) = remove(
            small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
        ).results
    assert result.state == "failed" and "cannot be told apart" in result.reason
    assert small_library.tree() == before and not any(
        run.away for run in RemovalJournal(small_library.library.dir).runs()
    )
    # With ids it needs no trying out.
    monkeypatch.setattr(os, "utime", mine)
    assert remove(
        small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
    ).removed
    undo(small_library.library)
