"""Store what a photo's file holds besides its first picture."""

from __future__ import annotations

SQL = """
-- What a photo's file contains besides its first picture (`photos/containers/contents.py`), as JSON; null if the file has not been read since.
alter table photo add column contents text;
"""
