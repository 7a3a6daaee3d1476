"""Every command as scripts and people use it: what goes to which stream, the shapes of JSON, exit
codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.cli.commands import MODULES, command
from explorer.config import PROJECT
from tests.fixtures.command_line import Run


class TestWords:
    @pytest.mark.parametrize("word", ["serach", "indx"])
    def test_a_mistyped_command_is_corrected(self, run: Run, word: str) -> None:
        completed = run(word, "x")
        assert completed.code == 2 and "Did you mean" in completed.err

    def test_no_command_prints_the_usage(self, run: Run) -> None:
        completed = run("zzzzzz")
        assert completed.code == 2 and "--help" in completed.err

    @pytest.mark.parametrize("folder", ["./serach", "/nowhere/serach"])
    def test_an_argument_that_looks_like_a_folder_is_treated_as_one(
        self, run: Run, folder: str
    ) -> None:
        completed = run(folder)
        assert completed.code == 1 and "does not exist" in completed.err

    @pytest.mark.parametrize(
        "words",
        [
            ["index"],
            ["index", "--frob", "x"],
            ["search", "--top"],
            ["verify", "now"],
            ["bench", "nonsense"],
        ],
    )
    def test_wrong_usage_exits_with_code_2(self, run: Run, words: list[str]) -> None:
        completed = run(*words)
        assert completed.code == 2 and completed.err and completed.out == ""

    def test_help_and_version_are_printed(self, run: Run) -> None:
        printed = run("--help").out
        assert all(name in printed for name in MODULES)
        assert run("--version").out.startswith("Photo Explorer ")
        for name in MODULES:
            assert run(name, "--help").code == 0

    def test_every_command_has_its_own_name(self) -> None:
        assert [command(name).name for name in MODULES] == list(MODULES)

    def test_benchmarks_are_listed(self, run: Run) -> None:
        assert {"retrieval", "indexing"} <= set(run("bench").out.split())

    def test_a_file_that_is_not_a_catalog_is_reported(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "explorer-library").mkdir()
        (tmp_path / "explorer-library" / "catalog.db").write_bytes(b"\x07" * 5000)
        completed = run("status")
        assert (
            completed.code == 1
            and len(completed.err.splitlines()) == 1
            and "Traceback" not in completed.err
        )


class TestStreams:
    @pytest.mark.skipif(os.name == "nt", reason="pipes there end otherwise")
    def test_a_closed_output_pipe_is_not_an_error(self, tmp_path: Path) -> None:
        script = (
            "import sys\nfrom explorer.cli import app, models_command, output\n"
            "def many(**_):\n    for _ in range(100000): output.emit('x' * 100)\n    return 0\n"
            "models_command.models_command.callback = many\nsys.exit(app.main(['models']))"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout and process.stderr
        assert process.stdout.readline() == b"x" * 100 + b"\n"
        process.stdout.close()
        errors = process.stderr.read()
        process.stderr.close()
        assert (process.wait(), errors) == (0, b"")

    def test_interrupting_a_command_loses_nothing(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stop(**_: object) -> int:
            raise KeyboardInterrupt

        monkeypatch.setattr(command("models"), "callback", stop)
        completed = run("models")
        assert (
            completed.code == 130
            and "Nothing is lost" in completed.err
            and "Traceback" not in completed.err
        )
