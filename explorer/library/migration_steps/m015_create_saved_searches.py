"""Create the tables of searches that the user saved, and of recent ones."""

from __future__ import annotations

SQL = """
-- `query`: parameters of the Search page's URL. `seen_photo`: the largest photo id when the search was last opened; later photos are new.
create table saved_search (
  id integer primary key autoincrement,
  name text not null unique,
  query text not null,
  watched integer not null default 0,
  seen_photo integer not null default 0,
  saved_at real not null
);

create table recent_search (
  query text primary key,
  searched_at real not null
);
"""
