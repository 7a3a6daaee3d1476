"""Imports go one way, and each heavy library is behind one door: docs/design.md says which."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from explorer.config import PROJECT

# From the bottom to the top: each may import itself and what stands before it, never what comes
# after.
LAYERS = [
    {"systems"}, {"photos"}, {"matching"}, {"decoding"}, {"encoders"}, {"places"}, {"library"},
    {"scanning"}, {"analysis"}, {"indexing"}, {"removal"}, {"sidecars"},
    {"duplicates"}, {"anomalies"}, {"search"}, {"ui"}, {"pages"}, {"cli"},
]  # fmt: skip
# Small files that everything may import, and that import none of the layers.
GROUND = {"config", "errors", "int64", "text_format", ""}
# Where a library may be imported: beginnings of paths.
DOORS = {
    "torch": ("explorer/encoders/",),
    "open_clip": ("explorer/encoders/",),
    "torchvision": ("explorer/encoders/",),
    "openvino": ("explorer/encoders/",),
    "transformers": ("explorer/encoders/",),
    "faiss": ("explorer/library/vectors.py",),
    "sqlite3": ("explorer/library/",),
    "sqlite_utils": ("explorer/library/",),
    "lark": ("explorer/search/language/",),
    "streamlit": ("explorer/ui/", "pages/", "run.py"),
    "watchdog": ("explorer/scanning/",),
}
# These run on any Python, before the packages are installed, and use the standard library only.
BEFORE_INSTALLATION = {
    "run.py",
    *(path.relative_to(PROJECT).as_posix() for path in (PROJECT / "explorer/setup").glob("*.py")),
}
SQL = re.compile(
    r"^\s*(select\s.+\sfrom|insert\s+(or\s+\w+\s+)?into|update\s+\w+\s+set|delete\s+from"
    r"|create\s+table|pragma)\s",
    re.S,
)

FILES = [
    *sorted(path for folder in ("explorer", "pages") for path in (PROJECT / folder).rglob("*.py")),
    PROJECT / "run.py",
]


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@functools.cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports relatively"
            assert node.module
            yield node.module
            if node.module == "explorer":
                yield from (f"explorer.{alias.name}" for alias in node.names)


def part(module: str) -> str:
    """`explorer.library.catalog` → `library`."""
    first, _, rest = module.partition(".")
    return first if first == "pages" else rest.partition(".")[0]


def height(name: str) -> int | None:
    return next((number for number, names in enumerate(LAYERS) if name in names), None)


def test_there_are_modules_to_check() -> None:
    assert {part(".".join(path.relative_to(PROJECT).with_suffix("").parts)) for path in FILES} >= {
        name for names in LAYERS for name in names
    }


def test_imports_follow_the_layers() -> None:
    wrong = list[str]()
    for path in FILES:
        mine = part(".".join(path.relative_to(PROJECT).with_suffix("").parts))
        at = height(mine)
        for module in imports(path):
            if module.partition(".")[0] not in {"explorer", "pages"}:
                continue
            theirs = height(part(module))
            if mine in GROUND and path.name != "run.py" and theirs is not None:
                wrong.append(f"{name_of(path)} is for all and imports {module}")
            if at is not None and theirs is not None and theirs > at:
                wrong.append(f"{name_of(path)} imports {module}, which stands above it")
    assert wrong == []


def test_heavy_libraries_are_imported_only_by_their_wrappers() -> None:
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in FILES
        for module in imports(path)
        if not name_of(path).startswith(DOORS.get(module.partition(".")[0], ("",)))
    ]
    assert wrong == []


def asks_for_the_system(node: ast.AST) -> bool:
    """Whether this is `sys.platform`, `os.name`, `os.uname` or a function of `platform`."""
    return isinstance(node, ast.Attribute) and (
        isinstance(node.value, ast.Name)
        and (
            (node.value.id, node.attr)
            in {("sys", "platform"), ("os", "name"), ("os", "uname"), ("sys", "getwindowsversion")}
            or (node.value.id == "platform" and node.attr != "python_version")
        )
    )


def test_only_the_systems_package_asks_which_system_it_runs_on() -> None:
    asking = [
        f"{name_of(path)}:{node.lineno}"
        for path in FILES
        if not name_of(path).startswith("explorer/systems/")
        and name_of(path) not in BEFORE_INSTALLATION
        for node in nodes(path)
        if asks_for_the_system(node) and isinstance(node, ast.Attribute)
    ]
    assert asking == []


def test_the_search_for_checks_of_the_system_finds_them() -> None:
    for text in ("sys.platform", "os.name", "platform.machine", "os.uname"):
        assert asks_for_the_system(ast.parse(text, mode="eval").body)
    assert not asks_for_the_system(ast.parse("path.name", mode="eval").body)


def test_only_the_library_package_uses_sql() -> None:
    spoken = [
        f"{name_of(path)}:{node.lineno}"
        for path in FILES
        if not name_of(path).startswith("explorer/library/")
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
    ]
    assert spoken == []


def test_the_search_for_sql_finds_it() -> None:
    assert SQL.match("select id from photo where id = ?") and SQL.match("delete from file")
    assert not SQL.match("Select photos to remove them from the library.")


def test_nothing_prints() -> None:
    printing = [
        f"{name_of(path)}:{node.lineno}"
        for path in FILES
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert printing == []


def loaded_by(code: str) -> set[str]:
    """The top-level modules in a fresh process after that code."""
    completed = subprocess.run(
        [sys.executable, "-c",
        f"{code}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"],
        cwd=PROJECT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return set(completed.stdout.split())


def test_decode_processes_load_neither_models_nor_faiss() -> None:
    assert not loaded_by("import explorer.decoding.decode_server") & {
        "torch",
        "faiss",
        "openvino",
        "streamlit",
        "transformers",
    }


def test_a_search_loads_neither_torch_nor_the_app() -> None:
    """What it loads is what the user waits for."""
    code = (
        "import sys; sys.argv = ['run.py']\nfrom explorer.cli.app import main\nfrom"
        " explorer.cli.commands import command\ncommand('search')"
    )
    assert not loaded_by(code) & {
        "torch",
        "streamlit",
        "transformers",
        "watchdog",
        "cv2",
        "skimage",
        "sklearn",
        "pillow_heif",
        "httpx",
    }
