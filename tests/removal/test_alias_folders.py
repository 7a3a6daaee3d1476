"""Protected folders and destinations that are reached through mounts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from explorer.errors import UsageError
from explorer.library.mounts import MountEntry, MountLocations
from explorer.library.stores.protected_folder_store import ProtectedFolders, protect_folder
from explorer.removal import preflight, safe_move
from explorer.removal.remove import dry_run, remove
from explorer.removal.undo import undo
from tests.fixtures.small_library import SmallLibrary
from tests.removal.real_mounts import Mounts
from tests.removal.test_aliases import know, may_mount, only_one, removal


@may_mount
@pytest.mark.parametrize("part", ["", "deep", "deep/er"])
def test_protection_applies_through_mounts(
    small_library: SmallLibrary, mounted: Mounts, part: str
) -> None:
    """Protected is `sub`, or a folder above or below what is mounted."""
    small_library.add_photo("sub/deep/er/a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    protect_folder(small_library.library.catalog, str(small_library.photos / "sub/deep"))
    root = mounted.bind(small_library.photos / "sub" / part, small_library.base / "alias")
    alias = know(small_library, root, os.path.relpath("deep/er/a.jpg", part or "."))
    only_one(
        small_library, removal(alias, str(small_library.photos / "b.jpg")), "trash", "protected"
    )


@may_mount
def test_protection_applies_through_an_overlay(tmp_path: Path, mounted: Mounts) -> None:
    mounted.tmpfs(tmp_path / "drive")
    mounted.overlay(
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
def test_protection_applies_without_a_mount_table(tmp_path: Path, mounted: Mounts) -> None:
    """By the ids of the folders on the way up."""
    for folder in ("safe/sub", "free/sub"):
        (tmp_path / folder).mkdir(parents=True)
        mounted.bind(
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
def test_a_destination_containing_a_mount_of_the_watched_folder_is_rejected(
    small_library: SmallLibrary, mounted: Mounts
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    mounted.bind(small_library.photos, small_library.base / "aside/photos")
    only_one(
        small_library,
        small_library.removal("b.jpg", "a.jpg"),
        str(small_library.base / "aside"),
        "is in the library",
        "under another path",
    )


@may_mount
@pytest.mark.parametrize("below", ["", "new/er"])
def test_a_mount_of_a_watched_folder_is_rejected_as_destination(
    small_library: SmallLibrary, mounted: Mounts, below: str
) -> None:
    small_library.add_photo("sub/a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    to = mounted.bind(small_library.photos / "sub", small_library.base / "aside") / below
    with pytest.raises(UsageError, match="is in the library"):
        remove(small_library.library, [small_library.removal("b.jpg", "sub/a.jpg")], str(to))
    assert small_library.tree() == before


def test_a_destination_mounted_in_a_watched_folder_is_rejected(
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
def test_undo_works_after_the_two_folders_became_one(
    small_library: SmallLibrary, mounted: Mounts
) -> None:
    """The photo is where it is to be put: nothing is deleted, and nothing is left to undo."""
    small_library.add_photo("sub/a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    remove(
        small_library.library,
        [small_library.removal("b.jpg", "sub/a.jpg")],
        str(small_library.base / "aside"),
    )
    moved = small_library.base / "aside/photos"
    assert (moved / "b.jpg").read_text() == "one"
    mounted.bind(moved, small_library.photos)
    _, (restored,) = undo(small_library.library)
    assert restored.back == str(small_library.photos / "b.jpg")
    assert (moved / "b.jpg").read_text() == "one" and (
        small_library.photos / "b.jpg"
    ).read_text() == "one"


def test_undo_works_after_the_folder_became_a_link_to_the_other(
    small_library: SmallLibrary,
) -> None:
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
def test_recovery_drops_nothing_after_the_folders_became_one(
    small_library: SmallLibrary, mounted: Mounts, monkeypatch: pytest.MonkeyPatch
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
    mounted.bind(small_library.photos, small_library.base / "aside/photos")
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(small_library.library)
    assert (small_library.photos / "b.jpg").read_text() == "one"


def test_a_drive_mounted_in_a_watched_folder_is_in_the_library(
    two_copies: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = str(two_copies.photos / "drive")
    mounts = [
        MountEntry("8:1", "/", "/", "ext4", "/dev/sda1", "rw"),
        MountEntry("8:2", "/", drive, "ext4", "/dev/sdb1", "rw"),
    ]
    monkeypatch.setattr(preflight, "MountLocations", lambda: MountLocations(mounts))
    with pytest.raises(UsageError, match="is in the library"):
        dry_run(two_copies.library, [two_copies.removal("b.jpg", "a.jpg")], f"{drive}/aside")
