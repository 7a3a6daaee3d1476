"""Library: the watched folders, how far indexing is, and which files could not be read."""

from __future__ import annotations

from explorer.ui import resources
from explorer.ui.library_page import add_folder, index_overview, unreadable_files, watched_folders

catalog = resources.library().catalog
index_overview.overview(catalog)
watched_folders.folders(catalog)
add_folder.add(catalog)
unreadable_files.failures(catalog)
