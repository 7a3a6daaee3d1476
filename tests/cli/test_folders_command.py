"""The `folders` command: what it prints."""

from __future__ import annotations

from pathlib import Path

from tests import pictures
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
