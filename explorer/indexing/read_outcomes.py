"""Decide the outcome of an attempt to read a file, without side effects.

`photo_updates.PhotoUpdates` carries it out.
"""

from __future__ import annotations

from typing import NamedTuple

from explorer.decoding.decode_result import DecodeResult
from explorer.errors import Fault
from explorer.indexing.read_task import MTIME_UNREAD, ReadTask, stat_for_failure
from explorer.library.file_rows import FileStat

# A file that was different or in use after each of this many reads in a row counts as failed.
MAX_CHANGES = 5


class DriveTimedOut(NamedTuple):
    """The drive did not respond, so the error says nothing about the file. The scan after the drive
    returns treats it as new."""


class Vanished(NamedTuple):
    """The file was deleted or moved before it could be read; the next scan finds out which."""


class Changing(NamedTuple):
    """The file changed while it was read, or another program held it exclusively, so its folder has
    to be scanned again."""


class Failed(NamedTuple):
    """The file cannot be read. seen: the stat to record. reason: one sentence for the user."""

    seen: FileStat
    reason: str
    fault: Fault


class Readable(NamedTuple):
    """The file was read, and is a photo. digest: its content hash."""

    digest: bytes


ReadOutcome = DriveTimedOut | Vanished | Changing | Failed | Readable


def changed_while_read(result: DecodeResult, seen: FileStat) -> bool:
    """Whether size or modification time differ between the scan and the read, or another program
    is still using the file."""
    return result.in_use or (
        result.digest is not None and (result.size, result.mtime_ns) != (seen.size, seen.mtime_ns)
    )


def decide(
    result: DecodeResult, task: ReadTask, *, drive_answers: bool, exists: bool, times_changed: int
) -> ReadOutcome:
    """Decide the outcome for a file. drive_answers: the file's drive responds now. exists: the file
    is still at its path.
    times_changed: how many reads in a row, including this one, found the file changing or in use.
    """
    if result.error is not None and not drive_answers:
        return DriveTimedOut()
    if not exists:
        return Vanished()
    if times_changed >= MAX_CHANGES:
        keeps_changing = "it keeps changing while it is read: it will be retried later"
        reason = (result.error if result.in_use else None) or keeps_changing
        return Failed(task.seen._replace(mtime_ns=MTIME_UNREAD), reason, "environment")
    if times_changed:
        return Changing()
    if result.error is not None or result.digest is None:
        reason = result.error or "it could not be read"
        return Failed(stat_for_failure(task, result), reason, result.fault)
    return Readable(result.digest)
