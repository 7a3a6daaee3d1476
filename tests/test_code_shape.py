"""What keeps the code readable: small files and functions, names of their own, style and types."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.config import PROJECT

MAX_LINES, MAX_FUNCTION_LINES = 300, 60
FOLDERS = ("explorer", "pages", "tests", "benchmarks", "scripts")
SCRIPTS = sorted(
    path
    for folder in ("explorer/ui/static", "tests/javascript")
    for path in (PROJECT / folder).rglob("*.js")
)
FILES = [path for folder in FOLDERS for path in sorted((PROJECT / folder).rglob("*.py"))]
# What these packages call a module mirrors what they show.
MIRRORS = {"cli", "ui"}


def named(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_have_at_most_300_lines() -> None:
    lengths = {
        named(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in [*FILES, *SCRIPTS]
    }
    assert len(lengths) > 500 and len(SCRIPTS) > 80
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_functions_have_at_most_60_lines() -> None:
    long = {
        f"{named(path)}:{function.lineno} {function.name}": function.end_lineno
        - function.lineno
        + 1
        for path in FILES
        for function in functions(ast.parse(path.read_text(encoding="utf-8")))
        if function.end_lineno and function.end_lineno - function.lineno >= MAX_FUNCTION_LINES
    }
    assert long == {}


def test_no_two_modules_share_a_name() -> None:
    modules = [
        path.stem
        for path in (PROJECT / "explorer").rglob("*.py")
        if path.relative_to(PROJECT / "explorer").parts[0] not in MIRRORS
        and path.stem != "__init__"
    ]
    assert {name for name, times in Counter(modules).items() if times > 1} == set()


def test_no_two_classes_share_a_name() -> None:
    classes = [
        node.name
        for path in (PROJECT / "explorer").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    assert {name for name, times in Counter(classes).items() if times > 1} == set()


@pytest.mark.parametrize(
    "words",
    [["ruff", "check", "--quiet", "."], ["ruff", "format", "--check", "--quiet", "."], ["mypy"]],
    ids=" ".join,
)
def test_style_and_types_are_checked(words: list[str]) -> None:
    if words == ["mypy"] and os.environ.get("CI"):
        # No later run reads what it would keep.
        words = ["mypy", "--no-incremental"]
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
