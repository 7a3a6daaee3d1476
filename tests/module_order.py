"""Import the test modules before they are collected, each process beginning with others.

pytest rewrites and compiles a module that it imports for the first time, and keeps the result.
Processes that start together and import in the same order would each do all of this work. As each
begins elsewhere, it finds most of it done by the others.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from pathlib import Path

import pytest

_TESTS = Path(__file__).parent


def import_all(config: pytest.Config) -> None:
    """Import all test modules, if this process collects all of them beside other processes. What
    cannot be imported is left for the collection, which reports it."""
    number = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if not number.isdigit() or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    names = [
        ".".join(path.relative_to(_TESTS.parent).with_suffix("").parts)
        for path in sorted(_TESTS.rglob("test_*.py"))
    ]
    start = len(names) * int(number) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for name in names[start:] + names[:start]:
        with contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(name)
