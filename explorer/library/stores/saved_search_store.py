"""Searches that the user saved, and the latest ones: tables `saved_search` and `recent_search`.

A search is kept as the parameters of the Search page's URL, so that it is the same in the address,
in a bookmark and here. The app writes both tables itself, in one short transaction each.
"""

from __future__ import annotations

import sqlite3
import time
from typing import NamedTuple

from explorer.errors import UsageError
from explorer.library.catalog import Catalog
from explorer.library.connection import write_transaction
from explorer.library.edits.typed_names import checked_name
from explorer.library.stores.setting_store import get_setting, put_setting

MAX_RECENT = 20
"""The number of recent searches that are kept."""
_KEEP_RECENT = "recent_searches"


class SavedSearch(NamedTuple):
    """A search with a name."""

    id: int
    name: str
    query: str
    """Parameters of the Search page's URL, without the page of results, such as `q=beach`."""
    watched: bool
    """Whether new matches are counted."""
    seen_photo: int
    """Photos with a larger id are new since the search was last opened."""


def saved_searches(catalog: Catalog) -> list[SavedSearch]:
    """All saved searches, in the order in which they were saved."""
    with catalog.reading() as db:
        rows = db.execute(
            "select id, name, query, watched, seen_photo from saved_search order by id"
        ).fetchall()
    return [
        SavedSearch(i, name, query, bool(watched), seen) for i, name, query, watched, seen in rows
    ]


def save_search(catalog: Catalog, name: str, query: str) -> int:
    """Save a search; returns its id. The same search is not saved twice under a name. Raises
    UsageError if another search has the name, and for an empty name."""
    name = checked_name(name, "A saved search")
    with write_transaction(catalog.path) as db:
        known = db.execute("select id, query from saved_search where name = ?", (name,)).fetchone()
        if known:
            if known[1] != query:
                raise UsageError(_taken(name))
            return int(known[0])
        (number,) = db.execute(
            "insert into saved_search (name, query, seen_photo, saved_at) values (?, ?, ?, ?)"
            " returning id",
            (name, query, _newest_photo(db), time.time()),
        ).fetchone()
    return int(number)


def _taken(name: str) -> str:
    return f"A search named “{name}” already exists: choose another name."


def rename_search(catalog: Catalog, search_id: int, name: str) -> None:
    """Give a saved search another name. Raises UsageError if another one has it, and for an empty
    name."""
    name = checked_name(name, "A saved search")
    with write_transaction(catalog.path) as db:
        taken = db.execute(
            "select 1 from saved_search where name = ? and id <> ?", (name, search_id)
        ).fetchone()
        if taken:
            raise UsageError(_taken(name))
        db.execute("update saved_search set name = ? where id = ?", (name, search_id))


def delete_search(catalog: Catalog, search_id: int) -> None:
    """Delete a saved search."""
    with write_transaction(catalog.path) as db:
        db.execute("delete from saved_search where id = ?", (search_id,))


def watch_search(catalog: Catalog, search_id: int, *, watched: bool) -> None:
    """Count the new matches of a search from now on, or no longer."""
    with write_transaction(catalog.path) as db:
        db.execute(
            "update saved_search set watched = ?, seen_photo = ? where id = ?",
            (watched, _newest_photo(db), search_id),
        )


def newest_photo(catalog: Catalog) -> int:
    """The largest id of a photo; 0 without photos."""
    with catalog.reading() as db:
        return _newest_photo(db)


def mark_seen(catalog: Catalog, query: str, newest: int) -> None:
    """Record that the matches of the searches with these parameters are on screen: from now on only
    later photos are new. newest: the largest id of a photo when they were searched for."""
    with write_transaction(catalog.path) as db:
        db.execute(
            "update saved_search set seen_photo = max(seen_photo, ?) where query = ? and watched",
            (newest, query),
        )


def _newest_photo(db: sqlite3.Connection) -> int:
    return int(db.execute("select coalesce(max(id), 0) from photo").fetchone()[0])


# --- recent searches


def keeps_recent(catalog: Catalog) -> bool:
    """Whether recent searches are kept. They are, until the user switches that off."""
    return get_setting(catalog, _KEEP_RECENT) != "off"


def keep_recent(catalog: Catalog, *, kept: bool) -> None:
    """Keep recent searches from now on, or forget them and keep none."""
    put_setting(catalog, _KEEP_RECENT, "on" if kept else "off")
    if not kept:
        clear_recent(catalog)


def recent_searches(catalog: Catalog) -> list[str]:
    """The parameters of the latest searches, the latest first."""
    with catalog.reading() as db:
        rows = db.execute(
            "select query from recent_search order by searched_at desc, rowid desc limit ?",
            (MAX_RECENT,),
        ).fetchall()
    return [query for (query,) in rows]


def add_recent(catalog: Catalog, query: str) -> None:
    """Record a search as the latest one, unless the user wants none to be kept."""
    if not keeps_recent(catalog):
        return
    with write_transaction(catalog.path) as db:
        db.execute("insert or replace into recent_search values (?, ?)", (query, time.time()))
        db.execute(
            "delete from recent_search where query not in (select query from recent_search order by"
            " searched_at desc, rowid desc limit ?)",
            (MAX_RECENT,),
        )


def clear_recent(catalog: Catalog) -> None:
    """Forget the recent searches."""
    with write_transaction(catalog.path) as db:
        db.execute("delete from recent_search")
