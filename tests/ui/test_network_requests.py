"""Commands make no requests to other hosts, and the app only those that fetch a model."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from explorer.config import PROJECT
from explorer.library.library import Library
from explorer.library.stores.command_store import send_command, waiting_commands
from explorer.library.stores.worker_store import worker_status
from tests import pictures
from tests.encoders.hub import Hub
from tests.fixtures.waiting import PATIENCE, wait
from tests.this_machine import interrupt
from tests.ui.serving import Served, environment_of, free_port
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


@pytest.mark.parametrize("offline", [True, False])
def test_the_app_fetches_a_model_but_never_offline(
    better_hub: Hub, tmp_path: Path, offline: bool
) -> None:
    pictures.write(tmp_path / "photos" / "red.png", pictures.plain("red"))
    app = Served(tmp_path, free_port())
    command = [sys.executable, "-m", "tests.fixtures.better_model", "open"]
    command += [str(tmp_path / "photos"), "--library", str(app.folder), "--no-browser"]
    command += ["--port", str(app.port), *(["--offline"] if offline else [])]
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment_of(tmp_path), stdout=said, stderr=said
        )
    try:
        wait(lambda: is_watching(app) and (offline or better_hub.asked > 0), "the worker")
        with opened(app) as library:
            # Executed by the worker after it has looked at what is wanted.
            send_command(library.catalog, "rescan")
            wait(lambda: not waiting_commands(library.catalog), "the rescan")
            wait(lambda: is_watching(app), "the end of it")
    finally:
        interrupt(process)
        process.wait(PATIENCE)
    assert (better_hub.asked == 0) == offline
    assert app.foreign() == []
    connections = app.log.read_text(encoding="utf-8") if app.log.exists() else ""
    assert (str(urlsplit(better_hub.address).port) in connections) == (not offline)


@contextlib.contextmanager
def opened(app: Served) -> Iterator[Library]:
    library = Library.open(app.folder)
    try:
        yield library
    finally:
        library.close()


def is_watching(app: Served) -> bool:
    if not (app.folder / "catalog.db").exists():
        return False
    with opened(app) as library:
        status = worker_status(library.catalog)
        return status is not None and status["phase"] == "watching" and status["alive"]
