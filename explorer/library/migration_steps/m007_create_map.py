"""Create the tables of the photo map."""

from __future__ import annotations

SQL = """
-- Where photos lie on the map of an encoder (`analysis/photo_map.py`); derived, too.
create table place (
  encoder_id integer not null references encoder (id) on delete cascade,
  photo_id integer not null references photo (id) on delete cascade,
  x real not null,
  y real not null,
  primary key (encoder_id, photo_id)
) without rowid;
create index place_photo on place (photo_id);

-- How many photos a map had when it was drawn, and a drawing that is not finished: the steps done, ids (int64) and places (float32 pairs).
create table drawing (
  encoder_id integer primary key references encoder (id) on delete cascade,
  drawn integer not null,
  step integer not null,
  ids blob not null,
  places blob not null
);
"""
