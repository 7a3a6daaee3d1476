"""Bringing removed photos back to where they were, and finding out what had happened where a removal or an undo was cut off."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from explorer.errors import UsageError
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.removals import Entry, Journal, Run, learn
from explorer.review import moving, sidecar, trash
from explorer.review.checking import TRASH
from explorer.review.companions import renamed

Tick = Callable[[int, int], None]


@dataclass(frozen=True)
class Restored:
    """What became of one file. back: where it lies again, None where it could not be brought back. note: what there is to know."""

    path: str
    back: str | None
    note: str = ""


class _Lost(Exception):
    """It cannot be brought back, for that reason."""


def history(library: Library) -> list[Run]:
    """Every removal, the latest first."""
    return Journal(library.dir).runs()[::-1]


def undo(library: Library, run_id: str | None = None, *, tick: Tick | None = None) -> tuple[Run, list[Restored]]:
    """Bring back everything of that run, or of the last one of which anything is away.

    Raises UsageError where there is no such run or nothing to be undone, LibraryLocked and LibraryError. What cannot be brought back now
    can be tried again.
    """
    journal = Journal(library.dir)
    lock = journal.lock()
    try:
        settle(library, journal)
        run = _wanted(journal, run_id)
        total, restored = len(run.away), list[Restored]()
        for family in run.families[::-1]:
            # The photo first: what belongs to it follows to where it is put.
            for entry in family[::-1]:
                if entry.away:
                    if tick:
                        tick(len(restored), total)
                    restored.append(bring_back(journal, entry, family))
        learn(library, gone=[], back=[each.back for each in restored if each.back])
        return run, restored[::-1]
    finally:
        lock.release()


def _wanted(journal: Journal, run_id: str | None) -> Run:
    runs = journal.runs()
    if run_id is None:
        left = [run for run in runs if run.away]
        if not left:
            raise UsageError("There is nothing to be undone: no removed photo is still away.")
        return left[-1]
    run = next((run for run in runs if run.id == run_id), None)
    if run is None:
        raise UsageError(f"There is no removal “{run_id}”: `python run.py undo --list` lists them.")
    if not run.away:
        raise UsageError(f"Everything of the removal {run_id} has been brought back already.")
    return run


def settle(library: Library, journal: Journal) -> None:
    """After a cut: find out where each file of an unfinished step is, and note it. Whoever calls holds the journal's lock.

    A file whose keeper is gone, too, comes back, and so does what went along with a photo that itself had not gone.
    """
    gone, back = list[str](), list[str]()
    for run in journal.runs():
        for entry in run.entries:
            if entry.state == "intended":
                (gone if _find_out(journal, entry) else back).append(entry.path)
            elif entry.state == "undoing" and entry.back:
                with contextlib.suppress(OSError):
                    os.unlink(moving.part_of(entry.back))  # noqa: PTH108
                if not _there(entry.target) and _is(entry, entry.back):
                    _brought(journal, entry, entry.back)
                    back.append(entry.back)
        if not run.ended:
            for family in run.families:
                alone = any(entry.away and entry.keeper is not None and not os.path.lexists(entry.keeper) for entry in family)
                if alone or not family[-1].away:
                    back += [restored.back for restored in bring_all_back(journal, family, quietly=True) if restored.back]
            journal.note(run=run.id, step="end", planned=run.planned)
    learn(library, gone=gone, back=back)


def _find_out(journal: Journal, entry: Entry) -> bool:
    """Whether an announced removal took place."""
    if entry.target is not None:
        part = moving.part_of(entry.target)
        with contextlib.suppress(OSError):
            os.unlink(part)  # noqa: PTH108
    if _is(entry, entry.path):
        if entry.target is not None and _there(entry.target) and _is(entry, entry.target):
            # Cut off between the second name (or the copy) and the dropping of the first: the first stays.
            os.unlink(entry.target)  # noqa: PTH108
        sidecar.take_back(entry.sidecar, entry.keeper)
        journal.note(run=entry.run, step="undone", number=entry.number, back=entry.path, reason="it never went")
        entry.state, entry.back = "undone", entry.path
        return False
    if entry.where == TRASH:
        found = trash.find(entry.path, entry.hash, entry.facts.get("inode"))
        if found is not None:
            entry.target, entry.info = found
    if entry.target is not None and _is(entry, entry.target):
        journal.note(run=entry.run, step="moved", number=entry.number, target=entry.target, info=entry.info)
        entry.state = "moved"
        return True
    # Neither here nor there: somebody else moved it, and the library will find it as any other file.
    journal.note(run=entry.run, step="undone", number=entry.number, reason="it was moved by another program")
    entry.state = "undone"
    return True


def bring_all_back(journal: Journal, family: Sequence[Entry], *, quietly: bool = False) -> list[Restored]:
    """Put a photo back, and then what went along with it."""
    return [bring_back(journal, entry, family, quietly=quietly) for entry in family[::-1] if entry.state != "undone"]


def bring_back(journal: Journal, entry: Entry, family: Sequence[Entry] = (), *, quietly: bool = False) -> Restored:
    """Put one file back. family: a photo, last, and what went along with it. quietly: it is part of a removal that failed, so that it is no
    news where it never moved."""
    try:
        if entry.state == "intended":
            _find_out(journal, entry)
        return _back(journal, entry, family, quietly=quietly)
    except _Lost as lost:
        return Restored(entry.path, None, str(lost))
    except OSError as error:
        return Restored(entry.path, None, f"it could not be put back: {error.strerror or error}")


def _back(journal: Journal, entry: Entry, family: Sequence[Entry], *, quietly: bool) -> Restored:
    if entry.state == "undone":
        return Restored(entry.path, entry.back, entry.reason)
    source = _source(journal, entry)
    if source is None:
        return Restored(entry.path, entry.back, "" if quietly else "it had been brought back by hand")
    back = _put(journal, entry, family, source)
    taken = "" if back == entry.path else f"its name was taken, so it is now {printable(os.path.basename(back))}"  # noqa: PTH119
    return Restored(entry.path, back, "; ".join(filter(None, (taken, entry.reason))))


def _source(journal: Journal, entry: Entry) -> str | None:
    """Where the file lies now; None where it is back at its place already."""
    if entry.target is not None and _is(entry, entry.target):
        return entry.target
    if entry.where == TRASH:
        found = trash.find(entry.path, entry.hash)
        if found is not None:
            entry.target, entry.info = found
            return found.path
    for place in dict.fromkeys(filter(None, (entry.back, entry.path))):
        if _is(entry, place):
            _brought(journal, entry, place)
            return None
    where = "the trash" if entry.where == TRASH else printable(entry.where)
    raise _Lost(f"it is not in {where} any more: it was deleted there, or moved elsewhere")


def _places(entry: Entry, family: Sequence[Entry]) -> Iterator[str]:
    """Where it may be put: at its own place first. Companions take the names that go with their photo's."""
    photo = family[-1] if family else entry
    if entry is not photo:
        yield from moving.free_names(renamed(entry.path, photo.path, photo.back or photo.path), "restored")
        return
    others = [each.path for each in family[:-1] if each.away]
    for name in moving.free_names(entry.path, "restored"):
        if name == entry.path or not any(os.path.lexists(renamed(each, entry.path, name)) for each in others):
            yield name


def _put(journal: Journal, entry: Entry, family: Sequence[Entry], source: str) -> str:
    folder = os.path.dirname(entry.path)  # noqa: PTH120
    _check_drive(entry)
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    for target in _places(entry, family):
        if os.path.lexists(target):
            if _same_file(source, target):
                # Cut off between the second name and the dropping of the first.
                os.unlink(source)  # noqa: PTH108
            elif not (entry.state == "undoing" and entry.back == target and _is(entry, target)):
                continue
            else:
                os.unlink(source)  # noqa: PTH108
        else:
            entry.state, entry.back = "undoing", target
            journal.note(run=entry.run, step="undoing", number=entry.number, back=target)
            try:
                moving.move(source, target, entry.hash)
            except FileExistsError:
                continue
        moving.set_times(target, entry.facts["atime_ns"], entry.facts["mtime_ns"])
        _brought(journal, entry, target)
        return target
    raise AssertionError("names never end")


def _brought(journal: Journal, entry: Entry, back: str) -> None:
    """It is back: the sidecar goes back to what it was, the journal knows, the trash's note goes."""
    entry.reason = sidecar.take_back(entry.sidecar, entry.keeper)
    with contextlib.suppress(OSError):
        moving.set_times(back, entry.facts["atime_ns"], entry.facts["mtime_ns"])
    journal.note(run=entry.run, step="undone", number=entry.number, back=back)
    entry.state, entry.back = "undone", back
    trash.forget(entry.info)


def _check_drive(entry: Entry) -> None:
    """Folders are made again where they are gone, but not below the mount point of a drive that is away."""
    root = entry.root
    try:
        with os.scandir(root) as listed:
            if next(listed, None) is not None:
                return
    except OSError:
        pass
    at = root
    while not os.path.isdir(at) and at != os.path.dirname(at):  # noqa: PTH112, PTH120
        at = os.path.dirname(at)  # noqa: PTH120
    if os.stat(at).st_dev != entry.facts["device"]:  # noqa: PTH116
        raise _Lost(f"the drive with {printable(root)} seems to be away: connect it and undo again")


def _there(path: str | None) -> bool:
    return path is not None and os.path.lexists(path)


def _same_file(one: str, two: str) -> bool:
    """Two names of one file (of a link itself, too)."""
    return os.path.samestat(os.lstat(one), os.lstat(two))


def _is(entry: Entry, path: str) -> bool:
    """Whether this is the very file that was removed: by its inode and times, or else by its content (of a link, by where it leads)."""
    try:
        facts = os.lstat(path)
        if (facts.st_ino, facts.st_size, facts.st_mtime_ns) == tuple(entry.facts[key] for key in ("inode", "size", "mtime_ns")):
            return True
        if "link" in entry.facts or os.path.islink(path):  # noqa: PTH114
            return entry.facts.get("link") == os.readlink(path)  # noqa: PTH115
        return os.path.isfile(path) and moving.file_hash(path) == entry.hash  # noqa: PTH113
    except OSError:
        return False
