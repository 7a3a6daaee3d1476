"""Watching a tree of folders by Linux's inotify(7): one watch for each folder, none for those that
are left out.

watchdog reads and decodes the events; which folder has which watch is kept here, because it must be
known for certain whether every folder has one: the system's limit is met somewhere in the middle of
a tree, and when its queue overflows, events are lost.
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

_C = InotifyConstants
_MASK = Mask(
    _C.IN_CREATE | _C.IN_CLOSE_WRITE | _C.IN_MOVED_FROM | _C.IN_MOVED_TO | _C.IN_DELETE | _C.IN_DELETE_SELF
    | _C.IN_MOVE_SELF | _C.IN_ATTRIB | _C.IN_ONLYDIR | _C.IN_DONT_FOLLOW
)  # fmt: skip

_SHORT = {errno.ENOSPC, errno.ENOMEM}
LIMIT = "this system watches no more folders (its limit is fs.inotify.max_user_watches)"

Tell = Callable[[str, "str | None"], None]
"""Called with a folder and the name in it that something happened to; None: look at the folder and
all below it."""


class Tree:
    """The watches of one root. Its callbacks come from watchdog's reading thread."""

    def __init__(
        self, reader: InotifyFD, root: str, tell: Tell, excludes: Callable[[str], bool]
    ) -> None:
        """root: absolute, no link. leaves_out: whether an absolute folder, and all in it, is not to
        be watched.

        Raises OSError where the root itself cannot be watched.
        """
        self._reader, self._root, self._tell, self._leaves_out = reader, root, tell, excludes
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._folders: dict[WatchDescriptor, str] = {}
        self._ids: dict[WatchDescriptor, CallbackId] = {}
        self._watches: dict[str, WatchDescriptor] = {}
        # Why not every folder is watched, in words; None while all is well.
        self.problem: str | None = None
        self.lost = False
        self._add(root, must=True)

    def close(self) -> None:
        """Take all watches away, and end the reader, which is this tree's own."""
        with self._lock:
            self._drop(list(self._watches))
        self._reader.stop()
        self._reader.join()

    def __len__(self) -> int:
        return len(self._watches)

    # --- what watchdog calls

    def on_event(self, event: InotifyEvent) -> None:
        """One event of one of this tree's folders."""
        with self._lock:
            folder = self._folders.get(event.wd)
            if folder is None:
                return
            if event.is_delete_self or event.is_move_self or event.mask & _C.IN_UNMOUNT:
                # Of another folder than the root, its parent tells.
                self.lost = self.lost or folder == self._root
                self._tell(self._root if folder == self._root else folder, None)
                return
            name = os.fsdecode(event.name)
            path = os.path.join(folder, name)
            if not event.mask & _C.IN_ISDIR:
                if not event.is_attrib:
                    self._tell(folder, name)
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
                # It is new here, or its permissions have changed and it can perhaps be looked into
                # now.
                self._add(path)
            self._tell(path, None)

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        """The folder is gone, and its watch with it."""
        with self._lock:
            self._ids.pop(wd, None)
            folder = self._folders.pop(wd, None)
            if folder is not None and self._watches.get(folder) == wd:
                del self._watches[folder]
                self.lost = self.lost or folder == self._root

    def on_queue_overflow(self) -> None:
        """Events were lost: every folder gets its watch again, and all is looked through."""
        with self._lock:
            self._drop(list(self._watches))
            self._add(self._root)
            self._tell(self._root, None)

    # --- the watches

    def _add(self, top: str, *, must: bool = False) -> None:
        """Watch a folder and all below it, where they are not watched yet."""
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            if folder != self._root and self._leaves_out(folder):
                continue
            try:
                self._watch(folder)
                # Listed after it is watched: what comes in between is heard of, and what was there
                # before is seen here.
                with os.scandir(folder) as entries:
                    waiting += [
                        entry.path for entry in entries if entry.is_dir(follow_symlinks=False)
                    ]
            except OSError as error:
                if must and folder == top and error.errno not in _SHORT:
                    raise
                if error.errno in _SHORT:
                    # With half a tree nobody is served, and other programs need watches, too.
                    self._drop(list(self._watches))
                    self.problem = LIMIT
                    return

    def _watch(self, folder: str) -> None:
        if folder in self._watches:
            # Perhaps another folder of that name.
            self._drop([folder])
        number = CallbackId(next(self._numbers))
        wd = self._reader.add_callback(os.fsencode(folder), _MASK, self, number)
        if wd == -1:
            # How watchdog says that it may not be looked into.
            self._reader.remove_callbacks([(wd, number)])
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
        if wd in self._folders:
            # The same folder, met under its new name before its renaming was heard of.
            self._watches.pop(self._folders[wd], None)
            self._reader.remove_callbacks([(wd, self._ids[wd])])
        self._folders[wd], self._watches[folder], self._ids[wd] = folder, wd, number

    def _drop(self, folders: list[str]) -> None:
        watches = [self._watches.pop(folder) for folder in folders]
        numbers = [
            (wd, self._ids.pop(wd)) for wd in watches if self._folders.pop(wd, None) is not None
        ]
        self._reader.remove_callbacks(numbers)
