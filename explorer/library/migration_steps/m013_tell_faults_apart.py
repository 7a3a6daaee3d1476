"""Store what kind of fault made a file fail."""

from __future__ import annotations

SQL = """
-- The kind of fault (`errors.Fault`). Null in rows written by an earlier release, from which nothing can be concluded.
alter table file add column fault text;
"""
