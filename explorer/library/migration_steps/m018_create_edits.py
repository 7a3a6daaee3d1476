"""Create the tables of what the user sets for photos: edits with their history, and albums."""

from __future__ import annotations

SQL = """
alter table photo add column favourite integer not null default 0;
create index photo_favourite on photo (taken_at) where favourite;

-- By content hash, so that an edit outlives the photo's row. `edited` and `in_file`: JSON objects, from the name of a field to a list of the values of its columns.
create table photo_edit (
  hash blob primary key,
  edited text not null,
  in_file text not null
);

create table edit (
  id integer primary key autoincrement,
  summary text not null,
  made_at real not null,
  undone_at real
);

-- `before` and `after`: JSON as in `photo_edit`; null stands for the file's own value.
create table edit_change (
  edit_id integer not null references edit (id) on delete cascade,
  hash blob not null,
  field text not null,
  before text,
  after text,
  primary key (edit_id, hash, field)
);

-- `deleted_at`: when an album was deleted; undo restores it.
create table album (
  id integer primary key autoincrement,
  name text not null unique,
  created_at real not null,
  deleted_at real
);

create table album_photo (
  album_id integer not null references album (id) on delete cascade,
  hash blob not null,
  added_at real not null,
  primary key (album_id, hash)
);
create index album_photo_hash on album_photo (hash);
"""
