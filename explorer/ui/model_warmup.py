"""Load the model that is about to take over, so that the first search with it is quick."""

from __future__ import annotations

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from explorer.encoders import registry
from explorer.library import model_settings
from explorer.search.relevance.relevance_cache import prepare
from explorer.ui import resources

log = logging.getLogger("explorer.models")

# Seconds between checks for a model that is about to take over.
INTERVAL = 3.0


async def keep_warm() -> None:
    """Load each model that is about to take over once; runs until cancelled."""
    loaded = ""
    while True:
        await asyncio.sleep(INTERVAL)
        loaded = await run_in_threadpool(warm_upcoming, loaded)


def warm_upcoming(loaded: str) -> str:
    """Load the model that is about to take over, unless its name is `loaded`. Returns the name of
    the model loaded last."""
    try:
        name = model_settings.next_encoder(resources.library().catalog)
        if name is not None and name != loaded and registry.ready(name):
            loaded = name
            prepare(registry.get_encoder(name))
    except Exception:
        # The worker reports the error, or the Search page does once the model is in use.
        log.debug("the next model could not be loaded in advance", exc_info=True)
    return loaded
