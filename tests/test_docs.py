"""The documentation knows every command and option, and leads nowhere that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from explorer.cli.commands import MODULES, command
from explorer.config import PROJECT
from explorer.encoders import registry

README = (PROJECT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([PROJECT / "README.md", *(PROJECT / "docs").glob("*.md")])
IMAGES = PROJECT / "docs" / "images"


def options(name: str) -> set[str]:
    """The long options of a command."""
    parameters = command(name).get_params(click.Context(command(name)))
    return {word for each in parameters for word in each.opts if word.startswith("--")}


def rows(name: str) -> str:
    """The rows of the README's table of commands that begin with that command."""
    return "\n".join(
        line for line in README.splitlines() if line.startswith("|") and f"`run.py {name}" in line
    )


@pytest.mark.parametrize("name", MODULES)
def test_every_command_is_documented_with_its_options(name: str) -> None:
    described = rows(name)
    assert described, f"README.md has no row for `run.py {name}`"
    for option in options(name):
        if option in ("--help", "--library"):
            assert option in README
        else:
            assert f"`{option}" in described, f"README.md does not say that `{name}` takes {option}"


def test_every_documented_command_exists() -> None:
    named = set(re.findall(r"`run\.py ([a-z]+)", README)) - {"test"}
    assert named == set(MODULES)


def test_every_documented_option_exists() -> None:
    there = {"--version", *(option for name in MODULES for option in options(name))}
    assert set(re.findall(r"--[a-z][a-z-]+", README)) <= there


def test_every_model_is_documented() -> None:
    for info in registry.describe():
        assert f"| `{info.name}` |" in README


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_have_targets(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    for target in targets:
        if not target.startswith(("http://", "https://", "#")):
            path, _, heading = target.partition("#")
            assert (page.parent / path).exists(), target
            assert not heading or heading in _anchors(page.parent / path), target


@pytest.mark.parametrize(
    "page",
    [*PAGES, PROJECT / "CONTRIBUTING.md", *(PROJECT / "docs" / "adr").glob("*.md")],
    ids=lambda page: page.name,
)
def test_documented_modules_exist(page: Path) -> None:
    for named in re.findall(r"`([a-z_]+(?:/[a-z_]+)*\.py)`", page.read_text(encoding="utf-8")):
        found = [
            PROJECT / named,
            PROJECT / "explorer" / named,
            *PROJECT.glob(f"explorer/**/{named}"),
        ]
        assert any(path.exists() for path in found), named


def _anchors(page: Path) -> set[str]:
    """What the headings of a page are called in addresses."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_page_is_in_the_index() -> None:
    index = (PROJECT / "docs" / "README.md").read_text(encoding="utf-8")
    for page in (PROJECT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index


def test_screenshots_are_small() -> None:
    sizes = [image.stat().st_size for image in IMAGES.iterdir()]
    assert sizes
    assert max(sizes) < 400_000
    assert sum(sizes) < 2_000_000
