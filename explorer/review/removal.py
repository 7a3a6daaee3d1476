"""Taking photos away safely: to the system's trash or to a folder, one by one, each checked at that moment and journalled first.

For every file, in this order: the file and the one kept for it are read again and must be what the library knows; the journal says what is
about to happen, on disk; the file moves, never over another; the journal says where it lies; the one kept is looked at once more, and were
it gone, the file comes back. Cut off anywhere, the next run finds out what had happened (`undo.settle`) and `undo` brings everything back.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import functools
import os
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from explorer.errors import UsageError
from explorer.library.decisions import Protection, protected_folders
from explorer.library.library import Library
from explorer.library.paths import inside, printable
from explorer.library.removals import Entry, Journal, known_file, learn, unread_file
from explorer.review import moving, trash
from explorer.review.moving import Stamp, stamp
from explorer.review.sidecar import merged, sidecar_of
from explorer.review.undo import bring_back, settle

TRASH = "trash"

# What a person is told of a file that could not be read.
ONLY_COPY = "it could not be read, so no other copy of it is known: this may be the only one"

Tick = Callable[[int, int], None]


@dataclass(frozen=True)
class Removal:
    """One file to be taken away. path, keeper: absolute; hash, keeper_hash: hex, as the library knows their contents.

    keeper: the file that is kept for it, or None where a photo is removed for its own sake, which needs a confirmation of its own. A file
    that could not be read as a photo goes for its own sake only: nobody can tell whether there is another copy of it.
    """

    path: str
    hash: str
    keeper: str | None = None
    keeper_hash: str | None = None
    bytes: int = 0
    tier: str = ""
    why: str = ""


@dataclass(frozen=True)
class Result:
    """What became of one removal, or in a dry run would. reason: why not, or what there is to know, in plain words.

    freed: bytes that its drive gains once it is gone for good; 0 for another name of bytes that stay. at: where it lies now.
    """

    removal: Removal
    state: Literal["removed", "would", "refused", "failed"]
    reason: str = ""
    freed: int = 0
    at: str | None = None

    @property
    def done(self) -> bool:
        return self.state in ("removed", "would")


@dataclass(frozen=True)
class Outcome:
    """run: what `undo` wants to know, None where nothing went. results: one for each removal, in order."""

    run: str | None
    results: tuple[Result, ...]

    @property
    def removed(self) -> list[Result]:
        return [result for result in self.results if result.done]

    @property
    def kept(self) -> list[Result]:
        return [result for result in self.results if not result.done]

    @property
    def freed(self) -> int:
        return sum(result.freed for result in self.results)


class _Refused(Exception):
    """This file stays, for that reason."""


@dataclass(frozen=True)
class _Checked:
    """A file that may go: what it and its keeper were when they were read."""

    root: str
    file: Stamp
    keeper: Stamp | None
    freed: int
    note: str
    facts: dict[str, Any]


def dry_run(
    library: Library, removals: Sequence[Removal], to: str = TRASH, *, without_keeper: bool = False, tick: Tick | None = None
) -> Outcome:
    """What `remove` would do now, with every check and nothing done."""
    check, results = _Check(library, removals, to, without_keeper), list[Result]()
    for number, removal in enumerate(removals):
        if tick:
            tick(number, len(removals))
        try:
            checked = check(removal)
            results.append(Result(removal, "would", checked.note, checked.freed))
        except _Refused as refused:
            results.append(Result(removal, "refused", str(refused)))
    return Outcome(None, tuple(results))


def remove(library: Library, removals: Sequence[Removal], to: str = TRASH, *, without_keeper: bool = False, sidecars: bool = False,
           tick: Tick | None = None) -> Outcome:  # fmt: skip
    """Take these files away. to: TRASH, or the absolute path of a folder outside the watched ones, made if need be.

    without_keeper: the person has confirmed that photos go for which none is kept. sidecars: copy date, place, rating and keywords that the
    one kept lacks to a sidecar file beside it. tick: called with (done, total) before each file; may raise to stop between two files.

    Raises UsageError on words that make no sense, LibraryLocked while another removal is going on, and LibraryError where the journal
    cannot be written; what went before is in the journal and can be undone. A single file's trouble is its result, never an error.
    """
    check = _Check(library, removals, to, without_keeper)
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

    def __init__(self, library: Library, journal: Journal, check: _Check, to: str, sidecars: bool) -> None:
        self._library, self._journal, self._check, self._to, self._sidecars = library, journal, check, to, sidecars
        self.id = f"{dt.datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
        self.begun = False
        self.results: list[Result] = []
        self._moved: list[tuple[int, Entry, Stamp | None]] = []

    def take(self, removal: Removal) -> None:
        try:
            checked = self._check(removal)
            entry = self._announce(removal, checked)
        except _Refused as refused:
            self.results.append(Result(removal, "refused", str(refused)))
            return
        try:
            self._go(entry, removal, checked)
        except (_Refused, OSError) as error:
            # Whatever became of it: found out, put back, and said.
            bring_back(self._journal, entry, quietly=True)
            self.results.append(Result(removal, "failed", _words(error)))
            return
        self._moved.append((len(self.results), entry, checked.keeper))
        self.results.append(Result(removal, "removed", checked.note, checked.freed, entry.target))

    def _announce(self, removal: Removal, checked: _Checked) -> Entry:
        """Say in the journal what is about to happen."""
        where, target = self._to, None
        if self._to == TRASH and not trash.readable():
            where = os.path.join(trash.aside(removal.path, self._library.dir), self.id)  # noqa: PTH118
        if where != TRASH:
            target = self._target(where, removal, checked)
        if not self.begun:
            self._journal.note(run=self.id, step="begin", where=where, planned=self._check.number)
            self.begun = True
        entry = Entry(
            run=self.id, number=len(self.results), state="intended", path=removal.path, hash=removal.hash, keeper=removal.keeper,
            where=where, root=checked.root, target=target, facts=checked.facts,
        )  # fmt: skip
        self._journal.note(
            run=self.id, step="intended", number=entry.number, path=entry.path, hash=entry.hash, keeper=entry.keeper, where=where,
            root=entry.root, target=target, facts=entry.facts,
        )  # fmt: skip
        return entry

    def _target(self, where: str, removal: Removal, checked: _Checked) -> str:
        """Where in the folder a file goes: in folders like those it comes from, under a name that is free."""
        below = os.path.relpath(removal.path, os.path.dirname(checked.root))  # noqa: PTH120
        wanted = os.path.join(where, below)  # noqa: PTH118
        folder = os.path.dirname(wanted)  # noqa: PTH120
        real = os.path.realpath(folder)
        if any(inside(real, each) for each in self._check.real_roots):
            raise _Refused(f"the folder {printable(folder)} lies in the library: choose one outside of it")
        try:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        except OSError as error:
            raise _Refused(f"the folder {printable(folder)} cannot be made ({error.strerror or error})") from error
        return next(name for name in moving.free_names(wanted) if not os.path.lexists(name))

    def _go(self, entry: Entry, removal: Removal, checked: _Checked) -> None:
        if self._sidecars and removal.keeper is not None:
            self._copy_metadata(entry, removal.path, removal.keeper)
        if stamp(removal.path) != checked.file:
            raise _Refused("it changed a moment ago")
        if entry.where == TRASH:
            trash.send(removal.path)
            found = trash.find(entry.path, entry.hash, checked.file.inode)
            if found is None:
                raise _Refused("it is not to be found in the system's trash")
            entry.target, entry.info = found
            for folder in (os.path.dirname(found.path), os.path.dirname(found.info), os.path.dirname(entry.path)):  # noqa: PTH120
                moving.sync_folder(folder)
        elif entry.target is not None:
            moving.move(entry.path, entry.target, entry.hash)
        if entry.target is None:
            raise _Refused("it has no place to go to")
        self._journal.note(run=self.id, step="moved", number=entry.number, target=entry.target, info=entry.info)
        entry.state = "moved"
        after = stamp(entry.target)
        moved_only = (after.inode, after.size, after.mtime_ns) == checked.file[1:] or os.path.islink(entry.target)  # noqa: PTH114
        # Else it is a copy, as it went to another drive, or is not what was checked.
        if not moved_only and moving.file_hash(entry.target) != entry.hash:
            raise _Refused("it changed a moment ago")
        if not _still(removal, checked.keeper):
            raise _Refused("the one to keep is not there any more")

    def _copy_metadata(self, entry: Entry, path: str, keeper: str) -> None:
        """What the one kept lacks, into its sidecar: the only thing ever written beside photos."""
        before, after = merged(path, keeper)
        if after is None:
            return
        target = sidecar_of(keeper)
        note = {
            "path": target,
            "before": None if before is None else base64.b64encode(before).decode("ascii"),
            "after": moving.content_hash(after),
            "times": None if before is None else [os.stat(target).st_atime_ns, os.stat(target).st_mtime_ns],  # noqa: PTH116
        }
        self._journal.note(run=self.id, step="sidecar", number=entry.number, sidecar=note)
        entry.sidecar = note
        moving.write_whole(target, after)

    def end(self, planned: int) -> None:
        """Look at every keeper once more, and bring back what has lost its own; then tell the catalog."""
        if not self.begun:
            return
        for at, entry, keeper in self._moved:
            result = self.results[at]
            if not _still(result.removal, keeper):
                bring_back(self._journal, entry, quietly=True)
                self.results[at] = Result(result.removal, "failed", "the one to keep is not there any more")
        self._journal.note(run=self.id, step="end", planned=planned)
        gone = [result.removal.path for result in self.results if result.state == "removed"]
        back = [result.removal.path for result in self.results if result.state == "failed"]
        learn(self._library, gone=gone, back=back)


class _Check:
    """Whether a file may go. Reads the file and the one kept for it, every time it is asked."""

    def __init__(self, library: Library, removals: Iterable[Removal], to: str, without_keeper: bool) -> None:
        """Raises UsageError where the removals as a whole make no sense."""
        wanted = list(removals)
        self._catalog, self._protection = library.catalog, Protection(protected_folders(library.catalog))
        self.number = len(wanted)
        self.real_roots = [os.path.realpath(root) for root in library.catalog.root_paths().values()]
        paths = {removal.path for removal in wanted}
        if len(paths) < len(wanted):
            twice = next(path for path in paths if sum(removal.path == path for removal in wanted) > 1)
            raise UsageError(f"The file {printable(twice)} is to be removed twice: make the plan again.")
        self._paths = {os.path.realpath(os.path.dirname(path)) + os.sep + os.path.basename(path) for path in paths}  # noqa: PTH119, PTH120
        if not without_keeper and any(removal.keeper is None for removal in wanted):
            raise UsageError(
                "Some of these photos have no other one that is kept: this needs a confirmation of its own (--without-keeper)."
            )
        if to != TRASH:
            self._check_folder(to, library)

    def _check_folder(self, to: str, library: Library) -> None:
        if not os.path.isabs(to):  # noqa: PTH117
            raise UsageError(f"The folder {printable(to)} must be given as a full path.")
        real = os.path.realpath(to)
        if any(inside(real, root) for root in self.real_roots):
            raise UsageError(
                f"The folder {printable(to)} lies in the library, where photos would be found again: choose one outside of it."
            )
        if os.path.lexists(to) and not os.path.isdir(to):  # noqa: PTH112
            raise UsageError(f"{printable(to)} is a file, not a folder: choose another.")
        if inside(real, os.path.realpath(library.dir)):
            raise UsageError(f"The folder {printable(to)} belongs to the library itself: choose another.")

    def __call__(self, removal: Removal) -> _Checked:
        """Raises _Refused."""
        if self._protection.covers(removal.path):
            raise _Refused("it lies in a protected folder")
        unread = unread_file(self._catalog, removal.path) if os.path.isabs(removal.path) else None  # noqa: PTH117
        known = self._known(removal.path, removal.hash, "it") if unread is None else unread.root
        if unread is not None and removal.keeper is not None:
            raise _Refused("it could not be read as a photo, so it is no copy of another one")
        try:
            if unread is not None and (unread.file.size, unread.file.mtime_ns) != _size_and_time(removal.path):
                raise _Refused("it has changed since the library last looked at it")
            before = os.lstat(removal.path)
            if not os.path.isfile(removal.path):  # noqa: PTH113
                raise _Refused("it is no file")
            file = stamp(removal.path)
            if moving.file_hash(removal.path) != removal.hash or stamp(removal.path) != file:
                raise _Refused("it has changed since the library last looked at it")
        except OSError as error:
            raise _Refused(_unread("it", error)) from error
        is_link = os.path.islink(removal.path)  # noqa: PTH114
        keeper = self._keeper(removal) if removal.keeper is not None else None
        freed, note = (0 if is_link or before.st_nlink > 1 else before.st_size), ""
        if is_link:
            note = "it is a link to another file: no space is gained"
        elif before.st_nlink > 1:
            note = "it is one of several names of the same bytes: no space is gained"
        elif unread is not None:
            note = ONLY_COPY
        facts: dict[str, Any] = {
            "size": before.st_size, "mtime_ns": before.st_mtime_ns, "atime_ns": before.st_atime_ns, "inode": before.st_ino,
            "device": before.st_dev, "freed": freed,
        }  # fmt: skip
        if is_link:
            facts["link"] = os.readlink(removal.path)  # noqa: PTH115
        return _Checked(known, file, keeper, freed, note, facts)

    def _keeper(self, removal: Removal) -> Stamp:
        keeper = removal.keeper or ""
        if os.path.realpath(os.path.dirname(keeper)) + os.sep + os.path.basename(keeper) in self._paths:  # noqa: PTH119, PTH120
            raise _Refused("the one to keep is to be removed, too")
        try:
            if not moving.is_plain(keeper):
                raise _Refused("the one to keep is only a link, or no file")
            if moving.same_entry(removal.path, keeper):
                raise _Refused("the one to keep is this very file, under another path")
            self._known(keeper, removal.keeper_hash or removal.hash, "the one to keep")
            found = stamp(keeper)
            if moving.file_hash(keeper) != (removal.keeper_hash or removal.hash) or stamp(keeper) != found:
                raise _Refused("the one to keep has changed since the library last looked at it")
        except OSError as error:
            raise _Refused(_unread("the one to keep", error)) from error
        return found

    def _known(self, path: str, digest: str, what: str) -> str:
        """The watched folder of a file that the library knows with that content."""
        known = known_file(self._catalog, path) if os.path.isabs(path) else None  # noqa: PTH117
        if known is None:
            raise _Refused(f"{what} is not in the library")
        if known.hash != digest:
            raise _Refused(f"{what} has changed since the plan was made")
        return known.root


def _size_and_time(path: str) -> tuple[int, int]:
    """As a scan sees them: of what a link leads to."""
    facts = os.stat(path)  # noqa: PTH116
    return facts.st_size, facts.st_mtime_ns


def _still(removal: Removal, keeper: Stamp | None) -> bool:
    """Whether the one kept is there, as it was checked; one that was touched meanwhile is read again."""
    if removal.keeper is None or keeper is None:
        return True
    with contextlib.suppress(OSError):
        return stamp(removal.keeper) == keeper or (
            moving.is_plain(removal.keeper) and moving.file_hash(removal.keeper) == (removal.keeper_hash or removal.hash)
        )
    return False


def _unread(what: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"{what} is not there any more"
    if isinstance(error, PermissionError):
        return f"you are not allowed to read {'the one to keep' if what != 'it' else 'it'}"
    return f"{what} cannot be read ({error.strerror or error})"


def _words(error: Exception) -> str:
    if isinstance(error, _Refused):
        return str(error)
    if isinstance(error, PermissionError):
        return "you are not allowed to move it: check the permissions of the file and its folder"
    if isinstance(error, OSError):
        text = (error.strerror or str(error)).strip()
        return f"it cannot be moved: {text[:1].lower()}{text[1:]}"
    return str(error)


@functools.lru_cache(maxsize=4)
def _away(folder: Path, size: int, mtime_ns: int) -> tuple[str, ...]:
    """The paths of all files that are away; size, mtime_ns: of the journal, which is read again when they change."""
    return tuple(entry.path for run in Journal(folder).runs() for entry in run.away)


def removed_paths(library: Library) -> set[str]:
    """Files that were removed and not brought back: pages leave them out at once, before the catalog has heard of it."""
    try:
        facts = Journal(library.dir).path.stat()
    except OSError:
        return set()
    return {path for path in _away(library.dir, facts.st_size, facts.st_mtime_ns) if not os.path.lexists(path)}


def age(run_at: float) -> str:
    """When that was, for a history."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(run_at))
