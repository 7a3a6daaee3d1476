"""Make photos searchable by names and texts if an earlier release indexed them or a repair left
them out. Other photos are searchable as soon as they are in the catalog."""

from __future__ import annotations

from collections.abc import Callable

from explorer.library.library import Library
from explorer.library.stores.photo_text_store import update_texts, waiting_photos
from explorer.library.writer import Writer

# Photos in one transaction.
BATCH_SIZE = 500


class TextStage:
    """Fills `photo_text` for photos that have no row there."""

    what = "Making names searchable"

    def __init__(self, library: Library, writer: Writer) -> None:
        self._library, self._writer = library, writer

    def run(self, tick: Callable[[int, int], None]) -> None:
        """Fill in what is missing. tick: as in `analysis/stages.py`."""
        with self._library.catalog.reading() as db:
            waiting = waiting_photos(db)
        for start in range(0, len(waiting), BATCH_SIZE):
            update_texts(self._writer, waiting[start : start + BATCH_SIZE])
            tick(min(start + BATCH_SIZE, len(waiting)), len(waiting))
