"""The indexing worker runs while the app runs, and is restarted when it ends."""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path
from typing import Any

import pytest

from explorer.ui import resources
from explorer.ui.web_server import worker_supervisor


class Ended:
    """An indexer that has ended by itself."""

    returncode = 3

    def poll(self) -> int:
        return self.returncode


def test_an_indexer_that_ends_is_restarted_with_increasing_delays(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started, stopped, pauses, reported = (
        list[tuple[Any, ...]](),
        list[Ended](),
        list[float](),
        list[int](),
    )
    # When each was started and had ended: twice within a minute, then after a longer time, then at
    # once again.
    clock = iter([0.0, 59.9, 100.0, 159.0, 200.0, 260.0, 300.0, 300.0] + [400.0] * 10)

    def start(folder: Path, *, encoder: str | None, offline: bool) -> Ended:
        started.append((folder, encoder, offline))
        return Ended()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 9:
            raise asyncio.CancelledError

    monkeypatch.setattr(worker_supervisor, "start_worker", start)
    monkeypatch.setattr(worker_supervisor, "stop_worker", stopped.append)
    monkeypatch.setattr(worker_supervisor, "_now", lambda: next(clock))
    monkeypatch.setattr(worker_supervisor, "_sleep", sleep)
    monkeypatch.setattr(resources, "indexer_ended", reported.append)
    monkeypatch.setenv("EXPLORER_ENCODER", "tiny")
    monkeypatch.setenv("EXPLORER_OFFLINE", "1")
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(worker_supervisor.keep_worker(Path("/library")))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert reported[:5] == [1, 2, 1, 2, 3]
    assert started == [(Path("/library"), "tiny", True)] * 9 and len(stopped) == 9
    assert "exit code 3" in caplog.text and "restarted in 8 s" in caplog.text


def test_an_indexer_that_cannot_be_started_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started, pauses = list[object](), list[float]()

    def start(*_: object, **__: object) -> Ended:
        started.append(None)
        if len(started) < 3:
            raise OSError(errno.ENOMEM, "Cannot allocate memory")
        return Ended()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(worker_supervisor, "start_worker", start)
    monkeypatch.setattr(worker_supervisor, "stop_worker", lambda _: None)
    monkeypatch.setattr(worker_supervisor, "_sleep", sleep)
    monkeypatch.setattr(resources, "indexer_ended", lambda _: None)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(worker_supervisor.keep_worker(Path("/library")))
    assert pauses == [1, 2, 4] and len(started) == 3
    assert (
        "could not be started: Cannot allocate memory. It will be restarted in 1 s" in caplog.text
    )


def test_an_indexer_is_stopped_with_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped, polled = list[object](), list[float]()

    class Running:
        def poll(self) -> None:
            return None

    async def sleep(seconds: float) -> None:
        polled.append(seconds)
        if len(polled) == 3:
            raise asyncio.CancelledError

    worker = Running()
    monkeypatch.setattr(worker_supervisor, "start_worker", lambda *_, **__: worker)
    monkeypatch.setattr(worker_supervisor, "stop_worker", stopped.append)
    monkeypatch.setattr(worker_supervisor, "_sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(worker_supervisor.keep_worker(Path("/library")))
    assert stopped == [worker] and len(polled) == 3
