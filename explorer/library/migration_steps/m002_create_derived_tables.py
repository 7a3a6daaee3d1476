"""Create the tables of rows derived from many photos."""

from __future__ import annotations

SQL = """
-- How far each stage has followed the catalog: `change` as in `clock`, and the `version` of its data.
create table stage (
  name text primary key,
  version text not null,
  change integer not null
);

-- The nearest neighbors of each photo, nearest first: `ids` as int64 and `scores` (cosine) as float32, both little-endian.
create table neighbour (
  encoder_id integer not null references encoder (id) on delete cascade,
  photo_id integer not null references photo (id) on delete cascade,
  ids blob not null,
  scores blob not null,
  primary key (encoder_id, photo_id)
);
create index neighbour_photo on neighbour (photo_id);
"""
