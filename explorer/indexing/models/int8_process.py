"""The process that makes and tests the INT8 version of one model in the background.

    python -m explorer.indexing.models.int8_process NAME

It reads the paths of previews from standard input, as a JSON list on one line. When standard input
closes after that, the process ends at once. That loses nothing: the decision is stored only when
everything is done. It is a separate process because the test needs more memory than indexing does,
and because a crash must not end the worker.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

import numpy as np
from filelock import Timeout

from explorer.encoders import registry
from explorer.encoders.base import Pixels
from explorer.encoders.runtime import encoder_engines
from explorer.errors import ExplorerError
from explorer.indexing.preview_encoder import preview_pixels
from explorer.indexing.throttle import lower_priority
from explorer.photos.input_spec import InputSpec

# Exit codes besides 0 (decided).
FAILED, UNDECIDED = 1, 3


def main(name: str) -> int:
    """Test the INT8 version of a model; returns the exit code. UNDECIDED: too few of the previews
    can be read, or another process is testing a model."""
    lower_priority()
    paths = [Path(path) for path in json.loads(_first_line())]
    threading.Thread(target=_end_with_parent, daemon=True, name="parent-watch").start()
    try:
        pixels = _read(paths, registry.get_encoder(name).spec)
        if len(pixels) < encoder_engines.INT8_PHOTOS:
            return UNDECIDED
        encoder_engines.assess_int8(name, pixels[: encoder_engines.INT8_PHOTOS])
    except Timeout:
        return UNDECIDED
    except (ExplorerError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    return 0


def _read(paths: list[Path], spec: InputSpec) -> Pixels:
    found = (preview_pixels(path, spec) for path in paths)
    pixels = [one for one in found if one is not None]
    return np.stack(pixels) if pixels else np.zeros((0, spec.size, spec.size, 3), np.uint8)


def _first_line() -> bytes:
    # Not read through sys.stdin: at exit, Python waits for the lock of that object.
    line = bytearray()
    while not line.endswith(b"\n") and (part := os.read(sys.stdin.fileno(), 65536)):
        line += part
    return bytes(line)


def _end_with_parent() -> None:
    """End this process when the other end of its standard input is closed."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(130)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
