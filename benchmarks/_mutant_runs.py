"""Run tests on mutants, each in a temporary copy of the project; the working tree is only read."""

from __future__ import annotations

import importlib.util
import json
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

from benchmarks import _mutant_server
from benchmarks._mutant_server import MutantServer, end

Outcome = Literal["noticed", "survived", "timeout"]

# Files that are not copied. Bytecode is compiled in the copy, so that it always fits the source.
_IGNORED = shutil.ignore_patterns(
    ".git", ".venv", "venv", "__pycache__", ".*_cache", ".hypothesis", "node_modules", "*.egg-info"
)
# The time limit of a mutant: a multiple of the time of the unchanged code, and additional seconds,
# so that a busy machine is not mistaken for an endless loop.
_TIME_FACTOR, _EXTRA_SECONDS = 4.0, 30.0
# The test's name without its parameters, which may contain spaces.
_FAILED = re.compile(r"^(?:FAILED|ERROR) ([^\s\[]+\.py(?:::[^\s\[]+)?)", re.M)
# pytest's exit codes if tests failed, could not be collected, or need a plugin that could not be
# loaded, for example because the module raises an error when it is imported.
_FAILING = (1, 2, 3)


class TestsFail(Exception):
    """The tests fail on unchanged code, so that they cannot judge mutants."""


class Run(NamedTuple):
    """The outcome for one mutant. by: pytest's name of the first test that failed, without its
    parameters; None if none did."""

    outcome: Outcome
    by: str | None


class Copy:
    """A copy of a project in which modules can be changed and tests run. Used by one thread at a
    time."""

    def __init__(self, repo: Path, place: Path) -> None:
        """repo: the project. place: the folder for the copy, which must not exist yet."""
        self._place, self._tree, self._scratch = place, place / "tree", place / "tmp"
        self._loaded = place / "loaded.json"
        self._process: subprocess.Popen[bytes] | None = None
        self._server: MutantServer | None = None
        shutil.copytree(repo, self._tree, ignore=_IGNORED, symlinks=True)

    def measure(self, tests: Sequence[str]) -> tuple[float, list[str]]:
        """Run the tests on unchanged code; return the seconds and the test files, the fastest
        first. Raises TestsFail."""
        report = self._place / "base.xml"
        began = time.monotonic()
        if _mutant_server.AVAILABLE:
            self._start_server([])
        code, output = self._pytest(
            [f"--junitxml={report}", "-o", "junit_family=xunit1", *tests], None, self._loaded
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

    def prepare(self, module: str, measured: Copy) -> None:
        """Be quick at trying out mutants of a module, where the system permits: import what the
        tests need and the mutants do not change.

        measured: the copy that has run the tests on unchanged code.
        """
        if _mutant_server.AVAILABLE:
            loaded = json.loads(measured._loaded.read_text())
            self._start_server(_mutant_server.independent(measured._tree, loaded, module))

    def try_out(self, module: str, source: str, tests: Sequence[str], limit: float) -> Run:
        """Replace the source of a module, run the tests until one fails, and restore the module.

        module: its path relative to the project. limit: seconds after which the tests are stopped.
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
        """Stop the running tests, and what waits for more. May be called from another thread."""
        if self._process is not None:
            end(self._process.pid)
        if self._server is not None:
            self._server.stop()
            self._server = None

    def _start_server(self, names: Sequence[str]) -> None:
        self.stop()
        self._server = MutantServer(self._tree, self._environment(), names)

    def _write(self, path: Path, data: bytes) -> None:
        path.write_bytes(data)
        # Python recognizes a changed source only by its size and its time in whole seconds.
        Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)

    def _environment(self) -> dict[str, str]:
        environment = {
            **os.environ,
            "TMPDIR": str(self._scratch),
            "TEMP": str(self._scratch),
            "PYTHONPATH": str(self._tree),
        }
        # Compiling all modules anew for every mutant takes longer than most tests.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        return environment

    def _pytest(
        self, options: Sequence[str], limit: float | None, loaded: Path | None = None
    ) -> tuple[int | None, str]:
        """Run pytest; return its exit code, None if it was stopped at the limit, and its output."""
        self._scratch.mkdir(exist_ok=True)
        options = ["-q", "-p", "no:cacheprovider", "-ra", "--color=no", *options]
        log = self._place / "output.txt"
        try:
            if self._server is not None:
                code = self._server.run(options, limit, log, loaded)
            else:
                code = self._run(options, limit, log)
            return code, log.read_text(errors="replace")
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _run(self, options: Sequence[str], limit: float | None, log: Path) -> int | None:
        with log.open("wb") as file:
            process = self._process = subprocess.Popen(
                [sys.executable, "-m", "pytest", *options],
                cwd=self._tree,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
            try:
                return process.wait(limit)
            except subprocess.TimeoutExpired:
                return None
            finally:
                end(process.pid)
                process.wait()
                self._process = None


class Order:
    """The order in which tests are run: those that failed recently, then the fastest files."""

    # More tests would delay the mutants that other tests notice.
    _MAX = 12

    def __init__(self, files: list[str]) -> None:
        self._files, self._failed = files, list[str]()

    def tests(self) -> list[str]:
        # pytest runs a test only once even if it is named twice.
        return [*self._failed, *self._files]

    def failed(self, test: str | None) -> None:
        if test is not None and "::" in test:
            self._failed = [test, *(each for each in self._failed if each != test)][: self._MAX]


def time_limit(seconds: float) -> float:
    """The time limit of a mutant in seconds. seconds: the time of the unchanged code."""
    return seconds * _TIME_FACTOR + _EXTRA_SECONDS
