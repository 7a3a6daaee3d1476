"""What becomes of a file after an attempt to read it."""

from __future__ import annotations

import dataclasses

import pytest

from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.indexing.read_outcomes import (
    MAX_CHANGES,
    Changing,
    DriveTimedOut,
    Failed,
    Readable,
    ReadOutcome,
    Vanished,
    changed_while_read,
    decide,
)
from explorer.indexing.read_task import (
    MTIME_SUSPECT,
    MTIME_UNREAD,
    ReadTask,
    read_task_of,
    stat_for_failure,
)
from explorer.library.file_rows import FileStat, KnownFile

SEEN = FileStat("a.jpg", 10, 1_000, 7)
TASK = ReadTask(1, SEEN)
JOB = DecodeJob("/photos/a.jpg", 1.0, TASK)
READ = DecodeResult(JOB, b"hash", 10, 1_000)
UNREADABLE = DecodeResult(JOB, error="it cannot be read")
BROKEN = dataclasses.replace(READ, error="it is torn", fault="damaged")


def outcome_of(
    result: DecodeResult,
    *,
    drive_answers: bool = True,
    exists: bool = True,
    times_changed: int = 0,
    task: ReadTask = TASK,
) -> ReadOutcome:
    return decide(
        result, task, drive_answers=drive_answers, exists=exists, times_changed=times_changed
    )


def test_a_file_that_was_read_is_readable() -> None:
    assert outcome_of(READ) == Readable(b"hash")
    # It was read before the drive stopped answering.
    assert outcome_of(READ, drive_answers=False) == Readable(b"hash")


def test_an_error_on_an_unresponsive_drive_says_nothing_about_the_file() -> None:
    assert outcome_of(BROKEN, drive_answers=False) == DriveTimedOut()
    assert outcome_of(BROKEN, drive_answers=False, exists=False, times_changed=1) == DriveTimedOut()


def test_a_file_that_vanished_is_not_at_fault() -> None:
    assert outcome_of(UNREADABLE, exists=False) == Vanished()
    assert outcome_of(BROKEN, exists=False, times_changed=MAX_CHANGES) == Vanished()


def test_a_changed_file_is_read_again_a_limited_number_of_times() -> None:
    assert MAX_CHANGES == 5
    assert outcome_of(READ, times_changed=1) == Changing()
    # An error in a file that is still being written says nothing either.
    assert outcome_of(BROKEN, times_changed=MAX_CHANGES - 1) == Changing()
    for times in (MAX_CHANGES, MAX_CHANGES + 1):
        failed = outcome_of(BROKEN, times_changed=times)
        assert isinstance(failed, Failed) and "keeps changing" in failed.reason
        # It is not the file's fault, and the next scan reads it again.
        assert (failed.fault, failed.seen.mtime_ns) == ("environment", MTIME_UNREAD)


def test_a_faulty_file_is_skipped_until_it_changes() -> None:
    assert outcome_of(BROKEN) == Failed(SEEN, "it is torn", "damaged")


def test_a_file_that_could_not_be_read_is_retried_by_every_scan() -> None:
    failed = outcome_of(UNREADABLE)
    assert failed == Failed(
        SEEN._replace(mtime_ns=MTIME_UNREAD), "it cannot be read", "environment"
    )
    nothing = outcome_of(DecodeResult(JOB))
    assert isinstance(nothing, Failed) and nothing.reason == "it could not be read"


def known(state: str, mtime_ns: int) -> KnownFile:
    return KnownFile(1, 1, "a.jpg", 10, mtime_ns, 7, state, None)


@pytest.mark.parametrize(
    ("was", "mtime_ns"),
    [
        (None, MTIME_SUSPECT),
        (known("present", MTIME_SUSPECT), MTIME_SUSPECT),
        (known("failed", 1_000), MTIME_SUSPECT),
        # It has happened twice.
        (known("failed", MTIME_SUSPECT), 1_000),
    ],
)
def test_a_file_is_blamed_for_a_transient_failure_when_it_happens_twice(
    was: KnownFile | None, mtime_ns: int
) -> None:
    killed = dataclasses.replace(BROKEN, transient=True)
    assert stat_for_failure(TASK._replace(was=was), killed) == SEEN._replace(mtime_ns=mtime_ns)


def test_a_file_with_another_size_or_time_than_scanned_has_changed() -> None:
    assert not changed_while_read(READ, SEEN)
    assert changed_while_read(READ, SEEN._replace(size=11))
    assert changed_while_read(READ, SEEN._replace(mtime_ns=1_001))
    # Nothing was read: nothing is known.
    assert not changed_while_read(UNREADABLE, SEEN)


def test_the_result_of_another_callers_job_is_rejected() -> None:
    assert read_task_of(READ) is TASK
    with pytest.raises(TypeError, match="another caller"):
        read_task_of(DecodeResult(DecodeJob("/a.jpg", 1.0, "other")))
