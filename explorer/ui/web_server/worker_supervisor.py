"""Keep an indexing worker running for as long as the app runs."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from explorer.indexing.worker_client import start_worker, stop_worker
from explorer.ui import resources

log = logging.getLogger("explorer.server")


# Replaced by the tests.
_now, _sleep = time.monotonic, asyncio.sleep


# An indexer that ends within this many seconds has most likely done no work.
_EARLY_EXIT = 60.0


async def keep_worker(folder: Path) -> None:
    """Keep a worker running until cancelled. A worker that exits is restarted after a pause that
    doubles each time, up to a minute."""
    pause, early_exits = 1.0, 0
    while True:
        started = _now()
        why = await _run_worker(folder)
        early_exits = early_exits + 1 if _now() - started < _EARLY_EXIT else 1
        resources.indexer_ended(early_exits)
        log.warning("%s It will be restarted in %.0f s.", why, pause)
        await _sleep(pause)
        pause = min(60.0, pause * 2)


async def _run_worker(folder: Path) -> str:
    """Run a worker until it exits; returns what happened, in a sentence."""
    try:
        worker = start_worker(
            folder,
            encoder=os.environ.get("EXPLORER_ENCODER"),
            offline=bool(os.environ.get("EXPLORER_OFFLINE")),
        )
    except OSError as error:
        # The computer may have no memory left, and that passes.
        return f"The indexer could not be started: {error.strerror or error}."
    try:
        while worker.poll() is None:
            await _sleep(0.5)
    finally:
        await asyncio.shield(run_in_threadpool(stop_worker, worker))
    return f"The indexer stopped unexpectedly (exit code {worker.returncode})."
