"""Settings of a library: table `setting`."""

from __future__ import annotations

from explorer.library.catalog import Catalog
from explorer.library.connection import write_transaction


def get_setting(catalog: Catalog, key: str) -> str | None:
    """The value of a setting; None if it was never set."""
    with catalog.reading() as db:
        row = db.execute("select value from setting where key = ?", (key,)).fetchone()
    return str(row[0]) if row else None


def put_setting(catalog: Catalog, key: str, value: str) -> None:
    """Store a setting, in a transaction of its own."""
    with write_transaction(catalog.path) as db:
        db.execute(
            "insert into setting values (?, ?) on conflict (key) do update set value ="
            " excluded.value",
            (key, value),
        )
