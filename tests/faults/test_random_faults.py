"""Random changes to two folders with faults in between (hypothesis): runs that fail at any of their
writes, and runs that do not."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from explorer.library.library import Library
from tests.faults.folders import RandomFolders, check, index, sound
from tests.faults.worker_forks import POINTS, users_of
from tests.thoroughness import times


class Fault(Exception):
    """Something broke that nobody has foreseen."""


_ERRORS = st.sampled_from([
    OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), OSError(errno.EIO, os.strerror(errno.EIO)),
    sqlite3.OperationalError("disk is full"),
    MemoryError(), KeyboardInterrupt(), Fault(),
])  # fmt: skip
# A fault in taking back what was begun is a crash; those are elsewhere.
_WHERE = st.sampled_from(sorted(set(POINTS) - {"report"}))


class LibraryWithFaults(RuleBasedStateMachine):
    """Files come, go, move; runs are whole or fail somewhere; after each failure the library is
    sound, after each whole run complete."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="life-"))
        self.fresh = False

    @initialize(seed=st.integers(0, 1000))
    def begin(self, seed: int) -> None:
        self.folders = RandomFolders(self.place, seed, 12)
        self.library = Library.open(self.place / "library")

    def teardown(self) -> None:
        if hasattr(self, "library"):
            self.library.close()
        shutil.rmtree(self.place)

    @rule(times=st.integers(1, 3))
    def things_happen(self, times: int) -> None:
        for _ in range(times):
            self.folders.change()
        self.fresh = False

    @rule(point=_WHERE, count=st.integers(1, 12), after=st.booleans(), error=_ERRORS)
    def a_run_fails(self, point: str, count: int, after: bool, error: BaseException) -> None:
        owner, name = POINTS[point]
        left = [count]
        real = getattr(owner, name)

        def failing(*given: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] == 0 and not after:
                raise error
            result = real(*given, **options)
            if left[0] == 0:
                raise error
            return result

        with pytest.MonkeyPatch.context() as patch:
            for user in users_of(owner, name):
                patch.setattr(user, name, failing)
            try:
                index(self.library, self.folders)
            except type(error):
                pass
        sound(self.library)

    @precondition(lambda self: not self.fresh)
    @rule()
    def a_run_is_whole(self) -> None:
        index(self.library, self.folders)
        check(self.library, self.folders)
        self.fresh = True

    @rule()
    def the_library_is_opened_anew(self) -> None:
        self.library.close()
        self.library = Library.open(self.place / "library")


@pytest.mark.usefixtures("decode_here")
def test_the_library_survives_any_sequence_of_changes_and_faults() -> None:
    run_state_machine_as_test(
        LibraryWithFaults,
        settings=settings(
            max_examples=int(os.environ.get("EXPLORER_LIVES") or times(6, 40)),
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
