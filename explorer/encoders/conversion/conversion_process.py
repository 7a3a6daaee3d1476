"""Convert a model in a process of its own, if this one must not import torch.

    python -m explorer.encoders.conversion.conversion_process NAME

torch and faiss both contain libomp. macOS treats the two copies as one library, and a process that
loads it a second time is ended. On other systems they can coexist.
"""

from __future__ import annotations

import subprocess
import sys

from explorer.config import PROJECT
from explorer.errors import EncoderError, ExplorerError
from explorer.systems.this_system import this_system

HEAT_MAP = "starter-map"
"""Stands for the heat-map model where the name of an encoder is expected."""


def must_convert_apart() -> bool:
    """Whether this process has loaded faiss, on a system where torch must then stay out."""
    return this_system().allows_one_openmp and "faiss" in sys.modules


def convert_apart(name: str) -> None:
    """Convert an encoder in a process of its own. Raises EncoderError with the reason that process
    gives."""
    done = subprocess.run(
        [sys.executable, "-m", "explorer.encoders.conversion.conversion_process", name],
        cwd=PROJECT,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        **this_system().background_process(),
    )
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = lines[-1] if lines else f"its process ended with code {done.returncode}"
        raise EncoderError(f"The model “{name}” could not be prepared: {reason}")


def main(name: str) -> int:
    """Convert what is not converted yet; returns the exit code."""
    from explorer.encoders import registry, starter_heat_map

    try:
        if name == HEAT_MAP:
            starter_heat_map.convert_feature_map_model()
        else:
            registry.fetch(name)
    except ExplorerError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
