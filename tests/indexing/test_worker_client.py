"""How the worker process is started, ended and told what to do, without starting one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, cast

import pytest

from explorer.config import PROJECT
from explorer.errors import UsageError
from explorer.indexing import worker_client as module
from explorer.indexing.worker_client import (
    Heartbeat,
    exclude,
    report_if_idle,
    retry,
    start_worker,
    stop_worker,
)
from explorer.library.stores import worker_store
from explorer.library.stores.command_store import take_commands
from explorer.library.stores.worker_store import report_status, worker_status
from explorer.systems.this_system import this_system
from tests.factory import LibraryBuilder


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, []),
        ({"encoder": "clip"}, ["--encoder", "clip"]),
        ({"offline": True}, ["--offline"]),
        ({"encoder": "clip", "offline": True}, ["--encoder", "clip", "--offline"]),
    ],
)
def test_a_worker_is_started_with_the_other_end_of_its_input_held(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], expected: list[str]
) -> None:
    started = list[tuple[list[str], dict[str, Any]]]()
    monkeypatch.setattr(
        subprocess, "Popen", lambda command, **how: started.append((command, how)) or "process"
    )
    assert start_worker(Path("/library"), **options) == cast(Any, "process")
    ((command, how),) = started
    worker = [sys.executable, "-m", "explorer.indexing.worker", "--library", str(Path("/library"))]
    assert command == [*worker, *expected]
    assert how == {
        "cwd": PROJECT,
        "stdin": subprocess.PIPE,
        "stdout": subprocess.DEVNULL,
        **this_system().background_process(),
    }


class SlowProcess:
    """A process that ends after it was waited for some times, or was killed."""

    def __init__(self, waits: int) -> None:
        self.left, self.waited, self.killed = waits, list[float](), False
        self.stdin = self
        self.closed = False

    def close(self) -> None:
        self.closed = True

    def wait(self, timeout: float) -> None:
        assert self.closed
        self.waited.append(timeout)
        self.left -= 1
        if self.left >= 0:
            raise subprocess.TimeoutExpired("worker", timeout)

    def kill(self) -> None:
        self.killed = True


@pytest.mark.parametrize(("waits", "killed"), [(0, False), (1, True), (2, True)])
def test_a_worker_that_does_not_end_is_killed(waits: int, killed: bool) -> None:
    process = SlowProcess(waits)
    stop_worker(cast(Any, process), timeout=3.0)
    assert process.killed is killed and process.waited == [3.0] * (2 if killed else 1)


def test_a_worker_without_a_pipe_is_waited_for() -> None:
    process = SlowProcess(0)
    process.closed, process.stdin = True, cast(Any, None)
    stop_worker(cast(Any, process))
    assert process.waited == [10.0]


def test_requests_are_commands(builder: LibraryBuilder) -> None:
    catalog = builder.library.catalog
    assert exclude(catalog, "/photos", [" *.png ", "*.png", ""]) == ["*.png"]
    with pytest.raises(UsageError):
        exclude(catalog, "/photos", ["[z-a]"])
    retry(catalog)
    retry(catalog, ["it is cut off"])
    retry(catalog, [])
    retry(catalog, file_id=0)
    found = [
        (command, argument and json.loads(argument))
        for command, argument in take_commands(builder.writer)
    ]
    assert found == [
        ("exclude", {"folder": "/photos", "globs": ["*.png"]}),
        ("retry", None),
        ("retry", {"reasons": ["it is cut off"]}),
        ("retry", {"reasons": []}),
        ("retry", {"file": 0}),
    ]


def test_only_the_process_that_is_at_work_reports(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = builder.library

    def told() -> tuple[str, str, str]:
        row = worker_status(library.catalog)
        assert row is not None
        return row["phase"], row["encoder"], row["message"]

    report_if_idle(library, "starting", "Waiting…")
    assert told() == ("starting", "", "Waiting…")
    # Its own report is replaced, and the name of the model is kept.
    report_status(builder.writer, phase="watching", encoder="clip")
    report_if_idle(library, "off", "")
    assert told() == ("off", "clip", "")
    # Another process is at work.
    report_status(builder.writer, phase="watching", encoder="clip")
    here = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: here + 1)
    report_if_idle(library, "off", "")
    assert told()[0] == "watching"
    # It has ended.
    monkeypatch.setattr(os, "getpid", lambda: here)
    report_status(builder.writer, phase="stopped", encoder="clip")
    monkeypatch.setattr(os, "getpid", lambda: here + 1)
    report_if_idle(library, "off", "")
    assert told() == ("off", "clip", "")


def test_a_heart_beats_until_the_block_ends(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats, often = list[object](), threading.Event()

    def beat(catalog: object) -> None:
        beats.append(catalog)
        if len(beats) > 2:
            often.set()

    interval = module._HEARTBEAT_INTERVAL
    monkeypatch.setattr(module, "_HEARTBEAT_INTERVAL", 0.001)
    monkeypatch.setattr(module, "record_heartbeat", beat)
    with Heartbeat(builder.library.catalog) as heartbeat:
        assert often.wait(30)
    # Two beats may come late before the worker counts as dead.
    assert 3 * interval <= worker_store.HEARTBEAT_LIMIT and heartbeat._thread.daemon
    number = len(beats)
    assert not heartbeat._thread.is_alive() and set(beats) == {builder.library.catalog}
    assert len(beats) == number
