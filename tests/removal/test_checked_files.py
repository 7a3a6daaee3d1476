"""Files of a removal are what they were when they were read, and what is kept stays so until the
other has been removed."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from explorer.removal import file_state
from explorer.removal.checked_files import (
    CheckedFile,
    CheckedPhoto,
    KeptFile,
    RemovalRefused,
    check_file,
    restore_failure,
    unreadable_reason,
)
from explorer.removal.file_state import file_stamp
from explorer.systems.this_system import this_system
from tests.fixtures.small_library import digest, hash_of


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


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "a.jpg"
    path.write_text("one")
    os.utime(path, ns=(1_400_000_000_000_000_001, 1_500_000_000_123_456_789))
    return path


def test_a_file_is_described_as_it_is(photo: Path) -> None:
    """Its times are those from before it was read."""
    found, facts = check_file(str(photo), hash_of(b"one")), photo.stat()
    assert (found.path, found.hash, found.kept) == (str(photo), hash_of(b"one"), None)
    assert found.stamp == file_stamp(str(photo)) and found.freed == 3 and not found.is_link
    assert found.facts == {
        "size": 3,
        "mtime_ns": 1_500_000_000_123_456_789,
        "atime_ns": 1_400_000_000_000_000_001,
        "mode": stat.S_IMODE(facts.st_mode),
        "inode": facts.st_ino,
        "device": facts.st_dev,
        "drive": photo.parent.stat().st_dev,
        "freed": 3,
    }


def test_only_the_content_that_the_library_knows_is_accepted(photo: Path) -> None:
    with pytest.raises(RemovalRefused, match="changed since the library last read it"):
        check_file(str(photo), hash_of(b"two"))


def test_a_file_must_not_change_while_it_is_read(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = file_state.file_hash

    def read(path: str) -> str:
        found = real(path)
        with open(path, "a") as file:
            file.write("more")
        return found

    monkeypatch.setattr(file_state, "file_hash", read)
    with pytest.raises(RemovalRefused, match="it has changed since the library last read it"):
        check_file(str(photo), digest(photo))
    with pytest.raises(RemovalRefused, match="it changed a moment ago"):
        check_file(str(photo))


def test_neither_a_link_nor_one_of_several_hard_links_frees_space(photo: Path) -> None:
    link = photo.with_name("link.jpg")
    link.symlink_to("a.jpg")
    found = check_file(str(link))
    assert found.is_link and found.facts["link"] == "a.jpg" and found.hash == digest(photo)
    assert (found.freed, found.facts["freed"]) == (0, 0)
    os.link(photo, photo.with_name("b.jpg"))
    found = check_file(str(photo))
    assert not found.is_link and (found.freed, found.facts["freed"]) == (0, 0)


def test_the_photo_moves_last_and_frees_what_all_its_files_do(tmp_path: Path) -> None:
    files = list[CheckedFile]()
    for name, text in (("a.jpg", "one"), ("a.mov", "seven"), ("a.xmp", "")):
        (tmp_path / name).write_text(text)
        files.append(check_file(str(tmp_path / name)))
    photo, *companions = files
    found = CheckedPhoto(str(tmp_path), photo, tuple(companions), (), "")
    assert found.parts == (*companions, photo) and found.freed == 8


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file"), "its video no longer exists"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory"), "its video no longer exists"),
        (PermissionError(errno.EACCES, "Denied"), "you are not allowed to read its video"),
        (OSError(errno.EIO, "Input/output error"), "its video cannot be read (Input/output error)"),
        (OSError("odd"), "its video cannot be read (odd)"),
    ],
)
def test_an_unreadable_file_is_refused_with_its_reason(error: OSError, words: str) -> None:
    assert unreadable_reason("its video", error) == words


@pytest.mark.parametrize(
    ("present", "words"),
    [
        (["USB/other.jpg"], "it no longer exists"),
        (["USB/"], "it cannot be found: it was moved or deleted, or its drive is not connected"),
        ([], "it cannot be found: it was moved or deleted, or its drive is not connected"),
    ],
)
def test_a_file_whose_drive_may_be_away_is_not_said_to_be_gone(
    tmp_path: Path, present: list[str], words: str
) -> None:
    for name in present:
        (tmp_path / "USB").mkdir()
        if not name.endswith("/"):
            (tmp_path / name).touch()
    with pytest.raises(OSError) as failed:
        check_file(str(tmp_path / "USB" / "photo.jpg"))
    assert unreadable_reason("it", failed.value) == words


def test_a_failed_restore_gives_its_reason() -> None:
    error = OSError(errno.EIO, "Input/output error")
    assert (
        restore_failure("it", error, "/p/a.jpg") == "it could not be restored: Input/output error"
    )
    assert restore_failure("it", OSError("odd"), "/p/a.jpg") == "it could not be restored: odd"


def test_what_the_system_says_of_a_denial_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as that a file is locked in Finder, or open in another program."""

    def denial(error: OSError, path: str) -> str:
        return f"is locked ({path}, {error.errno})"

    monkeypatch.setattr(this_system(), "denial", denial)
    error = PermissionError(errno.EACCES, "Denied", "/p/a.jpg")
    assert unreadable_reason("it", error) == f"it is locked (/p/a.jpg, {errno.EACCES})"
    nameless = PermissionError(errno.EACCES, "Denied")
    assert unreadable_reason("it", nameless) == f"it is locked (, {errno.EACCES})"
    busy = OSError(errno.EBUSY, "Busy")
    assert restore_failure("it", busy, "/p/b.jpg") == f"it is locked (/p/b.jpg, {errno.EBUSY})"
