"""Watch roots for changes through the operating system's change events.

Events only say where something changed; a scan finds out what. Where events are not available, the
scheduler falls back to polling (`scheduler.ScanScheduler`).
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

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

from explorer.library.paths import inside, to_text
from explorer.photos.companion_keys import SIDECAR_EXTENSIONS
from explorer.photos.formats import EXTENSIONS
from explorer.scanning.debounce import Debouncer
from explorer.scanning.ignore import IGNORE_FILE, IgnoreRules
from explorer.scanning.watch_backend import OnChange, RootWatch, WatchBackend
from explorer.systems import file_calls
from explorer.systems.this_system import this_system

# Opening and reading a file cause events, too. Only these mean a change.
_CHANGE_EVENTS = (
    FileCreatedEvent,
    FileModifiedEvent,
    FileClosedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    DirCreatedEvent,
    DirMovedEvent,
    DirDeletedEvent,
)

# A folder is scanned once it has had no events for QUIET_TIME seconds; during a long copy, at least
# every MAX_DELAY seconds.
QUIET_TIME, MAX_DELAY = 0.7, 4.0
# FSEvents.h: kFSEventStreamEventFlagMustScanSubDirs, UserDropped and KernelDropped.
_DROPPED = 0x1 | 0x2 | 0x4
# Seconds to wait for the watches of a root to stop.
_STOP_TIMEOUT = 3.0


class ChangedFolder(NamedTuple):
    """A folder to scan because something changed there."""

    root: str
    folder: str
    """Absolute path."""
    below: bool
    """Whether its subfolders may have changed, too."""


class Watcher:
    """Watches any number of roots by change events."""

    def __init__(self, excluded: str | None = None) -> None:
        """excluded: an absolute folder whose events are ignored."""
        self._excluded = os.path.realpath(excluded) if excluded else None
        self._changed = Debouncer[ChangedFolder](QUIET_TIME, MAX_DELAY)
        self._backend: WatchBackend = (
            _ObserverBackend() if this_system().events_cover_trees else _InotifyBackend()
        )
        self._watches: dict[str, RootWatch] = {}
        self._stale: set[str] = set()

    def watch(self, root: str, rules: IgnoreRules | None = None) -> str | None:
        """Start watching a root unless it is already watched. Returns None if the whole root is
        watched, else the reason, in words, why it is not.

        rules: decide which folders stay unwatched; the default has the root's own ignore files.
        """
        rules = rules or IgnoreRules(root)
        known = self._watches.get(root)
        if (
            known is not None
            and not known.lost
            and known.problem is None
            and root not in self._stale
        ):
            return None
        self.unwatch(root)
        self._stale.discard(root)
        real = os.path.realpath(root)

        def excludes(folder: str) -> bool:
            return folder == self._excluded or rules.excludes(
                to_text(os.path.relpath(folder, real).replace(os.sep, "/")), is_folder=True
            )

        try:
            watch = self._backend.watch(real, self._handler(root, real), excludes)
        except OSError as error:
            return error.strerror or str(error)
        except queue.Empty:
            # On Windows, watchdog's thread ended before it started working.
            return "its changes are not reported"
        self._watches[root] = watch
        return watch.problem

    def _handler(self, root: str, real: str) -> OnChange:
        """The handler for the events of a root. real: its path with links resolved."""

        def on_change(folder: str, name: str | None) -> None:
            if self._excluded and inside(folder, self._excluded):
                return
            # The root may be a link; events carry the path of the folder that it points to.
            path = root + folder[len(real) :] if inside(folder, real) else root
            # An ignore file applies to all subfolders.
            if name == IGNORE_FILE:
                self._stale.add(root)
            self._changed.add(
                ChangedFolder(root, path, name is None or name == IGNORE_FILE), time.monotonic()
            )

        return on_change

    def roots_with_changed_rules(self) -> set[str]:
        """The roots in which an ignore file changed, so that other folders have to be watched."""
        return set(self._stale)

    def lost(self, root: str) -> bool:
        """Whether this root was watched and has been deleted, moved or unmounted since."""
        watch = self._watches.get(root)
        return watch is not None and watch.lost

    def unwatch(self, root: str) -> None:
        """Stop watching a root."""
        watch = self._watches.pop(root, None)
        if watch is not None:
            # On an unresponsive drive, closing may hang; the thread is then abandoned.
            closing = threading.Thread(target=watch.close, name="watch-end", daemon=True)
            closing.start()
            closing.join(_STOP_TIMEOUT)

    def due(self) -> list[ChangedFolder]:
        """The folders in which something changed and has settled since."""
        return self._changed.due(time.monotonic())

    def requeue(self, changed: ChangedFolder, delay: float = 0.0) -> None:
        """Schedule a folder for another scan, not before `delay` seconds have passed."""
        self._changed.add(changed, time.monotonic() + delay)

    def close(self) -> None:
        for root in list(self._watches):
            self.unwatch(root)
        self._backend.close()


class _InotifyBackend:
    """The backend for Linux. Each root has its own event reader, so that an unresponsive drive
    delays no other root's events."""

    def watch(self, root: str, on_change: OnChange, excludes: Callable[[str], bool]) -> RootWatch:
        from watchdog.observers.inotify_c import InotifyFD

        from explorer.scanning.inotify import InotifyTree

        reader = InotifyFD()
        reader.start()
        try:
            return InotifyTree(reader, root, on_change, excludes)
        except BaseException:
            reader.stop()
            reader.join(_STOP_TIMEOUT)
            raise

    def close(self) -> None:
        pass


class _ObserverBackend:
    """The backend for macOS and Windows, whose events cover whole trees."""

    def __init__(self) -> None:
        from watchdog.observers import Observer

        self._observer = Observer()
        self._observer.start()

    def watch(self, root: str, on_change: OnChange, excludes: Callable[[str], bool]) -> RootWatch:
        return _ObservedTree(self._observer, root, on_change)

    def close(self) -> None:
        self._observer.stop()
        self._observer.join()


class _ObservedTree(FileSystemEventHandler):
    def __init__(self, observer: Any, root: str, on_change: OnChange) -> None:
        self.problem: str | None = None
        self._observer, self._root, self._on_change = observer, root, on_change
        self._lock = threading.Lock()
        self._watch = observer.schedule(self, root, recursive=True)
        for emitter in getattr(observer, "emitters", ()):
            if emitter.watch == self._watch:
                _notice_lost_events(emitter, lambda: on_change(root, None))

    @property
    def lost(self) -> bool:
        return not file_calls.isdir(self._root)

    def on_any_event(self, event: FileSystemEvent) -> None:
        if not isinstance(event, _CHANGE_EVENTS):
            return
        for path in filter(None, (os.fsdecode(event.src_path), os.fsdecode(event.dest_path))):
            # A folder that appeared or vanished is scanned itself; for a file, its folder is.
            folder, name = os.path.split(path)
            if event.is_directory or _may_be_folder(event, name):
                self._on_change(path, None)
            else:
                self._on_change(folder, name)

    def close(self) -> None:
        with self._lock:
            self._observer.unschedule(self._watch)


def _notice_lost_events(emitter: Any, tell: Callable[[], None]) -> None:
    """Call `tell` when the system has dropped events, which watchdog does not report.

    Windows then returns an empty buffer. macOS sends an event for a folder whose subfolders have to
    be scanned, and may add that its buffer or ours was full.
    """
    if hasattr(emitter, "events_callback"):
        _notice_dropped_events(emitter, tell)
    buffers = getattr(getattr(emitter, "_reader", None), "_buf_queue", None)
    if buffers is None:
        return
    put = buffers.put

    def put_and_notice(item: Any) -> None:
        put(item)
        if not item[0]:
            tell()

    buffers.put = put_and_notice


def _notice_dropped_events(emitter: Any, tell: Callable[[], None]) -> None:
    queue_events = emitter.queue_events

    def queue_and_notice(timeout: float, events: list[Any]) -> None:
        # Read first: watchdog removes events from the list.
        dropped = any(getattr(event, "flags", 0) & _DROPPED for event in events)
        queue_events(timeout, events)
        if dropped:
            tell()

    emitter.queue_events = queue_and_notice


def _may_be_folder(event: FileSystemEvent, name: str) -> bool:
    """Whether a file that is reported as deleted may have been a folder: Windows does not
    distinguish the two."""
    return (
        isinstance(event, FileDeletedEvent)
        and os.path.splitext(name)[1].lower() not in EXTENSIONS | SIDECAR_EXTENSIONS
    )
