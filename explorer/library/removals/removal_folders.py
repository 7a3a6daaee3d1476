"""The folders that photos of this library were moved to, trash folders included. Undo takes files
from no others.

They are stored in the catalog's settings, not in the journal, which is a text file that anyone may
have written.
"""

from __future__ import annotations

import datetime as dt
import json
import os

from explorer.library.catalog import Catalog
from explorer.library.paths import from_text, to_text
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.library.stores.setting_store import get_setting, put_setting

SETTING = "removal-folders"


def removal_folders(catalog: Catalog, journal: RemovalJournal) -> list[str]:
    """The folders that photos of this library were moved to, as absolute paths."""
    kept = get_setting(catalog, SETTING)
    if kept is None:
        return _of_earlier_releases(catalog, journal)
    try:
        found = json.loads(kept)
    except ValueError:
        found = []
    return (
        [from_text(folder) for folder in found if isinstance(folder, str)]
        if isinstance(found, list)
        else []
    )


def remember_removal_folder(catalog: Catalog, journal: RemovalJournal, folder: str) -> None:
    """Remember an absolute folder before photos are moved to it."""
    known = dict.fromkeys([*removal_folders(catalog, journal), folder])
    put_setting(catalog, SETTING, json.dumps([to_text(each) for each in known]))


def _of_earlier_releases(catalog: Catalog, journal: RemovalJournal) -> list[str]:
    """The folders that the journal names, for removals by releases that stored them only there.

    The journal is trusted for removals before this library was migrated to a release that stores
    them elsewhere. A library created by such a release has no removals from that time.
    """
    first, last = _schema_times(catalog)
    return list(
        dict.fromkeys(
            run.where
            for run in journal.runs()
            if os.path.isabs(run.where) and first <= run.at <= last
        )
    )


def _schema_times(catalog: Catalog) -> tuple[float, float]:
    """When the first and the last step of the schema were applied, in Unix seconds."""
    with catalog.reading() as db:
        row = db.execute(
            "select min(applied_at), max(applied_at) from _sqlite_migrations where migration_set ="
            " 'photo-explorer'"
        ).fetchone()
    first, last = (dt.datetime.fromisoformat(text).timestamp() if text else 0.0 for text in row)
    return first, last
