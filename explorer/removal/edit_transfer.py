"""Carry the edits of removed photos over to the photos that were kept for them, and take them
back when the removal is undone.

Both follow the journal, and doing them again changes nothing: after an interruption, the next
removal or undo does what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from explorer.library.edits.removal_edits import (
    carry_from_removed,
    removals_with_edits,
    take_back_carried,
)
from explorer.library.library import Library
from explorer.library.removals.removal_journal import RemovalEntry, RemovalRun
from explorer.library.stores.pair_store import PAIRS_VERSION, compared_kind
from explorer.systems import file_calls


def carry_over(library: Library, runs: Sequence[RemovalRun], run_id: str) -> int:
    """Carry over the edits of the photos that a removal has removed as copies of others; return how
    many there were. Another shot of the same moment, and a look-alike, are other pictures.

    runs: all removals in the journal.
    """
    catalog = library.catalog
    contents = [
        (removed, kept)
        for run in runs
        if run.id == run_id
        for entry in run.entries
        if entry.state == "moved" and (pair := _contents(entry)) is not None
        for removed, kept in [pair]
        if compared_kind(catalog, removed.hex(), kept.hex(), PAIRS_VERSION) in ("pixels", "picture")
    ]
    if not contents:
        return 0
    away = {entry.path for run in runs for entry in run.away}
    return carry_from_removed(
        catalog,
        run_id,
        dict.fromkeys(contents),
        lambda path: path in away and not file_calls.lexists(path),
    )


def take_back(library: Library, runs: Iterable[RemovalRun]) -> None:
    """Take edits back from each kept photo for which no removed photo is away any longer."""
    carried = removals_with_edits(library.catalog)
    for run in runs:
        if run.id not in carried:
            continue
        kept, needed = set[bytes](), set[bytes]()
        for entry in run.entries:
            pair = _contents(entry)
            if pair is not None:
                (needed if entry.away else kept).add(pair[1])
        if kept - needed:
            take_back_carried(library.catalog, run.id, kept - needed)


def _contents(entry: RemovalEntry) -> tuple[bytes, bytes] | None:
    """The content hashes of a removed photo and of the one kept for it; None for companions, for
    photos without a keeper, and if both have the same bytes."""
    kept = entry.keeper_hash
    if entry.of is not None or kept is None or kept == entry.hash:
        return None
    return bytes.fromhex(entry.hash), bytes.fromhex(kept)
