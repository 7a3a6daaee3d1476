"""A file to be read, and how it is recorded if it cannot be."""

from __future__ import annotations

from typing import NamedTuple

from explorer.decoding.decode_result import DecodeResult
from explorer.library.file_rows import FileStat, KnownFile

# Modification times that no file has, so that the recorded file differs from the one on disk and is
# read again: by every scan (UNREAD), because its bytes could not be read; or by the next scan only
# (SUSPECT), because the failure may not have been the file's fault.
MTIME_UNREAD, MTIME_SUSPECT = -1, -2


class ReadTask(NamedTuple):
    """A file to be read and decoded."""

    root_id: int
    seen: FileStat
    photo_id: int | None = None
    """The photo that the file is known to hold, if the photo only has to be encoded or measured
    again."""
    was: KnownFile | None = None
    """The catalog's row for this path."""


def stat_for_failure(task: ReadTask, result: DecodeResult) -> FileStat:
    """The stat to record for a file that could not be read: with an impossible modification time if
    it is to be read again."""
    if result.digest is None:
        # Its bytes could not be read; next time they may be, even if size and time are the same.
        return task.seen._replace(mtime_ns=MTIME_UNREAD)
    if result.transient and (
        task.was is None or (task.was.state, task.was.mtime_ns) != ("failed", MTIME_SUSPECT)
    ):
        # The process was killed from outside, or memory was low. The file is blamed only if that
        # happens twice.
        return task.seen._replace(mtime_ns=MTIME_SUSPECT)
    return task.seen


def read_task_of(result: DecodeResult) -> ReadTask:
    """The task that a result answers. Raises TypeError for the result of another caller's job."""
    task = result.job.tag
    if not isinstance(task, ReadTask):
        raise TypeError(f"a job of another caller: {task!r}")
    return task
