"""Files that are to be read, and how one is remembered that could not be."""

from __future__ import annotations

from typing import NamedTuple

from explorer.decoding.decode_result import DecodeResult
from explorer.library.file_rows import FileStat, KnownFile

# No file's time: what carries it is read again by every scan; or by the next one only, as it may
# not have been the file's fault.
MTIME_UNREAD, MTIME_SUSPECT = -1, -2


class ReadTask(NamedTuple):
    """A file to be read. photo_id: it is known, only the vector is wanted. was: what the catalog
    knows of the file at this place."""

    root_id: int
    seen: FileStat
    photo_id: int | None = None
    was: KnownFile | None = None


def stat_for_failure(task: ReadTask, outcome: DecodeResult) -> FileStat:
    """The file as it is to be known where it could not be read: with a time that is not its own
    where it is to be tried again."""
    if outcome.digest is None:
        # Its bytes were not to be had, which may be another matter next time, whatever its size and
        # time say.
        return task.seen._replace(mtime_ns=MTIME_UNREAD)
    if outcome.transient and (
        task.was is None or (task.was.state, task.was.mtime_ns) != ("failed", MTIME_SUSPECT)
    ):
        # A process that was ended from outside, or memory that others took: the file is believed to
        # be at fault when it happens twice.
        return task.seen._replace(mtime_ns=MTIME_SUSPECT)
    return task.seen


def read_task_of(outcome: DecodeResult) -> ReadTask:
    task = outcome.job.tag
    if not isinstance(task, ReadTask):
        raise TypeError(f"a job of another maker: {task!r}")
    return task
