"""Recursive watches on Linux with inotify(7): one watch per folder, none for excluded folders.

watchdog reads and decodes the events. The watches of folders are tracked here, because we must know
whether every folder has one: the system limit may be reached in the middle of a tree, and events
are lost when the event queue overflows.
"""

from __future__ import annotations

import errno
import itertools
import os
import threading
from collections.abc import Callable

from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyConstants,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchDescriptor,
)

from explorer.scanning.watch_backend import OnChange

_C = InotifyConstants
_MASK = Mask(
    _C.IN_CREATE
    | _C.IN_CLOSE_WRITE
    | _C.IN_MOVED_FROM
    | _C.IN_MOVED_TO
    | _C.IN_DELETE
    | _C.IN_DELETE_SELF
    | _C.IN_MOVE_SELF
    | _C.IN_ATTRIB
    | _C.IN_ONLYDIR
    | _C.IN_DONT_FOLLOW
)

# Error numbers that mean that the limit on watches, or the memory, is exhausted.
_EXHAUSTED = {errno.ENOSPC, errno.ENOMEM}
WATCH_LIMIT = "this system cannot watch more folders (its limit is fs.inotify.max_user_watches)"


class InotifyTree:
    """The watches of one root. watchdog calls the `on_…` methods from its own thread."""

    def __init__(
        self, reader: InotifyFD, root: str, on_change: OnChange, excludes: Callable[[str], bool]
    ) -> None:
        """root: absolute, links resolved. excludes: whether an absolute folder and all its
        subfolders stay unwatched.

        Raises OSError if the root itself cannot be watched.
        """
        self._reader, self._root = reader, root
        self._on_change, self._excludes = on_change, excludes
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._folders: dict[WatchDescriptor, str] = {}
        self._ids: dict[WatchDescriptor, CallbackId] = {}
        self._watches: dict[str, WatchDescriptor] = {}
        # Why not every folder is watched, in words; None if all are.
        self.problem: str | None = None
        self._is_root_lost = False
        self._add(root, must=True)

    def close(self) -> None:
        """Remove all watches and stop the reader, which belongs to this tree."""
        with self._lock:
            self._drop(list(self._watches))
        self._reader.stop()
        self._reader.join()

    @property
    def lost(self) -> bool:
        """Whether the root was deleted, moved or unmounted, or its events are no longer read."""
        return self._is_root_lost or not self._reader.is_alive()

    def __len__(self) -> int:
        return len(self._watches)

    # --- called by watchdog

    def on_event(self, event: InotifyEvent) -> None:
        """Handle an event in one of this tree's folders."""
        with self._lock:
            folder = self._folders.get(event.wd)
            if folder is None:
                return
            if event.is_delete_self or event.is_move_self or event.mask & _C.IN_UNMOUNT:
                # For any other folder, its parent receives an event of its own.
                self._is_root_lost = self._is_root_lost or folder == self._root
                self._on_change(self._root if folder == self._root else folder, None)
                return
            name = os.fsdecode(event.name)
            path = os.path.join(folder, name)
            if not event.mask & _C.IN_ISDIR:
                if not event.is_attrib:
                    self._on_change(folder, name)
                return
            if event.is_moved_from or event.is_delete:
                self._drop(
                    [
                        known
                        for known in self._watches
                        if known == path or known.startswith(path + os.sep)
                    ]
                )
            elif self.problem is None and (not event.is_attrib or path not in self._watches):
                # It is new, or its permissions changed and it may have become readable.
                self._add(path)
            self._on_change(path, None)

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        """Forget the watch of a folder that is gone."""
        with self._lock:
            self._ids.pop(wd, None)
            folder = self._folders.pop(wd, None)
            if folder is not None and self._watches.get(folder) == wd:
                del self._watches[folder]
                self._is_root_lost = self._is_root_lost or folder == self._root

    def on_queue_overflow(self) -> None:
        """Watch every folder again, and report the whole root as changed: events were lost."""
        with self._lock:
            self._drop(list(self._watches))
            self._add(self._root)
            self._on_change(self._root, None)

    # --- the watches

    def _add(self, top: str, *, must: bool = False) -> None:
        """Watch a folder and all its subfolders. must: raise OSError if the folder itself fails.

        The lock is taken for one folder at a time, because events of folders that are watched
        already are handled in the meantime.
        """
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            if folder != self._root and self._excludes(folder):
                continue
            try:
                with self._lock:
                    self._watch(folder)
                # Watch first, then list: a folder created in between causes an event, and one that
                # existed before is listed.
                with os.scandir(folder) as entries:
                    waiting += [
                        entry.path for entry in entries if entry.is_dir(follow_symlinks=False)
                    ]
            except OSError as error:
                if must and folder == top and error.errno not in _EXHAUSTED:
                    raise
                if error.errno in _EXHAUSTED:
                    # Half a tree is of no use, and other programs need watches, too.
                    with self._lock:
                        self._drop(list(self._watches))
                        self.problem = WATCH_LIMIT
                    return

    def _watch(self, folder: str) -> None:
        if folder in self._watches:
            # It may be another folder of the same name.
            self._drop([folder])
        number = CallbackId(next(self._numbers))
        wd = self._reader.add_callback(os.fsencode(folder), _MASK, self, number)
        if wd == -1:
            # watchdog's way to report that access was denied.
            self._reader.remove_callbacks([(wd, number)])
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
        if wd in self._folders:
            # The same folder, found under its new name before the event for the renaming arrived.
            self._watches.pop(self._folders[wd], None)
            self._reader.remove_callbacks([(wd, self._ids[wd])])
        self._folders[wd], self._watches[folder], self._ids[wd] = folder, wd, number

    def _drop(self, folders: list[str]) -> None:
        watches = [self._watches.pop(folder) for folder in folders]
        numbers = [
            (wd, self._ids.pop(wd)) for wd in watches if self._folders.pop(wd, None) is not None
        ]
        self._reader.remove_callbacks(numbers)
