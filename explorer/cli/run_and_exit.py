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
    _replace_closed_streams()
    codes = list[int]()
    # The function that is registered first runs last: after all threads have ended, and after the
    # functions that the command and its libraries register.
    atexit.register(_end, codes)
    codes.append(main(argv))
    sys.exit(codes[0])


def _replace_closed_streams() -> None:
    """Let a command that was started with a closed stream, as in `>&-`, read nothing from it, or
    write into nothing."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


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
