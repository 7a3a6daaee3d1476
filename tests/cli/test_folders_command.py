"""The `folders` command: what it prints."""

from __future__ import annotations

from pathlib import Path

from explorer.library.library import Library
from tests import pictures
from tests.factory import LibraryBuilder
from tests.fixtures.command_line import Run


class TestFolders:
    def test_folders_are_counted_with_those_in_them(self, run: Run, tmp_path: Path) -> None:
        photos = tmp_path / "My photos"
        for number, name in enumerate(
            ["a.jpg", "trip 2/b.jpg", "trip 10/c.jpg", "trip 10/in/d.jpg"]
        ):
            pictures.write(photos / name, pictures.draw(number))
        run("index", photos, "--json")
        (root,) = run("folders", "--json").json
        assert (root["path"], root["photos"], root["own"]) == (str(photos), 4, 1)
        assert root["connected"] is True
        assert [(each["path"], each["photos"]) for each in root["folders"]] == [
            (str(photos / "trip 2"), 1), (str(photos / "trip 10"), 2),
        ]  # fmt: skip
        trip = root["folders"][1]
        assert trip["query"] == f'folder:"{photos / "trip 10"}"'
        assert len(run("search", trip["query"], "--json").json) == 2
        assert len(run("search", trip["query"].replace(":", ":=", 1), "--json").json) == 1
        assert run("folders").out.splitlines() == [
            f"{photos}: 4 photos", "  trip 2: 1 photo", "  trip 10: 2 photos", "    in: 1 photo",
        ]  # fmt: skip

    def test_folders_may_be_nested_more_deeply_than_calls(self, run: Run, tmp_path: Path) -> None:
        builder = LibraryBuilder(Library.open(tmp_path / "deep"), str(tmp_path))
        builder.put("/".join("a" * 1100) + "/a.jpg", 1)
        builder.close()
        lines = run("folders", "--library", tmp_path / "deep").out.splitlines()
        assert len(lines) == 1101 and lines[-1].strip() == "a: 1 photo"
        (folder,) = run("folders", "--library", tmp_path / "deep", "--json").json
        levels = 0
        while folder["folders"]:
            (folder,), levels = folder["folders"], levels + 1
        assert (folder["photos"], levels) == (1, 100)
