"""Create the tables of the user's own concepts and their example photos.

Examples are content hashes, as decisions are, so that they outlive files, paths and models."""

from __future__ import annotations

SQL = """
-- `folded`: the name without accents and in lower case, by which a concept is found.
create table concept (
  id integer primary key autoincrement,
  name text not null,
  folded text not null unique,
  created_at real not null
);

-- `positive`: 1 for an example, 0 for a counter-example.
create table concept_photo (
  concept_id integer not null references concept (id) on delete cascade,
  hash blob not null,
  positive integer not null check (positive in (0, 1)),
  added_at real not null,
  primary key (concept_id, hash, positive)
);
"""
