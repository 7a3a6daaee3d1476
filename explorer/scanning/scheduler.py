"""When which folder is looked at: as events tell, as drives come and go, and from time to time in
any case."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from explorer.library.library import Library
from explorer.library.paths import inside, to_text
from explorer.library.root_store import update_root
from explorer.library.rows import RootRow
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import UNRESPONSIVE, DriveTimeouts, DriveUnresponsive
from explorer.scanning.filesystem_traits import reason_to_poll
from explorer.scanning.ignore import IgnoreRules
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.watch import AGAIN, ChangedFolder, Watcher
from explorer.text_format import duration

# Seconds between two scans of a root that is watched, and of one that cannot be: for the latter at
# least so many, and no less than so many times as long as a scan takes.
RESCAN_WATCHED = 30 * 60.0
RESCAN_UNWATCHED, SPARING = 60.0, 20.0
# Seconds between two looks at whether a drive has come or gone.
DRIVES = 3.0


class ScanScheduler:
    """Keeps the watches and the times of all roots. Used by one thread."""

    def __init__(self, library: Library, writer: Writer, disk: DriveTimeouts | None = None) -> None:
        self._catalog, self._writer, self._disk = library.catalog, writer, disk or DriveTimeouts()
        # Where the library lies in a root, its own files change with every look at the root.
        self._watcher = Watcher(str(library.dir))
        self._due: dict[int, float] = {}
        self._problems: dict[int, str | None] = {}
        self._identities: dict[str, str | None] = {}
        self._silent = set[str]()
        self._looked = 0.0

    def close(self) -> None:
        self._watcher.close()

    # --- what is due

    def overdue(self) -> list[ScanTarget]:
        """Roots whose time for a full scan has come; at the start that is every root. They are
        watched from now on."""
        now, roots = time.monotonic(), self._catalog.roots()
        if now - self._looked >= DRIVES:
            self._looked = now
            self._look_at_drives(roots)
        places = list[ScanTarget]()
        for root in roots:
            if self._due.get(root["id"], 0.0) <= now:
                # Watched before it is scanned, so that nothing falls between the two.
                self._watch(root)
                places.append(ScanTarget(root["id"], root["path"]))
        return places

    def spots(self) -> list[ChangedFolder]:
        """Where something happened and has come to rest. Whoever cannot look there after all gives
        them back (`again`)."""
        return self._watcher.due()

    def places(self, spots: Sequence[ChangedFolder]) -> list[ScanTarget]:
        """Spots → places to scan, each once, none inside another."""
        roots = {root["path"]: root for root in self._catalog.roots()}
        for path in self._watcher.stale() & roots.keys():
            # Other rules: other folders to be watched.
            self._watch(roots[path])
        found = set[ScanTarget]()
        for path in {spot.root for spot in spots} & roots.keys():
            some = [spot for spot in spots if spot.root == path]
            # Of a drive that falls silent, all is looked at when it is back.
            with contextlib.suppress(DriveUnresponsive):
                found |= self._disk.look(
                    path,
                    lambda _, root=roots[path], some=some: _places(root, some),  # type: ignore[misc]
                )
        whole = {(place.root_id, place.folder) for place in found if place.recursive}
        return [place for place in found if not _covered(place, whole)]

    def again(self, spots: Iterable[ChangedFolder]) -> None:
        """Look there once more."""
        for spot in spots:
            self._watcher.again(spot)

    def due_now(self, root_id: int | None = None) -> None:
        """Scan this root, or all, at the next occasion."""
        if root_id is None:
            self._due.clear()
        else:
            self._due.pop(root_id, None)

    def look_below(self, folder: str) -> None:
        """Scan what is below this absolute folder, or the roots in it, at the next occasion."""
        for root in self._catalog.roots():
            place = os.path.join(folder, "")
            if os.path.join(root["path"], "").startswith(place):
                self.due_now(root["id"])
            elif place.startswith(os.path.join(root["path"], "")):
                self._watcher.again(ChangedFolder(root["path"], folder, below=True))

    def look_at(self, folder: str) -> None:
        """Scan this absolute folder of a root, but nothing below it, at the next occasion."""
        for root in self._catalog.roots():
            if inside(folder, root["path"]):
                self._watcher.again(ChangedFolder(root["path"], folder, below=False))

    def forget(self, root: str) -> None:
        """Stop watching a root, for good or because its rules have changed."""
        self._watcher.forget(root)

    # --- after a look

    def looked(self, places: Sequence[ScanTarget], tally: IndexSummary, *, full: bool) -> None:
        """These places were scanned: note when next. full: they are whole roots."""
        now = time.monotonic()
        for place in tally.unsettled:
            self._watcher.again(ChangedFolder(place.root, _absolute(place), below=False), AGAIN)
        if not full:
            # What there was to be seen has still to be looked at.
            self._due.update(
                {
                    place.root_id: now + RESCAN_UNWATCHED
                    for place in places
                    if place.root in tally.offline
                }
            )
            return
        for place in places:
            problem, took = self._problems.get(place.root_id), tally.took.get(place.root_id, 0.0)
            pause = max(RESCAN_UNWATCHED, SPARING * took) if problem else RESCAN_WATCHED
            # A folder that was emptied may be filled again, or its photos found elsewhere.
            self._due[place.root_id] = now + (
                RESCAN_UNWATCHED if place.root in tally.offline else pause
            )
            how = (
                f"looked at every {'minute' if pause == 60 else duration(pause)}, because {problem}"
                if problem
                else "watched"
            )
            update_root(self._writer, place.root_id, watching=how)

    def _watch(self, root: RootRow) -> None:
        path = root["path"]

        def watch() -> str | None:
            if not os.path.isdir(path):
                self._watcher.forget(path)
                return "its drive is away"
            return self._watcher.watch(path, IgnoreRules(path, root["exclude"])) or reason_to_poll(
                path
            )

        self._problems[root["id"]] = self._disk.ask(path, watch, UNRESPONSIVE)

    def _look_at_drives(self, roots: Sequence[RootRow]) -> None:
        """Another file system in a root's place, or none: a drive has come or gone, and the old
        watch watches nothing. Or it answers no more, or again."""
        for root in roots:
            path = root["path"]
            identity = self._disk.ask(path, lambda path=path: _identity(path), None)  # type: ignore[misc]
            silent = self._disk.silent(path)
            if silent != (path in self._silent):
                self._silent ^= {path}
                self._watcher.forget(path)
                self.due_now(root["id"])
            if silent:
                continue
            if self._identities.setdefault(path, identity) != identity or self._watcher.lost(path):
                self._identities[path] = identity
                self._watcher.forget(path)
                self.due_now(root["id"])


def _identity(folder: str) -> str | None:
    try:
        facts = os.stat(folder)
    except OSError:
        return None
    return f"{facts.st_dev}:{facts.st_ino}"


def _places(root: RootRow, spots: Iterable[ChangedFolder]) -> set[ScanTarget]:
    rules = IgnoreRules(root["path"], root["exclude"])
    return {place for spot in spots if (place := _place(spot, root, rules))}


def _place(spot: ChangedFolder, root: RootRow, rules: IgnoreRules) -> ScanTarget | None:
    """The place of a spot, or None where it lies in a folder that is not looked at."""
    parts = Path(os.path.relpath(spot.folder, spot.root)).parts
    folder = to_text("/".join(parts))
    # Of a folder that was taken out just now, the scan says what becomes of its photos.
    if folder and rules.excludes_branch(folder.rpartition("/")[0]):
        return None
    return ScanTarget(root["id"], root["path"], folder, spot.below)


def _covered(place: ScanTarget, whole: set[tuple[int, str]]) -> bool:
    """Whether one of the folders above, or the same, is scanned with all below it."""
    folder = place.folder
    if not place.recursive and (place.root_id, folder) in whole:
        return True
    while folder:
        folder = folder.rpartition("/")[0]
        if (place.root_id, folder) in whole:
            return True
    return False


def _absolute(place: ScanTarget) -> str:
    return os.path.join(place.root, *place.folder.split("/")) if place.folder else place.root
