"""Python's calls for files and folders, for paths of any length.

Windows accepts long paths only in a form of their own (`OperatingSystem.long_path`), which no
message should show and no journal should hold. So paths stay plain everywhere, and are put into
that form here, at the last moment. Elsewhere, these functions are those of `os`.
"""

from __future__ import annotations

import os
import shutil
import stat as stat_modes
from typing import BinaryIO

from explorer.systems.this_system import this_system


def _long(path: str) -> str:
    return this_system().long_path(path)


def lstat(path: str) -> os.stat_result:
    """See `os.lstat`."""
    return os.lstat(_long(path))


def stat(path: int | str) -> os.stat_result:
    """See `os.stat`. path: may be a descriptor."""
    return os.stat(path if isinstance(path, int) else _long(path))


def lexists(path: str) -> bool:
    """See `os.path.lexists`."""
    return os.path.lexists(_long(path))


def isfile(path: str) -> bool:
    """See `os.path.isfile`."""
    return os.path.isfile(_long(path))


def isdir(path: str) -> bool:
    """See `os.path.isdir`."""
    return os.path.isdir(_long(path))


def islink(path: str) -> bool:
    """See `os.path.islink`."""
    return os.path.islink(_long(path))


def is_regular(path: str) -> bool:
    """Whether this is a regular file: not a link, folder or device. Raises OSError."""
    return stat_modes.S_ISREG(lstat(path).st_mode)


def readlink(path: str) -> str:
    """See `os.readlink`."""
    return os.readlink(_long(path))


def symlink(goal: str, path: str) -> None:
    """See `os.symlink`. The goal stays as it is."""
    os.symlink(goal, _long(path))


def rename(source: str, target: str) -> None:
    """See `os.rename`."""
    this_system().patiently(lambda: os.rename(_long(source), _long(target)))


def link(source: str, target: str) -> None:
    """A hard link; of a symbolic link, to that link itself. See `os.link`."""
    os.link(_long(source), _long(target), follow_symlinks=False)


def unlink(path: str) -> None:
    """See `os.unlink`."""
    os.unlink(_long(path))


def rmdir(path: str) -> None:
    """See `os.rmdir`."""
    os.rmdir(_long(path))


def makedirs(path: str) -> None:
    """Create a folder and those that contain it, where they do not exist. See `os.makedirs`."""
    os.makedirs(_long(path), exist_ok=True)


def listdir(path: str) -> list[str]:
    """See `os.listdir`."""
    return os.listdir(_long(path))


def scandir(path: str) -> os._ScandirIterator[str]:
    """See `os.scandir`."""
    return os.scandir(_long(path))


def open_descriptor(path: str, flags: int, mode: int = 0o777) -> int:
    """See `os.open`."""
    return os.open(_long(path), flags, mode)


def open_binary(path: str) -> BinaryIO:
    """A file for reading bytes. See `open`."""
    return this_system().patiently(lambda: open(_long(path), "rb"))


def replace(source: str, target: str) -> None:
    """See `os.replace`."""
    os.replace(_long(source), _long(target))


def chmod(path: str, mode: int) -> None:
    """See `os.chmod`."""
    os.chmod(_long(path), mode)


def copystat(source: str, target: str, *, follow_links: bool = True) -> None:
    """See `shutil.copystat`."""
    shutil.copystat(_long(source), _long(target), follow_symlinks=follow_links)


def set_times(path: int | str, atime_ns: int, mtime_ns: int, *, follow_links: bool = True) -> None:
    """See `os.utime`. path: may be a descriptor."""
    times = (atime_ns, mtime_ns)
    if follow_links:
        os.utime(path if isinstance(path, int) else _long(path), ns=times)
    else:
        os.utime(path if isinstance(path, int) else _long(path), ns=times, follow_symlinks=False)


def set_times_to_now(path: str) -> None:
    """See `os.utime`."""
    os.utime(_long(path))
