"""Library: the watched folders, the progress of indexing, and the files that could not be read."""

from __future__ import annotations

from explorer.ui import resources
from explorer.ui.library_page import (
    add_folder,
    index_overview,
    models,
    unreadable_files,
    watched_folders,
)

catalog = resources.library().catalog
index_overview.overview(catalog)
watched_folders.watched_folders(catalog)
add_folder.add_folder(catalog)
models.models(catalog)
unreadable_files.unreadable_files(catalog)
