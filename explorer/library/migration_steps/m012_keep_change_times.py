"""Store each file's ctime, which changes even if bytes are replaced with the same size and mtime.

0 if it is not known yet."""

from __future__ import annotations

SQL = """
alter table file add column ctime_ns integer not null default 0;
"""
