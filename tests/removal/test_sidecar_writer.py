"""Writing the sidecar of the photo that is kept."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.removal import part_files
from explorer.removal.checked_files import RemovalRefused
from explorer.removal.sidecar_restore import restore_sidecar
from explorer.removal.sidecar_writer import write
from tests.removal.test_metadata_merger import merged_at, names, note_path


def test_a_new_sidecar_is_written(sidecar_file: Path, keeper_photo: str) -> None:
    merged = merged_at(sidecar_file)
    write(note_path(merged), merged, keeper_photo)
    assert sidecar_file.read_bytes() == b"new" and names(sidecar_file) == {"a.jpg", "a.jpg.xmp"}


def test_an_old_sidecar_is_replaced(sidecar_file: Path, keeper_photo: str) -> None:
    sidecar_file.write_bytes(b"old")
    merged = merged_at(sidecar_file)
    write(note_path(merged), merged, keeper_photo)
    assert sidecar_file.read_bytes() == b"new" and names(sidecar_file) == {"a.jpg", "a.jpg.xmp"}


def test_a_sidecar_saved_meanwhile_is_kept(sidecar_file: Path, keeper_photo: str) -> None:
    for old in (None, b"old"):
        sidecar_file.unlink(missing_ok=True)
        if old:
            sidecar_file.write_bytes(old)
        merged = merged_at(sidecar_file)
        note = note_path(merged)
        sidecar_file.write_bytes(b"another's")
        with pytest.raises(RemovalRefused, match=r"a\.jpg\.xmp, was saved by another program"):
            write(note, merged, keeper_photo)
        assert sidecar_file.read_bytes() == b"another's" and names(sidecar_file) == {
            "a.jpg",
            "a.jpg.xmp",
        }


def test_a_sidecar_deleted_meanwhile_is_not_created_again(
    sidecar_file: Path, keeper_photo: str
) -> None:
    sidecar_file.write_bytes(b"old")
    merged = merged_at(sidecar_file)
    note = note_path(merged)
    sidecar_file.unlink()
    with pytest.raises(RemovalRefused, match="cannot be written: no such file"):
        write(note, merged, keeper_photo)
    assert names(sidecar_file) == {"a.jpg"}


def test_a_file_with_the_temporary_name_is_never_touched(
    sidecar_file: Path, keeper_photo: str
) -> None:
    """The user's own `.a.jpg.xmp.part`, and even a file of the very name that was planned."""
    own = sidecar_file.with_name(".a.jpg.xmp.part")
    own.write_bytes(b"mine")
    merged = merged_at(sidecar_file)
    note = note_path(merged)
    write(note, merged, keeper_photo)
    restore_sidecar(note, keeper_photo)
    assert own.read_bytes() == b"mine" and names(sidecar_file) == {"a.jpg", own.name}
    Path(note["part"]).write_bytes(b"mine, too")
    with pytest.raises(RemovalRefused):
        write(note, merged, keeper_photo)
    assert not sidecar_file.exists() and Path(note["part"]).read_bytes() == b"mine, too"


def test_temporary_names_are_unique(sidecar_file: Path, keeper_photo: str) -> None:
    merged = merged_at(sidecar_file)
    assert len({note_path(merged)["part"] for _ in range(20)}) == 20
    assert all(Path(note_path(merged)["part"]).parent == sidecar_file.parent for _ in range(2))


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
def test_file_modes_are_kept(sidecar_file: Path, keeper_photo: str) -> None:
    def mode() -> int:
        return stat.S_IMODE(sidecar_file.stat().st_mode)

    for old, new in ((0o750, 0o640), (0o444, 0o644), (0o666, 0o666)):
        sidecar_file.unlink(missing_ok=True)
        Path(keeper_photo).chmod(old)
        merged = merged_at(sidecar_file)
        write(note_path(merged), merged, keeper_photo)
        assert mode() == new
    sidecar_file.chmod(0o604)
    merged = merged_at(sidecar_file, b"newer")
    note = note_path(merged)
    write(note, merged, keeper_photo)
    assert mode() == 0o604 and sidecar_file.read_bytes() == b"newer"
    restore_sidecar(note, keeper_photo)
    assert mode() == 0o604 and sidecar_file.read_bytes() == b"new"


def test_a_link_stays_a_link(sidecar_file: Path, keeper_photo: str, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "real.xmp"
    real.parent.mkdir()
    real.write_bytes(b"old")
    os.utime(real, ns=(1_500_000_000_000_000_000, 1_500_000_001_000_000_000))
    sidecar_file.symlink_to(os.path.relpath(real, sidecar_file.parent))
    merged = merged_at(sidecar_file)
    note = note_path(merged)
    assert Path(note["part"]).parent == real.parent
    write(note, merged, keeper_photo)
    assert sidecar_file.is_symlink() and real.read_bytes() == b"new" and names(real) == {"real.xmp"}
    assert real.stat().st_mtime_ns > 1_600_000_000_000_000_000
    assert restore_sidecar(note, keeper_photo) == ""
    assert (
        sidecar_file.is_symlink()
        and real.read_bytes() == b"old"
        and real.stat().st_mtime_ns == 1_500_000_001_000_000_000
    )


def test_a_full_disk_leaves_no_partial_file(
    sidecar_file: Path, keeper_photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    for old in (None, b"old"):
        if old:
            sidecar_file.write_bytes(old)
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            merged = merged_at(sidecar_file)
            with pytest.raises(
                RemovalRefused, match=r"a\.jpg\.xmp, cannot be written: no space left"
            ):
                write(note_path(merged), merged, keeper_photo)
        assert names(sidecar_file) == ({"a.jpg", "a.jpg.xmp"} if old else {"a.jpg"}) and (
            not old or sidecar_file.read_bytes() == old
        )


def test_the_bytes_are_on_disk_before_the_rename(
    sidecar_file: Path, keeper_photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for old in (None, b"old"):
        if old:
            sidecar_file.write_bytes(old)
        done = list[str]()
        with monkeypatch.context() as patched:
            spy(patched, done, os, "fsync", "replace", "link")
            spy(patched, done, part_files, "sync_folder")
            merged = merged_at(sidecar_file)
            write(note_path(merged), merged, keeper_photo)
        named = done.index("replace" if old else "link")
        assert "fsync" in done[:named] and "sync_folder" in done[named:]
        sidecar_file.unlink()


def spy(monkeypatch: pytest.MonkeyPatch, done: list[str], where: Any, *functions: str) -> None:
    """Note the calls of these functions."""
    for name in functions:
        monkeypatch.setattr(where, name, noting(done, name, getattr(where, name)))


def noting(done: list[str], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def noted(*given: Any, **more: Any) -> Any:
        done.append(name)
        return function(*given, **more)

    return noted


@pytest.mark.skipif(not hasattr(os, "chown"), reason="Windows knows no such owners")
def test_the_owner_is_kept_if_possible(
    sidecar_file: Path, keeper_photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sidecar_file.write_bytes(b"old")
    real, asked = os.stat, list[tuple[int, int]]()

    def foreign(path: Any, **more: Any) -> os.stat_result:
        found = real(path, **more)
        return (
            os.stat_result((*found[:4], 12345, 54321, *found[6:10]))
            if str(path) == str(sidecar_file)
            else found
        )

    def refuse(path: Any, uid: int, gid: int) -> None:
        assert path == keeper_photo
        asked.append((uid, gid))
        raise PermissionError

    monkeypatch.setattr(os, "chown", refuse)
    part_files.copy_owner(str(sidecar_file), keeper_photo)
    assert not asked
    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", foreign)
        part_files.copy_owner(str(sidecar_file), keeper_photo)
    assert asked == [(12345, 54321)]


def test_the_owner_is_kept_in_replacing(
    sidecar_file: Path, keeper_photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sidecar_file.write_bytes(b"old")
    done = list[str]()
    spy(monkeypatch, done, part_files, "copy_owner")
    spy(monkeypatch, done, os, "replace")
    merged = merged_at(sidecar_file)
    write(note_path(merged), merged, keeper_photo)
    assert done == ["copy_owner", "replace"]
