"""Imports go one way, and each heavy library is behind one door: docs/design.md says which."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.config import PROJECT

# From the bottom to the top: each may import itself and what stands before it, never what comes
# after.
LAYERS = [
    {"photos"}, {"matching"}, {"decoding"}, {"encoders"}, {"places"}, {"library"}, {"scanning"},
    {"analysis"}, {"indexing"}, {"removal"},
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


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """The modules that a file imports, and whether only the type checker does."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner) for node in ast.walk(tree) if isinstance(node,
        ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for statement in node.body for inner in ast.walk(statement)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in typing_only) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports relatively"
            assert node.module
            yield node.module, id(node) in typing_only
            if node.module == "explorer":
                yield from (
                    (f"explorer.{alias.name}", id(node) in typing_only) for alias in node.names
                )


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


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_follow_the_layers(path: Path) -> None:
    mine = part(".".join(path.relative_to(PROJECT).with_suffix("").parts))
    at = height(mine)
    for module, _ in imports(path):
        if module.partition(".")[0] not in {"explorer", "pages"}:
            continue
        theirs = height(part(module))
        if mine in GROUND and path.name != "run.py":
            assert theirs is None, f"{name_of(path)} is for all and imports {module}"
        if at is not None and theirs is not None:
            assert theirs <= at, f"{name_of(path)} imports {module}, which stands above it"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_heavy_libraries_are_imported_only_by_their_wrappers(path: Path) -> None:
    for module, _ in imports(path):
        doors = DOORS.get(module.partition(".")[0])
        assert doors is None or name_of(path).startswith(doors), f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_library_package_uses_sql(path: Path) -> None:
    if name_of(path).startswith("explorer/library/"):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not SQL.match(node.value), f"{name_of(path)}:{node.lineno} speaks SQL"


def test_the_search_for_sql_finds_it() -> None:
    assert SQL.match("select id from photo where id = ?") and SQL.match("delete from file")
    assert not SQL.match("Select photos to remove them from the library.")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_uses_print_or_pickle(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"{name_of(path)}:{node.lineno} prints"
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert isinstance(node.value, ast.Constant) and node.value.value is False
    assert not any(
        module.partition(".")[0] in {"pickle", "shelve", "joblib", "dill"}
        for module, _ in imports(path)
    )


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
