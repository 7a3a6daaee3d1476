"""Taking photos away safely: to the system's trash or to a folder, one by one, each checked at that
moment and journalled first.

For every photo, in this order: it, the files that belong to it alone (its film, its sidecars) and
what is kept for them are read again and must be what they are thought to be; the journal says what
is about to happen to all of them, on disk; its companions move, then the photo itself, none over
another file; the journal says where each lies; what is kept is read once more, and proven to be
another file than what went. Were it gone, or could one of them not go, all of them come back. Cut
off anywhere, the next run finds out what had happened (`undo.recover_interrupted`) and `undo` brings everything
back.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import os
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.removal_journal import RemovalEntry, RemovalJournal
from explorer.library.removal_sync import update_catalog
from explorer.removal import safe_move, sidecar, trash
from explorer.removal.destinations import Destinations
from explorer.removal.preflight import TRASH, CheckedFile, CheckedPhoto, Preflight, RemovalRefused
from explorer.removal.proof import KEEPER_GONE, Gone, KeeperProof
from explorer.removal.restore import Restorer
from explorer.removal.results import Removal, RemovalOutcome, RemovalResult
from explorer.removal.safe_move import file_stamp, stamp_of_stat
from explorer.removal.undo import recover_interrupted

Tick = Callable[[int, int], None]

# How often another place is chosen for a file when another program has taken the one chosen before.
_ATTEMPTS = 5


def dry_run(library: Library, removals: Sequence[Removal], to: str = TRASH, *, without_keeper: bool = False, sidecars: bool = False,
            tick: Tick | None = None) -> RemovalOutcome:  # fmt: skip
    """What `remove` would do now, with every check and nothing done."""
    check, results, gone = (
        Preflight(library, removals, to, without_keeper),
        list[RemovalResult](),
        set[str](),
    )
    with contextlib.closing(sidecar.MetadataMerger()) as merge:
        for number, removal in enumerate(removals):
            if tick:
                tick(number, len(removals))
            try:
                checked = check(removal, gone)
                if sidecars and removal.keeper is not None:
                    merge(
                        removal.path,
                        removal.keeper,
                        same=removal.keeper_hash in (None, removal.hash),
                    )
            except RemovalRefused as refused:
                results.append(RemovalResult(removal, "refused", str(refused)))
                continue
            gone.update(part.path for part in checked.parts)
            results.append(
                RemovalResult(
                    removal, "would", checked.note, checked.freed, companions=checked.companions
                )
            )
    return RemovalOutcome(None, tuple(results))


def remove(library: Library, removals: Sequence[Removal], to: str = TRASH, *, without_keeper: bool = False, sidecars: bool = False,
           tick: Tick | None = None) -> RemovalOutcome:  # fmt: skip
    """Take these files away. to: TRASH, or the absolute path of a folder outside the watched ones,
    made if need be.

    without_keeper: the person has confirmed that photos go for which none is kept. sidecars: copy
    date, place, rating and keywords that the one kept lacks to a sidecar file beside it. tick:
    called with (done, total) before each file; may raise to stop between two files.

    Raises UsageError on words that make no sense, LibraryLocked while another removal is going on,
    and LibraryError where the journal cannot be written; what went before is in the journal and can
    be undone. A single file's trouble is its result, never an error.
    """
    check = Preflight(library, removals, to, without_keeper)
    journal = RemovalJournal(library.dir)
    lock = journal.lock()
    try:
        recover_interrupted(library, journal)
        run = RemovalRun(library, journal, check, to, sidecars)
        try:
            for number, removal in enumerate(removals):
                if tick:
                    tick(number, len(removals))
                run.take(removal)
        finally:
            run.end(len(removals))
        return RemovalOutcome(run.id if run.begun else None, tuple(run.results))
    finally:
        lock.release()


class RemovalRun:
    """One removal of many files."""

    def __init__(
        self, library: Library, journal: RemovalJournal, check: Preflight, to: str, sidecars: bool
    ) -> None:
        self._library, self._journal, self._check, self._sidecars = (
            library,
            journal,
            check,
            sidecars,
        )
        self.id = f"{dt.datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
        self._destinations = Destinations(library, journal, check, to, self.id)
        self.begun = False
        self.results: list[RemovalResult] = []
        self._moved: list[tuple[int, list[RemovalEntry], CheckedPhoto]] = []
        self._numbers, self._proof = 0, KeeperProof()
        self._merge: sidecar.MetadataMerger | None = None

    def take(self, removal: Removal) -> None:
        """Remove one photo with what belongs to it; what became of it is the next result."""
        for _ in range(_ATTEMPTS):
            result = self._attempt(removal)
            if result is not None:
                self.results.append(result)
                return
        self.results.append(
            RemovalResult(
                removal,
                "failed",
                "other programs take its name wherever it is to go: try again later",
            )
        )

    def _attempt(self, removal: Removal) -> RemovalResult | None:
        """None: a name was taken by another program in that moment, and everything is as it was."""
        try:
            checked = self._check(removal)
            family = self._announce(removal, checked)
        except RemovalRefused as refused:
            return RemovalResult(removal, "refused", str(refused))
        at = photo = family[-1]
        with contextlib.ExitStack() as held:
            try:
                if self._sidecars and removal.keeper is not None:
                    self._copy_metadata(photo, removal)
                gone = list[Gone]()
                for at, part in zip(family, checked.parts, strict=True):
                    gone.append(self._go(at, part, held))
                at = photo
                self._proof.require(checked, gone)
            except FileExistsError as error:
                left = self._back(family)
                return RemovalResult(removal, "failed", _words(error, at) + left) if left else None
            except (RemovalRefused, OSError) as error:
                # Whatever became of them: found out, put back, and said.
                return RemovalResult(removal, "failed", _words(error, at) + self._back(family))
        self._proof.add(checked, [entry.target for entry in family])
        self._moved.append((len(self.results), family, checked))
        return RemovalResult(
            removal, "removed", checked.note, checked.freed, photo.target, checked.companions
        )

    @functools.cached_property
    def _restorer(self) -> Restorer:
        return Restorer(self._library, self._journal)

    def _back(self, family: list[RemovalEntry]) -> str:
        """Bring them all back; gives words on what could not be."""
        self._restorer.restore_all(family, quietly=True)
        for entry in family:
            # Not cut off: what has not come to its place has not gone, though it may have been
            # changed by another program.
            if (
                entry.state == "intended"
                and os.path.lexists(entry.path)
                and not os.path.lexists(entry.target or "")
            ):
                self._restorer.mark_never_moved(entry)
        away = [printable(os.path.basename(entry.path)) for entry in family if entry.away]
        return (
            f"; {', '.join(away)} could not be put back at once: undo this removal" if away else ""
        )

    def _announce(self, removal: Removal, checked: CheckedPhoto) -> list[RemovalEntry]:
        """Say in the journal what is about to happen; gives the entries of all, the photo's last."""
        where, targets, infos = self._destinations.choose(checked)
        if not self.begun:
            self._journal.note(run=self.id, step="begin", where=where, planned=self._check.number)
            self.begun = True
        last = self._numbers + len(checked.parts) - 1
        family = [
            RemovalEntry(
                run=self.id, number=self._numbers + at, state="intended", path=part.path,
                hash=part.hash,
                keeper=part.kept.path if part.kept else None,
                keeper_hash=part.kept.hash if part.kept else None,
                where=where, root=checked.root, target=target, info=info, facts=part.facts,
                of=None if self._numbers + at == last else last,
            )
            for at, (part, target,
            info) in enumerate(zip(checked.parts, targets, infos, strict=True))
        ]  # fmt: skip
        self._numbers = last + 1
        # One line for all of them: there is no moment in which a companion is spoken of, and its
        # photo is not.
        self._journal.note(
            run=self.id,
            step="intended",
            **_line(family[-1]),
            along=[_line(entry) for entry in family[:-1]],
        )
        return family

    def _go(self, entry: RemovalEntry, part: CheckedFile, held: contextlib.ExitStack) -> Gone:
        """Move one file to its place; gives a descriptor of it, or its path, by which it can still
        be told from others; None of links."""
        handle = _hold(part, held)
        if not _unchanged(part):
            raise RemovalRefused(f"{_called(entry)} changed a moment ago")
        if entry.target is None:
            raise RemovalRefused(f"{_called(entry)} has no place to go to")
        if entry.info is not None:
            trash.send(
                entry.path, entry.hash, trash.TrashEntry(entry.target, entry.info), entry.token
            )
        else:
            safe_move.move(entry.path, entry.target, entry.hash, entry.token)
        self._journal.note(
            run=self.id, step="moved", number=entry.number, target=entry.target, info=entry.info
        )
        entry.state = "moved"
        after, before = file_stamp(entry.target), part.stamp
        moved_only = bool(after.inode) and (after.inode, after.size, after.mtime_ns) == (
            before.inode,
            before.size,
            before.mtime_ns,
        )
        if os.path.islink(entry.target):
            return None
        # Else it is a copy, as it went to another drive, or is not what was checked.
        if not moved_only and safe_move.file_hash(entry.target) != entry.hash:
            raise RemovalRefused(f"{_called(entry)} changed a moment ago")
        return handle if handle is not None else entry.target if moved_only else None

    def _copy_metadata(self, entry: RemovalEntry, removal: Removal) -> None:
        """What the one kept lacks, into its sidecar: the only thing ever written beside photos."""
        if self._merge is None:
            self._merge = sidecar.MetadataMerger()
        keeper = removal.keeper or ""
        merged = self._merge(removal.path, keeper, same=removal.keeper_hash in (None, removal.hash))
        if merged.after is None:
            return
        note = sidecar.journal_note(merged)
        self._journal.note(run=self.id, step="sidecar", number=entry.number, sidecar=note)
        entry.sidecar = note
        sidecar.write(note, merged, keeper)

    def end(self, planned: int) -> None:
        """Look at everything that is kept once more, and bring back what has lost its own; then
        tell the catalog."""
        if self._merge is not None:
            self._merge.close()
        if not self.begun:
            return
        for at, family, checked in self._moved:
            if not _kept(checked):
                self.results[at] = RemovalResult(
                    self.results[at].removal, "failed", KEEPER_GONE + self._back(family)
                )
        self._journal.note(run=self.id, step="end", planned=planned)
        gone = [result.removal.path for result in self.results if result.state == "removed"]
        back = [result.removal.path for result in self.results if result.state == "failed"]
        update_catalog(self._library, gone=gone, back=back)


def _hold(part: CheckedFile, held: contextlib.ExitStack) -> int | None:
    """A descriptor of a file that is about to go, closed with `held`. None of links, and on
    Windows, where an open file cannot be moved."""
    if os.name == "nt" or "link" in part.facts:
        return None
    handle = os.open(part.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    held.callback(os.close, handle)
    opened, named = stamp_of_stat(os.fstat(handle)), file_stamp(part.path)
    # Where a system numbers no files, it may do so for open ones.
    if opened[2:] != named[2:] or (named.inode and opened.inode != named.inode):
        raise RemovalRefused(f"{printable(os.path.basename(part.path))} changed a moment ago")
    return handle


def _unchanged(part: CheckedFile) -> bool:
    """Whether a file is still what was checked. One of its other names may have gone with its
    photo: then it is read again."""
    now = file_stamp(part.path)
    return now == part.stamp or (
        now[:4] == part.stamp[:4] and safe_move.file_hash(part.path) == part.hash
    )


def _kept(checked: CheckedPhoto) -> bool:
    """Whether everything is still there for the sake of which files went."""
    return all(part.kept is None or part.kept.is_unchanged() for part in checked.parts)


def _line(entry: RemovalEntry) -> dict[str, Any]:
    return {
        "number": entry.number, "path": entry.path, "hash": entry.hash, "keeper": entry.keeper,
        "where": entry.where, "root": entry.root,
        "target": entry.target, "info": entry.info, "facts": entry.facts,
        "keeper_hash": entry.keeper_hash,
    }  # fmt: skip


def _called(entry: RemovalEntry) -> str:
    return (
        "it"
        if entry.of is None
        else f"what belongs to it, {printable(os.path.basename(entry.path))},"
    )


def _words(error: Exception, entry: RemovalEntry) -> str:
    if isinstance(error, PermissionError):
        return f"you are not allowed to move {_called(entry).rstrip(',')}: check the permissions of the file and its folder"
    if isinstance(error, OSError):
        text = (error.strerror or str(error)).strip()
        return f"{_called(entry)} cannot be moved: {text[:1].lower()}{text[1:]}"
    return str(error)
