"""Carry out one removal: check, announce, move and verify each photo with its companions."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import itertools
import os
import secrets
from typing import Any

from explorer.errors import LibraryError
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.library.removals.removal_journal import RemovalEntry, RemovalJournal
from explorer.library.removals.removal_sync import update_catalog
from explorer.removal import sidecar_writer
from explorer.removal.checked_files import CheckedFile, CheckedPhoto, RemovalRefused
from explorer.removal.checked_move import (
    MovedFile,
    failure_reason,
    move_unchanged,
    open_checked,
    verify_moved,
)
from explorer.removal.destinations import Destinations
from explorer.removal.edit_transfer import carry_over
from explorer.removal.keeper_proof import KEEPER_GONE, KeeperProof
from explorer.removal.metadata_merger import MetadataMerger
from explorer.removal.preflight import Preflight
from explorer.removal.restore import Restorer
from explorer.removal.results import Removal, RemovalResult, lost_in_words
from explorer.systems import file_calls

# How many destinations are tried for a file while other programs keep taking them.
_MAX_ATTEMPTS = 5


class RemovalExecutor:
    """One removal of many files. The caller holds the journal's lock."""

    def __init__(
        self,
        library: Library,
        journal: RemovalJournal,
        preflight: Preflight,
        to: str,
        sidecars: bool,
    ) -> None:
        self._library, self._journal, self._preflight = library, journal, preflight
        self._sidecars = sidecars
        self.id = f"{dt.datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
        self._destinations = Destinations(library, journal, preflight, to, self.id)
        self.begun = False
        # How many edits of removed photos were carried over.
        self.carried = 0
        self.results: list[RemovalResult] = []
        # For each removed photo: the index of its result, its entries, and what was checked.
        self._moved: list[tuple[int, list[RemovalEntry], CheckedPhoto]] = []
        self._numbers, self._proof = itertools.count(), KeeperProof()
        # Attributes of the current photo and its companions that the destination's drive cannot
        # store, in words.
        self._lost = dict[str, None]()
        self._merge: MetadataMerger | None = None

    def remove(self, removal: Removal) -> None:
        """Remove one photo with its companions, and append the result."""
        for _ in range(_MAX_ATTEMPTS):
            result = self._attempt(removal)
            if result is not None:
                self.results.append(result)
                return
        reason = "other programs keep taking its name at the destination: try again later"
        self.results.append(RemovalResult(removal, "failed", reason))

    def _attempt(self, removal: Removal) -> RemovalResult | None:
        """Try to remove one photo. Returns None if another program had just taken a name and
        everything is as it was before."""
        try:
            checked = self._preflight(removal)
            if checked.edits and removal.keeper is not None and not self._sidecars:
                self._merger.require_edits(checked.edits, removal.keeper)
            family = self._announce(checked)
        except RemovalRefused as refused:
            return RemovalResult(removal, "refused", str(refused))
        current = photo = family[-1]
        self._lost.clear()
        with contextlib.ExitStack() as held:
            try:
                if self._sidecars and removal.keeper is not None:
                    self._copy_metadata(photo, removal, removal.keeper, checked.edits)
                moved = list[MovedFile]()
                for current, part in zip(family, checked.parts, strict=True):
                    moved.append(self._move(current, part, held))
                current = photo
                self._proof.require(checked, moved)
            except FileExistsError as error:
                left = self._put_back(family)
                if not left:
                    return None
                return RemovalResult(removal, "failed", failure_reason(error, current) + left)
            except (RemovalRefused, OSError) as error:
                reason = failure_reason(error, current) + self._put_back(family)
                return RemovalResult(removal, "failed", reason)
        self._proof.add(checked, [entry.target for entry in family])
        self._moved.append((len(self.results), family, checked))
        note = "; ".join(filter(None, [checked.note, lost_in_words(self._lost)]))
        return RemovalResult(
            removal, "removed", note, checked.freed, photo.target, checked.companions
        )

    @functools.cached_property
    def _restorer(self) -> Restorer:
        return Restorer(self._library, self._journal)

    def _put_back(self, family: list[RemovalEntry]) -> str:
        """Put all files back; return the text to add to a message about those that could not be
        put back, or ''."""
        self._restorer.restore_all(family)
        for entry in family:
            # This process was not interrupted: a file that is not at its target has not moved,
            # though another program may have changed it.
            if (
                entry.state == "intended"
                and file_calls.lexists(entry.path)
                and not file_calls.lexists(entry.target or "")
            ):
                self._restorer.mark_never_moved(entry)
        away = [printable(os.path.basename(entry.path)) for entry in family if entry.away]
        if not away:
            return ""
        return f"; {', '.join(away)} could not be put back at once: undo this removal"

    def _announce(self, checked: CheckedPhoto) -> list[RemovalEntry]:
        """Record in the journal what is about to happen; return the entries of all files, with the
        photo's last. Raises RemovalRefused if there is no destination."""
        where, targets, infos = self._destinations.choose(checked)
        if not self.begun:
            self._journal.note(
                run=self.id, step="begin", where=where, planned=self._preflight.number
            )
            self.begun = True
        numbers = [next(self._numbers) for _ in checked.parts]
        family = [
            RemovalEntry(
                run=self.id,
                number=number,
                state="intended",
                path=part.path,
                hash=part.hash,
                keeper=part.kept.path if part.kept else None,
                keeper_hash=part.kept.hash if part.kept else None,
                where=where,
                root=checked.root,
                target=target,
                info=info,
                facts=part.facts,
                of=None if number == numbers[-1] else numbers[-1],
            )
            for number, part, target, info in zip(
                numbers, checked.parts, targets, infos, strict=True
            )
        ]
        # One line for all files, so that the journal never has a companion without its photo.
        self._journal.note(
            run=self.id,
            step="intended",
            **_journal_fields(family[-1]),
            along=[_journal_fields(entry) for entry in family[:-1]],
        )
        return family

    def _move(
        self, entry: RemovalEntry, part: CheckedFile, held: contextlib.ExitStack
    ) -> MovedFile:
        """Move one file to its destination, record that in the journal, and verify it there."""
        handle = open_checked(part, held)
        self._lost.update(dict.fromkeys(move_unchanged(entry, part)))
        self._journal.note(
            run=self.id, step="moved", number=entry.number, target=entry.target, info=entry.info
        )
        entry.state = "moved"
        target = entry.target or ""
        is_same_inode = verify_moved(entry, target, part.stamp)
        if file_calls.islink(target):
            return None
        if handle is not None:
            return handle
        return target if is_same_inode else None

    @property
    def _merger(self) -> MetadataMerger:
        if self._merge is None:
            self._merge = MetadataMerger()
        return self._merge

    def _copy_metadata(
        self, entry: RemovalEntry, removal: Removal, keeper: str, edits: tuple[str, ...]
    ) -> None:
        """Write the metadata that the keeper lacks to its sidecar. A removal writes nothing else
        beside photos."""
        merged = self._merger(removal.path, keeper, same=removal.has_same_bytes, edits=edits)
        if merged.after is None:
            return
        note = sidecar_writer.journal_note(merged)
        self._journal.note(run=self.id, step="sidecar", number=entry.number, sidecar=note)
        entry.sidecar = note
        sidecar_writer.write(note, merged, keeper)

    def end(self, planned: int) -> None:
        """Check all kept files again, put back the files that have lost their keeper, carry edits
        over, and update the catalog. planned: how many removals there were."""
        if self._merge is not None:
            self._merge.close()
        if not self.begun:
            return
        for at, family, checked in self._moved:
            if not all(part.kept is None or part.kept.is_unchanged() for part in checked.parts):
                reason = KEEPER_GONE + self._put_back(family)
                self.results[at] = RemovalResult(self.results[at].removal, "failed", reason)
        # If the catalog is busy or the disk full, the run stays open, and the next removal or undo
        # carries the edits over.
        with contextlib.suppress(LibraryError):
            self.carried = carry_over(self._library, self._journal.runs(), self.id)
            self._journal.note(run=self.id, step="end", planned=planned)
        gone = [result.removal.path for result in self.results if result.state == "removed"]
        back = [result.removal.path for result in self.results if result.state == "failed"]
        update_catalog(self._library, gone=gone, back=back)


def _journal_fields(entry: RemovalEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "path": entry.path,
        "hash": entry.hash,
        "keeper": entry.keeper,
        "where": entry.where,
        "root": entry.root,
        "target": entry.target,
        "info": entry.info,
        "facts": entry.facts,
        "keeper_hash": entry.keeper_hash,
    }
