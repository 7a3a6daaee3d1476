"""Create the tables of pairs of photos that were compared: derived, see
`analysis/duplicates/find_pairs.py`."""

from __future__ import annotations

SQL = """
-- What finds a photo's copies however they are cropped or turned (`matching/keypoints.py`). A photo that has one has been compared with all
-- that had one before it.
create table sketch (
  photo_id integer primary key references photo (id) on delete cascade,
  corners blob not null,
  version integer not null
);

-- Pixels at full size, upright, as RGB: only of photos that look so much like another that it matters.
create table pixels (
  photo_id integer primary key references photo (id) on delete cascade,
  hash blob not null
);

-- Two photos that were compared, a < b. `relation`: JSON, what b is as seen from a.
create table pair (
  a integer not null references photo (id) on delete cascade,
  b integer not null references photo (id) on delete cascade,
  kind text not null check (kind in ('pixels', 'picture', 'scene', 'different')),
  score real not null,
  relation text not null,
  version integer not null,
  primary key (a, b)
);
create index pair_b on pair (b);
"""
