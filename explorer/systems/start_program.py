"""Start programs that outlive the command that starts them."""

from __future__ import annotations

import errno
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence

# Seconds to wait for a command that opens a file. Outside a desktop environment, the command may be
# the program itself, which ends only when the user closes it.
_TIMEOUT = 3.0
_MAX_SHOWN = 200


def start_program(command: Sequence[str], errors: Mapping[int, str]) -> None:
    """Start a command that opens a file in another program, and leave it running.

    errors: what its exit codes mean, in words. Raises OSError if it fails within three seconds.
    """
    with tempfile.TemporaryFile() as said:
        started = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        try:
            code = started.wait(_TIMEOUT)
        except subprocess.TimeoutExpired:
            # Wait for its end in the background, so that no zombie process is left behind.
            threading.Thread(target=started.wait, daemon=True, name="started-program").start()
            return
        if not code:
            return
        said.seek(0)
        words = " ".join(said.read().decode(errors="replace").split())[:_MAX_SHOWN]
    raise OSError(errno.EIO, errors.get(code) or words or f"{command[0]} ended with code {code}")
