"""Make a removal plan: a list of removals, and a file (JSON or CSV) that people and scripts can
read and edit. `plan_reader.py` reads the file."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from explorer.library.catalog import Catalog
from explorer.library.paths import printable, to_text
from explorer.library.stores.decision_store import hashes_of
from explorer.removal.companions import CompanionFinder
from explorer.removal.plan_formats import FORMAT, VERSION, PlanError
from explorer.removal.results import Removal
from explorer.removal.spreadsheet import escape_row
from explorer.text_format import size

_COLUMNS = ("path", "hash", "bytes", "keep", "keep_hash", "tier", "why", "along", "holds")


def removals_of_photos(catalog: Catalog, photo_ids: Iterable[int]) -> list[Removal]:
    """Removals without a keeper, of every present file of these photos.

    `remove` accepts them only if the user has confirmed that (`without_keeper`).
    """
    wanted, companions = list(photo_ids), CompanionFinder()
    hashes = hashes_of(catalog, wanted)
    return [
        Removal(
            file["path"],
            hashes[photo_id].hex(),
            bytes=file["size"],
            companions=companions.of(file["path"]).own,
        )
        for photo_id in dict.fromkeys(wanted)
        for file in catalog.files_of(photo_id)
        if file["state"] == "present"
    ]


def as_json(removals: Sequence[Removal]) -> str:
    """The plan as JSON, in ASCII only, so that every file name survives."""
    rows = [_row(removal) for removal in removals]
    return json.dumps({"format": FORMAT, "version": VERSION, "removals": rows}, indent=1) + "\n"


def as_csv(removals: Sequence[Removal]) -> str:
    """The plan as a table with one line per file. No cell is a formula (`spreadsheet.py`); names
    that are not UTF-8 are written as the catalog stores them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for removal in removals:
        companions = ", ".join(
            f"{printable(os.path.basename(each.path))} ({size(each.bytes)})"
            for each in removal.companions
        )
        shown = {
            "path": to_text(removal.path),
            "keep": to_text(removal.keeper) if removal.keeper else "",
            "tier": printable(removal.tier),
            "why": printable(removal.why),
            "along": companions,
            "holds": printable(", ".join(removal.holds)),
        }
        writer.writerow(escape_row(_row(removal) | shown))
    return text.getvalue()


def write_plan(path: str | os.PathLike[str], removals: Sequence[Removal]) -> None:
    """Write a plan: CSV if the name ends in .csv, else JSON. Raises PlanError."""
    is_csv = Path(path).suffix.lower() == ".csv"
    text = as_csv(removals) if is_csv else as_json(removals)
    try:
        Path(path).write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise PlanError(
            f"The plan {printable(str(path))} cannot be written: {error.strerror or error}."
        ) from error


def _row(removal: Removal) -> dict[str, Any]:
    return {
        "path": removal.path,
        "hash": removal.hash,
        "bytes": removal.bytes,
        "keep": removal.keeper,
        "keep_hash": removal.keeper_hash,
        "tier": removal.tier,
        "why": removal.why,
        "along": [{"path": each.path, "bytes": each.bytes} for each in removal.companions],
        "holds": list(removal.holds),
    }
