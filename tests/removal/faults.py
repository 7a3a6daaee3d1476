"""Trouble at any step: a process that is killed before or after one call to the system, or a call
that fails."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# Every call by which a file or the journal changes.
CALLS = (
    "link",
    "unlink",
    "rename",
    "replace",
    "symlink",
    "fsync",
    "write",
    "utime",
    "chmod",
    "makedirs",
    "open",
)


class Killed(BaseException):
    """The process is gone: nothing that it would have done afterward happens."""


class Faults:
    """Counts calls, and strikes at one of them."""

    def __init__(self, at: int, kind: str) -> None:
        """at: index of the call. kind: `before` or `after` (killed then), or an error's name."""
        self.at, self.kind, self.calls, self.dead = at, kind, 0, False

    def wrap(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if self.dead:
                raise Killed
            if name == "open" and not (
                len(given) > 1
                and isinstance(given[1], int)
                and given[1] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR)
            ):
                return real(*given, **named)
            number, self.calls = self.calls, self.calls + 1
            if number != self.at:
                return real(*given, **named)
            if self.kind == "before":
                self.dead = True
                raise Killed
            if self.kind == "torn" and name == "write":
                # Half a line reaches the disk.
                real(given[0], given[1][: len(given[1]) // 2])
            elif self.kind in ("after", "torn"):
                real(*given, **named)
            if self.kind in ("after", "torn"):
                self.dead = True
                raise Killed
            code = getattr(errno, self.kind)
            raise OSError(code, os.strerror(code))

        return call


@contextmanager
def struck(at: int, kind: str) -> Iterator[Faults]:
    """Within: the trouble of that kind at that call. A killing is swallowed here, as the next
    process knows nothing of it."""
    faults = Faults(at, kind)
    real = {name: getattr(os, name) for name in CALLS}
    copyfileobj, supported = shutil.copyfileobj, set(os.supports_follow_symlinks)
    try:
        for name, function in real.items():
            wrapped = faults.wrap(name, function)
            setattr(os, name, wrapped)
            if function in os.supports_follow_symlinks:
                # As shutil asks it.
                os.supports_follow_symlinks.add(wrapped)
        shutil.copyfileobj = faults.wrap("copy", copyfileobj)
        yield faults
    except Killed:
        pass
    finally:
        for name, function in real.items():
            os.supports_follow_symlinks.discard(getattr(os, name))
            os.supports_follow_symlinks |= {function} & supported
            setattr(os, name, function)
        shutil.copyfileobj = copyfileobj
