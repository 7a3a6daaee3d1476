"""Starting programs that outlive the command that starts them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from explorer.systems import start_program as module
from explorer.systems.start_program import start_program
from tests.fixtures.waiting import wait

_ERRORS = {3: "no program is set for this kind of file"}


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("raise SystemExit(3)", "no program is set for this kind of file"),
        ("import sys; sys.exit('no\\n display')", "no display"),
        ("raise SystemExit(9)", "ended with code 9"),
    ],
)
def test_a_command_that_fails_is_reported_in_words(script: str, says: str) -> None:
    with pytest.raises(OSError, match=says):
        start_program([sys.executable, "-c", script], _ERRORS)


def test_a_command_that_succeeds_or_stays_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_program([sys.executable, "-c", ""], _ERRORS)
    monkeypatch.setattr(module, "_TIMEOUT", 0.0)
    go, done = tmp_path / "go", tmp_path / "done"
    script = (
        "import pathlib, sys, time\n"
        "go, done = map(pathlib.Path, sys.argv[1:])\n"
        "while not go.exists(): time.sleep(0.01)\n"
        "done.touch()"
    )
    # Returns while the program still waits for the file that is made only now.
    start_program([sys.executable, "-c", script, os.fspath(go), os.fspath(done)], _ERRORS)
    go.touch()
    wait(done.exists, "the program goes on")
