"""Print results to standard output and messages to standard error."""

from __future__ import annotations

import json
import os
import sys

from explorer.config import PROGRAM
from explorer.text_format import one_line


def emit(text: str) -> None:
    """Print one line of results. File names are printed as the bytes that they have on disk, except
    that control characters are escaped in a terminal."""
    sys.stdout.buffer.write(os.fsencode(one_line(text) if sys.stdout.isatty() else text) + b"\n")
    sys.stdout.buffer.flush()


def emit_json(value: object) -> None:
    """Print results as JSON in ASCII only, so that any name survives any pipe."""
    emit(json.dumps(value))


def say(message: str) -> None:
    """Print a message for the user as one line on standard error."""
    sys.stderr.write(one_line(" ".join(message.split())) + "\n")


EMPTY_LIBRARY = (
    f"The library has no photos yet: index a folder first with `{PROGRAM} index FOLDER`."
)
