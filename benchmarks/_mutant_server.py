"""Run pytest many times without starting Python and importing packages every time: a process that
has imported them forks for every run.

Only on Linux, as macOS does not support forks of a process that has loaded its frameworks.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import psutil

AVAILABLE = sys.platform == "linux"
# Importing it starts threads, which a fork would lack.
_STARTS_THREADS = "openvino"
_POLL_SECONDS = 0.01


class MutantServer:
    """The process that forks, as seen from the one that started it. Used by one thread at a time,
    except `stop`."""

    def __init__(
        self, tree: Path, environment: Mapping[str, str], names: Sequence[str] = ()
    ) -> None:
        """tree: the project. names: the modules to import before the first fork."""
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            cwd=tree,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._send(names)

    def run(
        self, options: Sequence[str], limit: float | None, log: Path, loaded: Path | None = None
    ) -> int | None:
        """Run pytest; return its exit code, negative if a signal ended it, and None if it was
        stopped at the limit in seconds.

        log: the file for its output. loaded: the file for the modules that it has imported.
        """
        self._send(
            {"options": options, "limit": limit, "log": str(log), "loaded": loaded and str(loaded)}
        )
        assert self._process.stdout
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the process that forks for the tests has ended")
        code: int | None = json.loads(answer)
        return code

    def stop(self) -> None:
        """Also stops a run."""
        end(self._process.pid)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def _send(self, message: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()


def end(process: int) -> None:
    """Kill a process and all its descendants."""
    with contextlib.suppress(psutil.NoSuchProcess):
        found = psutil.Process(process)
        for each in [*found.children(recursive=True), found]:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()


def independent(tree: Path, loaded: Mapping[str, str], changed: str) -> list[str]:
    """The modules that can be imported before a module of the project is changed: other packages,
    and modules of the project that do not import it. Tests are not among them, as pytest compiles
    them itself.

    loaded: names and files, in order. changed: the path of the module, relative to the project.
    """
    own = {name for name, file in loaded.items() if Path(file).is_relative_to(tree)}
    imports = {name: _imports(Path(loaded[name])) & own for name in own}
    affected = {".".join(Path(changed).with_suffix("").parts).removesuffix(".__init__")}
    while more := {name for name in own - affected if imports[name] & affected}:
        affected |= more
    return [
        name
        for name in loaded
        if (name not in own or (name.startswith("explorer.") and name not in affected))
        and name.partition(".")[0] != _STARTS_THREADS
    ]


def _imports(file: Path) -> set[str]:
    """All names that may be those of modules, and the packages of these."""
    names = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{each.name}" for each in node.names}
    return {".".join(name.split(".")[:end]) for name in names for end in range(1, 9)}


def _serve() -> int:
    """Answer requests until there are none; in a fork, return pytest's exit code."""
    sys.path[0] = os.getcwd()
    _import_all(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            return _run_pytest(request["options"], request["log"], request["loaded"])
        print(json.dumps(_wait(child, request["limit"])), flush=True)
    return 0


def _import_all(names: Iterable[str]) -> None:
    for name in names:
        # Some names are aliases that exist only after another import.
        with contextlib.suppress(Exception), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module(name)


def _wait(child: int, limit: float | None) -> int | None:
    deadline = None if limit is None else time.monotonic() + limit
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if deadline is not None and time.monotonic() > deadline:
            end(child)
            os.waitpid(child, 0)
            return None
        time.sleep(_POLL_SECONDS)


def _run_pytest(options: list[str], log: str, loaded: str | None) -> int:
    _redirect(os.devnull, os.O_RDONLY, [0])
    _redirect(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, [1, 2])
    # An import may have asked for the folder before it existed.
    tempfile.tempdir = None
    import pytest

    sys.argv = ["pytest", *options]
    # Packages that are imported already cannot be rewritten; none of them contains tests.
    code = pytest.main(["-W", "ignore::pytest.PytestAssertRewriteWarning", *options])
    if loaded is not None:
        files = {
            name: getattr(module, "__file__", None) or ""
            for name, module in list(sys.modules.items())
            if getattr(getattr(module, "__spec__", None), "name", None) == name
        }
        Path(loaded).write_text(json.dumps(files))
    return int(code)


def _redirect(path: str, flags: int, targets: Iterable[int]) -> None:
    opened = os.open(path, flags, 0o600)
    for target in targets:
        os.dup2(opened, target)
    os.close(opened)


if __name__ == "__main__":
    sys.exit(_serve())
