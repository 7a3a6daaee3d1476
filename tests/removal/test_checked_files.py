"""Kept files are what they were until the other has been removed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.removal import file_state
from explorer.removal.checked_files import KeptFile
from explorer.removal.file_state import file_stamp
from tests.fixtures.small_library import digest


def kept(path: Path) -> KeptFile:
    return KeptFile(str(path), digest(path), file_stamp(str(path)))


def test_the_keeper_must_be_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jpg"
    path.write_text("one")
    other = tmp_path / "b.jpg"
    other.write_text("one")
    found = kept(path)
    assert found.is_unchanged() and found.has_same_content()
    # Touched, and of the same content.
    os.utime(path, ns=(1, 1))
    assert found.is_unchanged() and found.has_same_content()
    # A link that leads to that content is not the file.
    path.unlink()
    path.symlink_to("b.jpg")
    assert not found.is_unchanged() and not found.has_same_content()
    path.unlink()
    assert not found.is_unchanged() and not found.has_same_content()
    path.write_text("two")
    os.utime(path, ns=(found.stamp.mtime_ns, found.stamp.mtime_ns))
    assert not found.is_unchanged() and not found.has_same_content()


def test_a_file_with_an_unchanged_stamp_is_read_again_only_without_an_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jpg"
    path.write_text("one")
    found, read = kept(path), list[str]()
    monkeypatch.setattr(file_state, "file_hash", lambda path: read.append(path) or found.hash)
    assert found.is_unchanged() and read == []
    assert found.has_same_content() and read == [str(path)]
    without = KeptFile(found.path, found.hash, found.stamp._replace(inode=0))
    monkeypatch.setattr(file_state, "file_stamp", lambda _: without.stamp)
    assert without.is_unchanged() and read == [str(path)] * 2
