"""Let one start at a time set up the environment."""

import contextlib
import sys
import time

# Seconds between two attempts.
_PAUSE = 0.5
# A byte beyond the end of the file: on Windows, nobody else can read a byte that is locked.
_BYTE = 1 << 30


@contextlib.contextmanager
def setup_lock(path, say):
    """Keep a file locked, and wait for it first. The system releases it when the process ends in
    any way. On a file system without locks, nothing is locked.

    path: an existing file that every start uses. say: told once if it has to wait.
    """
    try:
        file = open(path, "rb")  # noqa: SIM115
    except OSError:
        yield
        return
    with file:
        waiting = False
        while _is_locked_by_another(file):
            if not waiting:
                say("Another start is setting up Photo Explorer. Waiting until it is done…")
                waiting = True
            time.sleep(_PAUSE)
        yield


def _is_locked_by_another(file):
    """Try to lock a file; returns whether another process has locked it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Windows gives EACCES, other systems EWOULDBLOCK, which Python turns into these classes.
        return isinstance(error, (BlockingIOError, PermissionError))
    return False
