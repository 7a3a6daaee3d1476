"""Links, junctions and mount points below a scanned folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from explorer.scanning import tree_scan
from explorer.scanning.tree_scan import scan_tree
from tests.scanning.test_tree_scan import paths, photos
from tests.systems.simulated import run_on

__all__ = ["photos"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_into_trash_folders_or_to_scanned_files_are_skipped(
    photos: Path, tmp_path: Path
) -> None:
    for name in ("@Recycle/x.jpg", "outside.jpg", "store.photoslibrary/y.jpg"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    (photos / "link1.jpg").symlink_to(tmp_path / "@Recycle" / "x.jpg")
    (photos / "link2.jpg").symlink_to(tmp_path / "outside.jpg")
    (photos / "link3.jpg").symlink_to(photos / "a.jpg")
    (photos / "link4.jpg").symlink_to(photos / ".trash" / "f.jpg")
    (photos / "link5.jpg").symlink_to(photos / ".hidden.jpg")
    (photos / "link6.jpg").symlink_to(photos / "@eaDir" / "g.jpg")
    (photos / "link7.jpg").symlink_to(tmp_path)
    (photos / "link8.jpg").symlink_to(tmp_path / "store.photoslibrary" / "y.jpg")
    found = scan_tree(str(photos), roots=[str(photos)])
    assert sorted(seen.path for seen in found.files if "link" in seen.path) == [
        "link2.jpg",
        "link5.jpg",
    ]
    assert {path for path in found.left_out if "link" in path} == {
        "link1.jpg",
        "link4.jpg",
        "link6.jpg",
        "link8.jpg",
    }


def test_a_folder_on_another_drive_is_recognized_if_listings_give_no_device(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where what a listing says of an entry is without its drive and its file id."""
    real, device = os.scandir, photos.stat().st_dev

    class Facts:
        def __init__(self, facts: os.stat_result) -> None:
            self.st_dev, self.st_ino, self.st_mode, self.st_size = (
                0,
                0,
                facts.st_mode,
                facts.st_size,
            )
            self.st_mtime_ns, self.st_ctime_ns = facts.st_mtime_ns, facts.st_ctime_ns

    class Entry:
        def __init__(self, entry: os.DirEntry[str]) -> None:
            self._entry = entry

        def __getattr__(self, name: str) -> object:
            return getattr(self._entry, name)

        def stat(self, *, follow_symlinks: bool = True) -> Facts:
            return Facts(self._entry.stat(follow_symlinks=follow_symlinks))

    class Listing:
        def __init__(self, path: str) -> None:
            self._listed = real(path)

        def __enter__(self) -> list[Entry]:
            return [Entry(entry) for entry in self._listed]

        def __exit__(self, *_: object) -> None:
            self._listed.close()

    monkeypatch.setattr(os, "scandir", Listing)
    found = scan_tree(str(photos))
    assert found.mounts == set()
    (seen,) = [seen for seen in found.files if seen.path == "a.jpg"]
    assert seen.inode == (photos / "a.jpg").stat().st_ino
    other = os.stat

    def stat(path: str, **how: bool) -> os.stat_result:
        facts = list(other(path, **how))
        facts[2] = device + 1 if str(path).endswith("deep") else device
        return os.stat_result(facts)

    # Followed: a drive that is mounted in a folder is another one than the folder's own.
    monkeypatch.setattr(os, "stat", stat)
    assert scan_tree(str(photos)).mounts == {"below/deep"}


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_to_a_photo_in_a_watched_folder_is_skipped(photos: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for name in ("sub/x.jpg", ".private/y.jpg"):
        (other / name).parent.mkdir(parents=True)
        (other / name).write_bytes(b"x")
    (photos / "to a.jpg").symlink_to(photos / "a.jpg")
    (photos / "to x.jpg").symlink_to(other / "sub" / "x.jpg")
    (photos / "to y.jpg").symlink_to(other / ".private" / "y.jpg")
    assert [path for path in paths(photos) if path.startswith("to")] == ["to x.jpg", "to y.jpg"]
    # There, it is in a folder that is not looked into.
    assert [
        path for path in paths(photos, roots=[str(photos), str(other)]) if path.startswith("to")
    ] == ["to y.jpg"]


def test_junctions_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    def leads_elsewhere(**facts: int) -> bool:
        asked = list[bool]()
        entry = SimpleNamespace(
            path="C:\\Photos\\2019",
            stat=lambda *, follow_symlinks: (
                asked.append(follow_symlinks) or SimpleNamespace(**facts)
            ),
        )
        found = tree_scan._is_junction(entry, "C:\\Photos", "")  # type: ignore[arg-type]
        # Of what it leads to, nothing would say that it is one.
        assert True not in asked
        return found

    goals = ["\\\\?\\C:\\Users\\Zoë"]
    monkeypatch.setattr(os, "readlink", lambda path: goals[0])
    run_on(monkeypatch, "windows")
    assert (
        leads_elsewhere(st_reparse_tag=0xA0000003)
        and not leads_elsewhere(st_reparse_tag=0xA000000C)
        and not leads_elsewhere()
    )
    run_on(monkeypatch, "linux")
    goals[0] = "/home/zoe"
    assert not leads_elsewhere(st_reparse_tag=0xA0000003)
