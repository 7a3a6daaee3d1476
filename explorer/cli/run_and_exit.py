"""Run a command as the whole of a process, and end it without the interpreter's teardown.

Freeing every object and unloading the models takes a quarter of a second after everything is done;
the system frees memory at once.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from explorer.cli.app import main


def run_and_exit(argv: Sequence[str] | None = None) -> NoReturn:
    """Run one command, and exit with its exit code. argv: the arguments after the program's name;
    None for those of this process."""
    codes = list[int]()
    # The function that is registered first runs last: after all threads have ended, and after the
    # functions that the command and its libraries register.
    atexit.register(_end, codes)
    codes.append(main(argv))
    sys.exit(codes[0])


def _end(codes: Sequence[int]) -> None:
    """End the process with the exit code in `codes`. After an exception, or if output is lost, do
    nothing: the interpreter reports it."""
    if not codes:
        return
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            return
    os._exit(codes[0])
