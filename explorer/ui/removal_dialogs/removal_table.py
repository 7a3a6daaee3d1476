"""Tables of files: those to be removed, and those that were kept, each with the reason."""

from __future__ import annotations

import os
from collections.abc import Sequence

import streamlit as st

from explorer.library.paths import printable
from explorer.removal.results import Removal, RemovalOutcome
from explorer.ui import resources
from explorer.ui.components.photo_urls import preview_url
from explorer.ui.localized import size

# More rows than this make the page slow.
MAX_ROWS = 1000


def removal_rows(removals: Sequence[Removal]) -> list[dict[str, str]]:
    """One row per file, by column title. Columns that are empty in every row are omitted."""
    rows = [_row(removal) for removal in removals]
    return [
        {title: text for title, text in row.items() if any(each[title] for each in rows)}
        for row in rows
    ]


def _row(removal: Removal) -> dict[str, str]:
    folder, name = os.path.split(printable(removal.path))
    companions = ", ".join(
        f"{printable(os.path.basename(each.path))} ({size(each.bytes)})"
        for each in removal.companions
    )
    return {
        "File": name,
        "Folder": folder,
        "Kept instead": printable(removal.keeper) if removal.keeper else "none",
        "Size": size(removal.bytes),
        "Contents": ", ".join(removal.holds),
        "Removed with it": companions,
    }


def preview_urls(removals: Sequence[Removal]) -> list[str | None]:
    """The URL of each file's preview; None for a file that could not be read as a photo."""
    catalog = resources.library().catalog
    ids = [catalog.photo_id(bytes.fromhex(removal.hash)) for removal in removals]
    rows = catalog.photos(i for i in ids if i is not None)
    return [preview_url(rows[i]) if i in rows else None for i in ids]


def kept_files_table(outcome: RemovalOutcome) -> None:
    """Draw the files that were kept, each with the reason."""
    st.dataframe(
        [
            {"File": printable(result.removal.path), "Why": result.reason}
            for result in outcome.kept[:MAX_ROWS]
        ],
        hide_index=True,
        width="stretch",
    )
