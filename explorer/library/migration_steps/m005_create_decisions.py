"""Create the tables of what the user decided.

Decisions are about content hashes and outlive files, paths and models, so they refer to no other
table."""

from __future__ import annotations

SQL = """
-- `files`: the number of files with these contents at that time, so that an old decision does not hide a new copy.
create table decision (
  id integer primary key autoincrement,
  kind text not null check (kind in ('apart', 'keep', 'later')),
  files integer not null,
  decided_at real not null
);

create table decided (
  decision_id integer not null references decision (id) on delete cascade,
  hash blob not null,
  primary key (hash, decision_id)
);
create index decided_decision on decided (decision_id);

-- Protected folders, from which nothing is ever removed.
create table protected (
  path text primary key,
  added_at real not null
);
"""
