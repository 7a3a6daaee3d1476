"""Store keypoints only once they are needed, and the hash inside a border."""

from __future__ import annotations

SQL = """
-- Corners are made when a photo is first to be compared with one that they may lead to. `inner`: of a photo with a border, the perceptual
-- hash of what lies within. Everything in it is made anew.
drop table sketch;
create table sketch (
  photo_id integer primary key references photo (id) on delete cascade,
  corners blob,
  inner blob,
  version integer not null
);
"""
