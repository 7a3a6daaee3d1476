"""Linux."""

from __future__ import annotations

import contextlib
import errno
import os
import signal

from explorer.systems import exclusive_rename
from explorer.systems.posix import Posix

# The extended attribute in which Linux shows a file's access control list.
_ACCESS_LIST = "system.posix_acl_access"


class Linux(Posix):
    """Linux, on which the program was developed and tested."""

    events_cover_trees = False

    def is_open_for_writing(self, path: str) -> bool | None:
        # The kernel refuses a read lease if some program has the file open for writing (fcntl(2),
        # F_SETLEASE).
        import fcntl

        try:
            file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            # If a program opens the file for writing at this very moment, the system sends us a
            # signal, so choose one that is ignored by default.
            fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            return False
        except OSError as error:
            return True if error.errno == errno.EAGAIN else None
        finally:
            with contextlib.suppress(OSError):
                fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
            os.close(file)

    def rename_exclusively(self, source: str, target: str) -> bool:
        return exclusive_rename.rename_with(exclusive_rename.linux_rename(), source, target)

    def lost_attributes(self, source: str, target: str) -> list[str]:
        names = _attributes(source) - _attributes(target)
        found = ["extended attributes"] if any(name.startswith("user.") for name in names) else []
        return [*found, *(["access lists"] if _ACCESS_LIST in names else [])]

    def enlarge_pipe(self, handle: int, size: int) -> None:
        import fcntl

        # The memory of all pipes of a user is limited (pipe(7)).
        with contextlib.suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_SETPIPE_SZ, size)

    def lower_priority(self) -> None:
        super().lower_priority()
        # Imported here because most processes, such as those that decode, never need it.
        import psutil

        with contextlib.suppress(psutil.Error, OSError, AttributeError):
            # The lowest priority of the best-effort class. The idle class would wait as long as any
            # program reads anything.
            psutil.Process().ionice(psutil.IOPRIO_CLASS_BE, 7)


def _attributes(path: str) -> set[str]:
    """The names of a file's extended attributes; empty if they cannot be listed."""
    try:
        return set(os.listxattr(path, follow_symlinks=False))
    except OSError:
        return set()
