"""What tells one file from another, and the times of links."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.removal import file_state, safe_move
from tests.fixtures.small_library import hash_of
from tests.removal.test_safe_move import OLD


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "a.jpg"
    path.write_text("photo")
    os.utime(path, ns=OLD)
    return path


def test_files_with_equal_content_are_recognized(tmp_path: Path) -> None:
    path, link = tmp_path / "a.jpg", tmp_path / "link.jpg"
    path.write_bytes(b"x" * 3_000_000)
    link.symlink_to("a.jpg")
    digest = hash_of(b"x" * 3_000_000)
    assert file_state.has_content(str(path), digest) and not file_state.has_content(
        str(path), hash_of(b"x")
    )
    assert (
        not file_state.has_content(str(link), digest)
        and not file_state.has_content(str(tmp_path), digest)
        and not file_state.has_content(str(path) + "x", digest)
    )


def test_a_stamp_shows_every_change(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_text("one")
    os.utime(path, ns=OLD)
    before = file_state.file_stamp(str(path))
    assert (before.size, before.mtime_ns, before.inode) == (3, OLD[1], path.stat().st_ino)
    path.write_text("two")
    os.utime(path, ns=OLD)
    after = file_state.file_stamp(str(path))
    assert after != before and after[:4] == before[:4]
    (tmp_path / "link").symlink_to("a.jpg")
    assert file_state.file_stamp(str(tmp_path / "link")).inode != after.inode


def test_links_have_their_own_times(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = photo.with_name("link")
    link.symlink_to("a.jpg")
    safe_move.set_times(str(link), 5_000_000_000, 7_000_000_000)
    assert link.lstat().st_mtime_ns == 7_000_000_000 and photo.stat().st_mtime_ns == OLD[1]
    monkeypatch.setattr(safe_move, "_TIMES_OF_LINKS", False)
    safe_move.set_times(str(link), 5_000_000_000, 9_000_000_000)
    assert link.lstat().st_mtime_ns == 7_000_000_000 and photo.stat().st_mtime_ns == OLD[1]
    safe_move.set_times(str(photo), 5_000_000_000, 9_000_000_000)
    assert (photo.stat().st_atime_ns, photo.stat().st_mtime_ns) == (5_000_000_000, 9_000_000_000)
