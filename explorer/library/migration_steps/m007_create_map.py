"""Create the tables of the photo map."""

from __future__ import annotations

SQL = """
-- The positions of photos on the map of an encoder (`analysis/photo_map.py`). Derived data.
create table place (
  encoder_id integer not null references encoder (id) on delete cascade,
  photo_id integer not null references photo (id) on delete cascade,
  x real not null,
  y real not null,
  primary key (encoder_id, photo_id)
) without rowid;
create index place_photo on place (photo_id);

-- The number of photos when a map was drawn, and an unfinished drawing: completed steps, ids (int64) and positions (pairs of float32).
create table drawing (
  encoder_id integer primary key references encoder (id) on delete cascade,
  drawn integer not null,
  step integer not null,
  ids blob not null,
  places blob not null
);
"""
