"""Taking photos away safely: to the system's trash or to a folder, one by one, each checked at that moment and journalled first.

For every photo, in this order: it, the files that belong to it alone (its film, its sidecars) and what is kept for them are read again and
must be what they are thought to be; the journal says what is about to happen to all of them, on disk; its companions move, then the photo
itself, none over another file; the journal says where each lies; what is kept is looked at once more, and were it gone, or could one of
them not go, all of them come back. Cut off anywhere, the next run finds out what had happened (`undo.settle`) and `undo` brings everything
back.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from explorer.library.library import Library
from explorer.library.paths import inside, printable
from explorer.library.removals import Entry, Journal, learn
from explorer.review import moving, sidecar, trash
from explorer.review.checking import TRASH, Check, Checked, Part, Refused
from explorer.review.companions import renamed
from explorer.review.moving import stamp
from explorer.review.outcome import Outcome, Removal, Result
from explorer.review.undo import bring_all_back, settle

Tick = Callable[[int, int], None]

_GONE = "the one to keep is not there any more"


def dry_run(library: Library, removals: Sequence[Removal], to: str = TRASH, *, without_keeper: bool = False, sidecars: bool = False,
            tick: Tick | None = None) -> Outcome:  # fmt: skip
    """What `remove` would do now, with every check and nothing done."""
    check, results, gone = Check(library, removals, to, without_keeper), list[Result](), set[str]()
    with contextlib.closing(sidecar.Merger()) as merge:
        for number, removal in enumerate(removals):
            if tick:
                tick(number, len(removals))
            try:
                checked = check(removal, gone)
                if sidecars and removal.keeper is not None:
                    merge(removal.path, removal.keeper, same=removal.keeper_hash in (None, removal.hash))
            except Refused as refused:
                results.append(Result(removal, "refused", str(refused)))
                continue
            gone.update(part.path for part in checked.parts)
            results.append(Result(removal, "would", checked.note, checked.freed, along=checked.companions))
    return Outcome(None, tuple(results))


def remove(library: Library, removals: Sequence[Removal], to: str = TRASH, *, without_keeper: bool = False, sidecars: bool = False,
           tick: Tick | None = None) -> Outcome:  # fmt: skip
    """Take these files away. to: TRASH, or the absolute path of a folder outside the watched ones, made if need be.

    without_keeper: the person has confirmed that photos go for which none is kept. sidecars: copy date, place, rating and keywords that the
    one kept lacks to a sidecar file beside it. tick: called with (done, total) before each file; may raise to stop between two files.

    Raises UsageError on words that make no sense, LibraryLocked while another removal is going on, and LibraryError where the journal
    cannot be written; what went before is in the journal and can be undone. A single file's trouble is its result, never an error.
    """
    check = Check(library, removals, to, without_keeper)
    journal = Journal(library.dir)
    lock = journal.lock()
    try:
        settle(library, journal)
        run = _Run(library, journal, check, to, sidecars)
        try:
            for number, removal in enumerate(removals):
                if tick:
                    tick(number, len(removals))
                run.take(removal)
        finally:
            run.end(len(removals))
        return Outcome(run.id if run.begun else None, tuple(run.results))
    finally:
        lock.release()


class _Run:
    """One removal of many files."""

    def __init__(self, library: Library, journal: Journal, check: Check, to: str, sidecars: bool) -> None:
        self._library, self._journal, self._check, self._to, self._sidecars = library, journal, check, to, sidecars
        self.id = f"{dt.datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        self.begun = False
        self.results: list[Result] = []
        self._moved: list[tuple[int, list[Entry], Checked]] = []
        self._numbers = 0
        self._merge: sidecar.Merger | None = None

    def take(self, removal: Removal) -> None:
        try:
            checked = self._check(removal)
            family = self._announce(removal, checked)
        except Refused as refused:
            self.results.append(Result(removal, "refused", str(refused)))
            return
        at = photo = family[-1]
        try:
            if self._sidecars and removal.keeper is not None:
                self._copy_metadata(photo, removal)
            for at, part in zip(family, checked.parts, strict=True):
                self._go(at, part)
            at = photo
            if not _kept(checked):
                raise Refused(_GONE)
        except (Refused, OSError) as error:
            # Whatever became of them: found out, put back, and said.
            self.results.append(Result(removal, "failed", _words(error, at) + self._back(family)))
            return
        self._moved.append((len(self.results), family, checked))
        self.results.append(Result(removal, "removed", checked.note, checked.freed, photo.target, checked.companions))

    def _back(self, family: list[Entry]) -> str:
        """Bring them all back; gives words on what could not be."""
        bring_all_back(self._journal, family, quietly=True)
        away = [printable(os.path.basename(entry.path)) for entry in family if entry.state != "undone"]  # noqa: PTH119
        return f"; {', '.join(away)} could not be put back at once: undo this removal" if away else ""

    def _announce(self, removal: Removal, checked: Checked) -> list[Entry]:
        """Say in the journal what is about to happen; gives the entries of all, the photo's last."""
        where, targets = self._to, [None] * len(checked.parts)
        if self._to == TRASH and not trash.readable():
            where = os.path.join(trash.aside(removal.path, self._library.dir), self.id)  # noqa: PTH118
        if where != TRASH:
            targets = self._targets(where, checked)  # type: ignore[assignment]
        if not self.begun:
            self._journal.note(run=self.id, step="begin", where=where, planned=self._check.number)
            self.begun = True
        last = self._numbers + len(checked.parts) - 1
        family = [
            Entry(
                run=self.id, number=self._numbers + at, state="intended", path=part.path, hash=part.hash,
                keeper=part.kept.path if part.kept else None, where=where, root=checked.root, target=target, facts=part.facts,
                of=None if self._numbers + at == last else last,
            )
            for at, (part, target) in enumerate(zip(checked.parts, targets, strict=True))
        ]  # fmt: skip
        self._numbers = last + 1
        # One line for all of them: there is no moment in which a companion is spoken of, and its photo is not.
        self._journal.note(run=self.id, step="intended", **_line(family[-1]), along=[_line(entry) for entry in family[:-1]])
        return family

    def _targets(self, where: str, checked: Checked) -> list[str]:
        """Where in the folder they go: in folders like those they come from, under names that are free, and alike."""
        path = checked.photo.path
        below = os.path.relpath(path, os.path.dirname(checked.root))  # noqa: PTH120
        wanted = os.path.join(where, below)  # noqa: PTH118
        folder = os.path.dirname(wanted)  # noqa: PTH120
        real = os.path.realpath(folder)
        if any(inside(real, each) for each in self._check.real_roots):
            raise Refused(f"the folder {printable(folder)} lies in the library: choose one outside of it")
        try:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        except OSError as error:
            raise Refused(f"the folder {printable(folder)} cannot be made ({error.strerror or error})") from error
        for name in moving.free_names(wanted):
            names = [renamed(os.path.join(folder, os.path.basename(part.path)), path, name) for part in checked.along]  # noqa: PTH118, PTH119
            if not any(os.path.lexists(each) for each in (name, *names)):
                return [*names, name]
        raise AssertionError("names never end")

    def _go(self, entry: Entry, part: Part) -> None:
        if stamp(part.path) != part.stamp:
            raise Refused(f"{_called(entry)} changed a moment ago")
        if entry.where == TRASH:
            trash.send(part.path)
            found = trash.find(entry.path, entry.hash, part.stamp.inode)
            if found is None:
                raise Refused(f"{_called(entry)} is not to be found in the system's trash")
            entry.target, entry.info = found
            for folder in (os.path.dirname(found.path), os.path.dirname(found.info), os.path.dirname(entry.path)):  # noqa: PTH120
                moving.sync_folder(folder)
        elif entry.target is not None:
            moving.move(entry.path, entry.target, entry.hash)
        if entry.target is None:
            raise Refused(f"{_called(entry)} has no place to go to")
        self._journal.note(run=self.id, step="moved", number=entry.number, target=entry.target, info=entry.info)
        entry.state = "moved"
        after = stamp(entry.target)
        moved_only = (after.inode, after.size, after.mtime_ns) == part.stamp[1:] or os.path.islink(entry.target)  # noqa: PTH114
        # Else it is a copy, as it went to another drive, or is not what was checked.
        if not moved_only and moving.file_hash(entry.target) != entry.hash:
            raise Refused(f"{_called(entry)} changed a moment ago")

    def _copy_metadata(self, entry: Entry, removal: Removal) -> None:
        """What the one kept lacks, into its sidecar: the only thing ever written beside photos."""
        if self._merge is None:
            self._merge = sidecar.Merger()
        keeper = removal.keeper or ""
        merged = self._merge(removal.path, keeper, same=removal.keeper_hash in (None, removal.hash))
        if merged.after is None:
            return
        note = sidecar.planned(merged)
        self._journal.note(run=self.id, step="sidecar", number=entry.number, sidecar=note)
        entry.sidecar = note
        sidecar.write(note, merged, keeper)

    def end(self, planned: int) -> None:
        """Look at everything that is kept once more, and bring back what has lost its own; then tell the catalog."""
        if self._merge is not None:
            self._merge.close()
        if not self.begun:
            return
        for at, family, checked in self._moved:
            if not _kept(checked):
                self.results[at] = Result(self.results[at].removal, "failed", _GONE + self._back(family))
        self._journal.note(run=self.id, step="end", planned=planned)
        gone = [result.removal.path for result in self.results if result.state == "removed"]
        back = [result.removal.path for result in self.results if result.state == "failed"]
        learn(self._library, gone=gone, back=back)


def _kept(checked: Checked) -> bool:
    """Whether everything is still there for the sake of which files went."""
    return all(part.kept is None or part.kept.still() for part in checked.parts)


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number, "path": entry.path, "hash": entry.hash, "keeper": entry.keeper, "where": entry.where, "root": entry.root,
        "target": entry.target, "facts": entry.facts,
    }  # fmt: skip


def _called(entry: Entry) -> str:
    return "it" if entry.of is None else f"what belongs to it, {printable(os.path.basename(entry.path))},"  # noqa: PTH119


def _words(error: Exception, entry: Entry) -> str:
    if isinstance(error, PermissionError):
        return f"you are not allowed to move {_called(entry).rstrip(',')}: check the permissions of the file and its folder"
    if isinstance(error, OSError):
        text = (error.strerror or str(error)).strip()
        return f"{_called(entry)} cannot be moved: {text[:1].lower()}{text[1:]}"
    return str(error)
