"""Decide which folder is scanned when: after change events, when a drive comes or goes, and
periodically.

A root whose change events are complete is rescanned rarely. Where a root cannot be watched, or its
events are incomplete (`filesystem_traits.reason_to_poll`), the scheduler falls back to polling.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from explorer.library.library import Library
from explorer.library.paths import inside, to_text
from explorer.library.rows import RootRow
from explorer.library.stores.root_store import update_root
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import UNRESPONSIVE, DriveTimeouts, DriveUnresponsive
from explorer.scanning.filesystem_traits import reason_to_poll
from explorer.scanning.ignore import IgnoreRules
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.watch import ChangedFolder, Watcher
from explorer.systems import file_calls
from explorer.systems.this_system import this_system
from explorer.text_format import duration

# Seconds between two full scans of a watched root.
RESCAN_INTERVAL = 30 * 60.0
# A polled root is scanned in full at intervals of at least POLL_INTERVAL seconds, and of at least
# POLL_LOAD_FACTOR times the duration of one scan.
POLL_INTERVAL, POLL_LOAD_FACTOR = 60.0, 20.0
# Seconds after which the folder of a file that was still being written is scanned again.
UNSETTLED_DELAY = 1.5
# Seconds between two checks whether a drive came or went.
DRIVE_CHECK_INTERVAL = 3.0
# Seconds of sleep after which everything is scanned again.
_SLEPT = 60.0


class ScanScheduler:
    """Keeps the watches and the scan times of all roots. Used by one thread."""

    def __init__(self, library: Library, writer: Writer, drives: DriveTimeouts) -> None:
        self._catalog, self._writer, self._drives = library.catalog, writer, drives
        # If the library is inside a root, every scan of that root changes the library's files.
        self._watcher = Watcher(str(library.dir))
        self._due: dict[int, float] = {}
        self._poll_reasons: dict[int, str | None] = {}
        self._identities: dict[str, str | None] = {}
        self._unresponsive = set[str]()
        self._drives_checked = 0.0
        # The Unix time minus the seconds awake since boot: it grows by the time spent asleep.
        self._asleep = time.time() - this_system().awake_seconds()

    def close(self) -> None:
        self._watcher.close()

    # --- what is due

    def due_roots(self) -> list[ScanTarget]:
        """The roots that are due for a full scan; at the start, all of them. They are watched from
        now on."""
        now, roots = time.monotonic(), self._catalog.roots()
        if self._has_slept():
            # Drives may have come and gone, and other devices may have changed files, without an
            # event.
            self._due.clear()
        if now - self._drives_checked >= DRIVE_CHECK_INTERVAL:
            self._drives_checked = now
            self._check_drives(roots)
        targets = list[ScanTarget]()
        for root in roots:
            if self._due.get(root["id"], 0.0) <= now:
                # Watch first, then scan, so that no change falls in between.
                self._watch_or_poll(root)
                targets.append(ScanTarget(root["id"], root["path"]))
        return targets

    def _has_slept(self) -> bool:
        """Whether the computer has slept for more than a minute since the last call."""
        asleep = time.time() - this_system().awake_seconds()
        before, self._asleep = self._asleep, asleep
        return asleep - before > _SLEPT

    def changed_folders(self) -> list[ChangedFolder]:
        """The folders in which something changed and has settled since. A caller that cannot scan
        them after all returns them with `requeue`."""
        return self._watcher.due()

    def targets(self, changed: Sequence[ChangedFolder]) -> list[ScanTarget]:
        """The targets to scan for these folders: none twice, and none inside another."""
        roots = {root["path"]: root for root in self._catalog.roots()}
        for path in self._watcher.roots_with_changed_rules() & roots.keys():
            self._watch_or_poll(roots[path])
        found = set[ScanTarget]()
        for path in {each.root for each in changed} & roots.keys():
            some = [each for each in changed if each.root == path]
            # If the drive does not respond, the whole root is scanned when it is back.
            with contextlib.suppress(DriveUnresponsive):
                found |= self._drives.call(
                    path,
                    lambda _, root=roots[path], some=some: _targets(root, some),  # type: ignore[misc]
                )
        whole = {(target.root_id, target.folder) for target in found if target.recursive}
        return [target for target in found if not _covered(target, whole)]

    def requeue(self, changed: Iterable[ChangedFolder]) -> None:
        """Schedule these folders for another scan."""
        for each in changed:
            self._watcher.requeue(each)

    def schedule_now(self, root_id: int | None = None) -> None:
        """Schedule this root, or all roots, for a scan in the next round."""
        if root_id is None:
            self._due.clear()
        else:
            self._due.pop(root_id, None)

    def schedule_tree(self, folder: str) -> None:
        """Schedule an absolute folder with its subfolders, or all roots inside it, for a scan in
        the next round."""
        for root in self._catalog.roots():
            prefix = os.path.join(folder, "")
            if os.path.join(root["path"], "").startswith(prefix):
                self.schedule_now(root["id"])
            elif prefix.startswith(os.path.join(root["path"], "")):
                self._watcher.requeue(ChangedFolder(root["path"], folder, below=True))

    def schedule_folder(self, folder: str) -> None:
        """Schedule an absolute folder, without its subfolders, for a scan in the next round."""
        for root in self._catalog.roots():
            if inside(folder, root["path"]):
                self._watcher.requeue(ChangedFolder(root["path"], folder, below=False))

    def unwatch(self, root: str) -> None:
        """Stop watching a root, for good or because its ignore rules changed."""
        self._watcher.unwatch(root)

    # --- after a scan

    def scanned(self, targets: Sequence[ScanTarget], summary: IndexSummary, *, full: bool) -> None:
        """Schedule the next scans after these targets were scanned. full: whether they are whole
        roots."""
        now = time.monotonic()
        for target in summary.unsettled:
            changed = ChangedFolder(target.root, _absolute(target), below=False)
            self._watcher.requeue(changed, UNSETTLED_DELAY)
        if not full:
            # Changes in a root that is offline still have to be found.
            self._due.update(
                {
                    target.root_id: now + POLL_INTERVAL
                    for target in targets
                    if target.root in summary.offline
                }
            )
            return
        for target in targets:
            reason = self._poll_reasons.get(target.root_id)
            took = summary.durations.get(target.root_id, 0.0)
            interval = max(POLL_INTERVAL, POLL_LOAD_FACTOR * took) if reason else RESCAN_INTERVAL
            # An emptied folder may be filled again, or its photos may be found elsewhere.
            self._due[target.root_id] = now + (
                POLL_INTERVAL if target.root in summary.offline else interval
            )
            every = "minute" if interval == 60 else duration(interval)
            watching = f"scanned every {every}, because {reason}" if reason else "watched"
            update_root(self._writer, target.root_id, watching=watching)

    def _watch_or_poll(self, root: RootRow) -> None:
        """Watch a root, and poll it if its change events are incomplete or not available."""
        path = root["path"]

        def watch() -> str | None:
            if not file_calls.isdir(path):
                self._watcher.unwatch(path)
                return "its drive is disconnected"
            if reason := this_system().watch_holds_drive(path):
                self._watcher.unwatch(path)
                return reason
            return self._watcher.watch(path, IgnoreRules(path, root["exclude"])) or reason_to_poll(
                path
            )

        self._poll_reasons[root["id"]] = self._drives.call_or(path, watch, UNRESPONSIVE)

    def _check_drives(self, roots: Sequence[RootRow]) -> None:
        """Schedule a scan of each root whose drive came, went, stopped responding or responds
        again."""
        for root in roots:
            path = root["path"]
            identity = self._drives.call_or(path, lambda path=path: _identity(path), None)  # type: ignore[misc]
            unresponsive = self._drives.is_unresponsive(path)
            if unresponsive != (path in self._unresponsive):
                self._unresponsive ^= {path}
                self._watcher.unwatch(path)
                self.schedule_now(root["id"])
            if unresponsive:
                continue
            # A different folder or file system, or none, is at this path: the old watches are dead.
            if self._identities.setdefault(path, identity) != identity or self._watcher.lost(path):
                self._identities[path] = identity
                self._watcher.unwatch(path)
                self.schedule_now(root["id"])


def _identity(folder: str) -> str | None:
    """Device and inode number of a folder; None if it does not exist."""
    try:
        facts = file_calls.stat(folder)
    except OSError:
        return None
    return f"{facts.st_dev}:{facts.st_ino}"


def _targets(root: RootRow, changed: Iterable[ChangedFolder]) -> set[ScanTarget]:
    rules = IgnoreRules(root["path"], root["exclude"])
    return {target for each in changed if (target := _target(each, root, rules))}


def _target(changed: ChangedFolder, root: RootRow, rules: IgnoreRules) -> ScanTarget | None:
    """The scan target for a folder, or None if one of its parents is excluded."""
    parts = Path(os.path.relpath(changed.folder, changed.root)).parts
    folder = to_text("/".join(parts))
    # The folder itself is scanned even if it is excluded: it may have been excluded just now, and
    # the scan then removes its photos.
    if folder and rules.excludes_branch(folder.rpartition("/")[0]):
        return None
    return ScanTarget(root["id"], root["path"], folder, changed.below)


def _covered(target: ScanTarget, whole: set[tuple[int, str]]) -> bool:
    """Whether a target is part of a recursive one. whole: (root id, folder) of the latter."""
    folder = target.folder
    if not target.recursive and (target.root_id, folder) in whole:
        return True
    while folder:
        folder = folder.rpartition("/")[0]
        if (target.root_id, folder) in whole:
            return True
    return False


def _absolute(target: ScanTarget) -> str:
    return os.path.join(target.root, *target.folder.split("/")) if target.folder else target.root
