"""Commands talk to nobody else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from explorer.config import PROJECT
from tests.ui.serving import Served, environment_of
from tests.ui.test_session import HOSTILE, place

__all__ = ["place"]


def test_indexing_and_searching_on_the_command_line_open_no_connection(
    place: Path, tmp_path: Path
) -> None:
    environment = environment_of(tmp_path)
    start = [
        sys.executable,
        "-c",
        "import sys; from explorer.cli.app import main; sys.exit(main(sys.argv[1:]))",
    ]
    for command in (
        ["index", str(place / "photos"), "--encoder", "tiny"], ["search", "red"],
        ["search", "--photo", str(place / "photos" / HOSTILE[0])],
        ["status"], ["verify", "--thorough"],
    ):  # fmt: skip
        ended = subprocess.run(
            [*start, *command, "--library", str(tmp_path / "library")],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        # What a file is called must not look like a line of ours.
        assert b"\nlines.jpg" not in ended.stderr
    log = tmp_path / "connections"
    assert not log.exists() or Served(tmp_path, 0).foreign() == []


def test_the_connection_log_would_show_a_connection(tmp_path: Path) -> None:
    code = (
        "import socket; s = socket.socket(); s.settimeout(0.01)\ntry: s.connect(('192.0.2.1',"
        " 9))\nexcept OSError: pass"
    )
    subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment_of(tmp_path), check=True
    )
    assert len(Served(tmp_path, 0).foreign()) == 1
