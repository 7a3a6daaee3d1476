"""Recover the tables of a damaged catalog from its pages and indexes, with every value checked."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterable, Iterator

from explorer.errors import LibraryNewer
from explorer.library.migrations import VERSION, too_new
from explorer.library.repair.column_values import Column, columns_of, fits
from explorer.library.repair.sqlite_pages import Cell, MalformedPage, Pages, Value

Row = dict[str, Value]

# Tables whose unique index has every column of a row except the time of its creation and those with
# a default.
_IN_INDEX = ("root", "protected", "dismissed", "decided", "concept_photo")
_MOMENTS = ("added_at", "dismissed_at")
# Of two rows with the same key, the later one is right: a page that was freed may hold an older
# one.
_LATER = {"photo": "change", "file": "seen_at"}


class DamagedCatalog:
    """The tables of a damaged catalog, as far as its schema can be read."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        # The root page of each table and index, and the `create` statement of each table, by name.
        self.roots, self.statements = dict[str, int](), dict[str, str]()
        self._read_schema(pages.leaves(1))
        if pages.torn:
            # The rest of the schema may be on pages that its first page no longer points to.
            free = pages.free()
            self._read_schema(
                number
                for number in range(2, pages.count + 1)
                if number not in free and pages.is_leaf(number)
            )
        if too_new(self._version()):
            raise LibraryNewer(
                "This library was written by a newer Photo Explorer: update the program before its"
                " catalog is repaired."
            )
        self._reached = set[int]()

    def _read_schema(self, numbers: Iterable[int]) -> None:
        """Read rows of the schema from these pages, without replacing known ones."""
        for number in numbers:
            for cell in self.pages.cells(number):
                kind, name, _, root, sql = (*cell.values, *[None] * 5)[:5]
                if (
                    kind in ("table", "index")
                    and isinstance(name, str)
                    and isinstance(root, int)
                    and root > 0
                ):
                    self.roots.setdefault(name, root)
                    if kind == "table" and isinstance(sql, str):
                        self.statements.setdefault(name, sql)

    def _version(self) -> int:
        try:
            return int.from_bytes(self.pages.page(1)[60:64], "big")
        except MalformedPage:
            return VERSION

    def columns(self, table: str, otherwise: list[Column]) -> list[Column]:
        """The columns of a table in this catalog; `otherwise` if its schema cannot be read."""
        statement = self.statements.get(table, "")
        # No other statement from the file is executed.
        if not statement.lower().startswith("create table"):
            return otherwise
        with contextlib.closing(sqlite3.connect(":memory:")) as db:
            try:
                db.execute(statement)
                return columns_of(db, table) or otherwise
            except (sqlite3.Error, ValueError):
                return otherwise

    def cells(self, name: str, *, index: bool) -> Iterator[Cell]:
        """The cells of a table or index that can be read, from its root down."""
        if name not in self.roots:
            return
        for number in self.pages.leaves(self.roots[name], index=index):
            self._reached.add(number)
            yield from self.pages.cells(number)

    def reach(self, name: str) -> None:
        """Mark the pages of a table or index, so that they are not treated as orphans."""
        index = name not in self.statements or "without rowid" in self.statements[name].lower()
        self._reached.update(self.pages.leaves(self.roots[name], index=index))

    def orphan_pages(self) -> Iterator[list[Cell]]:
        """The rows of each orphan page: one that looks like a table's, is not free, and belongs to
        no table that could be read."""
        free = self.pages.free()
        for number in range(2, self.pages.count + 1):
            if number not in self._reached and number not in free and self.pages.is_leaf(number):
                yield list(self.pages.cells(number))


class RecoveredTable:
    """The rows of one table that were recovered."""

    def __init__(self, name: str, db: sqlite3.Connection, source: DamagedCatalog) -> None:
        self.name = name
        self.columns = columns_of(db, name)
        self._stored = source.columns(name, self.columns)
        self._later = _LATER.get(name)
        sql = (
            db.execute(
                "select sql from sqlite_master where type = 'table' and name = ?", (name,)
            ).fetchone()[0]
            or ""
        )
        # A table without rowids is stored as an index.
        self.is_index = "without rowid" in sql.lower()
        self.rows = dict[object, Row]()
        # The rowids that the table's indexes have; None if no index can be read.
        self.expected: set[object] | None = None
        # Whether every page could be read and every row is valid.
        self.whole = True
        before, source.pages.torn = source.pages.torn, set()
        for cell in source.cells(name, index=self.is_index):
            self.take(cell)
        self.whole = self.whole and name in source.roots and not source.pages.torn
        source.pages.torn |= before

    def take(self, cell: Cell) -> None:
        """Add a row if it can belong to this table."""
        row = self._row(cell)
        if row is None:
            self.whole = False
            return
        key = cell.rowid if cell.rowid is not None else tuple(cell.values[:2])
        known = self.rows.get(key)
        # The same row twice means that one page was written in place of another.
        self.whole = self.whole and known is None
        if known is None or self._newness(known) < self._newness(row):
            self.rows[key] = row

    def _newness(self, row: Row) -> float:
        value = row.get(self._later or "")
        return float(value) if isinstance(value, int | float) else 0.0

    def _row(self, cell: Cell) -> Row | None:
        """A cell's valid values by column; None if a required one is invalid."""
        if not 0 < len(cell.values) <= len(self._stored):
            return None
        found = dict(zip((column.name for column in self._stored), cell.values, strict=False))
        row = Row()
        for column in self.columns:
            if column.key:
                row[column.name] = cell.rowid
            elif column.name in found and fits(self.name, column, found[column.name]):
                row[column.name] = found[column.name]
            elif column.required and column.default is None:
                return None
        return row

    def is_exactly(self, cells: list[Cell]) -> bool:
        """Whether all these rows are valid rows of this table."""
        return bool(cells) and all(self._is_exact(cell) for cell in cells)

    def _is_exact(self, cell: Cell) -> bool:
        if len(cell.values) != len(self._stored) or cell.rowid is None:
            return False
        pairs = list(zip(self._stored, cell.values, strict=True))
        return all(
            (value is None) if column.key else fits(self.name, column, value)
            for column, value in pairs
        )

    def read_indexes(self, target: sqlite3.Connection, source: DamagedCatalog) -> None:
        """Compare with the table's own indexes, which show which rows existed and contain some of
        them completely.

        A photo whose hash differs from its index is dropped, because one of the two is wrong; its
        file is read again.
        """
        expected = set[object]()
        for _, name, unique, *_ in target.execute(f'pragma index_list("{self.name}")').fetchall():
            names = [row[2] for row in target.execute(f'pragma index_info("{name}")')]
            for cell in source.cells(name, index=True):
                rowid = cell.values[-1] if cell.values else None
                if len(cell.values) != len(names) + 1 or not isinstance(rowid, int):
                    continue
                expected.add(rowid)
                entry: Row = dict(zip(names, cell.values, strict=False))
                if unique:
                    self._compare(rowid, entry)
        self.expected = expected or None

    def _compare(self, rowid: int, entry: Row) -> None:
        row = self.rows.get(rowid)
        agrees = row is not None and all(row.get(name) == value for name, value in entry.items())
        if agrees:
            return
        if self.name == "photo":
            self.rows.pop(rowid, None)
            self.whole = False
        elif self.name == "encoder" and row is None:
            # Its dimension is recovered from its vectors.
            self.rows[rowid] = entry | {"id": rowid}
        elif self.name in _IN_INDEX:
            made = entry | {
                column.name: rowid if column.key else time.time()
                for column in self.columns
                if column.key or column.name in _MOMENTS
            }
            if all(
                fits(self.name, column, made[column.name])
                for column in self.columns
                if column.name in made
            ):
                # In addition to a row that differs: having both is better than only the wrong one.
                self.rows.setdefault(
                    rowid if row is None else (rowid, "index"),
                    made if row is None else _without_key(made, self.columns),
                )

    def lost(self) -> int | None:
        """How many rows were lost; None if that cannot be determined."""
        if self.expected is not None:
            return len(self.expected - self.rows.keys())
        return 0 if self.whole else None

    def insert(self, db: sqlite3.Connection) -> int:
        """Insert the rows into a catalog, under its constraints; returns how many were accepted."""
        taken = 0
        for row in sorted(self.rows.values(), key=self._newness, reverse=True):
            names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
            # The row that a new `clock` has is replaced; of two conflicting rows the later is kept.
            how = "insert or replace" if self.name == "clock" else "insert or ignore"
            with contextlib.suppress(sqlite3.Error):
                taken += db.execute(
                    f'{how} into "{self.name}" ({names}) values ({marks})', list(row.values())
                ).rowcount
        return taken


def _without_key(row: Row, columns: list[Column]) -> Row:
    return {
        column.name: row[column.name] for column in columns if column.name in row and not column.key
    }
