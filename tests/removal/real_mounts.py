"""Real mounts for tests, where this process may make them (Linux, as root)."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

_BIND, _DETACH = 4096, 2


class Mounts:
    """Makes mounts, and takes all of them down at the end."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack, self._libc = stack, ctypes.CDLL(None, use_errno=True)

    def bind(self, folder: Path, at: Path) -> Path:
        """Show a folder at another place, too."""
        return self._mount(str(folder), at, "", _BIND, "")

    def tmpfs(self, at: Path) -> Path:
        """A drive of its own."""
        return self._mount("none", at, "tmpfs", 0, "")

    def overlay(self, at: Path, *, lower: Path, upper: Path, work: Path) -> Path:
        """Show what is in `lower`, and below `upper` what was changed of it."""
        for folder in (lower, upper, work):
            folder.mkdir(parents=True, exist_ok=True)
        return self._mount(
            "overlay", at, "overlay", 0, f"lowerdir={lower},upperdir={upper},workdir={work}"
        )

    def _mount(self, source: str, at: Path, kind: str, flags: int, options: str) -> Path:
        at.mkdir(parents=True, exist_ok=True)
        if self._libc.mount(
            os.fsencode(source), os.fsencode(at), kind.encode(), flags, options.encode()
        ):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(at))
        self._stack.callback(lambda: self._libc.umount2(os.fsencode(at), _DETACH))
        return at

    def unmount(self, at: Path) -> None:
        """Take one down before the end."""
        if self._libc.umount2(os.fsencode(at), 0):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(at))


@contextmanager
def mounts() -> Iterator[Mounts]:
    with ExitStack() as stack:
        yield Mounts(stack)


def possible() -> bool:
    """Whether mounts can be made here: tried out, as rights say little in a container."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        try:
            with mounts() as made:
                made.bind(Path(folder), Path(folder))
        except OSError:
            return False
    return True
