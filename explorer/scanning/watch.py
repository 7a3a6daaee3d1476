"""Noticing that something changed below a root. What changed is for the scan to find out: events
only say where to look."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

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
from explorer.photos.formats import EXTENSIONS
from explorer.scanning.debounce import Debouncer
from explorer.scanning.ignore import IGNORE_FILE, IgnoreRules

# Reading a file makes events too; only these mean that something is different.
_TELLING = (
    FileCreatedEvent, FileModifiedEvent, FileClosedEvent, FileMovedEvent, FileDeletedEvent,
    DirCreatedEvent, DirMovedEvent, DirDeletedEvent,
)  # fmt: skip

# A folder is looked at when it has been quiet for this long, and during a long copy every so often
# (seconds).
QUIET, LIMIT = 0.7, 4.0
# A file that is still being written is looked at again after so many seconds.
AGAIN = 1.5
# Seconds that the watches of a root get to end.
_PATIENCE = 3.0


class ChangedFolder(NamedTuple):
    """Where to look: an absolute folder of a root; `below` means the folders in it too."""

    root: str
    folder: str
    below: bool


class _Watching(Protocol):
    """One root's watches. problem: why not all of it is watched. lost: the root went away under its
    watch."""

    problem: str | None

    @property
    def lost(self) -> bool: ...

    def close(self) -> None: ...


class Watcher:
    """Watches any number of roots by the system's own events."""

    def __init__(self, blind: str | None = None) -> None:
        """blind: an absolute folder in which nothing is heard of."""
        self._blind = os.path.realpath(blind) if blind else None
        self._spots = Debouncer[ChangedFolder](QUIET, LIMIT)
        self._system: _System = _Inotify() if sys.platform == "linux" else _Observed()
        self._watches: dict[str, _Watching] = {}
        self._stale: set[str] = set()

    def watch(self, root: str, rules: IgnoreRules | None = None) -> str | None:
        """Start to watch a root, or look whether it still is; None if all of it is watched, else
        why not, in words.

        rules: what is left out of it, where the catalog knows more than the root's own ignore
        files.
        """
        chosen = rules or IgnoreRules(root)
        known = self._watches.get(root)
        if (
            known is not None
            and not known.lost
            and known.problem is None
            and root not in self._stale
        ):
            return None
        self.forget(root)
        self._stale.discard(root)
        where = os.path.realpath(root)

        def tell(folder: str, name: str | None) -> None:
            if self._blind and inside(folder, self._blind):
                return
            # A root may be a link: what is told of the folder it leads to is said of the root.
            shown = root + folder[len(where) :] if inside(folder, where) else root
            # An ignore file has its word on all folders below.
            if name == IGNORE_FILE:
                self._stale.add(root)
            self._spots.add(
                ChangedFolder(root, shown, name is None or name == IGNORE_FILE), time.monotonic()
            )

        def excludes(folder: str) -> bool:
            return folder == self._blind or chosen.excludes(
                to_text(os.path.relpath(folder, where).replace(os.sep, "/")), is_folder=True
            )

        try:
            watching = self._system.watch(where, tell, excludes)
        except OSError as error:
            return error.strerror or str(error)
        self._watches[root] = watching
        return watching.problem

    def stale(self) -> set[str]:
        """Roots in which an ignore file has changed, so that other folders are to be watched."""
        return set(self._stale)

    def lost(self, root: str) -> bool:
        """Whether this root was watched and went away since."""
        watching = self._watches.get(root)
        return watching is not None and watching.lost

    def forget(self, root: str) -> None:
        """Stop watching a root."""
        watching = self._watches.pop(root, None)
        if watching is not None:
            # Where its drive does not answer, it may be at a look that does not end: it is left
            # behind.
            closing = threading.Thread(target=watching.close, name="watch-end", daemon=True)
            closing.start()
            closing.join(_PATIENCE)

    def due(self) -> list[ChangedFolder]:
        """Where something changed and has come to rest since."""
        return self._spots.due(time.monotonic())

    def again(self, spot: ChangedFolder, after: float = 0.0) -> None:
        """Look there once more in a moment, `after` so many seconds at the earliest."""
        self._spots.add(spot, time.monotonic() + after)

    def close(self) -> None:
        for root in list(self._watches):
            self.forget(root)
        self._system.close()


Tell = Callable[[str, "str | None"], None]


class _System(Protocol):
    """How this operating system tells of changes."""

    def watch(self, root: str, tell: Tell, excludes: Callable[[str], bool]) -> _Watching:
        """Raises OSError where the root cannot be watched."""
        ...

    def close(self) -> None: ...


class _Inotify:
    """Linux. Each root has a reader of its own: one that waits for a drive that does not answer
    keeps no other root's events."""

    def watch(self, root: str, tell: Tell, excludes: Callable[[str], bool]) -> _Watching:
        from watchdog.observers.inotify_c import InotifyFD

        from explorer.scanning.inotify import Tree

        reader = InotifyFD()
        reader.start()
        try:
            return Tree(reader, root, tell, excludes)
        except BaseException:
            reader.stop()
            reader.join(_PATIENCE)
            raise

    def close(self) -> None:
        pass


class _Observed:
    """macOS and Windows, which watch whole trees by themselves."""

    def __init__(self) -> None:
        from watchdog.observers import Observer

        self._observer = Observer()
        self._observer.start()

    def watch(self, root: str, tell: Tell, excludes: Callable[[str], bool]) -> _Watching:
        return _Scheduled(self._observer, root, tell)

    def close(self) -> None:
        self._observer.stop()
        self._observer.join()


def _may_be_folder(event: FileSystemEvent, name: str) -> bool:
    """Whether what is said to be a deleted file was a folder, perhaps: Windows does not tell the
    two apart."""
    return (
        isinstance(event, FileDeletedEvent) and os.path.splitext(name)[1].lower() not in EXTENSIONS
    )


class _Scheduled(FileSystemEventHandler):
    def __init__(self, observer: Any, root: str, tell: Tell) -> None:
        self.problem: str | None = None
        self._observer, self._root, self._tell, self._lock = observer, root, tell, threading.Lock()
        self._watch = observer.schedule(self, root, recursive=True)

    @property
    def lost(self) -> bool:
        return not os.path.isdir(self._root)

    def on_any_event(self, event: FileSystemEvent) -> None:
        if not isinstance(event, _TELLING):
            return
        for path in filter(None, (os.fsdecode(event.src_path), os.fsdecode(event.dest_path))):
            # A folder that came or went is looked through itself; a file makes its folder be looked
            # at.
            folder, name = os.path.split(path)
            self._tell(
                *(
                    (path, None)
                    if event.is_directory or _may_be_folder(event, name)
                    else (folder, name)
                )
            )

    def close(self) -> None:
        with self._lock:
            self._observer.unschedule(self._watch)
