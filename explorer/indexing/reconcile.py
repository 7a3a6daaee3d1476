"""Disk against catalog: what is new, what has moved, and what is gone, away or left out.

Moves are told by inode, size and time first, without reading. A file that was not found is not at
once called missing: it may lie elsewhere (that is looked for first), its folder may be unreadable,
its drive may be away, or so many may have vanished together that the person is asked.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from explorer import int64
from explorer.errors import FolderError
from explorer.indexing.read_task import ReadTask
from explorer.library import missing_files
from explorer.library.catalog import Catalog
from explorer.library.file_rows import EXCLUDED, FileStat, KnownFile
from explorer.library.file_store import (
    files_below,
    files_in_folder,
    put_all_moved,
    put_failed,
    put_missing,
)
from explorer.library.paths import join, printable, to_text
from explorer.library.root_store import add_root, check_folder, update_root
from explorer.library.rows import RootRow
from explorer.library.system_folders import around_file
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import UNRESPONSIVE, Alive, DriveTimeouts, DriveUnresponsive
from explorer.scanning.ignore import IgnoreRules
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.root_scan import RootScan, ScanTarget, problem, scan_target
from explorer.scanning.scan import ScanResult, inode_of, root_state
from explorer.scanning.write_detection import WriteDetector

T = TypeVar("T")

# When more than this share of a root's photo files vanish at once, and no fewer than this number,
# the person is asked.
SHARE, LEAST = 0.2, 10
# Scans so many seconds apart see one and the same deletion, which takes a while in a large tree.
AT_ONCE = 20.0


class Reconciler:
    """What one run has to see to. `fresh` is to be read; `gone` (by id) was not found, and `settle`
    says what becomes of it."""

    def __init__(  # noqa: PLR0917
        self,
        catalog: Catalog,
        writer: Writer,
        resting: WriteDetector,
        tally: IndexSummary,
        tick: Callable[[], None],
        disk: DriveTimeouts | None = None,
    ) -> None:
        self._writer, self._resting, self._tally, self._tick, self._disk = (
            writer,
            resting,
            tally,
            tick,
            disk or DriveTimeouts(),
        )
        self._roots: dict[int, RootRow] = {root["id"]: root for root in catalog.roots()}
        self._real = dict[str, str]()
        self._lost_mounts: dict[int, set[str]] = {}
        self._moved_drives = set[int]()
        self.fresh: list[ReadTask] = []
        self.gone: dict[int, KnownFile] = {}

    def path(self, root_id: int, relative: str) -> str:
        """The absolute path of a file. relative: catalog text."""
        return join(to_text(self._roots[root_id]["path"]), relative)

    def look(self, places: Sequence[ScanTarget]) -> None:
        """Scan these places, and note in the catalog what needs no reading."""
        for place in places:
            self._tick()
            root = self._roots.get(place.root_id)
            if root is None:
                continue
            began = time.monotonic()
            try:
                self._look_at(place, root)
            except DriveUnresponsive:
                mark_unresponsive(self._writer, root, self._tally)
            self._tally.took[root["id"]] = (
                self._tally.took.get(root["id"], 0.0) + time.monotonic() - began
            )
        self._follow_moves()

    # --- one place

    def _look_at(self, place: ScanTarget, root: RootRow) -> None:
        """Raises Silent."""
        real = [self._resolved(each["path"]) for each in self._roots.values()]
        moved = root["id"] in self._moved_drives
        now = self._disk.look(
            root["path"],
            lambda alive: scan_target(place, root, real, alive, moved=moved),
            self._tick,
        )
        if now.moved:
            self._moved_drives.add(root["id"])
        if now.away:
            update_root(self._writer, root["id"], state="offline", problem="")
            self._tally.offline.add(root["path"])
        elif now.trouble:
            update_root(self._writer, root["id"], problem=now.trouble)
            self._tally.problems.add(f"{printable(root['path'])}: {now.trouble}")
        elif now.found is not None:
            self._compare(now, now.found, root)

    def _resolved(self, root: str) -> str:
        if root not in self._real:
            self._real[root] = self._disk.ask(root, lambda: os.path.realpath(root), root)
        return self._real[root]

    def _compare(self, now: RootScan, found: ScanResult, root: RootRow) -> None:
        place, rules = now.place, now.rules
        known = (
            files_below(self._writer, place.root_id, place.folder)
            if place.recursive
            else files_in_folder(self._writer, place.root_id, place.folder)
        )
        back = self._match(now, found, known)
        self._sort_out(found, known, self._of_others(root, known, rules))
        drives = self._drives(root, found, now.drives)
        if back:
            missing_files.put_found_again(self._writer, back)
        wrong = problem(found, rules)
        update_root(self._writer,
            place.root_id, state="online", scanned=not place.folder, device=now.device,
            # A part of a root can tell what is wrong with it, but not that nothing is.
            problem=None if place.folder and not wrong else wrong, mounts=drives,
        )  # fmt: skip
        self._tally.other += found.other
        self._tally.unlisted.update(self.path(place.root_id, each) for each in found.unreadable)
        self._tally.problems.update(
            f"{printable(root['path'])}: {each}" for each in (rules.problems if rules else ())
        )

    def _match(
        self, now: RootScan, found: ScanResult, known: dict[str, KnownFile]
    ) -> list[KnownFile]:
        """Take the files that were found out of the known ones. Gives those that were gone and are
        back unchanged."""
        place, back, new, later = (
            now.place,
            list[KnownFile](),
            list[ReadTask](),
            list[tuple[int, int]](),
        )
        ctimes = now.ctimes and not now.moved
        for seen in found.files:
            file = known.pop(seen.path, None)
            # Whoever took a file away and put it back has renamed it, and that, too, is a change by
            # its ctime.
            stayed = file is not None and not file.vanished and file.state != "missing"
            same = file is not None and file.matches(
                seen, inodes=now.inodes and not _exact(seen), ctimes=ctimes and stayed
            )
            if file is not None and same and now.ctimes and file.ctime_ns != seen.ctime_ns:
                later.append((seen.ctime_ns, file.id))
            if seen.path in found.unsupported:
                self._tally.failed += 1
                if file is None or not same or file.state != "failed":
                    put_failed(
                        self._writer,
                        place.root_id,
                        seen,
                        found.unsupported[seen.path],
                        "unsupported",
                    )
            elif file is None or not same:
                new.append(ReadTask(place.root_id, seen, None, file))
            elif file.state == "failed":
                self._tally.failed += 1
            else:
                self._tally.unchanged += 1
                if file.gone_at is not None or file.state == "missing":
                    back.append(file)
        for some in slices(later, 5000):
            self._tick()
            missing_files.put_change_times(self._writer, some)
        for task, is_settled in zip(
            new,
            self._disk.look(place.root, lambda alive: self._rests(new, alive), self._tick),
            strict=True,
        ):
            if is_settled:
                self.fresh.append(task)
            else:
                self._tally.unsettled.add(
                    ScanTarget(place.root_id, place.root, task.seen.path.rpartition("/")[0], False)
                )
        return back

    def _rests(self, tasks: Sequence[ReadTask], alive: Alive) -> list[bool]:
        """Which of these files nobody writes to any more."""
        said = list[bool]()
        for task in tasks:
            alive()
            said.append(
                self._resting.is_settled(self.path(task.root_id, task.seen.path), task.seen)
            )
        return said

    def _of_others(
        self, root: RootRow, known: dict[str, KnownFile], rules: IgnoreRules | None
    ) -> set[int]:
        """Those of the files that were not found, by id, that lie or lay in a folder which a system
        or another program keeps for itself, where nobody asked for that folder."""
        suspects = [file for file in known.values() if around_file(file.path)]
        if not suspects or rules is None:
            return set()
        return self._disk.ask(
            root["path"],
            lambda: {
                file.id for file in suspects if rules.excludes_branch(file.path.rpartition("/")[0])
            },
            set[int](),
        )

    def _sort_out(
        self, found: ScanResult, known: dict[str, KnownFile], of_others: set[int]
    ) -> None:
        """What was known and not found: left out, unknown because a folder cannot be read, or gone."""
        left_out = list[KnownFile]()
        for file in known.values():
            if file.id in of_others or _covered(file.path, found.left_out):
                if not file.excluded:
                    left_out.append(file)
            elif not _covered(file.path, found.unreadable):
                if file.excluded:
                    # It would be missing now, were it not left out before: it is for the purge to
                    # count its days.
                    put_missing(self._writer, [file])
                elif not file.vanished and file.state != "missing":
                    self.gone[file.id] = file
        for some in slices(left_out, 500):
            put_missing(self._writer, some, EXCLUDED)
        self._tally.left_out += sum(file.photo_id is not None for file in left_out)

    def _drives(self, root: RootRow, found: ScanResult, drives: frozenset[str]) -> set[str]:
        """Folders in the root that are drives of their own, and those that were and hold nothing
        now: such a drive is away.

        drives: those of the known ones that are drives now.
        """
        gone = set(root["mounts"]) - drives
        gone -= {
            folder
            for folder in gone
            if any(seen.path.startswith(folder + "/") for seen in found.files)
        }
        self._lost_mounts[root["id"]] = gone
        return found.mounts | gone | drives

    # --- moves

    def _follow_moves(self) -> None:
        """Files that were renamed on one disk keep inode, size and time: they are recognised
        without being read."""
        left, moves, taken = list[ReadTask](), list[tuple[KnownFile, int, FileStat]](), set[int]()
        for number, task in enumerate(self.fresh):
            if number % 500 == 0:
                self._tick()
            found = (
                file
                for file in missing_files.files_like(self._writer, task.seen)
                if file.id not in taken and self._has_left(file, task)
            )
            file = next(found, None)
            if file is None:
                left.append(task)
            else:
                taken.add(file.id)
                moves.append((file, task.root_id, task.seen))
        # All at once: a series of photos that were numbered anew have taken each other's names.
        if moves:
            put_all_moved(self._writer, moves)
        for file, _, _ in moves:
            self.gone.pop(file.id, None)
        self._tally.moved += len(moves)
        self.fresh = left

    def _has_left(self, file: KnownFile, task: ReadTask) -> bool:
        """Whether a known file with the same inode, size and time is the one that is found now."""
        seen = task.seen
        # Whole seconds come from cameras' cards, archives and copies, where many files share one:
        # then the name has to fit, too.
        fits = _exact(seen) or seen.path.rpartition("/")[2] == file.path.rpartition("/")[2]
        if file.excluded or file.root_id not in self._roots or not fits:
            return False
        if file.id in self.gone or file.vanished or file.state == "missing":
            return True
        # Another hard link of the same file is a copy; where another file has its name now, it has
        # left.
        path = self.path(file.root_id, file.path)
        inode = self._disk.ask(self._roots[file.root_id]["path"], lambda: inode_of(path), None)
        return inode is not None and inode != seen.inode

    # --- what was not found

    def settle(self) -> None:
        """After all that is new was looked at: what is still gone is missing, or away where its
        drive is or the person is to be asked."""
        for root in self._roots.values():
            # It was emptied, not unplugged, where all that was in it has been found elsewhere.
            if (
                root["path"] in self._tally.offline
                and self._state(root["path"]) != "absent"
                and not missing_files.count_present(self._writer, root["id"])
            ):
                update_root(self._writer, root["id"], state="online")
                self._tally.offline.discard(root["path"])
        by_root = dict[int, list[KnownFile]]()
        for file in self.gone.values():
            by_root.setdefault(file.root_id, []).append(file)
        for root_id, files in by_root.items():
            self._tick()
            if self._state(self._roots[root_id]["path"]) == "absent":
                continue
            elsewhere = [
                file for file in files if _covered(file.path, self._lost_mounts.get(root_id, ()))
            ]
            here = [
                file
                for file in files
                if not _covered(file.path, self._lost_mounts.get(root_id, ()))
            ]
            recent = self._many(root_id, here)
            if recent is None:
                photos = [file for file in here if file.photo_id is not None]
                self._tally.missing += len(photos)
                for some in slices(here, 500):
                    put_missing(self._writer, some)
            else:
                elsewhere += [*here, *recent]
            if elsewhere:
                missing_files.put_vanished(self._writer, elsewhere)
            self._tally.away += sum(file.photo_id is not None for file in elsewhere)

    def _state(self, root: str) -> str:
        return self._disk.ask(root, lambda: root_state(root), "absent")

    def _many(self, root_id: int, files: list[KnownFile]) -> list[KnownFile] | None:
        """Whether so many vanished at once that the person is asked; with those that went missing a
        moment ago, which count too."""
        photos = [file for file in files if file.photo_id is not None]
        if not photos:
            return None
        recent = missing_files.recently_missing(self._writer, root_id, AT_ONCE)
        kept_at = self._roots[root_id]["kept_at"] or 0.0
        number = (
            len(photos)
            + len(recent)
            + len(missing_files.vanished_files(self._writer, root_id, kept_at))
        )
        known = missing_files.count_present(self._writer, root_id) + len(recent)
        # Where another file system shows in the root's place, even a few are too many to forget
        # unasked.
        least = 1 if root_id in self._moved_drives else LEAST
        return recent if number >= least and number > SHARE * known else None


def add_folder(writer: Writer, folder: str, disk: DriveTimeouts) -> int:
    """Watch this absolute folder from now on; gives the id of the root that covers it. Raises
    FolderError where it cannot be read."""
    try:
        disk.look(folder, lambda _: check_folder(folder))
    except DriveUnresponsive:
        raise FolderError(
            f"The folder {printable(folder)} cannot be looked into: {UNRESPONSIVE}. Check its connection, and try again."
        ) from None
    return add_root(
        writer, folder, lambda path: disk.ask(path, lambda: os.path.realpath(path), path)
    )


def mark_unresponsive(writer: Writer, root: RootRow, tally: IndexSummary) -> None:
    """The root's drive does not answer: until it does, its photos are away."""
    update_root(writer, root["id"], state="offline", problem=UNRESPONSIVE)
    tally.offline.add(root["path"])


def _exact(seen: FileStat) -> bool:
    """Whether a file's time is finer than a second, so that no two files share it by chance."""
    return seen.mtime_ns % 1_000_000_000 != 0 and abs(seen.mtime_ns) < int64.MOST


def _covered(path: str, marked: Iterable[str]) -> bool:
    """Whether a path or a folder above it is among those marked; '' marks all."""
    if not marked:
        return False
    marks = marked if isinstance(marked, set) else set(marked)
    while path:
        if path in marks:
            return True
        path = path.rpartition("/")[0]
    return "" in marks


def slices(items: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """A list in pieces."""
    return (items[start : start + size] for start in range(0, len(items), size))
