"""Salvage what can be read of a damaged catalog into a new one. The damaged file is kept.

Rows are read from the file's pages (`sqlite_pages.py`), so that a malformed page costs the rows on
it and no others. Rows lost from a table are taken from its unique index, if that has everything
that matters. Every value is checked (`column_values.py`), and rows are inserted under all
constraints of the schema.
"""

from __future__ import annotations

import contextlib
import filecmp
import shutil
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import LibraryError
from explorer.library.connection import connect
from explorer.library.durable_io import replace_durably
from explorer.library.migration_steps.m020_album_names import RECORD_DELETIONS
from explorer.library.migrations import migrate
from explorer.library.paths import join, printable
from explorer.library.repair.damaged_tables import DamagedCatalog, RecoveredTable
from explorer.library.repair.integrity import repair_saved_references
from explorer.library.repair.sqlite_pages import Pages
from explorer.library.stores.photo_text_store import fill_texts
from explorer.systems import file_calls

# What the rows of a table are called in reports of a loss; rows of other tables can be computed
# again and are not reported.
_NAMES = {
    "root": "watched folders", "photo": "photos", "file": "files",
    "decision": "decisions about duplicates",
    "decided": "records of which photos decisions are about", "protected": "protected folders",
    "dismissed": "dismissed findings", "saved_search": "saved searches",
    "photo_edit": "edits of photos", "edit": "steps of the edit history",
    "edit_change": "changes in the edit history", "album": "albums",
    "album_photo": "photos in albums",
    "concept": "concepts", "concept_photo": "example photos of concepts",
    "setting": "settings", "embedding": "vectors", "command": "pending commands",
}  # fmt: skip
# Derived from the others by the worker, as is the index of texts. Lists of neighbors that were read
# from a damaged file would pass for correct ones, even for vectors that are encoded again.
_DERIVED = ("location", "photo_location", "neighbour")
_COUNTERS = "sqlite_sequence"
# SQLite's files beside a database, and the copy of it on a drive without hard links.
_BESIDE, _COPY = ("-wal", "-shm"), ".copy"
# By how much a lost clock is advanced: more changes than there ever are between two saves of an
# index.
_LEAP = 1 << 32
# Lost decisions that are reported one by one.
_NAMED = 20
_DECISION_WORDS = {
    "apart": "that photos are no duplicates",
    "keep": "which photo to keep",
    "later": "to decide later",
}


@dataclass
class SalvageReport:
    """What was salvaged from a damaged catalog."""

    kept: Path
    """Where the damaged file is now."""
    rows: dict[str, int]
    """Number of salvaged rows, by table."""
    lost: list[str]
    """What was lost, in sentences."""

    @property
    def total(self) -> int:
        """The number of salvaged rows of all tables."""
        return sum(self.rows.values())


def salvage(path: Path) -> SalvageReport:
    """Replace a damaged catalog with a new one that has all rows that can be read.

    For the process that holds the library's lock, while the catalog is open nowhere. Raises
    LibraryError if it cannot be read or written, and LibraryNewer if a later release wrote it.
    """
    new = path.with_suffix(".saved")
    try:
        # What an interrupted repair left.
        _take_back(path)
        kept = _free_name(path)
        for name in (new, *(_beside(new, suffix) for suffix in _BESIDE), path.with_suffix(_COPY)):
            name.unlink(missing_ok=True)
        source = DamagedCatalog(Pages(path))
        target = connect(new)
        try:
            migrate(target)
            done = SalvageReport(kept, *_fill(target, source))
            # In one file, so that it can be moved.
            target.execute("pragma journal_mode = delete")
        finally:
            target.close()
        _put_in_place(new, path, kept)
    except OSError as error:
        raise LibraryError(
            f"The catalog {path} cannot be repaired: {error.strerror or error}."
        ) from error
    return done


def _put_in_place(new: Path, path: Path, kept: Path) -> None:
    """Give the damaged file another name, and the new one its name, so that there is a catalog at
    every moment: in place of a missing one, an empty one would be made."""
    try:
        file_calls.link(str(path), str(kept))
    except OSError:
        # File systems of memory cards have no links.
        shutil.copyfile(path, path.with_suffix(_COPY))
        replace_durably(path.with_suffix(_COPY), kept)
    for suffix in _BESIDE:
        # Belongs to the damaged file, and is moved with it.
        with contextlib.suppress(FileNotFoundError):
            _beside(path, suffix).rename(_beside(kept, suffix))
    replace_durably(new, path)


def _take_back(path: Path) -> None:
    """Undo what `_put_in_place` did if it was interrupted: without its log, the damaged file lacks
    the last changes."""
    for kept in path.parent.glob(f"{path.stem}.damaged-*{path.suffix}"):
        if kept.samefile(path) or filecmp.cmp(kept, path, shallow=False):
            moved = [suffix for suffix in _BESIDE if _beside(kept, suffix).exists()]
            # Otherwise it was put back by hand, and used since.
            if not any(_beside(path, suffix).exists() for suffix in moved):
                for suffix in moved:
                    _beside(kept, suffix).rename(_beside(path, suffix))
                kept.unlink()


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _free_name(path: Path) -> Path:
    number = 1
    while True:
        name = path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")
        if not any(each.exists() for each in (name, *(_beside(name, end) for end in _BESIDE))):
            return name
        number += 1


def _fill(target: sqlite3.Connection, source: DamagedCatalog) -> tuple[dict[str, int], list[str]]:
    """Fill a new catalog; returns the number of rows by table, and what was lost, in sentences."""
    names = [
        row[0]
        for row in target.execute(
            "select name from sqlite_master where type = 'table' and name not like '%sqlite%'"
        )
        if not row[0].startswith("photo_text") and row[0] not in _DERIVED
    ]
    tables = {name: RecoveredTable(name, target, source) for name in names}
    for name in source.roots:
        source.reach(name)
    torn = [table for table in tables.values() if not table.whole]
    for cells in source.orphan_pages() if torn else ():
        owners = [table for table in torn if table.is_exactly(cells)]
        if len(owners) == 1:
            for cell in cells:
                owners[0].take(cell)
    for table in tables.values():
        table.read_indexes(target, source)
    _measure_encoders(tables)
    target.execute("pragma foreign_keys = off")
    target.execute("begin")
    taken = {table.name: table.insert(target) for table in tables.values()}
    decisions = _lost_decisions(target)
    cut = repair_saved_references(target)
    _set_counters(target, tables, source)
    target.execute(RECORD_DELETIONS)
    # Their rows were not salvaged, so these stages must run again.
    target.execute("delete from stage where name like 'neighbours %'")
    fill_texts(target)
    target.execute("commit")
    saved = {
        name: int(target.execute(f'select count(*) from "{name}"').fetchone()[0]) for name in names
    }
    return saved, [*_losses(tables, taken, cut), *decisions]


def _measure_encoders(tables: dict[str, RecoveredTable]) -> None:
    """Recover the dimensions of encoders from their vectors of 16-bit floats."""
    for number, encoder in list(tables["encoder"].rows.items()):
        if "dim" not in encoder:
            vectors = (
                row["vector"]
                for row in tables["embedding"].rows.values()
                if row["encoder_id"] == number
            )
            vector = next(vectors, None)
            if isinstance(vector, bytes):
                encoder["dim"] = len(vector) // 2
            else:
                del tables["encoder"].rows[number]


def _set_counters(
    target: sqlite3.Connection, tables: dict[str, RecoveredTable], source: DamagedCatalog
) -> None:
    """Set the clock to no earlier than any change, and the id counters to no less than any id that
    was used, even if some of these were lost."""
    target.execute(
        "update clock set change = ? + max(change, coalesce((select max(change) from photo), 0),"
        " coalesce((select max(change) from purged), 0), coalesce((select max(change) from stage),"
        " 0))",
        # Saved vector indexes may be of later changes than any row that is left.
        (0 if tables["clock"].rows else _LEAP,),
    )
    given = dict[str, int]()
    for cell in source.cells(_COUNTERS, index=False):
        name, number = (*cell.values, None, None)[:2]
        if (
            isinstance(name, str)
            and isinstance(number, int)
            and name in tables
            and number < 1 << 48
        ):
            given[name] = number
    (purged,) = target.execute("select coalesce(max(photo_id), 0) from purged").fetchone()
    given["photo"] = max(given.get("photo", 0), purged)
    for name, number in given.items():
        if (
            target.execute(
                "update sqlite_sequence set seq = max(seq, ?) where name = ?", (number, name)
            ).rowcount
            == 0
        ):
            target.execute("insert into sqlite_sequence (name, seq) values (?, ?)", (name, number))


# --- what was lost


def _losses(
    tables: dict[str, RecoveredTable], taken: dict[str, int], cut: dict[str, int]
) -> list[str]:
    """How many rows of each table were not found, conflicted with others, or referred to lost
    rows."""
    lines = list[str]()
    for name, words in _NAMES.items():
        table = tables[name]
        lost = table.lost()
        if lost is None:
            lines.append(
                f"Some of the catalog's {words} may be lost: it is not known how many there were."
            )
            continue
        lost += cut.get(name, 0) + max(0, len(table.rows) - taken[name])
        if lost:
            lines.append(f"Lost from the catalog: {lost:,} of its {words}.")
    return lines


def _lost_decisions(target: sqlite3.Connection) -> list[str]:
    """Report decisions of which only the photos are left, or only the decision itself; delete the
    latter."""
    lines = list[str]()
    orphans = dict[int, list[str]]()
    rows = target.execute(
        "select d.decision_id, d.hash, r.path, f.path from decided d left join photo p on p.hash ="
        " d.hash"
        " left join file f on f.photo_id = p.id left join root r on r.id = f.root_id"
        " where d.decision_id not in (select id from decision) group by d.decision_id, d.hash"
        " order by d.decision_id"
    )
    for number, digest, root, path in rows:
        orphans.setdefault(number, []).append(
            printable(join(root, path)) if root and path else f"the content {digest.hex()}"
        )
    lines += [
        f"The decision about {', '.join(names)} is lost: decide again."
        for names in list(orphans.values())[:_NAMED]
    ]
    empty = target.execute(
        "select id, kind, decided_at from decision where id not in (select decision_id from"
        " decided)"
    ).fetchall()
    for number, kind, moment in empty:
        target.execute("delete from decision where id = ?", (number,))
        if len(lines) < _NAMED:
            day = (
                time.strftime("%Y-%m-%d", time.localtime(moment))
                if 0 <= moment < 1 << 40
                else "an unknown day"
            )
            lines.append(
                f"A decision {_DECISION_WORDS[kind]}, made on {day}, is lost, as its photos are:"
                " decide again."
            )
    return lines
