"""Run calls that touch a drive, with a timeout, so that an unresponsive drive blocks nothing else.

A network drive whose server is off, or a FUSE program that hangs, never answers a system call. The
calling thread then waits inside the kernel, where nothing can interrupt it. So every call runs in
its own thread, which is abandoned on timeout. Until that thread returns, the drive counts as
unresponsive and receives no further calls.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")
U = TypeVar("U")

# Seconds without a sign of life after which a drive counts as unresponsive. A sleeping disk or a
# busy network needs several.
TIMEOUT = 30.0
# Seconds between two calls of `tick` while a call is running.
_TICK = 0.25

# The problem recorded for a root whose drive does not respond. Libraries store this text, and it is
# compared with the stored one, so it must not change.
UNRESPONSIVE = "its drive does not answer"


def offline_reason(problem: str | None) -> str:
    """Why a root is offline, in words. problem: the problem recorded in the root's row."""
    return UNRESPONSIVE if problem == UNRESPONSIVE else "its drive is disconnected"


KeepAlive = Callable[[], None]
"""A function that a long call invokes every few seconds to show that it is making progress."""


class DriveUnresponsive(Exception):
    """The drive of a root did not respond in time."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.root = root


class DriveTimeouts:
    """Runs calls that touch drives and remembers which drives are unresponsive.

    Only one thread may use `call` and `call_or`; any thread may call `is_unresponsive`.
    """

    def __init__(self) -> None:
        self._abandoned: dict[str, _TimedCall[Any]] = {}

    def is_unresponsive(self, root: str) -> bool:
        """Whether an earlier call to the drive of this root has still not returned."""
        call = self._abandoned.get(root)
        if call is not None and call.done.is_set():
            self._abandoned.pop(root, None)
            return False
        return call is not None

    def call(
        self, root: str, function: Callable[[KeepAlive], T], tick: Callable[[], None] = lambda: None
    ) -> T:
        """Run a function in its own thread and return its result.

        function: touches the drive of this root and no other. It receives a `KeepAlive`. It may
        keep running after its caller has given up.
        tick: called in the caller's thread several times a second while it waits; if it raises,
        the wait ends.
        Raises DriveUnresponsive, and whatever the function raises.
        """
        if self.is_unresponsive(root):
            raise DriveUnresponsive(root)
        call = _TimedCall(function)
        try:
            while not call.done.wait(_TICK):
                if time.monotonic() - call.last_sign > TIMEOUT:
                    self._abandoned[root] = call
                    raise DriveUnresponsive(root)
                tick()
        finally:
            call.cancelled = True
        return call.result()

    def call_or(self, root: str, function: Callable[[], T], default: U) -> T | U:
        """The result of a short call, or `default` if the drive does not respond."""
        try:
            return self.call(root, lambda _: function())
        except DriveUnresponsive:
            return default


class _Cancelled(BaseException):
    """Ends a call whose result is no longer awaited."""


class _TimedCall(Generic[T]):
    """One call in a daemon thread. last_sign: when it last showed progress (monotonic seconds)."""

    def __init__(self, function: Callable[[KeepAlive], T]) -> None:
        self.done, self.last_sign, self.cancelled = threading.Event(), time.monotonic(), False
        self._function = function
        self._value = cast(T, None)
        self._error: BaseException | None = None
        threading.Thread(target=self._run, name="drive-call", daemon=True).start()

    def _run(self) -> None:
        try:
            self._value = self._function(self._keep_alive)
        except BaseException as error:  # noqa: BLE001  raised again in the calling thread
            self._error = error
        finally:
            self.done.set()

    def _keep_alive(self) -> None:
        self.last_sign = time.monotonic()
        if self.cancelled:
            raise _Cancelled

    def result(self) -> T:
        if self._error is not None:
            raise self._error
        return self._value
