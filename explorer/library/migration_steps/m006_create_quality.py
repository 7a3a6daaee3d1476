"""Create the tables of quality metrics and of dismissed findings."""

from __future__ import annotations

SQL = """
-- What was measured while decoding (`photos/quality/measure.py`): float32 values in the order of their names there, and the map and histogram that
-- explain them. `stated`: the camera's date, if it is impossible.
create table quality (
  photo_id integer primary key references photo (id) on delete cascade,
  version integer not null,
  figures blob not null,
  look blob not null,
  stated text
);

-- Dismissed findings, by content hash; those of unreadable files by `path:` and the path.
create table dismissed (
  subject text not null,
  kind text not null,
  dismissed_at real not null,
  primary key (subject, kind)
);
"""
