"""Runs tests on mutants, each in a temporary copy of the project; the working tree is only read."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple
from xml.etree import ElementTree

import psutil

Outcome = Literal["noticed", "survived", "timeout"]

# What a copy does not need. Bytecode is made anew, so that none is of another version of a module.
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "venv", "__pycache__", ".*_cache", ".hypothesis", "node_modules", "*.egg-info"
)
# A mutant may take so many times as long as the unchanged code, and so many seconds more: a busy
# machine is no endless loop.
_TIMES, _SECONDS_MORE = 4.0, 30.0
# The test's name without its parameters, which may hold spaces.
_FAILED = re.compile(r"^(?:FAILED|ERROR) ([^\s\[]+\.py(?:::[^\s\[]+)?)", re.M)
# pytest's exit codes: tests failed, or could not be collected, as of a module that raises when it
# is imported.
_FAILING = (1, 2)


class TestsFail(Exception):
    """The tests fail on unchanged code, so that they say nothing of a changed one."""


class Run(NamedTuple):
    """outcome: of one mutant. by: the first test that failed, as pytest names it but for its
    parameters; None where none did."""

    outcome: Outcome
    by: str | None


class Copy:
    """A copy of a project in which modules can be changed and tests run. Used by one thread at a
    time."""

    def __init__(self, repo: Path, place: Path) -> None:
        """repo: the project. place: a folder of ours that does not exist yet."""
        self._tree, self._scratch = place / "tree", place / "tmp"
        self._process: subprocess.Popen[bytes] | None = None
        shutil.copytree(repo, self._tree, ignore=_LEFT_OUT, symlinks=True)

    def measure(self, tests: Sequence[str]) -> tuple[float, list[str]]:
        """Run the tests on unchanged code: (seconds, the files of tests, the quickest first).
        Raises TestsFail."""
        report = self._tree.parent / "base.xml"
        began = time.monotonic()
        code, output = self._pytest(
            [f"--junitxml={report}", "-o", "junit_family=xunit1", *tests], None
        )
        seconds = time.monotonic() - began
        if code != 0:
            raise TestsFail(
                f"the tests fail on unchanged code (exit code {code}):\n{output[-3000:]}"
            )
        spent = dict.fromkeys(tests, 0.0)
        for case in ElementTree.parse(report).iter("testcase"):
            file = case.get("file") or ""
            spent[file] = spent.get(file, 0.0) + float(case.get("time") or 0)
        return seconds, sorted(tests, key=lambda test: spent[test])

    def try_out(self, module: str, source: str, tests: Sequence[str], limit: float) -> Run:
        """Run the tests with another source of a module (path below the project), until one fails;
        the module is put back.

        limit: seconds after which the tests are stopped.
        """
        path = self._tree / module
        original = path.read_bytes()
        try:
            self._write(path, source.encode())
            code, output = self._pytest(["-x", *tests], limit)
        finally:
            self._write(path, original)
        if code is None:
            return Run("timeout", None)
        if code == 0:
            return Run("survived", None)
        if code > 0 and code not in _FAILING:
            raise TestsFail(f"pytest could not run (exit code {code}):\n{output[-3000:]}")
        found = _FAILED.search(output)
        return Run("noticed", found.group(1) if found else None)

    def stop(self) -> None:
        """End the tests that run now; from another thread."""
        if self._process is not None:
            _end(self._process)

    def _write(self, path: Path, data: bytes) -> None:
        path.write_bytes(data)
        # Python tells versions apart by size and second.
        Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)

    def _pytest(self, options: Sequence[str], limit: float | None) -> tuple[int | None, str]:
        """pytest's exit code and output; None where it had to be stopped."""
        self._scratch.mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "TMPDIR": str(self._scratch),
            "TEMP": str(self._scratch),
            "PYTHONPATH": str(self._tree),
        }
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-ra",
            "--color=no",
            *options,
        ]
        log = self._tree.parent / "output.txt"
        try:
            with log.open("wb") as file:
                process = self._process = subprocess.Popen(
                    command,
                    cwd=self._tree,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=file,
                )
                try:
                    code = process.wait(limit)
                except subprocess.TimeoutExpired:
                    code = None
                finally:
                    _end(process)
            return code, log.read_text(errors="replace")
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)


def time_limit(seconds: float) -> float:
    """Seconds that a mutant gets where the unchanged code took so many."""
    return seconds * _TIMES + _SECONDS_MORE


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process of ours with all that it started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
    process.kill()
    process.wait()
