"""What is to be removed, as a list and as a file: JSON or CSV, for people and scripts to look at.
`plan_reader.py` reads it again."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from explorer.library.catalog import Catalog
from explorer.library.decision_store import hashes_of
from explorer.library.paths import printable, to_text
from explorer.removal.companions import CompanionFinder
from explorer.removal.plan_formats import FORMAT, VERSION, PlanError
from explorer.removal.results import Removal
from explorer.removal.spreadsheet import escape_row
from explorer.text_format import size

_COLUMNS = ("path", "hash", "bytes", "keep", "keep_hash", "tier", "why", "along", "holds")


def removals_of_photos(catalog: Catalog, photo_ids: Iterable[int]) -> list[Removal]:
    """What goes if these photos go for their own sake: every file that holds them, and no other is
    kept for it.

    `remove` wants to be told that the person has confirmed just that (`without_keeper`).
    """
    wanted, beside = list(photo_ids), CompanionFinder()
    hashes = hashes_of(catalog, wanted)
    return [
        Removal(
            file["path"],
            hashes[photo_id].hex(),
            bytes=file["size"],
            companions=beside.of(file["path"]).own,
        )
        for photo_id in dict.fromkeys(wanted)
        if photo_id in hashes
        for file in catalog.files_of(photo_id)
        if file["state"] == "present"
    ]


def as_json(removals: Sequence[Removal]) -> str:
    """The plan as JSON, ASCII only, so that any name survives."""
    rows = [_row(removal) for removal in removals]
    return json.dumps({"format": FORMAT, "version": VERSION, "removals": rows}, indent=1) + "\n"


def as_csv(removals: Sequence[Removal]) -> str:
    """The plan as a table; names that are no UTF-8 are kept as the catalog keeps them, and no cell
    is a formula (`spreadsheet.py`)."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for removal in removals:
        row = _row(removal)
        along = ", ".join(
            f"{printable(os.path.basename(each.path))} ({size(each.bytes)})"
            for each in removal.companions
        )
        shown = {
            "path": to_text(removal.path),
            "keep": to_text(removal.keeper) if removal.keeper else "",
            "along": along,
            "holds": ", ".join(removal.holds),
        }
        writer.writerow(escape_row(row | shown))
    return text.getvalue()


def write_plan(path: str | os.PathLike[str], removals: Sequence[Removal]) -> None:
    """Write a plan: CSV where the name ends so, else JSON. Raises PlanError where it cannot be
    written."""
    is_csv = Path(path).suffix.lower() == ".csv"
    try:
        Path(path).write_bytes((as_csv(removals) if is_csv else as_json(removals)).encode("utf-8"))
    except OSError as error:
        raise PlanError(
            f"The plan {printable(str(path))} cannot be written: {error.strerror or error}."
        ) from error


def _row(removal: Removal) -> dict[str, Any]:
    return {
        "path": removal.path, "hash": removal.hash, "bytes": removal.bytes, "keep": removal.keeper,
        "keep_hash": removal.keeper_hash,
        "tier": removal.tier, "why": removal.why,
        "along": [{"path": each.path, "bytes": each.bytes} for each in removal.companions],
        "holds": list(removal.holds),
    }  # fmt: skip
