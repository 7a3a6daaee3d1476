"""One file that is seen under two paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.library.file_rows import FileStat
from explorer.library.stores.file_store import put_present
from explorer.library.stores.root_store import add_root
from explorer.library.writer import Writer
from explorer.removal.remove import remove
from explorer.removal.results import Removal
from explorer.removal.undo import history, undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary, Tree, digest, tree
from tests.removal.real_mounts import Mounts, possible

may_mount = pytest.mark.skipif(not possible(), reason="needs Linux, and the right to mount")


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
def test_a_bind_mount_of_the_folder_is_recognized(
    small_library: SmallLibrary, mounted: Mounts, where: Where
) -> None:
    small_library.add_photo("sub/a.jpg", "one")
    alias = know(
        small_library,
        mounted.bind(small_library.photos / "sub", small_library.base / "alias"),
        "a.jpg",
    )
    only_one(
        small_library,
        removal(alias, str(small_library.photos / "sub/a.jpg")),
        where(small_library),
        "this same file",
    )


@may_mount
def test_a_copy_on_the_bind_mount_is_removed(
    small_library: SmallLibrary, mounted: Mounts, where: Where
) -> None:
    """Not everything that is reached through a mount is the same file."""
    small_library.add_photo("sub/a.jpg", "one")
    small_library.add_photo("sub/b.jpg", "one")
    before = small_library.tree()
    alias = know(
        small_library,
        mounted.bind(small_library.photos / "sub", small_library.base / "alias"),
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
def test_an_overlay_is_recognized(
    small_library: SmallLibrary, mounted: Mounts, where: Where, side: str
) -> None:
    """An overlay gives files a drive number of its own, and continues showing one that was renamed
    below it."""
    mounted.tmpfs(small_library.base / "drive")
    layer = (
        small_library.photos / "layer"
        if side == "lower"
        else small_library.base / "drive" / "upper"
    )
    layer.mkdir(parents=True)
    if side == "lower":
        small_library.add_photo("layer/a.jpg", "one")
        below = str(layer / "a.jpg")
        merged = mounted.overlay(
            small_library.base / "merged",
            lower=layer,
            upper=small_library.base / "drive/upper",
            work=small_library.base / "drive/work",
        )
    else:
        small_library.add_photo("other.jpg", "one")
        (layer / "a.jpg").write_text("one")
        below = know(small_library, layer, "a.jpg")
        merged = mounted.overlay(
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
def test_files_that_keep_each_other_through_aliases_are_kept(
    small_library: SmallLibrary, mounted: Mounts, order: str
) -> None:
    """An overlay continues showing a file that was moved away below it: each would be kept, and
    both would be gone."""
    for name in ("layer/a.jpg", "layer/b.jpg"):
        small_library.add_photo(name, "one")
    before = small_library.tree()
    mounted.tmpfs(small_library.base / "drive")
    merged = mounted.overlay(
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
def test_an_alias_on_another_drive_is_removed_and_the_copy_restored(
    small_library: SmallLibrary, mounted: Mounts
) -> None:
    """Of a file that was copied away, the alias still shows the deleted one."""
    small_library.add_photo("layer/a.jpg", "one")
    mounted.tmpfs(small_library.base / "drive")
    mounted.tmpfs(small_library.base / "to")
    merged = mounted.overlay(
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
def test_a_copy_on_an_overlay_is_removed(
    small_library: SmallLibrary, mounted: Mounts, where: Where
) -> None:
    small_library.add_photo("layer/a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    mounted.tmpfs(small_library.base / "drive")
    merged = mounted.overlay(
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


def test_a_path_that_is_not_normalized_is_rejected(small_library: SmallLibrary) -> None:
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
