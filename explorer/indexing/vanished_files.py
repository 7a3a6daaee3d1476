"""Decide whether files that were not found are missing, or temporarily away.

They are away if their drive is disconnected, or if so many vanished at once that the user is asked
first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from explorer.indexing.path_prefixes import covered_by
from explorer.library import missing_files
from explorer.library.chunks import chunks
from explorer.library.file_rows import KnownFile
from explorer.library.paths import join, to_text
from explorer.library.rows import RootRow
from explorer.library.stores.file_store import put_missing
from explorer.library.stores.root_store import update_root
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.path_probes import root_state
from explorer.scanning.root_scan import mounted_drives
from explorer.systems import file_calls

# The user is asked if more than this share of a root's photo files, and at least this many, vanish
# at once.
ASK_SHARE, ASK_MINIMUM = 0.2, 10
# Scans within this many seconds see one and the same deletion, which takes a while in a large tree.
SAME_DELETION = 20.0


class VanishedFiles:
    """The files of one run that were not found."""

    def __init__(
        self,
        writer: Writer,
        roots: Mapping[int, RootRow],
        drives: DriveTimeouts,
        summary: IndexSummary,
        tick: Callable[[], None],
        *,
        away: Mapping[int, set[str]],
        moved_drives: set[int],
    ) -> None:
        """away: by root id, folders in which a drive was mounted before but is not now, and links
        to files that do not exist. moved_drives: ids of roots at whose path another file system is
        mounted now."""
        self._writer, self._roots, self._drives = writer, roots, drives
        self._summary, self._tick = summary, tick
        self._away, self._moved_drives = away, moved_drives

    def record(self, gone: Iterable[KnownFile]) -> None:
        """Record these files as missing or away. To be called after all new files were read."""
        self._put_emptied_roots_online()
        by_root = dict[int, list[KnownFile]]()
        for file in gone:
            by_root.setdefault(file.root_id, []).append(file)
        for root_id, files in by_root.items():
            self._tick()
            if self._state(self._roots[root_id]["path"]) != "absent":
                self._record_of_root(root_id, files)

    def _put_emptied_roots_online(self) -> None:
        """Mark roots as online that look disconnected only because they are empty: if everything
        that was in a root has been found elsewhere, it was in fact emptied."""
        for root in self._roots.values():
            if (
                root["path"] in self._summary.offline
                and self._state(root["path"]) != "absent"
                and not missing_files.count_present(self._writer, root["id"])
            ):
                update_root(self._writer, root["id"], state="online")
                self._summary.offline.discard(root["path"])

    def _record_of_root(self, root_id: int, files: Sequence[KnownFile]) -> None:
        lost = self._away.get(root_id, set())
        away = [file for file in files if covered_by(file.path, lost)]
        here = [file for file in files if not covered_by(file.path, lost)]
        recent = self._recent_if_many(root_id, here)
        if recent is None:
            self._summary.missing += _photos(here)
            for some in chunks(here, 500):
                put_missing(self._writer, some)
        else:
            away += [*here, *recent]
        if away:
            missing_files.put_vanished(self._writer, away)
        self._summary.away += _photos(away)

    def _recent_if_many(self, root_id: int, files: list[KnownFile]) -> list[KnownFile] | None:
        """If so many files vanished at once that the user has to be asked: the files that went
        missing within the last SAME_DELETION seconds, which count too. Else None."""
        photos = _photos(files)
        if not photos:
            return None
        recent = missing_files.recently_missing(self._writer, root_id, SAME_DELETION)
        kept_at = self._roots[root_id]["kept_at"] or 0.0
        number = (
            photos + len(recent) + len(missing_files.vanished_files(self._writer, root_id, kept_at))
        )
        known = missing_files.count_present(self._writer, root_id) + len(recent)
        # If another file system is mounted at the root's path, even a few are too many to forget
        # without asking.
        minimum = 1 if root_id in self._moved_drives else ASK_MINIMUM
        return recent if number >= minimum and number > ASK_SHARE * known else None

    def _state(self, root: str) -> str:
        return self._drives.call_or(root, lambda: root_state(root), "absent")


def may_be_away(root: RootRow, file: KnownFile) -> bool:
    """Whether a file of a root that is not found may be on a disconnected drive: it was below a
    mount point, or its path is a link."""
    lost = set(root["mounts"]) - mounted_drives(root)
    path = join(to_text(root["path"]), file.path)
    return covered_by(file.path, lost) or (file_calls.lexists(path) and not file_calls.exists(path))


def _photos(files: Iterable[KnownFile]) -> int:
    return sum(file.photo_id is not None for file in files)
