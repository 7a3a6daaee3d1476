"""Put single files back to where they were, and find out where a file is after an interruption."""

from __future__ import annotations

import contextlib
import functools
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.removals.removal_journal import RemovalEntry, RemovalJournal
from explorer.removal import file_state, safe_move, sidecar_restore, trash
from explorer.removal.boundaries import Boundaries
from explorer.removal.checked_files import restore_failure
from explorer.removal.companions import renamed
from explorer.removal.file_identity import are_hard_links, delete_redundant, same_directory_entry
from explorer.removal.file_names import extra_length, free_names
from explorer.removal.part_files import delete_part
from explorer.removal.results import TRASH, lost_in_words
from explorer.systems import file_calls
from explorer.systems.this_system import this_system

# stayed: at its original place. moved: at its destination. unknown: found at neither.
FileLocation = Literal["stayed", "moved", "unknown"]


@dataclass(frozen=True)
class Restored:
    """The result of putting back one file."""

    path: str
    """Where it was before the removal."""
    back: str | None
    """Where it is again; None if it could not be put back."""
    note: str = ""
    """What the user should know; '' if nothing."""


class _RestoreError(Exception):
    """The file cannot be put back now; the message says why."""


class Restorer:
    """Puts back files of one library. The caller holds the journal's lock."""

    def __init__(self, library: Library, journal: RemovalJournal) -> None:
        self._library, self._journal = library, journal

    @functools.cached_property
    def _bounds(self) -> Boundaries:
        return Boundaries(self._library, self._journal)

    def restore_all(self, family: Sequence[RemovalEntry]) -> list[Restored]:
        """Put back a photo, and then its companions. See `restore`."""
        return [self.restore(entry, family) for entry in family[::-1] if entry.away]

    def restore(self, entry: RemovalEntry, family: Sequence[RemovalEntry] = ()) -> Restored:
        """Put back one file; what cannot be put back now can be tried again.

        family: the file's photo, last, and the photo's companions.
        """
        try:
            refusal = self._bounds.refusal(entry)
            if refusal is not None:
                raise _RestoreError(refusal)
            if entry.state == "intended" and self.locate(entry) == "unknown":
                raise _RestoreError(
                    f"it is neither at its original path nor in {_destination(entry)}: "
                    "connect the drive that it may be on, then undo again"
                )
            return self._restore(entry, family)
        except _RestoreError as reason:
            return Restored(entry.path, None, str(reason))
        except OSError as error:
            why = restore_failure("it", error, entry.target or entry.path)
            return Restored(entry.path, None, why)

    def locate(self, entry: RemovalEntry) -> FileLocation:
        """Find a file whose removal was announced and may have happened; record in the journal what
        is certain.

        A file that is nowhere proves nothing: a drive may be disconnected. Raises OSError.
        """
        if self._bounds.refusal(entry) is not None:
            return "unknown"
        if entry.target is not None:
            delete_part(os.path.dirname(entry.target), entry.token)
        if is_removed_file(entry, entry.path):
            if entry.target is not None and file_calls.lexists(entry.target):
                # Interrupted after the hard link or the copy was made: the original name stays.
                delete_redundant(entry.target, entry.path)
            self.mark_never_moved(entry)
            return "stayed"
        if entry.where == TRASH and not _is_at_target(entry):
            found = trash.find(entry.path, entry.hash, entry.facts["inode"])
            if found is not None:
                entry.target, entry.info = found
        if not _is_at_target(entry):
            return "unknown"
        self._journal.note(
            run=entry.run, step="moved", number=entry.number, target=entry.target, info=entry.info
        )
        entry.state = "moved"
        return "moved"

    def mark_never_moved(self, entry: RemovalEntry) -> None:
        """Record that a file whose removal was announced is at its original place, whether or not
        another program has changed it."""
        self._note_restored(entry, entry.path, reason="it was never moved")

    def finish_interrupted(self, entry: RemovalEntry) -> bool:
        """Whether an interrupted undo had put this file back. If so, record it in the journal."""
        if entry.back is None or self._bounds.refusal(entry) is not None:
            return False
        delete_part(os.path.dirname(entry.back), entry.token)
        if entry.target is not None and file_calls.lexists(entry.target):
            return False
        if not is_removed_file(entry, entry.back):
            return False
        self._note_restored(entry, entry.back)
        return True

    def _restore(self, entry: RemovalEntry, family: Sequence[RemovalEntry]) -> Restored:
        if entry.state == "undone":
            return Restored(entry.path, entry.back, entry.reason)
        source = self._source(entry)
        if source is not None:
            notes = self._move_back(entry, family, source)
            if entry.back != entry.path:
                name = printable(os.path.basename(entry.back or ""))
                notes.insert(0, f"its name was taken, so it is now {name}")
            return Restored(entry.path, entry.back, "; ".join(notes))
        for place in dict.fromkeys((entry.back, entry.path)):
            if place is not None and is_removed_file(entry, place):
                notes = ["it had been restored by hand", *self._note_restored(entry, place)]
                return Restored(entry.path, entry.back, "; ".join(notes))
        raise _RestoreError(
            f"it is not in {_destination(entry)}: "
            "it was deleted there or moved elsewhere, or that drive is not connected"
        )

    def _source(self, entry: RemovalEntry) -> str | None:
        """Where the removed file is now; None if it cannot be found."""
        if _is_at_target(entry):
            return entry.target
        found = trash.find(entry.path, entry.hash) if entry.where == TRASH else None
        if found is None:
            return None
        entry.target, entry.info = found
        return found.path

    def _move_back(
        self, entry: RemovalEntry, family: Sequence[RemovalEntry], source: str
    ) -> list[str]:
        """Move a file to the first place that is free; return notes for the user."""
        self._require_drive(entry)
        file_calls.makedirs(os.path.dirname(entry.path))
        for target in _places(entry, family):
            if file_calls.lexists(target):
                if not _is_there_already(entry, source, target):
                    continue
            else:
                entry.state, entry.back = "undoing", target
                self._journal.note(run=entry.run, step="undoing", number=entry.number, back=target)
                try:
                    lost = safe_move.move(source, target, entry.hash, entry.token)
                except FileExistsError:
                    continue
                notes = self._note_restored(entry, target)
                return [*notes, lost_in_words(lost)] if lost else notes
            return self._note_restored(entry, target)
        raise AssertionError("names never end")

    def _note_restored(self, entry: RemovalEntry, back: str, reason: str = "") -> list[str]:
        """Restore the sidecar of a file's keeper and the file's own permissions and times, delete
        its note in the trash, and record in the journal that it is back.

        reason: for a file that never moved, why it is at its place. Returns what failed, in words.
        """
        notes = [*self._restore_sidecar(entry)]
        if not reason:
            _restore_mode(entry, back)
            try:
                safe_move.set_times(back, entry.facts["atime_ns"], entry.facts["mtime_ns"])
            except OSError as error:
                notes.append(f"its times could not be set ({error.strerror or error})")
        if entry.where == TRASH and entry.target is not None:
            trash.release_slot(entry.target, entry.path)
        more = {"reason": reason} if reason else {}
        self._journal.note(run=entry.run, step="undone", number=entry.number, back=back, **more)
        entry.state, entry.back, entry.reason = "undone", back, reason or entry.reason
        return notes

    def _restore_sidecar(self, entry: RemovalEntry) -> Iterator[str]:
        """Restore the keeper's sidecar to what it was before, unless somebody has changed it since.
        Yields what failed, in words."""
        path, note = self._bounds.written_sidecar(entry), entry.sidecar
        if path is None or not note:
            return
        try:
            if file_calls.lexists(path) and file_state.file_hash(path) == note["after"]:
                sidecar_restore.keep_written_sidecar(self._library, entry.token, path)
        except OSError as error:
            name = printable(os.path.basename(path))
            yield f"{name} could not be restored ({error.strerror or error})"
            return
        if told := sidecar_restore.restore_sidecar(note, entry.keeper):
            yield told

    def _require_drive(self, entry: RemovalEntry) -> None:
        """Raise _RestoreError if the file's drive is not connected. Folders that are gone are
        made again, but not below the mount point of another drive."""
        root = self._bounds.root_of(entry.path) or entry.root
        try:
            with file_calls.scandir(root) as listed:
                if next(listed, None) is not None:
                    return
        except (FileNotFoundError, NotADirectoryError):
            # The folder above it is checked below.
            pass
        at = root
        while not file_calls.isdir(at) and at != os.path.dirname(at):
            at = os.path.dirname(at)
        if file_calls.stat(at).st_dev not in (entry.facts["device"], entry.facts.get("drive")):
            raise _RestoreError(
                f"the drive with {printable(root)} seems not to be connected: "
                "connect it and undo again"
            )


def is_removed_file(entry: RemovalEntry, path: str) -> bool:
    """Whether this is the file that was removed, judged by its inode number, size and time, or else
    by its content (for a link, by its target).

    False if it cannot be read. Good enough for moving the file, which loses nothing, but not for
    deleting one.
    """
    try:
        facts = file_calls.lstat(path)
        known = tuple(entry.facts[key] for key in ("inode", "size", "mtime_ns"))
        if facts.st_ino and (facts.st_ino, facts.st_size, facts.st_mtime_ns) == known:
            return True
        if "link" in entry.facts or file_calls.islink(path):
            return entry.facts.get("link") == file_calls.readlink(path)
        return file_calls.isfile(path) and file_state.file_hash(path) == entry.hash
    except OSError:
        return False


def _restore_mode(entry: RemovalEntry, path: str) -> None:
    """Give a file the permissions that it had, which the drive that it comes from may not have
    stored. Nothing is said if this fails: then its own drive has none."""
    mode = entry.facts.get("mode")
    if mode is None or "link" in entry.facts or not this_system().has_permission_bits:
        return
    with contextlib.suppress(OSError):
        if stat.S_IMODE(file_calls.lstat(path).st_mode) != mode:
            file_calls.chmod(path, mode & 0o777)


def _is_at_target(entry: RemovalEntry) -> bool:
    return entry.target is not None and is_removed_file(entry, entry.target)


def _is_there_already(entry: RemovalEntry, source: str, target: str) -> bool:
    """Whether the file at the target is the one that is to be put there, so that nothing need move.

    The source is deleted if it is proven to be another hard link to the target or the file that the
    target was copied from. If both paths are one directory entry (the destination has become the
    original folder), nothing is deleted.
    """
    if same_directory_entry(source, target):
        return True
    ours = entry.state == "undoing" and entry.back == target and is_removed_file(entry, target)
    return (ours or are_hard_links(source, target)) and delete_redundant(source, target)


def _places(entry: RemovalEntry, family: Sequence[RemovalEntry]) -> Iterator[str]:
    """The paths where a file may be put, its original place first. Companions take names that match
    their photo's."""
    photo = family[-1] if family else entry
    if entry is not photo:
        yield from free_names(renamed(entry.path, photo.path, photo.back or photo.path), "restored")
        return
    others = [each.path for each in family[:-1] if each.away]
    for name in free_names(entry.path, "restored", extra_length(entry.path, others)):
        if name == entry.path or not any(
            file_calls.lexists(renamed(each, entry.path, name)) for each in others
        ):
            yield name


def _destination(entry: RemovalEntry) -> str:
    return "the trash" if entry.where == TRASH else printable(entry.where)
