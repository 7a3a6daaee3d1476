"""One function for each command of the command line, in few modules."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable

# A command's module is imported when it runs: a search must not wait for what only indexing needs.
_MODULES = {
    "open": "app", "demo": "app", "index": "indexing", "verify": "indexing", "search": "looking", "status": "looking", "models": "tools",
    "bench": "tools", "pause": "control", "resume": "control", "stop": "control", "rescan": "control", "pace": "control",
    "forget": "control", "exclude": "control", "retry": "control", "duplicates": "duplicates", "anomalies": "oddities",
    "remove": "tidying", "undo": "tidying",
}  # fmt: skip


def function(command: str) -> Callable[[argparse.Namespace], int]:
    """What carries out the command of that name: it takes the parsed words and gives the exit code."""
    module = importlib.import_module(f"explorer.commands.{_MODULES[command]}")
    found: Callable[[argparse.Namespace], int] = getattr(module, f"run_{command}")
    return found
