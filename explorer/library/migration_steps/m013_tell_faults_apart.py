"""Store what kind of fault made a file fail."""

from __future__ import annotations

SQL = """
-- Why a file failed, for the program (`errors.Fault`): null where an earlier release wrote the row, which then proves nothing.
alter table file add column fault text;
"""
