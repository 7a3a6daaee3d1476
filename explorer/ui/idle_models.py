"""Free the memory of models that were loaded for a comparison and have not been used for a while.
For the model in use and the one that is about to take over, only the text encoder is freed, after a
longer time; loading it again is quick."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterable

from starlette.concurrency import run_in_threadpool

from explorer.encoders import registry
from explorer.library import model_settings
from explorer.ui import resources

log = logging.getLogger("explorer.models")

IDLE_SECONDS = 60.0
"""Seconds without use after which a model is freed."""
TEXT_IDLE_SECONDS = 300.0
"""Seconds without use after which a text encoder is freed."""
# Seconds between two checks for idle models.
_INTERVAL = 10.0

_lock = threading.Lock()
_last_used: dict[str, float] = {}


def note_use(names: Iterable[str]) -> None:
    """Record that these models are being used now."""
    with _lock:
        _last_used.update(dict.fromkeys(names, time.monotonic()))


def release_idle(now: float) -> list[str]:
    """Free the models that were last used more than `IDLE_SECONDS` before `now` (seconds of the
    monotonic clock); returns their names."""
    with _lock:
        idle = [name for name, used in _last_used.items() if now - used > IDLE_SECONDS]
    if not idle:
        return []
    library = resources.library()
    kept = {resources.engine().encoder_name, model_settings.next_encoder(library.catalog)}
    freed = [name for name in idle if name not in kept]
    with _lock:
        for name in idle:
            _last_used.pop(name, None)
    for name in freed:
        registry.release(name)
        library.release_indexes(name)
    return freed


async def keep_releasing() -> None:
    """Free idle models every few seconds, until cancelled."""
    while True:
        await asyncio.sleep(_INTERVAL)
        await run_in_threadpool(_release)


def _release() -> None:
    try:
        release_idle(time.monotonic())
        registry.release_idle_texts(TEXT_IDLE_SECONDS)
    except Exception:
        # The pages report problems with the library.
        log.debug("idle models could not be freed", exc_info=True)
