"""Number of vectors of each encoder, counted once per catalog change."""

from __future__ import annotations

import sqlite3

EncoderCount = tuple[str, str, int, int]
"""Name, version, dimension, and number of vectors of visible photos."""


class EncoderCounts:
    """The encoders of one catalog. Counting a million vectors takes 0.2 s, so the counts are kept
    until the catalog changes."""

    def __init__(self) -> None:
        self._counted: tuple[tuple[int, int | None], list[EncoderCount]] | None = None

    def all(self, db: sqlite3.Connection) -> list[EncoderCount]:
        """Every encoder that has been used, most vectors first."""
        # An encoder is registered without a change of the catalog; it has no vectors then.
        key = tuple(
            db.execute("select change, (select max(id) from encoder) from clock").fetchone()
        )
        counted = self._counted
        if counted is None or counted[0] != key:
            rows = db.execute(
                "select c.name, c.version, c.dim, count(p.id) n from encoder c left join embedding"
                " e on e.encoder_id = c.id"
                " left join photo p on p.id = e.photo_id and p.present > 0 group by c.id order by"
                " n desc, c.id desc"
            )
            counted = self._counted = key, [tuple(row) for row in rows]
        return list(counted[1])

    def in_use(self, db: sqlite3.Connection) -> list[str]:
        """The names of the encoders with vectors of visible photos, most vectors first."""
        rows = db.execute(
            "select c.name from encoder c where exists (select 1 from embedding e join photo p on"
            " p.id = e.photo_id where e.encoder_id = c.id and p.present > 0)"
        ).fetchall()
        # A single one needs no count.
        if len(rows) > 1:
            return [name for name, _, _, count in self.all(db) if count]
        return [row[0] for row in rows]
