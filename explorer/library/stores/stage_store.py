"""How far each analysis stage (`analysis/stages.py`) has followed the catalog: table `stage`."""

from __future__ import annotations

from explorer.library.catalog import Catalog
from explorer.library.writer import Writer


def stage_change(catalog: Catalog, name: str, version: str) -> int:
    """The change number up to which a stage has processed the catalog; 0 if it never ran, or its
    rows are of another version."""
    with catalog.reading() as db:
        row = db.execute(
            "select change from stage where name = ? and version = ?", (name, version)
        ).fetchone()
    return int(row[0]) if row else 0


def stage_lags(catalog: Catalog, name: str, version: str) -> bool:
    """Whether photos were added, changed or purged since a stage processed the catalog."""
    since = stage_change(catalog, name, version)
    with catalog.reading() as db:
        sql = (
            "select exists (select 1 from photo where change > ?1) or exists (select 1 from"
            " purged where change > ?1)"
        )
        return since == 0 or bool(db.execute(sql, (since,)).fetchone()[0])


def set_stage_change(writer: Writer, name: str, version: str, change: int) -> None:
    """Record the change number up to which a stage has processed the catalog."""
    writer.connection.execute(
        "insert or replace into stage (name, version, change) values (?, ?, ?)",
        (name, version, change),
    )
