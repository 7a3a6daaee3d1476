"""Putting single files back to where they were, and finding out where one lies of which a cut has
left that open."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.removal_journal import RemovalEntry, RemovalJournal
from explorer.removal import safe_move, sidecar, trash
from explorer.removal.boundaries import Boundaries
from explorer.removal.companions import renamed
from explorer.removal.file_identity import are_hard_links, delete_redundant, same_directory_entry
from explorer.removal.file_names import extra_length, free_names
from explorer.removal.preflight import TRASH

# stayed: it is at its place. moved: it lies where it was to go. unknown: it is in neither place
# that can be seen now.
FileLocation = Literal["stayed", "moved", "unknown"]


@dataclass(frozen=True)
class Restored:
    """What became of one file. back: where it lies again, None where it could not be brought back.
    note: what there is to know."""

    path: str
    back: str | None
    note: str = ""


class _Lost(Exception):
    """It cannot be brought back now, for that reason."""


class Restorer:
    """Puts files of one library back. Whoever uses it holds the journal's lock."""

    def __init__(self, library: Library, journal: RemovalJournal) -> None:
        self._library, self._journal = library, journal

    @functools.cached_property
    def _bounds(self) -> Boundaries:
        return Boundaries(self._library, self._journal)

    def restore_all(
        self, family: Sequence[RemovalEntry], *, quietly: bool = False
    ) -> list[Restored]:
        """Put a photo back, and then what went along with it. See `back`."""
        return [
            self.restore(entry, family, quietly=quietly) for entry in family[::-1] if entry.away
        ]

    def restore(
        self, entry: RemovalEntry, family: Sequence[RemovalEntry] = (), *, quietly: bool = False
    ) -> Restored:
        """Put one file back; what cannot be put back now can be tried again.

        family: a photo, last, and what went along with it. quietly: it is part of a removal that
        failed, so that it is no news where it never moved.
        """
        try:
            refusal = self._bounds.refusal(entry)
            if refusal is not None:
                raise _Lost(refusal)
            if entry.state == "intended" and self.locate(entry) == "unknown":
                raise _Lost(
                    f"it is neither at its place nor in {_where(entry)}: connect the drive that it may be on, then undo again"
                )
            return self._back(entry, family, quietly=quietly)
        except _Lost as lost:
            return Restored(entry.path, None, str(lost))
        except OSError as error:
            return Restored(
                entry.path, None, f"it could not be put back: {error.strerror or error}"
            )

    def locate(self, entry: RemovalEntry) -> FileLocation:
        """Where a file lies whose removal was announced, and perhaps took place; the journal learns
        of it where that is certain.

        That it is nowhere to be seen is no proof of anything: a drive may be away. Raises OSError.
        """
        if self._bounds.refusal(entry) is not None:
            return "unknown"
        if entry.target is not None:
            safe_move.delete_part(os.path.dirname(entry.target), entry.token)
        if is_removed_file(entry, entry.path):
            if entry.target is not None and os.path.lexists(entry.target):
                # Cut off between the second name (or the copy) and the dropping of the first: the
                # first stays.
                delete_redundant(entry.target, entry.path)
            self.mark_never_moved(entry)
            return "stayed"
        if entry.where == TRASH and not (
            entry.target is not None and is_removed_file(entry, entry.target)
        ):
            found = trash.find(entry.path, entry.hash, entry.facts["inode"])
            if found is not None:
                entry.target, entry.info = found
        if entry.target is None or not is_removed_file(entry, entry.target):
            return "unknown"
        self._journal.note(
            run=entry.run, step="moved", number=entry.number, target=entry.target, info=entry.info
        )
        entry.state = "moved"
        return "moved"

    def mark_never_moved(self, entry: RemovalEntry) -> None:
        """Note that a file whose removal was announced is at its place, as it was or changed by
        another program."""
        self._note_back(entry, entry.path, reason="it never went")

    def finish_interrupted(self, entry: RemovalEntry) -> bool:
        """Note that an undo which was cut off had done its work on this file; gives whether it had."""
        if entry.back is None or self._bounds.refusal(entry) is not None:
            return False
        safe_move.delete_part(os.path.dirname(entry.back), entry.token)
        if (entry.target is not None and os.path.lexists(entry.target)) or not is_removed_file(
            entry, entry.back
        ):
            return False
        self._note_back(entry, entry.back)
        return True

    def _back(
        self, entry: RemovalEntry, family: Sequence[RemovalEntry], *, quietly: bool
    ) -> Restored:
        if entry.state == "undone":
            return Restored(entry.path, entry.back, entry.reason)
        source, notes = self._source(entry), list[str]()
        if source is not None:
            notes = self._put(entry, family, source)
            if entry.back != entry.path:
                notes = [
                    f"its name was taken, so it is now {printable(os.path.basename(entry.back or ''))}",
                    *notes,
                ]
        else:
            place = next(
                (
                    each
                    for each in dict.fromkeys((entry.back, entry.path))
                    if each and is_removed_file(entry, each)
                ),
                None,
            )
            if place is None:
                raise _Lost(
                    f"it is not in {_where(entry)}: it was deleted there or moved elsewhere, or that drive is away"
                )
            notes = [
                *([] if quietly else ["it had been brought back by hand"]),
                *self._note_back(entry, place),
            ]
        return Restored(entry.path, entry.back, "; ".join(notes))

    def _source(self, entry: RemovalEntry) -> str | None:
        """Where the file lies that is to be put back; None where it is not to be found."""
        if entry.target is not None and is_removed_file(entry, entry.target):
            return entry.target
        found = trash.find(entry.path, entry.hash) if entry.where == TRASH else None
        if found is None:
            return None
        entry.target, entry.info = found
        return found.path

    def _put(self, entry: RemovalEntry, family: Sequence[RemovalEntry], source: str) -> list[str]:
        """Move it back to the first place that is free; gives what there is to know besides."""
        self._check_drive(entry)
        os.makedirs(os.path.dirname(entry.path), exist_ok=True)
        for target in _places(entry, family):
            if os.path.lexists(target):
                if not _there_already(entry, source, target):
                    continue
            else:
                entry.state, entry.back = "undoing", target
                self._journal.note(run=entry.run, step="undoing", number=entry.number, back=target)
                try:
                    safe_move.move(source, target, entry.hash, entry.token)
                except FileExistsError:
                    continue
            return self._note_back(entry, target)
        raise AssertionError("names never end")

    def _note_back(self, entry: RemovalEntry, back: str, reason: str = "") -> list[str]:
        """It is back: everything about it is as it was, the trash's note goes, the journal knows.
        Gives what could not be done, in words.

        reason: why it is there, of a file that never left.
        """
        notes = [*self._restore_sidecar(entry)]
        if not reason:
            try:
                safe_move.set_times(back, entry.facts["atime_ns"], entry.facts["mtime_ns"])
            except OSError as error:
                notes.append(f"its times could not be set ({error.strerror or error})")
        if entry.where == TRASH and entry.target is not None:
            trash.release_slot(entry.target, entry.path)
        self._journal.note(
            run=entry.run,
            step="undone",
            number=entry.number,
            back=back,
            **({"reason": reason} if reason else {}),
        )
        entry.state, entry.back, entry.reason = "undone", back, reason or entry.reason
        return notes

    def _restore_sidecar(self, entry: RemovalEntry) -> Iterator[str]:
        """The sidecar as it was before, unless somebody has changed it since: then it stays. Gives
        what could not be done, in words."""
        path, note = self._bounds.written_sidecar(entry), entry.sidecar
        if path is None or not note:
            return
        try:
            if os.path.lexists(path) and safe_move.file_hash(path) == note["after"]:
                self._set_aside(entry, path)
        except OSError as error:
            yield f"{printable(os.path.basename(path))} could not be put back as it was ({error.strerror or error})"
            return
        if told := sidecar.restore(note, entry.keeper):
            yield told

    def _set_aside(self, entry: RemovalEntry, path: str) -> None:
        """Keep what a sidecar says now: that it is ours is known from the journal only."""
        folder = self._library.dir / "removed" / "sidecars"
        folder.mkdir(parents=True, exist_ok=True)
        data = Path(path).read_bytes()
        for kept in free_names(str(folder / f"{entry.token}.xmp")):
            if not os.path.lexists(kept):
                safe_move.write_atomically(kept, data)
                return
            if safe_move.has_content(kept, safe_move.content_hash(data)):
                return

    def _check_drive(self, entry: RemovalEntry) -> None:
        """Folders are made again where they are gone, but not below the mount point of a drive that
        is away."""
        root = self._bounds.root_of(entry.path) or entry.root
        try:
            with os.scandir(root) as listed:
                if next(listed, None) is not None:
                    return
        except (FileNotFoundError, NotADirectoryError):
            # Looked at further up.
            pass
        at = root
        while not os.path.isdir(at) and at != os.path.dirname(at):
            at = os.path.dirname(at)
        if os.stat(at).st_dev not in (entry.facts["device"], entry.facts.get("drive")):
            raise _Lost(
                f"the drive with {printable(root)} seems to be away: connect it and undo again"
            )


def is_removed_file(entry: RemovalEntry, path: str) -> bool:
    """Whether this is the very file that was removed: by its id, size and time, or else by its
    content (of a link, by where it leads).

    False where it cannot be read. Good enough for moving the file, which loses nothing; not for
    deleting one.
    """
    try:
        facts = os.lstat(path)
        known = tuple(entry.facts[key] for key in ("inode", "size", "mtime_ns"))
        if facts.st_ino and (facts.st_ino, facts.st_size, facts.st_mtime_ns) == known:
            return True
        if "link" in entry.facts or os.path.islink(path):
            return entry.facts.get("link") == os.readlink(path)
        return os.path.isfile(path) and safe_move.file_hash(path) == entry.hash
    except OSError:
        return False


def _there_already(entry: RemovalEntry, source: str, target: str) -> bool:
    """Whether what lies at the target is the file that is to be put there, so that nothing is left
    to move.

    Its other name, or the copy from which it was made, goes if it is proven to be that. Where the
    two paths are one and the same name (the folder it went to has become the folder it came from),
    nothing goes.
    """
    if same_directory_entry(source, target):
        return True
    ours = entry.state == "undoing" and entry.back == target and is_removed_file(entry, target)
    return (ours or are_hard_links(source, target)) and delete_redundant(source, target)


def _places(entry: RemovalEntry, family: Sequence[RemovalEntry]) -> Iterator[str]:
    """Where it may be put: at its own place first. Companions take the names that go with their
    photo's."""
    photo = family[-1] if family else entry
    if entry is not photo:
        yield from free_names(renamed(entry.path, photo.path, photo.back or photo.path), "restored")
        return
    others = [each.path for each in family[:-1] if each.away]
    for name in free_names(entry.path, "restored", extra_length(entry.path, others)):
        if name == entry.path or not any(
            os.path.lexists(renamed(each, entry.path, name)) for each in others
        ):
            yield name


def _where(entry: RemovalEntry) -> str:
    return "the trash" if entry.where == TRASH else printable(entry.where)
