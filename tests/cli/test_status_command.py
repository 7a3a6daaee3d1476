"""The `status` command: what it prints, and its exit codes."""

from __future__ import annotations

from pathlib import Path

from tests.fixtures.command_line import Run
from tests.tiny import Tiny


class TestStatus:
    def test_as_json(self, run: Run, indexed: Path, tmp_path: Path) -> None:
        told = run("status", "--json").json
        assert (told["library"], told["photos"], told["files"], told["failed"],
        told["missing"]) == (
            str(tmp_path / "explorer-library"), 4, 4, 1, 0,
        )  # fmt: skip
        assert [
            (folder["path"], folder["photos"], folder["failed"]) for folder in told["folders"]
        ] == [(str(indexed), 4, 1)]
        assert [
            (encoder["name"], encoder["photos"], encoder["dimension"])
            for encoder in told["encoders"]
        ] == [("tiny", 4, Tiny.dim)]
        assert told["worker"]["phase"] == "stopped" and not told["worker"]["alive"]

    def test_in_words(self, run: Run, indexed: Path) -> None:
        told = run("status").out
        assert (
            "4 in 4 files" in told
            and f"Folder    {indexed}: 4 photos, 1 failed" in told
            and "not running" in told
        )
