"""Looks at folders whose drives may not answer: a look that hears nothing for too long is given up,
and holds nobody else up.

A network drive whose computer is off, or a program that shows something as a folder and hangs,
answers no question at all, and the thread that asked waits in the system, where nothing can reach
it. So each look at a root's drive has a thread of its own, which is left behind when it falls
silent. Until that thread is back, the drive is known to be silent, and nobody asks it anything.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")
U = TypeVar("U")

# Seconds without a sign of life after which a drive is taken to be silent: a disk that was asleep,
# or a busy network, takes several.
LIMIT = 30.0
# Seconds between two looks at what else there is to do meanwhile.
_STEP = 0.25

# What is said of such a root.
UNRESPONSIVE = "its drive does not answer"


def offline_reason(problem: str | None) -> str:
    """Why a root is offline. problem: what its row says is in the way."""
    return UNRESPONSIVE if problem == UNRESPONSIVE else "its drive is away"


Alive = Callable[[], None]
"""Called by a look now and then: it is getting on."""


class DriveUnresponsive(Exception):
    """The drive that a root is on does not answer."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.root = root


class DriveTimeouts:
    """Which drives answer. `look` is for one thread, `silent` for any."""

    def __init__(self) -> None:
        self._silent: dict[str, _Look[Any]] = {}

    def silent(self, root: str) -> bool:
        """Whether the last look at this root has not come back yet."""
        look = self._silent.get(root)
        if look is not None and look.done.is_set():
            self._silent.pop(root, None)
            return False
        return look is not None

    def look(
        self, root: str, function: Callable[[Alive], T], tick: Callable[[], None] = lambda: None
    ) -> T:
        """What a function gives that touches this root's drive, and nothing else. Raises what it
        raises, and Silent.

        The function is given `alive`, which it has to call at least every few seconds if it takes
        long; and runs in another thread, perhaps for longer than anybody waits for it. tick: called
        meanwhile, here; where it raises, nobody waits any longer.
        """
        if self.silent(root):
            raise DriveUnresponsive(root)
        look = _Look(function)
        try:
            while not look.done.wait(_STEP):
                if time.monotonic() - look.heard > LIMIT:
                    self._silent[root] = look
                    raise DriveUnresponsive(root)
                tick()
        finally:
            look.unwanted = True
        return look.result()

    def ask(self, root: str, function: Callable[[], T], otherwise: U) -> T | U:
        """A short question to a drive; where it does not answer, `otherwise`."""
        try:
            return self.look(root, lambda _: function())
        except DriveUnresponsive:
            return otherwise


class _Given_up(BaseException):
    """Nobody waits for this look any more."""


class _Look(Generic[T]):
    def __init__(self, function: Callable[[Alive], T]) -> None:
        self.done, self.heard, self.unwanted = threading.Event(), time.monotonic(), False
        self._function, self._value, self._error = (
            function,
            cast(T, None),
            cast("BaseException | None", None),
        )
        threading.Thread(target=self._run, name="disk-look", daemon=True).start()

    def _run(self) -> None:
        try:
            self._value = self._function(self._alive)
        except BaseException as error:  # noqa: BLE001  carried over to the thread that asked
            self._error = error
        finally:
            self.done.set()

    def _alive(self) -> None:
        self.heard = time.monotonic()
        if self.unwanted:
            raise _Given_up

    def result(self) -> T:
        if self._error is not None:
            raise self._error
        return self._value
