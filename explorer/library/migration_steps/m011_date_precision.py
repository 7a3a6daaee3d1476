"""Store how much of `taken_at` is known: year, month, day, minute or second.

Null for photos indexed by earlier releases, until they are read again."""

from __future__ import annotations

SQL = """
alter table photo add column taken_precision text;
"""
