"""Windows calls, mostly of kernel32.dll, that Python does not offer.

Each raises OSError if it fails, unless its docstring says otherwise. Names, constants and types
follow Microsoft's documentation of `fileapi.h` and `winbase.h`.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
from collections.abc import Iterator
from typing import Any

# GetDriveTypeW.
DRIVE_REMOVABLE, DRIVE_FIXED, DRIVE_REMOTE = 2, 3, 4
# Attributes of files (winnt.h).
ATTRIBUTE_READONLY = 0x1
INVALID_FILE_ATTRIBUTES = 0xFFFFFFFF

_COPY_FILE_FAIL_IF_EXISTS = 1
_FILE_WRITE_ATTRIBUTES, _SHARE_ALL, _OPEN_EXISTING = 0x100, 0x7, 3
_FLAG_BACKUP_SEMANTICS, _FLAG_OPEN_REPARSE_POINT = 0x02000000, 0x00200000
# SEM_FAILCRITICALERRORS (errhandlingapi.h).
_FAIL_CRITICAL_ERRORS = 0x1
_INVALID_HANDLE = ctypes.c_void_p(-1).value
_GENERIC_READ = 0x80000000
# IOCTL_STORAGE_QUERY_PROPERTY (winioctl.h); a query of zeros asks for StorageDeviceProperty.
_QUERY_PROPERTY = 0x2D1400
# STORAGE_BUS_TYPE (ntddstor.h): 1394, USB, SD and MMC.
_BUSES_OUTSIDE = frozenset({4, 7, 12, 13})
# ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.
IN_USE = frozenset({32, 33})
ERROR_ACCESS_DENIED = 5
# Windows counts time from 1601, in units of 100 ns; this is the Unix epoch in these units.
_EPOCH_DIFFERENCE = 116_444_736_000_000_000
# The `errno` that Python assigns to each error code.
_ERRNO = {
    2: errno.ENOENT, 3: errno.ENOENT, 5: errno.EACCES, 19: errno.EROFS, 32: errno.EACCES,
    33: errno.EACCES, 39: errno.ENOSPC, 80: errno.EEXIST, 112: errno.ENOSPC, 183: errno.EEXIST,
}  # fmt: skip


class StreamData(ctypes.Structure):
    """WIN32_FIND_STREAM_DATA."""

    _fields_ = [("size", ctypes.c_longlong), ("name", ctypes.c_wchar * (260 + 36))]


class StoragePropertyQuery(ctypes.Structure):
    """STORAGE_PROPERTY_QUERY."""

    _fields_ = [
        ("property", ctypes.c_uint32), ("kind", ctypes.c_uint32), ("more", ctypes.c_ubyte * 1),
    ]  # fmt: skip


class StorageDevice(ctypes.Structure):
    """STORAGE_DEVICE_DESCRIPTOR, without the texts that follow it."""

    _fields_ = [
        ("version", ctypes.c_uint32), ("size", ctypes.c_uint32), ("kind", ctypes.c_ubyte),
        ("modifier", ctypes.c_ubyte), ("removable", ctypes.c_ubyte), ("queueing", ctypes.c_ubyte),
        ("offsets", ctypes.c_uint32 * 4), ("bus", ctypes.c_uint32), ("length", ctypes.c_uint32),
        ("raw", ctypes.c_ubyte * 1),
    ]  # fmt: skip


class FolderId(ctypes.Structure):
    """KNOWNFOLDERID, which is a GUID."""

    _fields_ = [
        ("one", ctypes.c_uint32), ("two", ctypes.c_uint16), ("three", ctypes.c_uint16),
        ("rest", ctypes.c_ubyte * 8),
    ]  # fmt: skip


# FOLDERID_Pictures: {33E28130-4E1E-4676-835A-98395C3BC3BB}.
_PICTURES = FolderId(
    0x33E28130, 0x4E1E, 0x4676, (0x83, 0x5A, 0x98, 0x39, 0x5C, 0x3B, 0xC3, 0xBB)
)  # fmt: skip


_TEXT, _DWORD, _POINTER, _BOOL = (
    ctypes.c_wchar_p, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_int,
)  # fmt: skip
SIGNATURES: dict[str, tuple[type[Any], tuple[type[Any], ...]]] = {
    "CloseHandle": (_BOOL, (_POINTER,)),
    "CopyFileExW": (_BOOL, (_TEXT, _TEXT, _POINTER, _POINTER, _POINTER, _DWORD)),
    "CreateFileW": (_POINTER, (_TEXT, _DWORD, _DWORD, _POINTER, _DWORD, _DWORD, _POINTER)),
    "DeviceIoControl": (
        _BOOL, (_POINTER, _DWORD, _POINTER, _DWORD, _POINTER, _DWORD, _POINTER, _POINTER),
    ),
    "FindClose": (_BOOL, (_POINTER,)),
    "FindFirstStreamW": (_POINTER, (_TEXT, _BOOL, _POINTER, _DWORD)),
    "FindNextStreamW": (_BOOL, (_POINTER, _POINTER)),
    "GetDriveTypeW": (_DWORD, (_TEXT,)),
    "GetErrorMode": (_DWORD, ()),
    "GetFileAttributesW": (_DWORD, (_TEXT,)),
    "GetLogicalDrives": (_DWORD, ()),
    "QueryUnbiasedInterruptTime": (_BOOL, (_POINTER,)),
    "SetErrorMode": (_DWORD, (_DWORD,)),
    "SetFileAttributesW": (_BOOL, (_TEXT, _DWORD)),
    "SetFileTime": (_BOOL, (_POINTER, _POINTER, _POINTER, _POINTER)),
}  # fmt: skip
"""The return type and the parameter types of each function. They are needed because a handle is as
large as a pointer, and larger than the int that ctypes assumes."""


@functools.cache
def kernel32() -> Any:
    """The library, with the types of its functions."""
    library = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    for name, (result, arguments) in SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def suppress_error_dialogs() -> None:
    """Let calls fail for which Windows would otherwise show a dialog and wait, as for a card reader
    without a card. Child processes inherit this (Microsoft, “Error Mode”)."""
    library = kernel32()
    library.SetErrorMode(library.GetErrorMode() | _FAIL_CRITICAL_ERRORS)


def drive_type(top: str) -> int:
    """The type of the drive with this top folder, such as `Z:\\`. The drive is not accessed."""
    return int(kernel32().GetDriveTypeW(top))


def drive_letters() -> list[str]:
    """The letters of all drives. No drive is accessed."""
    bits = int(kernel32().GetLogicalDrives())
    return [chr(ord("A") + number) for number in range(26) if bits >> number & 1]


def is_outside(letter: str) -> bool:
    """Whether a drive is connected by USB or the like, or is a card; False if that is unknown.

    Windows calls hard disks and SSDs fixed drives even if they are external.
    """
    # A handle without read access needs no special permission.
    handle = kernel32().CreateFileW(
        f"\\\\.\\{letter}:", 0, _SHARE_ALL, None, _OPEN_EXISTING, 0, None
    )
    if handle == _INVALID_HANDLE:
        return False
    try:
        query, device, got = StoragePropertyQuery(), StorageDevice(), ctypes.c_uint32()
        return bool(
            kernel32().DeviceIoControl(
                handle, _QUERY_PROPERTY,
                ctypes.byref(query), ctypes.sizeof(query),
                ctypes.byref(device), ctypes.sizeof(device),
                ctypes.byref(got), None,
            )
        ) and (bool(device.removable) or device.bus in _BUSES_OUTSIDE)  # fmt: skip
    finally:
        kernel32().CloseHandle(handle)


def pictures_folder() -> str | None:
    """The path of the user's pictures folder; None if Windows does not report it."""
    shell = ctypes.WinDLL("shell32")  # type: ignore[attr-defined,unused-ignore]
    found = ctypes.c_void_p()
    try:
        failed = shell.SHGetKnownFolderPath(
            ctypes.byref(_PICTURES), ctypes.c_uint32(0), None, ctypes.byref(found)
        )
        return None if failed or not found.value else ctypes.wstring_at(found.value)
    finally:
        ctypes.WinDLL("ole32").CoTaskMemFree(found)  # type: ignore[attr-defined,unused-ignore]


def is_kept_from_reading(path: str) -> bool:
    """Whether a file cannot be opened for reading because another program has it open exclusively.

    The error of `os.open` does not show that: it comes from the C library, which has one error code
    for this and for missing permissions.
    """
    return _is_refused(path, _SHARE_ALL)


def is_open_elsewhere(path: str) -> bool:
    """Whether another program has a file open in any mode.

    `MoveFileExW`, which `os.replace` calls, does not replace an open file even if it may be
    deleted, and has one error code for this and for missing permissions.
    """
    return _is_refused(path, 0)


def _is_refused(path: str, share: int) -> bool:
    """Whether a file cannot be opened for reading because of how another program has it open.
    share: the access that other programs may have (FILE_SHARE_… flags, 0 for none)."""
    library = kernel32()
    handle = library.CreateFileW(path, _GENERIC_READ, share, None, _OPEN_EXISTING, 0, None)
    if handle == _INVALID_HANDLE:
        return ctypes.get_last_error() in IN_USE  # type: ignore[attr-defined,unused-ignore]
    library.CloseHandle(handle)
    return False


def unbiased_seconds() -> float:
    """Seconds that the computer has been awake since it was started."""
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
        path, _FILE_WRITE_ATTRIBUTES, _SHARE_ALL, None, _OPEN_EXISTING,
        _FLAG_BACKUP_SEMANTICS | _FLAG_OPEN_REPARSE_POINT, None,
    )  # fmt: skip
    if handle == _INVALID_HANDLE:
        raise _error(path)
    try:
        ticks = ctypes.c_ulonglong(nanoseconds // 100 + _EPOCH_DIFFERENCE)
        if not library.SetFileTime(handle, ctypes.byref(ticks), None, None):
            raise _error(path)
    finally:
        library.CloseHandle(handle)


def alternate_streams(path: str) -> Iterator[str]:
    """The names of a file's alternate data streams; none on a file system without streams."""
    library, data = kernel32(), StreamData()
    found = library.FindFirstStreamW(path, 0, ctypes.byref(data), 0)
    if found == _INVALID_HANDLE:
        return
    try:
        while True:
            if data.name != "::$DATA":
                yield data.name
            if not library.FindNextStreamW(found, ctypes.byref(data)):
                return
    finally:
        library.FindClose(found)


def clear_read_only(path: str) -> bool:
    """Remove the read-only attribute; returns whether the file had it."""
    library = kernel32()
    attributes = int(library.GetFileAttributesW(path))
    if attributes == INVALID_FILE_ATTRIBUTES or not attributes & ATTRIBUTE_READONLY:
        return False
    changed = attributes & ~ATTRIBUTE_READONLY
    if not library.SetFileAttributesW(path, changed):
        raise _error(path)
    return True


def set_read_only(path: str) -> None:
    """Set the read-only attribute."""
    library = kernel32()
    attributes = int(library.GetFileAttributesW(path))
    if attributes == INVALID_FILE_ATTRIBUTES or not library.SetFileAttributesW(
        path, attributes | ATTRIBUTE_READONLY
    ):
        raise _error(path)


def _error(path: str, other: str | None = None) -> OSError:
    code = int(ctypes.get_last_error())  # type: ignore[attr-defined,unused-ignore]
    number = _ERRNO.get(code, errno.EIO)
    # On Windows, Python sets `errno` from the code; elsewhere, OSError ignores that argument.
    return OSError(number, os.strerror(number), path, code, other)
