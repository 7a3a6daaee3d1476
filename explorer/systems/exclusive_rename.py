"""Rename without ever replacing a file, with system calls that Python does not offer: renameat2(2)
on Linux and renamex_np(2) on macOS."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
from collections.abc import Callable

_AT_FDCWD, _RENAME_NOREPLACE = -100, 1
_RENAME_EXCL = 4

RenameCall = Callable[[bytes, bytes], int]
"""Renames the first path to the second if nothing exists there. Returns 0, or sets `errno`."""


@functools.cache
def linux_rename() -> RenameCall | None:
    """renameat2 with RENAME_NOREPLACE; None if the C library is too old to have it."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return None
    return lambda source, target: call(_AT_FDCWD, source, _AT_FDCWD, target, _RENAME_NOREPLACE)


@functools.cache
def macos_rename() -> RenameCall | None:
    """renamex_np with RENAME_EXCL; None before macOS 10.12."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renamex_np", None)
    return None if call is None else lambda source, target: call(source, target, _RENAME_EXCL)


def rename_with(call: RenameCall | None, source: str, target: str) -> bool:
    """Rename with a system call. Returns False if there is none, or if the file system does not
    support it. Raises OSError, and FileExistsError if something exists at the target."""
    if call is None:
        return False
    if call(os.fsencode(source), os.fsencode(target)) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), source, None, target)
