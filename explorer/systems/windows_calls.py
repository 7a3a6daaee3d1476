"""Calls of Windows' kernel32.dll that Python does not offer. Each raises OSError if it fails.

Names, constants and types are those of Microsoft's documentation of `fileapi.h` and `winbase.h`.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
from collections.abc import Iterator
from typing import Any

# GetDriveTypeW.
DRIVE_REMOVABLE, DRIVE_REMOTE = 2, 4
# Of files (winnt.h).
ATTRIBUTE_READONLY = 0x1
INVALID_FILE_ATTRIBUTES = 0xFFFFFFFF

_COPY_FILE_FAIL_IF_EXISTS = 1
_FILE_WRITE_ATTRIBUTES, _SHARE_ALL, _OPEN_EXISTING = 0x100, 0x7, 3
_FLAG_BACKUP_SEMANTICS, _FLAG_OPEN_REPARSE_POINT = 0x02000000, 0x00200000
_INVALID_HANDLE = ctypes.c_void_p(-1).value
# Windows counts from 1601, in units of 100 ns.
_EPOCH_DIFFERENCE = 116_444_736_000_000_000
# Error codes with the meaning that Python gives them as `errno`.
_ERRNO = {
    2: errno.ENOENT, 3: errno.ENOENT, 5: errno.EACCES, 19: errno.EROFS, 32: errno.EACCES,
    33: errno.EACCES, 39: errno.ENOSPC, 80: errno.EEXIST, 112: errno.ENOSPC, 183: errno.EEXIST,
}  # fmt: skip


class StreamData(ctypes.Structure):
    """WIN32_FIND_STREAM_DATA."""

    _fields_ = [("size", ctypes.c_longlong), ("name", ctypes.c_wchar * (260 + 36))]


@functools.cache
def kernel32() -> Any:
    """The library, with the types of the functions that take or return handles."""
    library = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    library.CreateFileW.restype = ctypes.c_void_p
    library.FindFirstStreamW.restype = ctypes.c_void_p
    library.GetFileAttributesW.restype = ctypes.c_uint32
    library.CopyFileExW.argtypes = [
        ctypes.c_wchar_p, ctypes.c_wchar_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p,
        ctypes.c_uint32,
    ]  # fmt: skip
    return library


def drive_type(top: str) -> int:
    """The type of a drive, by its top folder such as `Z:\\`. The drive is not accessed."""
    return int(kernel32().GetDriveTypeW(ctypes.c_wchar_p(top)))


def unbiased_seconds() -> float:
    """Seconds that the computer was awake since it was started."""
    ticks = ctypes.c_ulonglong()
    if not kernel32().QueryUnbiasedInterruptTime(ctypes.byref(ticks)):
        raise _error("")
    return ticks.value / 1e7


def copy_file(source: str, target: str) -> None:
    """Copy a file with its alternate data streams and attributes. Raises FileExistsError if the
    target exists."""
    if not kernel32().CopyFileExW(source, target, None, None, None, _COPY_FILE_FAIL_IF_EXISTS):
        raise _error(source, target)


def set_creation_time(path: str, nanoseconds: int) -> None:
    """Set the creation time of a file, in Unix nanoseconds."""
    library = kernel32()
    handle = library.CreateFileW(
        ctypes.c_wchar_p(path), _FILE_WRITE_ATTRIBUTES, _SHARE_ALL, None, _OPEN_EXISTING,
        _FLAG_BACKUP_SEMANTICS | _FLAG_OPEN_REPARSE_POINT, None,
    )  # fmt: skip
    if handle == _INVALID_HANDLE:
        raise _error(path)
    try:
        ticks = ctypes.c_ulonglong(nanoseconds // 100 + _EPOCH_DIFFERENCE)
        if not library.SetFileTime(ctypes.c_void_p(handle), ctypes.byref(ticks), None, None):
            raise _error(path)
    finally:
        library.CloseHandle(ctypes.c_void_p(handle))


def alternate_streams(path: str) -> Iterator[str]:
    """The names of a file's alternate data streams; none on a file system without streams."""
    library, data = kernel32(), StreamData()
    found = library.FindFirstStreamW(ctypes.c_wchar_p(path), 0, ctypes.byref(data), 0)
    if found == _INVALID_HANDLE:
        return
    try:
        while True:
            if data.name != "::$DATA":
                yield data.name
            if not library.FindNextStreamW(ctypes.c_void_p(found), ctypes.byref(data)):
                return
    finally:
        library.FindClose(ctypes.c_void_p(found))


def clear_read_only(path: str) -> bool:
    """Remove the read-only attribute; whether the file had it."""
    library = kernel32()
    attributes = int(library.GetFileAttributesW(ctypes.c_wchar_p(path)))
    if attributes == INVALID_FILE_ATTRIBUTES or not attributes & ATTRIBUTE_READONLY:
        return False
    changed = attributes & ~ATTRIBUTE_READONLY
    if not library.SetFileAttributesW(ctypes.c_wchar_p(path), ctypes.c_uint32(changed)):
        raise _error(path)
    return True


def set_read_only(path: str) -> None:
    """Set the read-only attribute."""
    library = kernel32()
    attributes = int(library.GetFileAttributesW(ctypes.c_wchar_p(path)))
    if attributes == INVALID_FILE_ATTRIBUTES or not library.SetFileAttributesW(
        ctypes.c_wchar_p(path), ctypes.c_uint32(attributes | ATTRIBUTE_READONLY)
    ):
        raise _error(path)


def _error(path: str, other: str | None = None) -> OSError:
    code = int(ctypes.get_last_error())  # type: ignore[attr-defined,unused-ignore]
    number = _ERRNO.get(code, errno.EIO)
    # On Windows, Python translates the code itself; it has no such argument elsewhere.
    return OSError(number, os.strerror(number), path, code, other)
