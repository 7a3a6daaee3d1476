"""Find the known files from which files that were just read have been moved.

A file that holds a known content was moved there if a file with that content has left its path. To
find out, the drives are asked, which takes up to half a minute if one stops responding. So this is
done before the transaction that records the move: in between, nobody else could write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from explorer.decoding.decode_result import DecodeResult
from explorer.indexing.read_task import ReadTask, read_task_of
from explorer.indexing.vanished_files import may_be_away
from explorer.library import missing_files
from explorer.library.file_rows import KnownFile
from explorer.library.paths import join, to_text
from explorer.library.rows import RootRow
from explorer.library.stores.photo_store import photo_id_by_hash
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.path_probes import NO_SUCH_FILE, device_of, inode_of


class MoveSources:
    """The moved files of one run."""

    def __init__(
        self,
        writer: Writer,
        roots: Mapping[int, RootRow],
        gone: Mapping[int, KnownFile],
        drives: DriveTimeouts,
    ) -> None:
        """roots: by id. gone: files that the scan did not find, by id. The caller removes those
        that have moved."""
        self._writer, self._roots, self._drives, self._gone = writer, roots, drives, gone
        self._gone_of_photo = dict[int, list[KnownFile]]()
        for file in gone.values():
            if file.photo_id is not None:
                self._gone_of_photo.setdefault(file.photo_id, []).append(file)

    def find(self, results: Sequence[DecodeResult]) -> list[KnownFile | None]:
        """For each file that was read, the known file that was moved there, if any: each at most
        once."""
        found, taken = list[KnownFile | None](), set[int]()
        for result in results:
            source = self._source(result, taken)
            if source is not None:
                taken.add(source.id)
            found.append(source)
        return found

    def is_current(self, file: KnownFile) -> bool:
        """Whether a file that was found is still recorded as it was then. Asks no drive."""
        now = missing_files.files_of_photo(self._writer, file.photo_id or 0)
        return any(
            (each.id, each.root_id, each.path, each.state)
            == (file.id, file.root_id, file.path, file.state)
            for each in now
        )

    def _source(self, result: DecodeResult, taken: set[int]) -> KnownFile | None:
        photo_id = None
        if result.error is None and result.digest is not None:
            photo_id = photo_id_by_hash(self._writer, result.digest)
        if photo_id is None or holds_as_before(read_task_of(result), photo_id):
            return None
        candidates = (file for file in self._candidates(photo_id) if file.id not in taken)
        return next((file for file in candidates if self._has_moved(file)), None)

    def _candidates(self, photo_id: int) -> Iterator[KnownFile]:
        """The files with this content, first those that the scan did not find."""
        yield from (f for f in self._gone_of_photo.get(photo_id, []) if f.id in self._gone)
        for file in missing_files.files_of_photo(self._writer, photo_id):
            if not file.excluded and file.root_id in self._roots:
                yield file

    def _has_moved(self, file: KnownFile) -> bool:
        """Whether a file is no longer at its path although its drive is connected."""
        if file.state == "missing":
            return True
        left = file.id in self._gone or file.vanished or self._has_left(file)
        return left and not self._may_be_away(file)

    def _may_be_away(self, file: KnownFile) -> bool:
        root = self._roots[file.root_id]
        return self._drives.call_or(root["path"], lambda: may_be_away(root, file), False)

    def _has_left(self, file: KnownFile) -> bool:
        """Whether a file is not at its path, on the drive on which its root was last seen."""
        root = self._roots[file.root_id]
        path = join(to_text(root["path"]), file.path)

        def device() -> str | None:
            return device_of(root["path"]) if inode_of(path) == NO_SUCH_FILE else None

        found = self._drives.call_or(root["path"], device, None)
        return found is not None and found == root["device"]


def holds_as_before(task: ReadTask, photo_id: int) -> bool:
    """Whether a file held this photo before: only its time changed, for example by `touch` or a
    backup."""
    return task.was is not None and task.was.photo_id == photo_id and task.was.state != "failed"
