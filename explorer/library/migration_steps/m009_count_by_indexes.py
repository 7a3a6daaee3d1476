"""Add covering indexes for what pages frequently count and list.

They are partial, so that SQLite does not try them when a photo's own files are looked up."""

from __future__ import annotations

SQL = """
create index file_shown on file (root_id, folder, photo_id, size) where state = 'present';
create index file_missing on file (root_id) where state = 'missing';
drop index photo_taken;
create index photo_shown on photo (taken_at) where present > 0;
"""
