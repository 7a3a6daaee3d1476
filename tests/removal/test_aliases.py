"""One photo seen under two paths, by mounts that ids do not show: it is never removed as a copy of
itself, and undo never deletes it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import UsageError
from explorer.library.decision_store import Protection, protect
from explorer.library.mounts import Locations
from explorer.library.removal_journal import Journal
from explorer.library.writer import Seen, Writer
from explorer.removal import file_identity, safe_move, trash
from explorer.removal.remove import remove
from explorer.removal.results import Removal
from explorer.removal.undo import history, undo
from tests.fixtures.field import Field, Tree, digest, tree
from tests.fixtures.removal import Where
from tests.removal.real_mounts import Mounts, mounts, possible

may_mount = pytest.mark.skipif(not possible(), reason="needs Linux, and the right to mount")


@pytest.fixture
def made() -> Iterator[Mounts]:
    with mounts() as made:
        yield made


def know(field: Field, root: Path, path: str) -> str:
    """Have the library watch that folder too, and know a file in it."""
    writer = Writer(field.library.catalog)
    root_id = writer.add_root(str(root))
    target = root / path
    photo = field.library.catalog.photo_id(bytes.fromhex(digest(target)))
    assert photo is not None
    facts = target.stat()
    writer.put_present(root_id, Seen(path, facts.st_size, facts.st_mtime_ns, facts.st_ino), photo)
    writer.close()
    return str(target)


def removal(path: str, keeper: str) -> Removal:
    return Removal(path, digest(Path(path)), keeper, digest(Path(keeper)))


def files(folder: Path) -> Tree:
    return {path: what for path, what in tree(folder).items() if what[0] == "file"}


def only_one(field: Field, wanted: Removal, to: str, *words: str) -> None:
    """The removal is not done, and everything is where it was."""
    before = field.tree()
    (result,) = remove(field.library, [wanted], to).results
    assert result.state in ("refused", "failed") and any(word in result.reason for word in words), (
        result
    )
    assert field.tree() == before
    assert not any(run.away for run in history(field.library))


@may_mount
def test_a_bind_mount_of_the_folder_is_seen_through(
    field: Field, made: Mounts, where: Where
) -> None:
    field.put("sub/a.jpg", "one")
    alias = know(field, made.bind(field.photos / "sub", field.base / "alias"), "a.jpg")
    only_one(field, removal(alias, str(field.photos / "sub/a.jpg")), where(field), "this very file")


@may_mount
def test_a_copy_on_the_bind_mount_goes(field: Field, made: Mounts, where: Where) -> None:
    """Not everything that is reached through a mount is the same file."""
    field.put("sub/a.jpg", "one")
    field.put("sub/b.jpg", "one")
    before = field.tree()
    alias = know(field, made.bind(field.photos / "sub", field.base / "alias"), "b.jpg")
    (result,) = remove(
        field.library, [removal(alias, str(field.photos / "sub/a.jpg"))], where(field)
    ).results
    assert result.state == "removed", result
    undo(field.library)
    assert field.tree() == before


@may_mount
@pytest.mark.parametrize("side", ["lower", "upper", "merged"])
def test_an_overlay_is_seen_through(field: Field, made: Mounts, where: Where, side: str) -> None:
    """An overlay gives files a drive number of its own, and goes on showing one that was renamed
    below it."""
    made.tmpfs(field.base / "drive")
    layer = field.photos / "layer" if side == "lower" else field.base / "drive" / "upper"
    layer.mkdir(parents=True)
    if side == "lower":
        field.put("layer/a.jpg", "one")
        below = str(layer / "a.jpg")
        merged = made.overlay(
            field.base / "merged",
            lower=layer,
            upper=field.base / "drive/upper",
            work=field.base / "drive/work",
        )
    else:
        field.put("other.jpg", "one")
        (layer / "a.jpg").write_text("one")
        below = know(field, layer, "a.jpg")
        merged = made.overlay(
            field.base / "merged",
            lower=field.base / "lower",
            upper=layer,
            work=field.base / "drive/work",
        )
    above = know(field, merged, "a.jpg")
    before = files(layer)
    wanted = removal(above, below) if side == "merged" else removal(below, above)
    only_one(field, wanted, where(field), "one file, seen under two paths", "not there any more")
    assert files(layer) == before


@may_mount
@pytest.mark.parametrize("order", ["keeper goes later", "keeper went before"])
def test_files_that_keep_one_another_by_their_aliases(
    field: Field, made: Mounts, order: str
) -> None:
    """An overlay goes on showing a file that was moved away below it: each would be kept, and both
    would be gone."""
    for name in ("layer/a.jpg", "layer/b.jpg"):
        field.put(name, "one")
    before = field.tree()
    made.tmpfs(field.base / "drive")
    merged = made.overlay(
        field.base / "merged",
        lower=field.photos / "layer",
        upper=field.base / "drive/u",
        work=field.base / "drive/w",
    )
    a, b = (str(field.photos / f"layer/{name}.jpg") for name in "ab")
    above_a, above_b = know(field, merged, "a.jpg"), know(field, merged, "b.jpg")
    first = removal(a, above_b)
    second = removal(b, above_a)
    if order == "keeper goes later":
        field.put("layer/c.jpg", "one")
        before = field.tree()
        second = removal(b, str(field.photos / "layer/c.jpg"))
    outcome = remove(field.library, [first, second])
    assert [result.state for result in outcome.results] == ["removed", "failed"], outcome.results
    assert set(before) - set(field.tree()) == {"layer/a.jpg"}
    undo(field.library)
    assert field.tree() == before


@may_mount
def test_on_another_drive_only_the_name_went_and_the_copy_comes_back(
    field: Field, made: Mounts
) -> None:
    """Of a file that was copied away, the alias still shows the deleted one."""
    field.put("layer/a.jpg", "one")
    made.tmpfs(field.base / "drive")
    made.tmpfs(field.base / "to")
    merged = made.overlay(
        field.base / "merged",
        lower=field.photos / "layer",
        upper=field.base / "drive/u",
        work=field.base / "drive/w",
    )
    above = know(field, merged, "a.jpg")
    only_one(
        field,
        removal(str(field.photos / "layer/a.jpg"), above),
        str(field.base / "to"),
        "one file",
        "not there any more",
    )
    assert files(field.base / "to") == {}


@may_mount
def test_a_copy_on_an_overlay_goes(field: Field, made: Mounts, where: Where) -> None:
    field.put("layer/a.jpg", "one")
    field.put("b.jpg", "one")
    before = field.tree()
    made.tmpfs(field.base / "drive")
    merged = made.overlay(
        field.base / "merged",
        lower=field.photos / "layer",
        upper=field.base / "drive/u",
        work=field.base / "drive/w",
    )
    above = know(field, merged, "a.jpg")
    (result,) = remove(
        field.library, [removal(str(field.photos / "b.jpg"), above)], where(field)
    ).results
    assert result.state == "removed", result
    undo(field.library)
    assert field.tree() == before


@may_mount
@pytest.mark.parametrize("part", ["", "deep", "deep/er"])
def test_protection_holds_through_mounts(field: Field, made: Mounts, part: str) -> None:
    """Protected is `sub`, or a folder above or below what is mounted."""
    field.put("sub/deep/er/a.jpg", "one")
    field.put("b.jpg", "one")
    protect(field.library.catalog, str(field.photos / "sub/deep"))
    root = made.bind(field.photos / "sub" / part, field.base / "alias")
    alias = know(field, root, os.path.relpath("deep/er/a.jpg", part or "."))
    only_one(field, removal(alias, str(field.photos / "b.jpg")), "trash", "protected")


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
    protection = Protection([str(tmp_path / "lower/safe")])
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
    protection = Protection([str(tmp_path / "safe"), str(tmp_path / "not there")], Locations(()))
    for _ in range(2):
        assert protection.covers(str(tmp_path / "seen/safe/a.jpg")) and protection.covers(
            str(tmp_path / "seen/safe/sub/a.jpg")
        )
        assert not protection.covers(
            str(tmp_path / "seen/free/sub/a.jpg")
        ) and not protection.covers(str(tmp_path / "none/a.jpg"))


@may_mount
def test_a_folder_in_which_a_watched_one_is_mounted_does_not_lead_back_into_it(
    field: Field, made: Mounts
) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    made.bind(field.photos, field.base / "aside/photos")
    only_one(
        field,
        field.removal("b.jpg", "a.jpg"),
        str(field.base / "aside"),
        "lies in the library",
        "under another path",
    )


@may_mount
@pytest.mark.parametrize("below", ["", "new/er"])
def test_a_folder_that_is_a_watched_one_by_a_mount_takes_no_photos(
    field: Field, made: Mounts, below: str
) -> None:
    field.put("sub/a.jpg", "one")
    field.put("b.jpg", "one")
    before = field.tree()
    to = made.bind(field.photos / "sub", field.base / "aside") / below
    with pytest.raises(UsageError, match="lies in the library"):
        remove(field.library, [field.removal("b.jpg", "sub/a.jpg")], str(to))
    assert field.tree() == before


def test_a_folder_that_shows_in_a_watched_one_takes_no_photos(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a network drive of this computer's own folder: nothing tells of it but what is written
    there."""
    field.put("sub/a.jpg", "one")
    field.put("b.jpg", "one")
    before, real = field.tree(), os.path.lexists

    def shows(path: str) -> bool:
        return real(path) or (
            str(path).startswith(str(field.photos / "sub/.photo"))
            and real(field.base / "aside" / Path(path).name)
        )

    monkeypatch.setattr(file_identity.os.path, "lexists", shows)
    (result,) = remove(
        field.library, [field.removal("b.jpg", "sub/a.jpg")], str(field.base / "aside")
    ).results
    assert (
        result.state == "refused" and f"{field.photos / 'sub'} under another path" in result.reason
    )
    assert field.tree() == before and list((field.base / "aside").iterdir()) == []


@may_mount
def test_undo_where_the_two_folders_have_become_one(field: Field, made: Mounts) -> None:
    """The photo lies where it is to come back to: nothing is deleted, and nothing is left to undo."""
    field.put("sub/a.jpg", "one")
    field.put("b.jpg", "one")
    remove(field.library, [field.removal("b.jpg", "sub/a.jpg")], str(field.base / "aside"))
    moved = field.base / "aside/photos"
    assert (moved / "b.jpg").read_text() == "one"
    made.bind(moved, field.photos)
    _, (restored,) = undo(field.library)
    assert restored.back == str(field.photos / "b.jpg")
    assert (moved / "b.jpg").read_text() == "one" and (field.photos / "b.jpg").read_text() == "one"


def test_undo_where_the_folder_has_become_a_link_to_the_other(field: Field) -> None:
    field.put("sub/b.jpg", "one")
    field.put("a.jpg", "one")
    remove(field.library, [field.removal("sub/b.jpg", "a.jpg")], str(field.base / "aside"))
    (field.photos / "sub").rmdir()
    (field.photos / "sub").symlink_to(field.base / "aside/photos/sub")
    for _ in range(2):
        _, (restored,) = undo(field.library)
        assert restored.back is None and "no longer" in restored.note
        assert (field.base / "aside/photos/sub/b.jpg").read_text() == "one"
    (field.photos / "sub").unlink()
    undo(field.library)
    assert (field.photos / "sub/b.jpg").read_text() == "one"


@may_mount
def test_after_a_cut_with_the_folders_one_nothing_is_dropped(
    field: Field, made: Mounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")

    def cut(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(safe_move, "move", cut)
        patch.setattr("explorer.removal.remove._Run.end", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            remove(field.library, [field.removal("b.jpg", "a.jpg")], str(field.base / "aside"))
    made.bind(field.photos, field.base / "aside/photos")
    with pytest.raises(UsageError, match="nothing to be undone"):
        undo(field.library)
    assert (field.photos / "b.jpg").read_text() == "one"


def test_a_path_with_detours_is_refused(field: Field) -> None:
    """`x/../b.jpg` is another file where x is a link."""
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    (field.base / "elsewhere/x").mkdir(parents=True)
    (field.base / "elsewhere/b.jpg").write_text("one")
    (field.photos / "x").symlink_to(field.base / "elsewhere/x")
    before = (field.tree(), tree(field.base / "elsewhere"))
    plain, keeper = field.removal("b.jpg", "a.jpg"), str(field.photos / "a.jpg")
    for path in ("x/../b.jpg", "./b.jpg", "sub//b.jpg", "b.jpg/", "b.jpg\0", "\ud800.jpg"):
        wanted = Removal(f"{field.photos}/{path}", plain.hash, keeper, plain.hash)
        (result,) = remove(field.library, [wanted]).results
        assert result.state == "refused" and "by this path" in result.reason, path
        (result,) = remove(
            field.library, [Removal(plain.path, plain.hash, wanted.path, plain.hash)]
        ).results
        assert (
            result.state == "refused"
            and "the one to keep is not in the library by this path" in result.reason
        ), path
    assert (field.tree(), tree(field.base / "elsewhere")) == before


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
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name was taken meanwhile, and both files have the id 0: the newcomer stays, and the photo
    comes back beside it."""
    field.put("a.jpg", "the only copy")
    monkeypatch.setattr(trash, "readable", lambda: False)
    with monkeypatch.context() as patch:
        NoIds(patch, field.photos, field.library.dir)
        assert remove(field.library, [field.removal("a.jpg", None)], without_keeper=True).removed
        (field.photos / "a.jpg").write_text("a newcomer...")
        _, (restored,) = undo(field.library)
    assert restored.back == str(field.photos / "a (restored).jpg")
    assert (field.photos / "a.jpg").read_text() == "a newcomer..." and (
        field.photos / "a (restored).jpg"
    ).read_text() == "the only copy"


def test_without_ids_a_copy_goes_and_comes_back(
    field: Field, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    before = field.tree()
    with monkeypatch.context() as patch:
        NoIds(patch, field.base)
        (result,) = remove(field.library, [field.removal("b.jpg", "a.jpg")], where(field)).results
        assert result.state == "removed", result
        undo(field.library)
    assert field.tree() == before


def test_where_nothing_tells_two_files_apart_both_stay(
    field: Field, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No ids, and times that this person may not set."""
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    before, real = field.tree(), os.utime

    def mine(path: Any, *given: Any, **named: Any) -> None:
        if isinstance(path, int):
            raise PermissionError(1, "Operation not permitted")
        real(path, *given, **named)

    with monkeypatch.context() as patch:
        NoIds(patch, field.base)
        patch.setattr(os, "utime", mine)
        (result,) = remove(field.library, [field.removal("b.jpg", "a.jpg")], where(field)).results
    assert result.state == "failed" and "cannot be told apart" in result.reason
    assert field.tree() == before and not any(run.away for run in Journal(field.library.dir).runs())
    # With ids it needs no trying out.
    monkeypatch.setattr(os, "utime", mine)
    assert remove(field.library, [field.removal("b.jpg", "a.jpg")], where(field)).removed
    undo(field.library)
