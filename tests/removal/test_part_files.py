"""Copies that the system makes itself, as macOS does."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from explorer.removal.part_files import copy_file
from explorer.systems.this_system import this_system


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Has the system copy files itself; the descriptors of those that were synced."""

    def copy_new_file(source: str, target: str) -> bool:
        # The mode tells this copy from one that is written here.
        shutil.copy(source, target)
        return True

    found = list[int]()
    monkeypatch.setattr(this_system(), "copy_new_file", copy_new_file)
    monkeypatch.setattr(this_system(), "sync_file", found.append)
    return found


def test_a_copy_made_by_the_system_is_synced_and_closed(
    source: Path, target: Path, synced: list[int]
) -> None:
    copy_file(str(source), str(target))
    assert target.read_text() == source.read_text() == "photo"
    assert target.stat().st_mode == source.stat().st_mode
    (handle,) = synced
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(handle)


@pytest.mark.usefixtures("synced")
def test_a_copy_made_by_the_system_that_cannot_be_synced_is_deleted(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(this_system(), "sync_file", full)
    with pytest.raises(OSError, match="No space left"):
        copy_file(str(source), str(target))
    assert not target.exists() and source.read_text() == "photo"
