"""The user's files are touched through `file_calls` only, no file of ours is replaced without
waiting until other processes have closed it, and no program shows a console window."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_imports import BEFORE_INSTALLATION, FILES, name_of, nodes

# Modules that touch files of the program only, or run before its packages are installed.
OF_THE_PROGRAM = frozenset(
    f"explorer/{name}.py"
    for name in (
        "setup/bootstrap", "setup/venv_files", "setup/torch_source", "cli/app",
        "decoding/decode_server", "demo/sample_files", "encoders/downloads/hub_cache",
        "library/durable_io", "library/permissions", "library/removals/removal_journal",
        "library/screen_cache", "ui/web_server/access_token",
        "ui/web_server/single_instance",
    )
)  # fmt: skip
# Where only Linux comes: its change events.
OF_LINUX = frozenset({"explorer/scanning/inotify.py"})
CALLS = frozenset(
    {
        "access", "chmod", "link", "listdir", "lstat", "makedirs", "mkdir", "open", "readlink",
        "remove", "rename", "replace", "rmdir", "scandir", "stat", "symlink", "unlink", "utime",
        "walk",
    }
)  # fmt: skip
PATH_CALLS = frozenset(
    {"exists", "getmtime", "getsize", "isdir", "isfile", "islink", "ismount", "lexists", "samefile"}
)


def calls_of_os(tree: list[ast.AST]) -> Iterator[int]:
    """The lines that ask the system about a path, or change what is there."""
    for node in tree:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            whose = ast.unparse(node.func.value)
            if (whose, node.func.attr in CALLS) == ("os", True) or (
                whose == "os.path" and node.func.attr in PATH_CALLS
            ):
                yield node.lineno


def replacements(tree: list[ast.AST]) -> Iterator[int]:
    """The lines that call `Path.replace`: any other method of that name takes more, or names."""
    for node in tree:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "replace"
            and len(node.args) == 1
            and not node.keywords
        ):
            yield node.lineno


def programs_with_windows(tree: list[ast.AST]) -> Iterator[int]:
    """The lines that start a program which may show a console window on Windows."""
    for node in tree:
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in {"subprocess.Popen", "subprocess.run", "subprocess.call"}
            and not any(
                word.arg is None and "background_process()" in ast.unparse(word.value)
                for word in node.keywords
            )
        ):
            yield node.lineno


def program_files() -> Iterator[tuple[str, Path]]:
    for path in FILES:
        name = name_of(path)
        if name.startswith("explorer/") and not name.startswith("explorer/systems/"):
            yield name, path


def test_the_users_files_are_touched_through_file_calls_only() -> None:
    direct = [
        f"{name}:{line}"
        for name, path in program_files()
        if name not in OF_THE_PROGRAM | OF_LINUX
        for line in calls_of_os(nodes(path))
    ]
    assert direct == []


def test_no_file_is_replaced_without_waiting_for_its_readers() -> None:
    hasty = [
        f"{name}:{line}" for name, path in program_files() for line in replacements(nodes(path))
    ]
    assert hasty == []


def test_no_console_window_appears() -> None:
    """But for what set-up and benchmarks print to the console that they were started from."""
    shown = [
        f"{name}:{line}"
        for name, path in program_files()
        if name not in BEFORE_INSTALLATION | {"explorer/cli/bench_command.py"}
        for line in programs_with_windows(nodes(path))
    ]
    assert shown == []


def test_the_search_for_console_windows_finds_them() -> None:
    for code, expected in (
        ("subprocess.run(command)", 1),
        ("subprocess.run(command, **options)", 1),
        ("subprocess.run(command, **this_system().background_process())", 0),
    ):
        assert len(list(programs_with_windows(list(ast.walk(ast.parse(code)))))) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("os.stat(path)", 1),
        ("os.path.isfile(path)", 1),
        ("os.path.join(path, name)", 0),
        ("file_calls.stat(path)", 0),
        ("os.close(handle)", 0),
    ],
)
def test_the_search_for_direct_calls_finds_them(code: str, expected: int) -> None:
    assert len(list(calls_of_os(list(ast.walk(ast.parse(code)))))) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("scratch.replace(path)", 1),
        ("text.replace('a', 'b')", 0),
        ("system.replace(scratch, path)", 0),
        ("moment.replace(tzinfo=UTC)", 0),
    ],
)
def test_the_search_for_replacements_finds_them(code: str, expected: int) -> None:
    assert len(list(replacements(list(ast.walk(ast.parse(code)))))) == expected
