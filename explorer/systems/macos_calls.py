"""Calls of macOS's C library that Python does not offer. Each raises OSError if it fails.

Constants and types are those of `copyfile(3)`, `setattrlist(2)`, `listxattr(2)` and `fcntl(2)`.
"""

from __future__ import annotations

import ctypes
import functools
import os
from typing import Any

# copyfile.h: access lists and extended attributes, which hold Finder's tags and resource forks.
_COPYFILE_ACL, _COPYFILE_XATTR, _COPYFILE_NOFOLLOW = 1 << 0, 1 << 2, 3 << 18
# sys/attr.h.
_ATTR_BIT_MAP_COUNT, _ATTR_CMN_CRTIME, _FSOPT_NOFOLLOW = 5, 0x200, 0x1
# sys/xattr.h.
_XATTR_NOFOLLOW = 0x1
# sys/fcntl.h: fsync alone leaves the bytes in the drive's own cache.
F_FULLFSYNC = 51
# sys/stat.h: the file's bytes are in the cloud only.
SF_DATALESS = 0x40000000
# sys/stat.h: “Locked” in Finder; the file cannot be renamed, changed or deleted.
UF_IMMUTABLE = 0x2
# sys/stat.h: Finder does not show it.
UF_HIDDEN = 0x8000


class AttributeList(ctypes.Structure):
    """struct attrlist."""

    _fields_ = [
        ("bitmapcount", ctypes.c_ushort), ("reserved", ctypes.c_uint16),
        ("commonattr", ctypes.c_uint32), ("volattr", ctypes.c_uint32),
        ("dirattr", ctypes.c_uint32), ("fileattr", ctypes.c_uint32), ("forkattr", ctypes.c_uint32),
    ]  # fmt: skip


class TimeSpec(ctypes.Structure):
    """struct timespec."""

    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


@functools.cache
def c_library() -> Any:
    """The C library."""
    return ctypes.CDLL(None, use_errno=True)


def copy_attributes(source: str, target: str) -> None:
    """Copy a file's access list and extended attributes."""
    flags = _COPYFILE_ACL | _COPYFILE_XATTR | _COPYFILE_NOFOLLOW
    if c_library().copyfile(os.fsencode(source), os.fsencode(target), None, flags) != 0:
        raise _error(source, target)


def set_creation_time(path: str, nanoseconds: int) -> None:
    """Set the creation time of a file, in Unix nanoseconds."""
    wanted = AttributeList(bitmapcount=_ATTR_BIT_MAP_COUNT, commonattr=_ATTR_CMN_CRTIME)
    time = TimeSpec(*divmod(nanoseconds, 10**9))
    if c_library().setattrlist(
        os.fsencode(path), ctypes.byref(wanted), ctypes.byref(time),
        ctypes.c_size_t(ctypes.sizeof(time)), _FSOPT_NOFOLLOW,
    ) != 0:  # fmt: skip
        raise _error(path)


def attribute_names(path: str) -> list[str]:
    """The names of a file's extended attributes; none if they cannot be listed."""
    listxattr = c_library().listxattr
    listxattr.restype = ctypes.c_ssize_t
    size = listxattr(os.fsencode(path), None, ctypes.c_size_t(0), _XATTR_NOFOLLOW)
    if size <= 0:
        return []
    buffer = ctypes.create_string_buffer(size)
    size = listxattr(os.fsencode(path), buffer, ctypes.c_size_t(size), _XATTR_NOFOLLOW)
    return [os.fsdecode(name) for name in buffer.raw[: max(0, size)].split(b"\0") if name]


def _error(path: str, other: str | None = None) -> OSError:
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code), path, None, other)
