"""Create the tables of photos, files, roots, encoders and the worker."""

from __future__ import annotations

SQL = """
create table root (
  id integer primary key,
  path text not null unique,
  state text not null default 'online' check (state in ('online', 'offline')),
  watching text,
  added_at real not null,
  scanned_at real
);

-- One row per distinct content. Its id is also the id in every vector index, and is never reused.
create table photo (
  id integer primary key autoincrement,
  hash blob not null unique,
  bytes integer not null,
  format text not null,
  width integer not null,
  height integer not null,
  frames integer not null,
  taken_at text,
  taken_source text,
  latitude real,
  longitude real,
  camera text,
  lens text,
  exposure_time real,
  f_number real,
  iso real,
  focal_length real,
  phash blob,
  damaged text,
  added_at real not null,
  present integer not null default 0,
  change integer not null
);
create index photo_change on photo (change);
create index photo_taken on photo (taken_at);

-- The files of photos. `path` and `folder` are relative to the root, with '/' on every system.
create table file (
  id integer primary key,
  root_id integer not null references root (id) on delete cascade,
  path text not null,
  folder text not null,
  size integer not null,
  mtime_ns integer not null,
  inode integer not null,
  state text not null check (state in ('present', 'missing', 'failed')),
  reason text,
  photo_id integer references photo (id),
  seen_at real not null,
  unique (root_id, path)
);
create index file_photo on file (photo_id);
create index file_folder on file (root_id, folder);
create index file_failed on file (state) where state = 'failed';

create table encoder (
  id integer primary key,
  name text not null,
  version text not null,
  dim integer not null,
  unique (name, version)
);

create table embedding (
  encoder_id integer not null references encoder (id) on delete cascade,
  photo_id integer not null references photo (id) on delete cascade,
  vector blob not null,
  primary key (encoder_id, photo_id)
);
create index embedding_photo on embedding (photo_id);

-- Deleted photos, so that every follower of the change numbers learns of them.
create table purged (
  photo_id integer primary key,
  change integer not null
);
create index purged_change on purged (change);

create table clock (
  id integer primary key check (id = 1),
  change integer not null
);
insert into clock values (1, 0);

create table worker (
  id integer primary key check (id = 1),
  pid integer not null,
  heartbeat real not null,
  phase text not null,
  done integer not null,
  total integer not null,
  rate real not null,
  eta real,
  encoder text not null,
  message text not null
);

create table command (
  id integer primary key autoincrement,
  command text not null,
  argument text,
  sent_at real not null
);

create table setting (
  key text primary key,
  value text not null
);
"""
