"""Files that are written whole, and what tells one file from another."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from explorer.removal import safe_move
from explorer.removal.safe_move import content_hash, write_atomically
from tests.removal.test_safe_move import OLD, names


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "a.jpg"
    path.write_text("photo")
    os.utime(path, ns=OLD)
    return path


def test_a_file_is_written_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xmp"
    path.write_text("before")
    path.chmod(0o604)
    (tmp_path / ".a.xmp.part").write_text("a stranger's")
    write_atomically(str(path), b"after")
    assert path.read_text() == "after" and stat.S_IMODE(path.stat().st_mode) == 0o604
    assert (tmp_path / ".a.xmp.part").read_text() == "a stranger's"

    def fails(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for call in ("fsync", "replace", "chmod"):
        with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
            patch.setattr(os, call, fails)
            write_atomically(str(path), b"again")
        assert path.read_text() == "after" and names(tmp_path) == [".a.xmp.part", "a.xmp"]


def test_the_bytes_are_on_disk_before_they_take_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = list[str]()
    for name in ("fsync", "replace"):
        real = getattr(os, name)

        def call(*given: Any, real: Any = real, name: str = name) -> None:
            steps.append(name)
            real(*given)

        monkeypatch.setattr(os, name, call)
    write_atomically(str(tmp_path / "a.xmp"), b"bytes")
    assert steps == ["fsync", "replace", "fsync"]


def test_a_link_stays_one_when_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/real.xmp").write_text("before")
    (tmp_path / "a.xmp").symlink_to("elsewhere/real.xmp")
    write_atomically(str(tmp_path / "a.xmp"), b"after")
    assert (tmp_path / "a.xmp").is_symlink() and (
        tmp_path / "elsewhere/real.xmp"
    ).read_text() == "after"
    assert names(tmp_path / "elsewhere") == ["real.xmp"]


def test_a_new_file_replaces_none(tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    write_atomically(str(path), b"one", "", True)
    with pytest.raises(FileExistsError):
        write_atomically(str(path), b"two", "", True)
    assert path.read_text() == "one" and names(tmp_path) == ["a.xmp"]
    # As any program's new file, not as a private one.
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask


def test_what_holds_a_content(tmp_path: Path) -> None:
    path, link = tmp_path / "a.jpg", tmp_path / "link.jpg"
    path.write_bytes(b"x" * 3_000_000)
    link.symlink_to("a.jpg")
    digest = content_hash(b"x" * 3_000_000)
    assert safe_move.has_content(str(path), digest) and not safe_move.has_content(
        str(path), content_hash(b"x")
    )
    assert (
        not safe_move.has_content(str(link), digest)
        and not safe_move.has_content(str(tmp_path), digest)
        and not safe_move.has_content(str(path) + "x", digest)
    )


def test_a_stamp_tells_of_every_change(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_text("one")
    os.utime(path, ns=OLD)
    before = safe_move.file_stamp(str(path))
    assert (before.size, before.mtime_ns, before.inode) == (3, OLD[1], path.stat().st_ino)
    path.write_text("two")
    os.utime(path, ns=OLD)
    after = safe_move.file_stamp(str(path))
    assert after != before and after[:4] == before[:4]
    (tmp_path / "link").symlink_to("a.jpg")
    assert safe_move.file_stamp(str(tmp_path / "link")).inode != after.inode


def test_times_of_links_are_their_own(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = photo.with_name("link")
    link.symlink_to("a.jpg")
    safe_move.set_times(str(link), 5_000_000_000, 7_000_000_000)
    assert link.lstat().st_mtime_ns == 7_000_000_000 and photo.stat().st_mtime_ns == OLD[1]
    monkeypatch.setattr(safe_move, "_TIMES_OF_LINKS", False)
    safe_move.set_times(str(link), 5_000_000_000, 9_000_000_000)
    assert link.lstat().st_mtime_ns == 7_000_000_000 and photo.stat().st_mtime_ns == OLD[1]
    safe_move.set_times(str(photo), 5_000_000_000, 9_000_000_000)
    assert (photo.stat().st_atime_ns, photo.stat().st_mtime_ns) == (5_000_000_000, 9_000_000_000)
