"""Reconcile the catalog with the disk: find files that are new, changed, moved, gone or excluded.

A file that was not found is not called missing at once. It may have moved (`move_detection`), its
folder may be unreadable, its drive may be disconnected, or so many may have vanished together that
the user is asked (`vanished_files`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence

from explorer.indexing.move_detection import MoveDetector, has_precise_time
from explorer.indexing.path_prefixes import covered_by
from explorer.indexing.read_task import MTIME_UNREAD, ReadTask
from explorer.indexing.sidecar_updates import SidecarUpdates
from explorer.indexing.vanished_files import VanishedFiles
from explorer.indexing.watched_folders import mark_unresponsive
from explorer.library import missing_files
from explorer.library.catalog import Catalog
from explorer.library.chunks import chunks
from explorer.library.file_rows import EXCLUDED, KnownFile
from explorer.library.paths import join, printable, to_text
from explorer.library.rows import RootRow
from explorer.library.stores.file_store import files_below, files_in_folder, put_failed, put_missing
from explorer.library.stores.root_store import update_root
from explorer.library.system_folders import system_folder_of_file
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts, DriveUnresponsive, KeepAlive
from explorer.scanning.ignore import IgnoreRules
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import RootScan, ScanTarget, problem, scan_target
from explorer.scanning.tree_scan import ScanResult
from explorer.scanning.write_detection import WriteDetector

# Why a file cannot be read of which only a cloud placeholder is on this computer.
IN_CLOUD = (
    "it is in the cloud only, and is not downloaded without you asking for it: make it available on"
    " this computer in your file manager, and it is indexed"
)


class Reconciler:
    """The comparison of one run. Call `scan`, read the files in `new`, then call
    `resolve_gone`."""

    def __init__(  # noqa: PLR0917
        self,
        catalog: Catalog,
        writer: Writer,
        detector: WriteDetector,
        summary: IndexSummary,
        tick: Callable[[], None],
        drives: DriveTimeouts,
    ) -> None:
        self._writer, self._detector, self._summary = writer, detector, summary
        self._tick, self._drives = tick, drives
        self._roots: dict[int, RootRow] = {root["id"]: root for root in catalog.roots()}
        self._real_paths = dict[str, str]()
        self._away: dict[int, set[str]] = {}
        self._moved_drives = set[int]()
        self._in_cloud = list[ReadTask]()
        self.sidecars = SidecarUpdates(writer, self._drives)
        """The sidecars; to be read after the scan."""
        self.new: list[ReadTask] = []
        """Files to be read."""
        self.gone: dict[int, KnownFile] = {}
        """Known files that were not found, by id."""

    def path(self, root_id: int, relative: str) -> str:
        """The absolute path of a file. relative: catalog text."""
        return join(to_text(self._roots[root_id]["path"]), relative)

    def scan(self, targets: Sequence[ScanTarget]) -> None:
        """Scan these targets, and record everything that can be decided without reading a file."""
        for target in targets:
            self._tick()
            root = self._roots.get(target.root_id)
            if root is None:
                continue
            began = time.monotonic()
            try:
                self._scan_target(target, root)
            except DriveUnresponsive:
                mark_unresponsive(self._writer, root, self._summary)
            durations = self._summary.durations
            durations[root["id"]] = durations.get(root["id"], 0.0) + time.monotonic() - began
        moves = MoveDetector(self._writer, self._roots, self._drives, self.gone, self._tick)
        left = moves.record_moves(self.new)
        in_cloud = moves.record_moves(self._in_cloud)
        self._summary.moved += len(self.new) + len(self._in_cloud) - len(left) - len(in_cloud)
        self._put_in_cloud(in_cloud)
        self.new, self._in_cloud = left, []

    def resolve_gone(self) -> None:
        """Record the outcome for files that were not found. To be called after all new files were
        read."""
        vanished = VanishedFiles(
            self._writer,
            self._roots,
            self._drives,
            self._summary,
            self._tick,
            away=self._away,
            moved_drives=self._moved_drives,
        )
        vanished.record(self.gone.values())

    # --- one target

    def _scan_target(self, target: ScanTarget, root: RootRow) -> None:
        """Raises DriveUnresponsive."""
        real = [self._real_path(each["path"]) for each in self._roots.values()]
        moved = root["id"] in self._moved_drives
        scan = self._drives.call(
            root["path"],
            lambda keep_alive: scan_target(target, root, real, keep_alive, moved=moved),
            self._tick,
        )
        if scan.moved:
            self._moved_drives.add(root["id"])
        if scan.away:
            update_root(self._writer, root["id"], state="offline", problem="")
            self._summary.offline.add(root["path"])
        elif scan.trouble:
            update_root(self._writer, root["id"], problem=scan.trouble)
            self._summary.problems.add(f"{printable(root['path'])}: {scan.trouble}")
        elif scan.found is not None:
            self._compare(scan, scan.found, root)

    def _real_path(self, root: str) -> str:
        if root not in self._real_paths:
            self._real_paths[root] = self._drives.call_or(
                root, lambda: os.path.realpath(root), root
            )
        return self._real_paths[root]

    def _compare(self, scan: RootScan, found: ScanResult, root: RootRow) -> None:
        target, rules = scan.target, scan.rules
        known = (
            files_below(self._writer, target.root_id, target.folder)
            if target.recursive
            else files_in_folder(self._writer, target.root_id, target.folder)
        )
        returned = self._match(scan, found, known)
        self._sort_unmatched(found, known, self._ids_in_system_folders(root, known, rules))
        mounts = self._mounts(root, found, scan.drives)
        self.sidecars.compare(scan, found, root)
        if returned:
            missing_files.put_found_again(self._writer, returned)
        wrong = problem(found, rules)
        update_root(
            self._writer,
            target.root_id,
            state="online",
            scanned=not target.folder,
            device=scan.device,
            # A partial scan can show that something is wrong with a root, but not that all is well.
            problem=None if target.folder and not wrong else wrong,
            mounts=mounts,
        )
        self._summary.other += found.other
        self._summary.unlisted.update(self.path(target.root_id, each) for each in found.unreadable)
        self._summary.problems.update(
            f"{printable(root['path'])}: {each}" for each in (rules.problems if rules else ())
        )

    def _match(
        self, scan: RootScan, found: ScanResult, known: dict[str, KnownFile]
    ) -> list[KnownFile]:
        """Match the files on disk with the known ones by path, and remove the matched ones from
        `known`. Returns files that had been gone and are back unchanged."""
        target = scan.target
        returned, unmatched = list[KnownFile](), list[ReadTask]()
        new_ctimes = list[tuple[int, int]]()
        ctimes = scan.ctimes and not scan.moved
        for seen in found.files:
            file = known.pop(seen.path, None)
            # Taking a file away and putting it back renames it, and that changes its ctime, too.
            stayed = file is not None and not file.vanished and file.state != "missing"
            # Replacing a file by its cloud placeholder to free space changes its ctime.
            here = seen.path not in found.in_cloud
            same = file is not None and file.matches(
                seen,
                inodes=here and scan.inodes and not has_precise_time(seen),
                ctimes=here and ctimes and stayed,
            )
            if file is not None and same and scan.ctimes and file.ctime_ns != seen.ctime_ns:
                new_ctimes.append((seen.ctime_ns, file.id))
            if not here and (not same or file is None or file.state == "failed"):
                self._in_cloud.append(ReadTask(target.root_id, seen, None, file))
            elif seen.path in found.unsupported:
                self._summary.failed += 1
                if file is None or not same or file.state != "failed":
                    reason = found.unsupported[seen.path]
                    put_failed(self._writer, target.root_id, seen, reason, "unsupported")
            elif file is None or not same:
                unmatched.append(ReadTask(target.root_id, seen, None, file))
            elif file.state == "failed":
                self._summary.failed += 1
            else:
                self._summary.unchanged += 1
                if file.gone_at is not None or file.state == "missing":
                    returned.append(file)
        for some in chunks(new_ctimes, 5000):
            self._tick()
            missing_files.put_change_times(self._writer, some)
        self._add_settled(target, unmatched)
        return returned

    def _put_in_cloud(self, tasks: Iterable[ReadTask]) -> None:
        """Record files of which only a cloud placeholder is here. They get a time that no file has,
        so that they count as changed once they are downloaded."""
        for task in tasks:
            self._summary.failed += 1
            placeholder = task.seen._replace(mtime_ns=MTIME_UNREAD)
            file = task.was
            if file is None or file.state != "failed" or not file.matches(placeholder):
                put_failed(self._writer, task.root_id, placeholder, IN_CLOUD, "unsupported")

    def _add_settled(self, target: ScanTarget, tasks: Sequence[ReadTask]) -> None:
        """Add the files that are no longer being written to `new`, and schedule the folders of the
        others for another scan."""

        def settled(keep_alive: KeepAlive) -> list[bool]:
            answers = list[bool]()
            for task in tasks:
                keep_alive()
                path = self.path(task.root_id, task.seen.path)
                answers.append(self._detector.is_settled(path, task.seen))
            return answers

        answers = self._drives.call(target.root, settled, self._tick)
        for task, is_settled in zip(tasks, answers, strict=True):
            if is_settled:
                self.new.append(task)
            else:
                folder = task.seen.path.rpartition("/")[0]
                self._summary.unsettled.add(
                    ScanTarget(target.root_id, target.root, folder, recursive=False)
                )

    def _ids_in_system_folders(
        self, root: RootRow, known: dict[str, KnownFile], rules: IgnoreRules | None
    ) -> set[int]:
        """Ids of the unmatched files in folders of the system or of another program, unless the
        user included such a folder."""
        suspects = [file for file in known.values() if system_folder_of_file(file.path)]
        if not suspects or rules is None:
            return set()
        return self._drives.call_or(
            root["path"],
            lambda: {
                file.id for file in suspects if rules.excludes_branch(file.path.rpartition("/")[0])
            },
            set[int](),
        )

    def _sort_unmatched(
        self, found: ScanResult, known: dict[str, KnownFile], in_system_folders: set[int]
    ) -> None:
        """Sort the known files that were not found: they are excluded, in an unreadable folder
        (nothing is known about them), or gone."""
        excluded = list[KnownFile]()
        for file in known.values():
            if file.id in in_system_folders or covered_by(file.path, found.left_out):
                if not file.excluded:
                    excluded.append(file)
            elif not covered_by(file.path, found.unreadable):
                if file.excluded:
                    # Had it not been excluded, it would be missing now. The purge counts its days.
                    put_missing(self._writer, [file])
                elif not file.vanished and file.state != "missing":
                    self.gone[file.id] = file
        for some in chunks(excluded, 500):
            put_missing(self._writer, some, EXCLUDED)
        self._summary.left_out += sum(file.photo_id is not None for file in excluded)

    def _mounts(self, root: RootRow, found: ScanResult, drives: frozenset[str]) -> list[str]:
        """The mount points in a root: those in use, and those of drives that are disconnected now.

        drives: known mount points at which a file system is mounted now.
        """
        lost = set(root["mounts"]) - drives
        lost -= {
            folder
            for folder in lost
            if any(seen.path.startswith(folder + "/") for seen in found.files)
        }
        self._away.setdefault(root["id"], set()).update(lost, found.broken_links)
        # For the next target in this root.
        root["mounts"] = sorted(found.mounts | lost | drives)
        return root["mounts"]
