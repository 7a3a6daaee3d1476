"""Write what the user set for photos to XMP sidecars beside them, when the user asks for it.

They are named `NAME.EXT.xmp`, as by darktable, digiKam and Immich. A sidecar that the photo already
has, under this name or as `NAME.xmp`, is extended instead. Nothing else is written into photo
folders.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from explorer import int64
from explorer.decoding.pool import DecodePool
from explorer.library.file_lookup import find_photo_file
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.library.removals.sidecar_journal import sidecar_runs
from explorer.library.stores.protected_folder_store import ProtectedFolders, protected_folders
from explorer.photos.metadata.sidecar_values import SidecarValues
from explorer.removal import sidecar_writer
from explorer.removal.checked_files import FileInUse, RemovalRefused, unreadable_reason
from explorer.removal.companions import CompanionFinder, Companions, companions_of
from explorer.removal.removal_paths import require_outside_stores
from explorer.removal.sidecar_restore import delete_left_part
from explorer.removal.sidecar_writer import PreparedSidecar, sidecar_path
from explorer.sidecars.sidecar_plan import PlannedSidecar, plan_sidecars
from explorer.systems import file_calls

SidecarState = Literal["written", "would", "unchanged", "refused"]
"""written: just now. would: in a dry run, it would be written. unchanged: it already has all
values. refused: see `reason`."""
_WHOSE = "its sidecar"


class SidecarResult(NamedTuple):
    """What became of one sidecar."""

    photo: str
    """Path of the photo file."""
    sidecar: str
    """Path of the sidecar; '' if the photo was refused before one was chosen."""
    state: SidecarState
    reason: str = ""
    """Why it was refused, in words."""
    new: bool = False
    """Whether the sidecar did not exist before."""


class SidecarOutcome(NamedTuple):
    """What became of all sidecars."""

    run: str | None
    """The id by which the run can be undone; None if nothing was written."""
    results: tuple[SidecarResult, ...]

    def number_of(self, state: SidecarState) -> int:
        """The number of sidecars in this state."""
        return sum(each.state == state for each in self.results)


class SidecarEditor:
    """Computes new contents of sidecars in a decode process, which starts when it is first needed.
    Must be closed."""

    def __init__(self) -> None:
        # The finder lists each folder only once.
        self._pool, self._finder = DecodePool(1, None), CompanionFinder()

    def close(self) -> None:
        """Stop the decode process."""
        self._pool.close()

    def __call__(self, photo: str, values: SidecarValues) -> PreparedSidecar:
        """A photo's sidecar before and after it gets these values. Raises RemovalRefused."""
        target = sidecar_of(photo, self._finder.of(photo))
        answer = self._pool.sidecar(
            {"sidecar": {"path": os.fsencode(target).hex(), "values": values._asdict()}}
        )
        name = printable(os.path.basename(target))
        if isinstance(answer, str):
            raise RemovalRefused(f"{_WHOSE}, {name}, could not be read: {answer}")
        head, body = answer
        if head["refused"]:
            raise RemovalRefused(f"{_WHOSE} cannot be extended: {head['refused']}")
        cut = head["before"]
        before = None if cut is None else body[:cut]
        return PreparedSidecar(target, before, body[cut:] if head["after"] else None)


def sidecar_of(photo: str, companions: Companions | None = None) -> str:
    """The path of a photo's sidecar: the existing one, or else the one to create.

    A `NAME.xmp` that several photos share, such as a RAW file and its JPEG, is not used.
    companions: the photo's; None looks for them now.
    """
    own = {
        os.path.basename(each.path).lower(): each.path
        for each in (companions or companions_of(photo)).own
        if each.kind == "sidecar" and each.path.lower().endswith(".xmp")
    }
    wanted = sidecar_path(photo)
    if file_calls.lexists(wanted):
        return wanted
    name = os.path.basename(photo).lower()
    for each in (f"{name}.xmp", f"{os.path.splitext(name)[0]}.xmp"):
        if each in own:
            return own[each]
    return wanted


def write_sidecars(
    library: Library,
    photo_ids: Iterable[int] | None = None,
    *,
    dry_run: bool = False,
    tick: Callable[[int, int], None] | None = None,
) -> SidecarOutcome:
    """Write the edits of these photos, or of all edited photos, to their sidecars.

    A failure of a single file is reported in its result. dry_run: check everything, but write
    nothing. tick: called with the number of sidecars done and the total. Raises LibraryLocked while
    a removal is running, and LibraryError if the journal cannot be written.
    """
    planned, writer = plan_sidecars(library, photo_ids), _Writer(library)
    with contextlib.closing(writer.edit):
        if dry_run:
            return SidecarOutcome(None, tuple(writer.run(planned, tick, dry_run=True)))
        lock = writer.journal.lock()
        try:
            finish_interrupted(writer.journal)
            try:
                results = tuple(writer.run(planned, tick, dry_run=False))
            finally:
                writer.end()
            return SidecarOutcome(writer.id if writer.count else None, results)
        finally:
            lock.release()


def finish_interrupted(journal: RemovalJournal) -> None:
    """Delete the partly written sidecar of an interrupted run, and mark the run as ended. The
    caller holds the journal's lock."""
    for run in sidecar_runs(journal):
        if not run.ended:
            for entry in run.pending[-1:]:
                with contextlib.suppress(OSError):
                    delete_left_part(entry.sidecar)
            journal.note(run=run.id, step="end")


class _Writer:
    """One run that writes sidecars."""

    def __init__(self, library: Library) -> None:
        self._catalog, self.journal = library.catalog, RemovalJournal(library.dir)
        self._protection = ProtectedFolders(protected_folders(library.catalog))
        self.edit, self.count, self._total = SidecarEditor(), 0, 0
        self.id = f"{dt.datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"

    def run(
        self,
        planned: list[PlannedSidecar],
        tick: Callable[[int, int], None] | None,
        *,
        dry_run: bool,
    ) -> list[SidecarResult]:
        """Write these sidecars; at the end, retry those that another program had open."""
        self._total, results, in_use = len(planned), list[SidecarResult](), list[int]()
        for number, each in enumerate(planned):
            if tick:
                tick(number - len(in_use), len(planned))
            result, is_in_use = self._one(each, dry_run=dry_run)
            results.append(result)
            if is_in_use:
                in_use.append(number)
        for done, number in enumerate(in_use, len(planned) - len(in_use)):
            if tick:
                tick(done, len(planned))
            results[number], _ = self._one(planned[number], dry_run=dry_run)
        return results

    def end(self) -> None:
        """Note in the journal that the run has ended."""
        if self.count:
            self.journal.note(run=self.id, step="end")

    def _one(self, planned: PlannedSidecar, *, dry_run: bool) -> tuple[SidecarResult, bool]:
        """Write one sidecar. Returns its result, and whether another program has it open."""
        photo, target = planned.photo, ""
        try:
            self._check(photo)
            prepared = self.edit(photo, planned.values)
            target, new = prepared.target, prepared.before is None
            if prepared.after is None:
                return SidecarResult(photo, target, "unchanged"), False
            _require_writable(target)
            if not dry_run:
                self._write(photo, prepared)
            state: SidecarState = "would" if dry_run else "written"
            return SidecarResult(photo, target, state, new=new), False
        except RemovalRefused as refused:
            result = SidecarResult(photo, target, "refused", str(refused))
            return result, isinstance(refused, FileInUse)
        except OSError as error:
            return SidecarResult(photo, target, "refused", unreadable_reason("it", error)), False

    def _check(self, photo: str) -> None:
        """Raise RemovalRefused if nothing may be written beside a photo, and OSError if the photo
        cannot be examined."""
        if self._protection.covers(photo):
            raise RemovalRefused("it is in a protected folder")
        require_outside_stores(photo, "it")
        known, facts = find_photo_file(self._catalog, photo), file_calls.stat(photo)
        now = facts.st_size, int64.time_ns(facts.st_mtime_ns)
        if known is None or (known.file.size, known.file.mtime_ns) != now:
            raise RemovalRefused("it has changed since the library last read it")

    def _write(self, photo: str, prepared: PreparedSidecar) -> None:
        note = sidecar_writer.journal_note(prepared)
        if not self.count:
            self.journal.note(run=self.id, step="sidecars", planned=self._total)
        number, self.count = self.count, self.count + 1
        self.journal.note(run=self.id, step="write", number=number, path=photo, sidecar=note)
        try:
            sidecar_writer.write(note, prepared, photo, _WHOSE)
        except RemovalRefused:
            self.journal.note(run=self.id, step="unwritten", number=number)
            raise


def _require_writable(target: str) -> None:
    """Raise RemovalRefused if a sidecar cannot be written, so that a dry run reports it, too."""
    if not file_calls.access(os.path.dirname(os.path.realpath(target)), os.W_OK):
        raise RemovalRefused("its folder is read-only: nothing can be written beside it")
    if file_calls.lexists(target) and not file_calls.access(target, os.W_OK):
        raise RemovalRefused("its sidecar is read-only")
