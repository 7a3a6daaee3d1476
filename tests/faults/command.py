"""The command line with the tiny encoder in the starter's place: `python -m tests.faults.command
…`."""

from __future__ import annotations

import sys

from explorer.cli.app import main
from explorer.encoders import registry
from tests.tiny import Tiny

if __name__ == "__main__":
    registry.register("starter", Tiny)
    registry.register("tiny", Tiny)
    sys.exit(main(sys.argv[1:]))
