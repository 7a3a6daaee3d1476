"""Keep the values from sidecars up to date with the disk: new and changed sidecars are read, and
those that are gone no longer count."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from explorer.decoding.sidecar_reader import SidecarReader
from explorer.indexing.path_prefixes import covered_by
from explorer.indexing.progress import Progress
from explorer.library.chunks import chunks
from explorer.library.file_rows import FileStat
from explorer.library.paths import join, printable, to_text
from explorer.library.rows import RootRow
from explorer.library.stores.sidecar_store import (
    ReadSidecar,
    drop_sidecars,
    known_sidecars,
    put_sidecars,
)
from explorer.library.writer import Writer
from explorer.photos.metadata.sidecar_content import SidecarContent, SidecarReading, is_read
from explorer.scanning.drive_timeouts import DriveTimeouts, DriveUnresponsive, KeepAlive
from explorer.scanning.root_scan import RootScan
from explorer.scanning.tree_scan import ScanResult

log = logging.getLogger("explorer.sidecars")

STAGE = "Reading sidecars"
# Sidecars per request to the decode process, and per transaction. A transaction lists the photos of
# their folders, so fewer would repeat that too often.
_AT_ONCE, _PER_TRANSACTION = 50, 2000


class SidecarUpdates:
    """The sidecars of one run. Call `compare` for each scan, then `read`."""

    def __init__(self, writer: Writer, drives: DriveTimeouts) -> None:
        self._writer, self._drives = writer, drives
        self._changed = dict[int, tuple[RootRow, list[FileStat]]]()

    def compare(self, scan: RootScan, found: ScanResult, root: RootRow) -> None:
        """Compare the sidecars that a scan found with the known ones."""
        known = known_sidecars(
            self._writer, root["id"], scan.target.folder, recursive=scan.target.recursive
        )
        _, changed = self._changed.setdefault(root["id"], (root, []))
        for path in found.unread_sidecars:
            known.pop(path, None)
        for seen in found.sidecars:
            was = known.pop(seen.path, None)
            if was is None or not was.matches(seen):
                changed.append(seen)
        # In a folder without photos, the drive may be disconnected. What became of the photos is
        # decided elsewhere, and until then they keep their values.
        folders = {seen.folder for seen in found.files}
        unknown = found.unreadable | found.broken_links
        gone = [
            each
            for each in known.values()
            if each.folder in folders and not covered_by(each.path, unknown)
        ]
        for some in chunks(gone, _PER_TRANSACTION):
            drop_sidecars(self._writer, root["id"], some)

    def read(self, tick: Callable[[Progress], None]) -> None:
        """Read the sidecars that are new or changed, and apply them to their photos. Raises only
        what `tick` raises."""
        total, done = sum(len(changed) for _, changed in self._changed.values()), 0
        if not total:
            return
        with SidecarReader() as reader:
            for root, changed in self._changed.values():
                for some in chunks(changed, _PER_TRANSACTION):
                    progress = Progress(done, total, 0.0, None, STAGE)
                    tick(progress)
                    try:
                        self._read(reader, root, some, lambda shown=progress: tick(shown))  # type: ignore[misc]
                    except DriveUnresponsive:
                        # They are read once the drive responds: the catalog does not know them yet.
                        break
                    done += len(some)
        self._changed.clear()

    def _read(
        self,
        reader: SidecarReader,
        root: RootRow,
        some: Sequence[FileStat],
        tick: Callable[[], None],
    ) -> None:
        """Raises DriveUnresponsive."""
        paths = {
            seen.path: join(to_text(root["path"]), seen.path) for seen in some if is_read(seen.path)
        }

        def readings(keep_alive: KeepAlive) -> list[SidecarReading]:
            found = list[SidecarReading]()
            for batch in chunks(list(paths.values()), _AT_ONCE):
                keep_alive()
                found += reader.read(batch)
            return found

        answers = self._drives.call(root["path"], readings, tick)
        said = dict(zip(paths, answers, strict=True))
        for path, reading in said.items():
            if reading.problem:
                log.warning("%s is not used: %s", printable(paths[path]), reading.problem)
        nothing = SidecarReading(SidecarContent())
        known = [(seen, said.get(seen.path, nothing)) for seen in some]
        # Sidecars whose bytes could not be read keep their rows, and are read at the next scan.
        put_sidecars(
            self._writer,
            [
                ReadSidecar(root["id"], seen, reading.content, reading.problem)
                for seen, reading in known
                if reading.final
            ],
        )
