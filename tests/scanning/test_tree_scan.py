from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.library.file_rows import FileStat
from explorer.library.paths import from_text
from explorer.photos.formats import EXTENSIONS
from explorer.scanning import tree_scan
from explorer.scanning.path_probes import NO_SUCH_FILE, inode_of, root_state
from explorer.scanning.tree_scan import scan_tree
from tests.systems.simulated import run_on


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for name in (
        "a.jpg",
        "B.JPEG",
        "c.txt",
        "below/d.heic",
        "below/deep/e.png",
        "other.PSD",
        ".hidden.jpg",
        ".trash/f.jpg",
        "@eaDir/g.jpg",
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return folder


def paths(root: Path, *args: str, **options: Any) -> list[str]:
    return sorted(seen.path for seen in scan_tree(str(root), *args, **options).files)


def test_photos_are_found_by_extension_at_any_depth(photos: Path) -> None:
    assert paths(photos) == ["B.JPEG", "a.jpg", "below/d.heic", "below/deep/e.png", "other.PSD"]


@pytest.mark.parametrize("suffix", sorted(EXTENSIONS))
def test_every_supported_extension_is_found(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"x{suffix}").write_bytes(b"")
    (tmp_path / f"y{suffix.upper()}").write_bytes(b"")
    assert len(paths(tmp_path)) == 2


def test_size_and_time_are_those_of_the_file(photos: Path) -> None:
    os.utime(photos / "a.jpg", ns=(1, 1_500_000_000_123_456_789))
    (seen,) = [seen for seen in scan_tree(str(photos)).files if seen.path == "a.jpg"]
    facts = (photos / "a.jpg").stat()
    assert (seen.size, seen.mtime_ns) == (facts.st_size, facts.st_mtime_ns)
    if os.name == "posix":
        assert seen.inode == facts.st_ino


def test_files_of_unsupported_formats_are_found_with_a_reason(photos: Path) -> None:
    found = scan_tree(str(photos))
    assert (
        list(found.unsupported) == ["other.PSD"] and "Photoshop" in found.unsupported["other.PSD"]
    )


def test_other_files_are_counted(photos: Path) -> None:
    assert scan_tree(str(photos)).other == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such files")
def test_sidecars_are_told_from_other_files_and_from_those_that_must_not_be_opened(
    photos: Path,
) -> None:
    names = ("a.jpg.xmp", "below/d.xmp", "a.jpg.supplemental-metadata.json")
    for name in (*names, "config.json"):
        (photos / name).write_bytes(name.encode())
    os.mkfifo(photos / "B.JPEG.xmp")
    found = scan_tree(str(photos))
    assert {seen.path: seen.size for seen in found.sidecars} == {name: len(name) for name in names}
    assert found.unread_sidecars == {"B.JPEG.xmp"}


def test_a_folder_is_scanned_alone_and_recursively(photos: Path) -> None:
    assert paths(photos, "below") == ["below/d.heic", "below/deep/e.png"]
    assert paths(photos, "below", recursive=False) == ["below/d.heic"]
    assert paths(photos, "nowhere") == []


def test_a_folder_named_like_a_photo_is_scanned_as_a_folder(tmp_path: Path) -> None:
    (tmp_path / "album.jpg").mkdir()
    (tmp_path / "album.jpg" / "a.png").write_bytes(b"x")
    assert paths(tmp_path) == ["album.jpg/a.png"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_link_loops_do_not_trap_the_scan(photos: Path, tmp_path: Path) -> None:
    (photos / "loop").symlink_to(photos, target_is_directory=True)
    (photos / "nowhere.jpg").symlink_to(photos / "gone.jpg")
    outside = tmp_path / "outside.jpg"
    outside.write_bytes(b"x")
    (photos / "link.jpg").symlink_to(outside)
    assert [
        path
        for path in paths(photos)
        if path not in {"B.JPEG", "a.jpg", "below/d.heic", "below/deep/e.png", "other.PSD"}
    ] == ["link.jpg"]


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="names are text there")
def test_a_name_that_is_not_text_is_kept(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.jpg")
    (tmp_path / name).write_bytes(b"x")
    (path,) = paths(tmp_path)
    path.encode()
    assert from_text(path) == name


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes there")
def test_special_files_are_reported_and_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "pipe.txt").symlink_to(tmp_path / "pipe.jpg")
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("it was opened"))
    found = scan_tree(str(tmp_path))
    assert (
        found.files == [FileStat("pipe.jpg", 0, 0, 0), FileStat("zero.png", 0, 0, 0)]
        and found.other == 0
    )
    assert (
        set(found.unsupported) == {"pipe.jpg", "zero.png"}
        and "device" in found.unsupported["zero.png"]
    )


def test_a_folder_that_cannot_be_listed_is_reported(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir

    def refuse(path: str) -> object:
        if os.fspath(path).endswith("below"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = scan_tree(str(photos))
    assert list(found.unreadable) == ["below"]
    assert sorted(seen.path for seen in found.files) == ["B.JPEG", "a.jpg", "other.PSD"]


def test_the_state_of_a_root_is_determined(tmp_path: Path, photos: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert root_state(str(photos)) == "there"
    assert root_state(str(tmp_path / "empty")) == "empty"
    assert root_state(str(tmp_path / "absent")) == "absent"
    assert root_state(str(photos / "a.jpg")) == "absent"


def test_an_inode_is_absent_only_if_the_path_certainly_is(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (
        inode_of(str(photos / "absent.jpg"))
        == NO_SUCH_FILE
        == inode_of(str(photos / "a.jpg" / "x.jpg"))
    )
    assert inode_of(str(photos / "a.jpg")) == (photos / "a.jpg").stat().st_ino

    def refuse(path: str) -> os.stat_result:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "stat", refuse)
    assert inode_of(str(photos / "a.jpg")) is None


def test_progress_is_signaled_for_every_folder_and_more_often_in_large_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a/b/c.jpg", "d/e.jpg"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"x")

    def ticks(folder: Path) -> int:
        heard = list[int]()
        scan_tree(str(folder), tick=lambda: heard.append(1))
        return len(heard)

    assert ticks(tmp_path) == 4
    for number in range(200):
        (tmp_path / "d" / f"{number}.txt").write_bytes(b"")
    assert 1 + 200 // 50 <= ticks(tmp_path / "d") <= 10
    # Listing a very large folder may itself take long.
    monkeypatch.setattr(tree_scan, "_EXAMINED", 10**6)
    monkeypatch.setattr(tree_scan, "_LISTED", 40)
    assert ticks(tmp_path / "d") == 1 + 5

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan_tree(str(tmp_path), tick=stop)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_deleted_files_are_gone_and_inaccessible_files_are_not(
    photos: Path, tmp_path: Path
) -> None:
    (photos / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    assert (
        scan_tree(str(photos)).unreadable
        == scan_tree(str(photos), "nowhere").unreadable
        == scan_tree(str(photos), "a.jpg").unreadable
        == set()
    )
    (photos / "round.jpg").symlink_to(photos / "round.jpg")
    found = scan_tree(str(photos), roots=[str(tmp_path / "elsewhere")])
    assert found.unreadable == {"round.jpg"} and len(found.files) == 5


def test_change_times_are_stored_only_if_reliable(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen() -> FileStat:
        return next(each for each in scan_tree(str(photos)).files if each.path == "a.jpg")

    run_on(monkeypatch, "linux")
    assert seen().ctime_ns == (photos / "a.jpg").stat().st_ctime_ns != 0
    # There, it is the time of creation.
    run_on(monkeypatch, "windows")
    assert seen().ctime_ns == 0
