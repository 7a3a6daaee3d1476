from __future__ import annotations

from pathlib import Path

import pytest

from explorer.scanning import filesystems
from explorer.scanning.filesystems import Mount, keeps_inodes, mount_of, no_events


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Mount]:
    """What is connected; to be filled by the test."""
    listed = [Mount("/", "ext4")]
    monkeypatch.setattr(filesystems, "mounts", lambda: listed)
    return listed


@pytest.mark.parametrize(
    "kind", ["nfs4", "cifs", "9p", "fuse.sshfs", "fuse.rclone", "virtiofs", "smbfs"]
)
def test_a_network_drive_tells_of_no_changes(table: list[Mount], tmp_path: Path, kind: str) -> None:
    assert no_events(str(tmp_path)) is None
    table.append(Mount(str(tmp_path), kind))
    said = no_events(str(tmp_path))
    assert said is not None and "network drive" in said and kind in said
    assert not keeps_inodes(str(tmp_path))


@pytest.mark.parametrize(
    "kind", ["ext4", "btrfs", "ntfs3", "fuseblk", "fuse.ntfs-3g", "vfat", "tmpfs"]
)
def test_a_local_drive_tells(table: list[Mount], tmp_path: Path, kind: str) -> None:
    table.append(Mount(str(tmp_path), kind))
    assert no_events(str(tmp_path)) is None


def test_a_network_drive_inside_a_folder_is_named(table: list[Mount], tmp_path: Path) -> None:
    table.append(Mount(str(tmp_path / "nas"), "nfs"))
    said = no_events(str(tmp_path))
    assert said is not None and said.startswith("nas in it")


def test_windows_says_remote(table: list[Mount], tmp_path: Path) -> None:
    table.append(Mount(str(tmp_path), "ntfs", "rw,remote"))
    assert no_events(str(tmp_path)) is not None


def test_the_innermost_and_latest_mount_counts(table: list[Mount], tmp_path: Path) -> None:
    table += [
        Mount(str(tmp_path), "nfs"),
        Mount(str(tmp_path / "disk"), "ext4"),
        Mount(str(tmp_path / "disk"), "vfat"),
    ]
    (tmp_path / "disk").mkdir()
    found = mount_of(str(tmp_path / "disk" / "x"))
    assert found is not None and found.kind == "vfat"
    assert not keeps_inodes(str(tmp_path / "disk"))


def test_the_real_table_can_be_read(tmp_path: Path) -> None:
    assert mount_of(str(tmp_path)) is not None
