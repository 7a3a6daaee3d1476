"""Moving one file of a removal only while it is the file that was checked."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.library.removals.removal_journal import RemovalEntry
from explorer.removal import checked_move, file_state
from explorer.removal.checked_files import CheckedFile, RemovalRefused, check_file
from explorer.removal.checked_move import (
    failure_reason,
    move_unchanged,
    name_of,
    open_checked,
    verify_moved,
)
from explorer.removal.file_state import FileStamp, file_stamp
from explorer.systems.this_system import this_system

CONTENT, OTHER = b"the photo", b"an edition"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def held() -> Iterator[contextlib.ExitStack]:
    with contextlib.ExitStack() as stack:
        yield stack


def entry_of(file: CheckedFile, target: Path | None = None) -> RemovalEntry:
    place = None if target is None else str(target)
    return RemovalEntry(
        run="1", number=0, state="intended", path=file.path, hash=file.hash, keeper=None,
        where="folder", root=os.path.dirname(file.path), target=place,
    )  # fmt: skip


def replace_content(path: Path, content: bytes) -> None:
    """Put another file in its place, as editors do when they save."""
    other = path.with_name("saved")
    other.write_bytes(content)
    other.replace(path)


def no_inode(stamp: FileStamp) -> FileStamp:
    return stamp._replace(inode=0)


class TestOpening:
    def test_the_descriptor_is_that_of_the_file(
        self, photo: Path, held: contextlib.ExitStack
    ) -> None:
        handle = open_checked(check_file(str(photo)), held)
        assert handle is not None and os.read(handle, 100) == CONTENT

    @pytest.mark.parametrize(
        "changed",
        [
            lambda stamp: stamp._replace(inode=stamp.inode + 1),
            lambda stamp: stamp._replace(size=stamp.size + 1),
            lambda stamp: stamp._replace(mtime_ns=stamp.mtime_ns + 1),
            lambda stamp: stamp._replace(ctime_ns=stamp.ctime_ns + 1),
            lambda stamp: no_inode(stamp)._replace(size=stamp.size + 1),
        ],
    )
    def test_a_path_that_now_leads_to_another_file_is_rejected(
        self,
        photo: Path,
        held: contextlib.ExitStack,
        monkeypatch: pytest.MonkeyPatch,
        changed: Callable[[FileStamp], FileStamp],
    ) -> None:
        file = check_file(str(photo))
        monkeypatch.setattr(checked_move, "file_stamp", lambda path: changed(file_stamp(path)))
        with pytest.raises(RemovalRefused, match=r"photo\.jpg changed a moment ago"):
            open_checked(file, held)

    def test_a_file_system_may_number_only_the_files_that_are_open(
        self, photo: Path, held: contextlib.ExitStack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = check_file(str(photo))
        monkeypatch.setattr(checked_move, "file_stamp", lambda path: no_inode(file_stamp(path)))
        assert open_checked(file, held) is not None

    def test_a_link_put_in_its_place_is_not_followed(
        self, photo: Path, held: contextlib.ExitStack
    ) -> None:
        file = check_file(str(photo))
        photo.rename(photo.with_name("elsewhere.jpg"))
        photo.symlink_to("elsewhere.jpg")
        with pytest.raises(OSError, match="symbolic links"):
            open_checked(file, held)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
    def test_a_pipe_put_in_its_place_is_not_waited_for(
        self, photo: Path, held: contextlib.ExitStack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is told from the file before it would move."""
        file, real = check_file(str(photo)), os.open
        photo.unlink()
        os.mkfifo(photo)

        def opened(path: str, flags: int, *mode: int) -> int:
            assert flags & os.O_NONBLOCK, "it would wait without end"
            return real(path, flags, *mode)

        monkeypatch.setattr(os, "open", opened)
        open_checked(file, held)
        with pytest.raises(RemovalRefused, match="changed a moment ago"):
            move_unchanged(entry_of(file, photo.with_name("away.jpg")), file)
        assert photo.is_fifo()

    def test_the_file_is_closed_with_all_others(self, photo: Path) -> None:
        with contextlib.ExitStack() as held:
            handle = open_checked(check_file(str(photo)), held)
            assert handle is not None and os.fstat(handle).st_size == len(CONTENT)
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(handle)

    def test_a_file_that_could_not_move_while_it_is_open_is_not_opened(
        self, photo: Path, held: contextlib.ExitStack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(this_system(), "can_move_open_files", False)
        assert open_checked(check_file(str(photo)), held) is None

    def test_a_link_is_not_opened(self, photo: Path, held: contextlib.ExitStack) -> None:
        link = photo.with_name("link.jpg")
        link.symlink_to(photo)
        assert open_checked(check_file(str(link)), held) is None


class TestMoving:
    def test_a_file_saved_meanwhile_is_not_moved(self, photo: Path) -> None:
        file, target = check_file(str(photo)), photo.with_name("away.jpg")
        replace_content(photo, OTHER)
        with pytest.raises(RemovalRefused, match="it changed a moment ago"):
            move_unchanged(entry_of(file, target), file)
        assert photo.read_bytes() == OTHER and not target.exists()

    def test_a_file_with_only_another_change_time_is_read_again(
        self, photo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file, target, read = check_file(str(photo)), photo.with_name("away.jpg"), list[str]()
        file_hash = file_state.file_hash
        monkeypatch.setattr(
            file_state, "file_hash", lambda path: read.append(path) or file_hash(path)
        )
        assert checked_move._is_unchanged(file) and read == []
        os.link(photo, photo.with_name("second name.jpg"))
        assert checked_move._is_unchanged(file) and read == [str(photo)]
        facts = photo.stat()
        photo.write_bytes(CONTENT[::-1])
        os.utime(photo, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        with pytest.raises(RemovalRefused, match="it changed a moment ago"):
            move_unchanged(entry_of(file, target), file)
        assert photo.exists() and not target.exists()

    def test_without_a_destination_nothing_is_moved(self, photo: Path) -> None:
        file = check_file(str(photo))
        with pytest.raises(RemovalRefused, match="no destination"):
            move_unchanged(entry_of(file), file)
        assert photo.exists()


class TestVerifying:
    def test_the_same_inode_is_not_read_again(
        self, photo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file, target = check_file(str(photo)), photo.with_name("away.jpg")
        photo.rename(target)
        monkeypatch.setattr(file_state, "file_hash", lambda path: pytest.fail("it was read"))
        assert verify_moved(entry_of(file), str(target), file.stamp)

    def test_a_copy_must_have_the_content(self, photo: Path) -> None:
        file, target = check_file(str(photo)), photo.with_name("away.jpg")
        target.write_bytes(CONTENT)
        assert not verify_moved(entry_of(file), str(target), file.stamp)
        target.write_bytes(OTHER)
        with pytest.raises(RemovalRefused, match="it changed a moment ago"):
            verify_moved(entry_of(file), str(target), file.stamp)

    def test_without_inodes_every_file_is_read(
        self, photo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Size and time alone prove nothing."""
        file, target = check_file(str(photo)), photo.with_name("away.jpg")
        facts = photo.stat()
        target.write_bytes(CONTENT[::-1])
        os.utime(target, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        monkeypatch.setattr(checked_move, "file_stamp", lambda path: no_inode(file_stamp(path)))
        with pytest.raises(RemovalRefused, match="it changed a moment ago"):
            verify_moved(entry_of(file), str(target), no_inode(file.stamp))
        target.write_bytes(CONTENT)
        assert not verify_moved(entry_of(file), str(target), no_inode(file.stamp))


class TestMessages:
    @pytest.fixture
    def entry(self, photo: Path) -> RemovalEntry:
        return entry_of(check_file(str(photo)))

    def test_messages_say_it_for_a_photo_and_name_a_companion(self, entry: RemovalEntry) -> None:
        assert name_of(entry) == "it"
        assert name_of(replace(entry, of=1)) == "its companion file, photo.jpg,"
        # The photo may be the first file of the removal.
        assert name_of(replace(entry, of=0)) == "its companion file, photo.jpg,"

    @pytest.mark.parametrize(
        ("error", "of", "words"),
        [
            (
                PermissionError(13, "Permission denied"),
                None,
                "you are not allowed to move it: check the permissions of the file and its folder",
            ),
            (
                PermissionError(13, "Permission denied"),
                1,
                "you are not allowed to move its companion file, photo.jpg: check the permissions"
                " of the file and its folder",
            ),
            (OSError(5, "Input/output error"), None, "it cannot be moved: input/output error"),
            (OSError("Odd"), None, "it cannot be moved: odd"),
            (
                OSError(5, "Input/output error"),
                1,
                "its companion file, photo.jpg, cannot be moved: input/output error",
            ),
            (RemovalRefused("The keeper is gone"), 1, "The keeper is gone"),
        ],
    )
    def test_a_failed_move_gives_its_reason(
        self, entry: RemovalEntry, error: Exception, of: int | None, words: str
    ) -> None:
        assert failure_reason(error, replace(entry, of=of)) == words

    def test_what_the_system_says_of_a_denial_is_passed_on(
        self, entry: RemovalEntry, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Such as that a file is locked in Finder, or open in another program."""
        monkeypatch.setattr(
            this_system(), "denial", lambda error, path: f"is locked ({path}, {error.errno})"
        )
        error = PermissionError(13, "Permission denied")
        assert failure_reason(error, entry) == f"it is locked ({entry.path}, 13)"
        assert failure_reason(error, replace(entry, of=1)) == (
            f"its companion file, photo.jpg is locked ({entry.path}, 13)"
        )
