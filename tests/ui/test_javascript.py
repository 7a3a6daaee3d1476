"""The scripts of the pages: their linter, their own tests, and how they are put together."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from explorer.config import PROJECT
from explorer.ui.components.javascript import component_loader, component_script, script_routes
from explorer.ui.static_files import STATIC

COMPONENTS = (
    "gallery",
    "facet_tree",
    "facet_path",
    "facet_panel",
    "compare",
    "scatter",
    "library_map",
    "viewer",
    "app_frame",
    "region_picker",
    "photo_cards",
    "places_map",
    "places_list",
    "query_completion",
)

# The names and the file of an import, and the name of an export.
_IMPORTED = re.compile(r'^import \{([^}]*)\} from "[^"]*?(\w+\.js)";$', re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:const|function|class) (\w+)", re.MULTILINE)

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npx") is None,
    reason="Node.js is not installed: the scripts are neither linted nor tested",
)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


@needs_node
def test_scripts_pass_their_own_tests() -> None:
    tests = sorted(str(path) for path in (PROJECT / "tests" / "javascript").glob("*.test.js"))
    result = run("node", "--test", *tests)
    assert result.returncode == 0, result.stdout + result.stderr


@needs_node
def test_scripts_pass_the_linter() -> None:
    if not (PROJECT / "node_modules" / ".bin" / "biome").exists():
        pytest.skip("The linter is not installed: run `npm ci` first")
    result = run("npm", "run", "--silent", "lint")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_is_one_script_without_imports(name: str) -> None:
    script = component_script(name)
    assert not re.search(r"^import ", script, re.MULTILINE)
    assert re.findall(r"^export .*", script, re.MULTILINE) == [
        line for line in script.split("\n") if line.startswith("export default function")
    ]
    assert script.count("export default function") == 1
    # A string in one line could be taken for the path of a file.
    assert "\n" in script


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_is_loaded_from_a_file_named_by_its_contents(name: str) -> None:
    loader = component_loader(name)
    # A string in one line could be taken for the path of a file.
    assert "\n" in loader and loader == component_loader(name)
    (path,) = re.findall(rf'"(/script/{name}\.[0-9a-f]{{16}}\.js)"', loader)
    client = TestClient(Starlette(routes=script_routes()))
    answer = client.get(path)
    assert answer.text == component_script(name)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert client.get(f"/script/{name}.js").status_code == 404


@needs_node
@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_declares_no_name_twice(name: str) -> None:
    """Joined modules share one scope; Node refuses a second declaration of a name."""
    result = subprocess.run(
        ["node", "--check", "--input-type=module", "-"],
        input=component_script(name),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_every_export_is_imported() -> None:
    """By another script, or at least by a test."""
    scripts = [*STATIC.rglob("*.js"), *(PROJECT / "tests" / "javascript").glob("*.js")]
    imported = set[tuple[str, str]]()
    for path in scripts:
        for names, module in _IMPORTED.findall(path.read_text(encoding="utf-8")):
            imported.update((module, name.strip()) for name in names.split(",") if name.strip())
    exported = {
        (path.name, name)
        for path in STATIC.rglob("*.js")
        for name in _EXPORTED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(exported) > 100
    assert exported - imported == set()


def test_every_module_is_used_by_a_component() -> None:
    scripts = "".join(component_script(name) for name in COMPONENTS)
    for module in STATIC.glob("modules/*.js"):
        body = module.read_text(encoding="utf-8").split("\n")
        exported = [line for line in body if line.startswith("export ")]
        assert exported, module
        assert all(line.removeprefix("export ") in scripts for line in exported), module
