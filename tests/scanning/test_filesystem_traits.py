from __future__ import annotations

from pathlib import Path

import pytest

from explorer.scanning import filesystem_traits
from explorer.scanning.filesystem_traits import Volume, has_stable_inodes, reason_to_poll, volume_of


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Volume]:
    """What is connected; to be filled by the test."""
    listed = [Volume("/", "ext4")]
    monkeypatch.setattr(filesystem_traits, "mounted_volumes", lambda: listed)
    return listed


@pytest.mark.parametrize(
    "kind", ["nfs4", "cifs", "9p", "fuse.sshfs", "fuse.rclone", "virtiofs", "smbfs"]
)
def test_a_network_drive_reports_no_changes(table: list[Volume], tmp_path: Path, kind: str) -> None:
    assert reason_to_poll(str(tmp_path)) is None
    table.append(Volume(str(tmp_path), kind))
    said = reason_to_poll(str(tmp_path))
    assert said is not None and "network drive" in said and kind in said
    assert not has_stable_inodes(str(tmp_path))


@pytest.mark.parametrize(
    "kind", ["ext4", "btrfs", "ntfs3", "fuseblk", "fuse.ntfs-3g", "vfat", "tmpfs"]
)
def test_a_local_drive_reports_changes(table: list[Volume], tmp_path: Path, kind: str) -> None:
    table.append(Volume(str(tmp_path), kind))
    assert reason_to_poll(str(tmp_path)) is None


def test_a_network_drive_inside_a_folder_is_named(table: list[Volume], tmp_path: Path) -> None:
    table.append(Volume(str(tmp_path / "nas"), "nfs"))
    said = reason_to_poll(str(tmp_path))
    assert said is not None and said.startswith("nas in it")


def test_windows_reports_remote_drives(table: list[Volume], tmp_path: Path) -> None:
    table.append(Volume(str(tmp_path), "ntfs", "rw,remote"))
    assert reason_to_poll(str(tmp_path)) is not None


def test_the_innermost_and_latest_mount_counts(table: list[Volume], tmp_path: Path) -> None:
    table += [
        Volume(str(tmp_path), "nfs"),
        Volume(str(tmp_path / "disk"), "ext4"),
        Volume(str(tmp_path / "disk"), "vfat"),
    ]
    (tmp_path / "disk").mkdir()
    found = volume_of(str(tmp_path / "disk" / "x"))
    assert found is not None and found.kind == "vfat"
    assert not has_stable_inodes(str(tmp_path / "disk"))


def test_the_real_table_can_be_read(tmp_path: Path) -> None:
    assert volume_of(str(tmp_path)) is not None
