"""Recognize moved and renamed files by inode, size and modification time, without reading them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from explorer import int64
from explorer.indexing.read_task import ReadTask
from explorer.library import missing_files
from explorer.library.file_rows import FileStat, KnownFile
from explorer.library.paths import join, to_text
from explorer.library.rows import RootRow
from explorer.library.stores.file_store import put_all_moved
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.path_probes import inode_of


class MoveDetector:
    """Recognizes moves among the new files of one run."""

    def __init__(
        self,
        writer: Writer,
        roots: Mapping[int, RootRow],
        drives: DriveTimeouts,
        gone: dict[int, KnownFile],
        tick: Callable[[], None],
    ) -> None:
        """gone: files that the scan did not find, by id; those that turn out to have moved are
        removed from it. tick: called every 500 files; may raise to stop."""
        self._writer, self._roots, self._drives = writer, roots, drives
        self._gone, self._tick = gone, tick

    def record_moves(self, new: Sequence[ReadTask]) -> list[ReadTask]:
        """Record which of these files are known files under a new path. Returns the rest."""
        left, moves, taken = list[ReadTask](), list[tuple[KnownFile, int, FileStat]](), set[int]()
        for number, task in enumerate(new):
            if number % 500 == 0:
                self._tick()
            candidates = (
                file
                for file in missing_files.files_like(self._writer, task.seen)
                if file.id not in taken and self._is_same(file, task)
            )
            file = next(candidates, None)
            if file is None:
                left.append(task)
            else:
                taken.add(file.id)
                moves.append((file, task.root_id, task.seen))
        # All in one transaction: in a renumbered series, files have taken over each other's names.
        if moves:
            put_all_moved(self._writer, moves)
        for file, _, _ in moves:
            self._gone.pop(file.id, None)
        return left

    def _is_same(self, file: KnownFile, task: ReadTask) -> bool:
        """Whether a known file with the same inode, size and time is now at the path of a task."""
        seen = task.seen
        # Memory cards, archives and some copies have times in whole seconds, which many files
        # share; then the name must match, too.
        fits = has_precise_time(seen) or _name(seen.path) == _name(file.path)
        if file.excluded or file.root_id not in self._roots or not fits:
            return False
        if file.id in self._gone or file.vanished or file.state == "missing":
            return True
        # If the same file is still at the old path, the new path is a hard link, and so a copy. If
        # a different file is there now, the known one was moved.
        root = self._roots[file.root_id]["path"]
        path = join(to_text(root), file.path)
        inode = self._drives.call_or(root, lambda: inode_of(path), None)
        return inode is not None and inode != seen.inode


def has_precise_time(seen: FileStat) -> bool:
    """Whether a file's modification time is finer than a second, so that no two files share it by
    chance."""
    return seen.mtime_ns % 1_000_000_000 != 0 and abs(seen.mtime_ns) < int64.MAX


def _name(path: str) -> str:
    return path.rpartition("/")[2]
