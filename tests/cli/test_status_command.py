"""The `status` command: what it prints, and its exit codes."""

from __future__ import annotations

from pathlib import Path

from tests.fixtures.command_line import Run
from tests.tiny import Tiny


class TestStatus:
    def test_output_is_json(self, run: Run, indexed: Path, tmp_path: Path) -> None:
        printed = run("status", "--json").json
        assert (printed["library"], printed["photos"], printed["files"], printed["failed"],
        printed["missing"]) == (
            str(tmp_path / "explorer-library"), 4, 4, 1, 0,
        )  # fmt: skip
        assert [
            (folder["path"], folder["photos"], folder["failed"]) for folder in printed["folders"]
        ] == [(str(indexed), 4, 1)]
        assert [
            (encoder["name"], encoder["photos"], encoder["dimension"])
            for encoder in printed["encoders"]
        ] == [("tiny", 4, Tiny.dim)]
        assert printed["worker"]["phase"] == "stopped" and not printed["worker"]["alive"]

    def test_output_is_readable_text(self, run: Run, indexed: Path) -> None:
        printed = run("status").out
        assert (
            "4 in 4 files" in printed
            and f"Folder    {indexed}: 4 photos, 1 failed" in printed
            and "not running" in printed
        )
