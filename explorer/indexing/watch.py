"""Noticing that something changed below a root. What changed is for the scan to find out: events only say where to look."""

from __future__ import annotations

import os
import time
from typing import NamedTuple

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from explorer.indexing.debounce import Debouncer

# Reading a file makes events too; only these mean that something is different.
_TELLING = (
    FileCreatedEvent, FileModifiedEvent, FileClosedEvent, FileMovedEvent, FileDeletedEvent, DirCreatedEvent, DirMovedEvent, DirDeletedEvent,
)  # fmt: skip

# A folder is looked at when it has been quiet for this long, and during a long copy every so often (seconds).
QUIET, LIMIT = 0.7, 4.0


class Spot(NamedTuple):
    """Where to look: an absolute folder of a root; `below` means the folders in it too."""

    root: str
    folder: str
    below: bool


class _Handler(FileSystemEventHandler):
    def __init__(self, root: str, spots: Debouncer[Spot]) -> None:
        self._root, self._spots = root, spots

    def on_any_event(self, event: FileSystemEvent) -> None:
        if not isinstance(event, _TELLING):
            return
        for path in filter(None, (os.fsdecode(event.src_path), os.fsdecode(event.dest_path))):
            # A folder that came or went is looked through itself; a file makes its folder be looked at.
            spot = Spot(self._root, path if event.is_directory else os.path.dirname(path), event.is_directory)  # noqa: PTH120
            self._spots.add(spot, time.monotonic())


class Watcher:
    """Watches any number of roots by the system's own events."""

    def __init__(self) -> None:
        self._spots = Debouncer[Spot](QUIET, LIMIT)
        self._observer: BaseObserver = Observer()
        self._observer.start()
        self._watches: dict[str, ObservedWatch] = {}

    def watch(self, root: str) -> str | None:
        """Start to watch a root; None if that worked, else why not (too many folders for the system, no events on that drive)."""
        if root in self._watches:
            return None
        try:
            self._watches[root] = self._observer.schedule(_Handler(root, self._spots), root, recursive=True)
        except OSError as error:
            return error.strerror or str(error)
        return None

    def forget(self, root: str) -> None:
        """Stop watching a root."""
        watch = self._watches.pop(root, None)
        if watch is not None:
            self._observer.unschedule(watch)

    def due(self) -> list[Spot]:
        """Where something changed and has come to rest since."""
        return self._spots.due(time.monotonic())

    def again(self, spot: Spot) -> None:
        """Look there once more in a moment, as a file there was still being written."""
        self._spots.add(spot, time.monotonic())

    def close(self) -> None:
        self._observer.stop()
        self._observer.join()
