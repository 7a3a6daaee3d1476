"""Create the tables of pairs of photos that were compared: derived, see
`analysis/duplicates/find_pairs.py`."""

from __future__ import annotations

SQL = """
-- Keypoint descriptors, which find cropped and rotated copies (`matching/keypoints.py`). A photo with a row here has been compared with every
-- photo whose row is older.
create table sketch (
  photo_id integer primary key references photo (id) on delete cascade,
  corners blob not null,
  version integer not null
);

-- Hashes of all pixels, upright, as RGB; only of photos that look almost the same as another one.
create table pixels (
  photo_id integer primary key references photo (id) on delete cascade,
  hash blob not null
);

-- Pairs of photos that were compared, a < b. `relation`: JSON, how b differs from a.
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
