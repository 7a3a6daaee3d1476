"""Rename without ever replacing a file: `renameat2(2)` with RENAME_NOREPLACE, which Python does not
offer."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import sys
from collections.abc import Callable

_AT_FDCWD, _RENAME_NOREPLACE = -100, 1


@functools.cache
def _renameat2() -> Callable[..., int] | None:
    """The system call; None if there is none (other systems, old C libraries)."""
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)


def rename_exclusively(source: str, target: str) -> bool:
    """Rename atomically if nothing exists at the target. False if the system or the file system
    cannot do this. Raises OSError, and FileExistsError if something exists there."""
    call = _renameat2()
    if call is None:
        return False
    if call(_AT_FDCWD, os.fsencode(source), _AT_FDCWD, os.fsencode(target), _RENAME_NOREPLACE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), source, None, target)
