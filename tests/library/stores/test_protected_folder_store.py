"""Folders from which nothing is removed."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from explorer.errors import UsageError
from explorer.library import mounts
from explorer.library.mounts import MountEntry
from explorer.library.stores import protected_folder_store
from explorer.library.stores.protected_folder_store import (
    ProtectedFolders,
    protect_folder,
    protected_folders,
    unprotect_folder,
)
from tests.factory import LibraryBuilder


class TestProtection:
    def test_the_resolved_folder_is_stored(self, builder: LibraryBuilder, tmp_path: Path) -> None:
        catalog = builder.library.catalog
        protect_folder(catalog, f"{tmp_path}/b/../caf\udce9/")
        protect_folder(catalog, str(tmp_path / "a"))
        assert protected_folders(catalog) == [str(tmp_path / "a"), f"{tmp_path}/caf\udce9"]
        unprotect_folder(catalog, f"{tmp_path}/caf\udce9")
        assert protected_folders(catalog) == [str(tmp_path / "a")]

    @pytest.mark.parametrize("protected", ["real", "alias"])
    def test_links_on_either_side_are_followed(self, tmp_path: Path, protected: str) -> None:
        (tmp_path / "real" / "deep").mkdir(parents=True)
        (tmp_path / "alias").symlink_to(tmp_path / "real")
        covers = ProtectedFolders([str(tmp_path / protected)]).covers
        for path in ("real/a.jpg", "alias/a.jpg", "real/deep/a.jpg", "alias/deep/a.jpg"):
            assert covers(str(tmp_path / path)) and covers(str(tmp_path / path))
        assert not covers(str(tmp_path / "realm" / "a.jpg")) and not covers(str(tmp_path / "a.jpg"))

    def test_a_linked_file_lies_in_the_folder_of_the_link(self, tmp_path: Path) -> None:
        for folder in ("safe", "open"):
            (tmp_path / folder).mkdir()
        (tmp_path / "safe" / "a.jpg").write_text("x")
        (tmp_path / "open" / "link.jpg").symlink_to(tmp_path / "safe" / "a.jpg")
        assert not ProtectedFolders([str(tmp_path / "safe")]).covers(
            str(tmp_path / "open" / "link.jpg")
        )

    def test_in_doubt_protection_covers_more(self, tmp_path: Path) -> None:
        covers = ProtectedFolders([str(tmp_path / "Photos")]).covers
        assert covers(str(tmp_path / "photos" / "a.jpg")) and covers(
            str(tmp_path / "PHOTOS" / "b" / "a.jpg")
        )

    def test_each_protected_folder_applies(self, tmp_path: Path) -> None:
        covers = ProtectedFolders([str(tmp_path / "a"), str(tmp_path / "b")]).covers
        assert (
            covers(str(tmp_path / "a" / "1.jpg"))
            and covers(str(tmp_path / "b" / "1.jpg"))
            and not covers(str(tmp_path / "c" / "1.jpg"))
        )
        assert not covers(os.path.join(tmp_path, "1.jpg"))

    def test_a_folder_must_be_an_absolute_path(self, builder: LibraryBuilder) -> None:
        with pytest.raises(UsageError, match="full path"):
            protect_folder(builder.library.catalog, "photos")
        assert protected_folders(builder.library.catalog) == []

    def test_mounts_are_resolved(self) -> None:
        class Mounts:
            """/mnt/copy shows /srv/photos."""

            def inside(self, path: str, folder: str) -> bool:
                return (path, folder) == ("/mnt/copy", "/srv/photos")

        covers = ProtectedFolders(["/srv/other", "/srv/photos"], Mounts()).covers  # type: ignore[arg-type]
        assert covers("/mnt/copy/a.jpg") and not covers("/mnt/else/a.jpg")

    def test_the_mounts_are_those_of_this_computer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        table = [
            MountEntry("8:1", "/", "/", "ext4", "/dev/sda1", "rw"),
            MountEntry("8:1", "/srv/photos", "/mnt/copy", "ext4", "/dev/sda1", "rw"),
        ]
        monkeypatch.setattr(mounts, "mount_table", lambda: table)
        covers = ProtectedFolders(["/srv/photos"]).covers
        assert covers("/mnt/copy/a.jpg") and not covers("/mnt/else/a.jpg")

    def test_folders_with_equal_device_and_inode_are_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As where something is mounted in a way that the system does not tell of."""
        numbers = {"/srv/photos": (1, 2), "/mnt/copy": (1, 2), "/mnt": (1, 3), "/": (1, 1)}
        asked = list[str]()
        monkeypatch.setattr(
            protected_folder_store,
            "_device_and_inode",
            lambda folder: asked.append(folder) or numbers.get(folder),
        )
        covers = ProtectedFolders(["/srv/photos", "/srv/absent"]).covers
        assert (
            covers("/mnt/copy/deep/a.jpg")
            and covers("/mnt/copy/a.jpg")
            and not covers("/mnt/other/a.jpg")
        )
        # Folders are looked up once, however many files are in them.
        asked.clear()
        assert (
            covers("/mnt/copy/deep/b.jpg")
            and not covers("/mnt/other/b.jpg")
            and not covers("/mnt/new/a.jpg")
        )
        assert asked == ["/mnt/new"]

    def test_a_folder_without_an_inode_is_not_identified(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        facts = tmp_path.stat()
        assert (
            protected_folder_store._device_and_inode(str(tmp_path)) == (facts.st_dev, facts.st_ino)
            and protected_folder_store._device_and_inode(str(tmp_path / "absent")) is None
        )
        monkeypatch.setattr(os, "stat", lambda path: SimpleNamespace(st_dev=facts.st_dev, st_ino=0))
        assert protected_folder_store._device_and_inode(str(tmp_path)) is None

    def test_without_protected_folders_nothing_is_resolved(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os.path, "realpath", lambda path: pytest.fail("it was looked up"))
        assert not ProtectedFolders([]).covers("/a/b.jpg")
