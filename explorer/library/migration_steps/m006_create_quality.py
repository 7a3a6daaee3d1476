"""Create the tables of quality metrics and of dismissed findings."""

from __future__ import annotations

SQL = """
-- What decoding measured (`photos/quality/measure.py`): float32 figures in the order of their names there, and the map and histogram that
-- explain them. `stated`: the date that the camera gave, where it cannot be.
create table quality (
  photo_id integer primary key references photo (id) on delete cascade,
  version integer not null,
  figures blob not null,
  look blob not null,
  stated text
);

-- Findings that a person does not want to see again, by the content's hash; for files that cannot be read, by `path:` and their path.
create table dismissed (
  subject text not null,
  kind text not null,
  dismissed_at real not null,
  primary key (subject, kind)
);
"""
