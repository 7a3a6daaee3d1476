"""Store keypoints only once they are needed, and the hash inside a border."""

from __future__ import annotations

SQL = """
-- Keypoints are computed when a photo first has a candidate to be compared with. `inner`: the perceptual hash of the area inside a photo's
-- border. All rows of this table are computed again.
drop table sketch;
create table sketch (
  photo_id integer primary key references photo (id) on delete cascade,
  corners blob,
  inner blob,
  version integer not null
);
"""
