"""One function for each command of the command line, in few modules."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable

# A command's module is imported when it runs: a search must not wait for what only indexing needs.
_MODULES = {
    "open": "open_command",
    "demo": "open_command",
    "index": "index_command",
    "verify": "index_command",
    "search": "search_command",
    "status": "search_command",
    "models": "models_command",
    "bench": "models_command",
    "pause": "worker_commands",
    "resume": "worker_commands",
    "stop": "worker_commands",
    "rescan": "worker_commands",
    "pace": "worker_commands",
    "forget": "worker_commands",
    "exclude": "worker_commands",
    "retry": "worker_commands",
    "duplicates": "duplicates_command",
    "anomalies": "anomalies_command",
    "remove": "remove_command",
    "undo": "remove_command",
}


def function(command: str) -> Callable[[argparse.Namespace], int]:
    """What carries out the command of that name: it takes the parsed words and gives the exit code."""
    module = importlib.import_module(f"explorer.cli.{_MODULES[command]}")
    found: Callable[[argparse.Namespace], int] = getattr(module, f"run_{command}")
    return found
