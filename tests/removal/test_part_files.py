"""New files: on disk once they are done, gone if anything fails; and copies that the system makes
itself, as macOS does."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import BinaryIO

import pytest

from explorer.removal.part_files import copy_file, create_file, make_part, sync_folder
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


def test_the_content_of_a_new_file_is_written_before_it_is_synced(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = list[int]()
    monkeypatch.setattr(
        this_system(), "sync_file", lambda handle: sizes.append(os.fstat(handle).st_size)
    )
    create_file(str(target), lambda new: new.write(b"a\nphoto"))
    assert sizes == [7] and target.read_bytes() == b"a\nphoto"


def test_a_new_file_that_could_not_be_filled_is_deleted_but_not_one_that_was_there(
    target: Path,
) -> None:
    def fill(new: BinaryIO) -> None:
        new.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        create_file(str(target), fill)
    assert not target.exists()
    target.write_text("theirs")
    with pytest.raises(FileExistsError):
        create_file(str(target), fill)
    assert target.read_text() == "theirs"


def test_a_drive_that_cannot_sync_folders_does_not_stop_a_move(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()

    def refuse(folder: str) -> None:
        asked.append(folder)
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(this_system(), "sync_folder", refuse)
    sync_folder(str(tmp_path))
    assert asked == [str(tmp_path)]


def test_a_part_that_cannot_be_deleted_does_not_block_the_next_attempt(tmp_path: Path) -> None:
    def make(part: str) -> None:
        with open(part, "x"):
            pass

    first = make_part(str(tmp_path), "7-1", make)
    other = make_part(str(tmp_path), "7-1", make)
    assert os.path.basename(first) == ".photo-explorer-7-1.part"
    assert sorted(tmp_path.iterdir()) == sorted([Path(first), Path(other)])
    assert os.path.basename(other).startswith(".photo-explorer-") and other.endswith(".part")
