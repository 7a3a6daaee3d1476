"""Python's file and folder calls, for paths of any length.

Windows accepts long paths only in a special form (`OperatingSystem.long_path`), which no message
should show and no journal should hold. So paths stay plain everywhere, and are converted here, at
the last moment. On Windows, calls that change a name or open a file are also retried for a moment
while another program has the file open exclusively. On other systems, these functions only call
those of `os`.

All code that touches the user's files uses these functions; tests/systems/test_file_call_users.py
checks that.
"""

from __future__ import annotations

import os
import shutil
import stat as stat_modes
from typing import BinaryIO

from explorer.systems.this_system import this_system

AnyPath = str | os.PathLike[str]

# Flags for `open_descriptor`: do not wait if the file is a pipe that nobody writes to, and do not
# convert line endings on Windows.
READ_ONLY = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def _long(path: AnyPath) -> str:
    return this_system().long_path(os.fspath(path))


def lstat(path: AnyPath) -> os.stat_result:
    """See `os.lstat`."""
    return os.lstat(_long(path))


def stat(path: int | AnyPath) -> os.stat_result:
    """See `os.stat`. path: may be a descriptor."""
    return os.stat(path if isinstance(path, int) else _long(path))


def exists(path: AnyPath) -> bool:
    """See `os.path.exists`."""
    return os.path.exists(_long(path))


def lexists(path: AnyPath) -> bool:
    """See `os.path.lexists`."""
    return os.path.lexists(_long(path))


def isfile(path: AnyPath) -> bool:
    """See `os.path.isfile`."""
    return os.path.isfile(_long(path))


def isdir(path: AnyPath) -> bool:
    """See `os.path.isdir`."""
    return os.path.isdir(_long(path))


def islink(path: AnyPath) -> bool:
    """See `os.path.islink`."""
    return os.path.islink(_long(path))


def ismount(path: AnyPath) -> bool:
    """See `os.path.ismount`."""
    return os.path.ismount(_long(path))


def samefile(one: AnyPath, two: AnyPath) -> bool:
    """See `os.path.samefile`."""
    return os.path.samefile(_long(one), _long(two))


def access(path: AnyPath, mode: int) -> bool:
    """See `os.access`."""
    return os.access(_long(path), mode)


def is_regular(path: str) -> bool:
    """Whether this is a regular file: not a link, folder or device. Raises OSError."""
    return stat_modes.S_ISREG(lstat(path).st_mode)


def readlink(path: AnyPath) -> str:
    """See `os.readlink`."""
    return os.readlink(_long(path))


def symlink(goal: str, path: str) -> None:
    """See `os.symlink`. The goal is not converted."""
    os.symlink(goal, _long(path))


def rename(source: str, target: str) -> None:
    """See `os.rename`."""
    this_system().patiently(lambda: os.rename(_long(source), _long(target)))


def link(source: str, target: str, *, follow_links: bool = False) -> None:
    """Create a hard link. If the source is a symbolic link, it links to the symbolic link itself
    unless links are followed. See `os.link`."""
    if follow_links:
        # Not with `follow_symlinks`: Windows has no such option, and Python on Linux ignores it.
        os.link(_long(os.path.realpath(source)), _long(target))
    elif os.link in os.supports_follow_symlinks:
        os.link(_long(source), _long(target), follow_symlinks=False)
    else:
        # Windows never follows symbolic links here (`CreateHardLinkW`).
        os.link(_long(source), _long(target))


def unlink(path: str) -> None:
    """See `os.unlink`."""
    this_system().patiently(lambda: os.unlink(_long(path)))


def rmdir(path: str) -> None:
    """See `os.rmdir`."""
    this_system().patiently(lambda: os.rmdir(_long(path)))


def mkdir(path: str, mode: int = 0o777) -> None:
    """Create a folder unless it exists. Raises FileExistsError if something else has its name."""
    try:
        os.mkdir(_long(path), mode)
    except FileExistsError:
        if not isdir(path):
            raise


def makedirs(path: str, mode: int = 0o777) -> None:
    """Create a folder and its parents unless they exist. See `os.makedirs`."""
    os.makedirs(_long(path), mode, exist_ok=True)


def listdir(path: AnyPath) -> list[str]:
    """See `os.listdir`."""
    return os.listdir(_long(path))


def scandir(path: AnyPath) -> os._ScandirIterator[str]:
    """See `os.scandir`."""
    return os.scandir(_long(path))


def open_descriptor(path: AnyPath, flags: int, mode: int = 0o777) -> int:
    """See `os.open`."""
    return this_system().patiently(lambda: os.open(_long(path), flags, mode))


def open_binary(path: AnyPath) -> BinaryIO:
    """Open a file for reading bytes. See `open`."""
    return this_system().patiently(lambda: open(_long(path), "rb"))


def replace(source: str, target: str) -> None:
    """See `os.replace`."""
    this_system().patiently(lambda: os.replace(_long(source), _long(target)))


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
    """Set both times of a file to the current time. See `os.utime`."""
    os.utime(_long(path))
