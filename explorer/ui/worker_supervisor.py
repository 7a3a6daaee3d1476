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


# Seconds that only go forward, and waiting; the tests have their own.
_now, _sleep = time.monotonic, asyncio.sleep


# Seconds after its start within which an indexer that ends has most likely done nothing.
_SOON = 60.0


async def keep_worker(folder: Path) -> None:
    """Have a worker running; one that dies is started again, ever more slowly."""
    pause, ended = 1.0, 0
    while True:
        began = _now()
        worker = start_worker(
            folder,
            encoder=os.environ.get("EXPLORER_ENCODER"),
            offline=bool(os.environ.get("EXPLORER_OFFLINE")),
        )
        try:
            while worker.poll() is None:
                await _sleep(0.5)
        finally:
            await asyncio.shield(run_in_threadpool(stop_worker, worker))
        ended = ended + 1 if _now() - began < _SOON else 1
        resources.indexer_ended(ended)
        log.warning(
            "The indexer ended unexpectedly (exit code %s); it is started again in %.0f s.",
            worker.returncode,
            pause,
        )
        await _sleep(pause)
        pause = min(60.0, pause * 2)
