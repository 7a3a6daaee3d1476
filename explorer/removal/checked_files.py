"""The files of a removal, as they were when they were read and checked just before moving."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from typing import Any, NamedTuple

from explorer.removal import file_state
from explorer.removal.companions import Companion
from explorer.removal.file_state import FileStamp
from explorer.systems import file_calls
from explorer.systems.this_system import this_system


class RemovalRefused(Exception):
    """The file is not removed; the message says why, in words that the user can act on."""


class FileInUse(RemovalRefused):
    """Another program has the file open exclusively; it may close it in a moment."""


class KeptFile(NamedTuple):
    """A file that is kept for one that is removed, as it was when it was read."""

    path: str
    hash: str
    """Content hash, hex."""
    stamp: FileStamp

    def is_unchanged(self) -> bool:
        """Whether the file still has its stamp. If it has not, or has no inode number, its content
        is read and decides."""
        with contextlib.suppress(OSError):
            if self.stamp.inode and file_state.file_stamp(self.path) == self.stamp:
                return True
        return self.has_same_content()

    def has_same_content(self) -> bool:
        """Read the file, and return whether it still has the same content."""
        return file_state.has_content(self.path, self.hash)


@dataclass(frozen=True)
class CheckedFile:
    """One file that may be removed, as it was when it was read."""

    path: str
    hash: str
    """Content hash, hex; of a symbolic link, that of its target."""
    stamp: FileStamp
    freed: int
    """Bytes freed on the drive; 0 for a link and for one of several hard links."""
    facts: dict[str, Any]
    """The facts written to the journal: size, times, inode and device."""
    kept: KeptFile | None = None
    """The file that is kept for this one; None if none is."""

    @property
    def is_link(self) -> bool:
        """Whether the file is a symbolic link."""
        return "link" in self.facts


@dataclass(frozen=True)
class CheckedPhoto:
    """A photo that may be removed, and the files that are removed with it."""

    root: str
    """The watched folder that the photo is in."""
    photo: CheckedFile
    companion_files: tuple[CheckedFile, ...]
    companions: tuple[Companion, ...]
    """The kinds of `companion_files`, in the same order."""
    note: str
    """What the user should know about this removal; '' if nothing."""
    edits: tuple[str, ...] = ()
    """Paths of XMP sidecars among `companion_files` that have no identical file beside the kept
    photo: what they say must be there before they are removed."""

    @property
    def parts(self) -> tuple[CheckedFile, ...]:
        """All files in the order in which they move: the photo last, after its companions."""
        return *self.companion_files, self.photo

    @property
    def freed(self) -> int:
        """Bytes freed on the drive in total."""
        return sum(part.freed for part in self.parts)


def check_file(path: str, digest: str | None = None) -> CheckedFile:
    """Read a file and describe it as it is now.

    digest: the content hash that it must have (hex), if given. Raises RemovalRefused if the content
    differs or changes while it is read, and OSError.
    """
    before, stamp = file_calls.lstat(path), file_state.file_stamp(path)
    actual = file_state.file_hash(path)
    if digest not in (None, actual) or file_state.file_stamp(path) != stamp:
        raise RemovalRefused(
            "it has changed since the library last read it" if digest else "it changed a moment ago"
        )
    is_link = file_calls.islink(path)
    freed = 0 if is_link or before.st_nlink > 1 else before.st_size
    facts: dict[str, Any] = {
        "size": before.st_size,
        "mtime_ns": before.st_mtime_ns,
        "atime_ns": before.st_atime_ns,
        "mode": stat.S_IMODE(before.st_mode),
        "inode": before.st_ino,
        # On an overlay file system, files have another device number than their folders.
        "device": before.st_dev,
        "drive": file_calls.stat(os.path.dirname(path)).st_dev,
        "freed": freed,
    }
    if is_link:
        facts["link"] = file_calls.readlink(path)
    return CheckedFile(path, actual, stamp, freed, facts)


def unreadable_reason(what: str, error: OSError) -> str:
    """Why a file could not be read, in words. what: how the text refers to the file, as in “it”."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        if error.filename and _may_be_away(os.fsdecode(error.filename)):
            return f"{what} cannot be found: it was moved or deleted, or its drive is not connected"
        return f"{what} no longer exists"
    if isinstance(error, PermissionError):
        if denial := this_system().denial(error, os.fsdecode(error.filename or "")):
            return f"{what} {denial}"
        return f"you are not allowed to read {what}"
    return f"{what} cannot be read ({error.strerror or error})"


def _may_be_away(path: str) -> bool:
    """Whether the drive of a missing file may not be connected: its folder is missing, too, or is
    empty like a mount point."""
    try:
        return not file_calls.listdir(os.path.dirname(path))
    except OSError:
        return True


def restore_failure(what: str, error: OSError, path: str) -> str:
    """Why a file could not be put back, in words. what: how the text refers to the file, as in
    “it”. path: where it was."""
    if denial := this_system().denial(error, path):
        return f"{what} {denial}"
    return f"{what} could not be restored: {error.strerror or error}"
