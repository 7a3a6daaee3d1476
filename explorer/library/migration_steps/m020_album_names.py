"""Make the names of albums unique only among existing albums: a deleted one, which undo brings
back, no longer occupies its name. Record which edits deleted albums."""

from __future__ import annotations

# This also runs after a salvage, which may fill this schema with the rows of an older one.
RECORD_DELETIONS = """
insert or ignore into edit_change
  select c.edit_id, x'', c.field, '[1]', null from edit_change c join edit e on e.id = c.edit_id
  join album a on c.field = 'album:' || a.id
  where a.deleted_at is not null and e.undone_at is null and c.after is null
  and e.summary like 'Deleted the album %'
  group by c.edit_id, c.field;
"""

SQL = """
-- SQLite cannot drop a constraint, so both tables are recreated. The referencing table is dropped first: otherwise its rows would be deleted in cascade.
create table named_album (
  id integer primary key autoincrement,
  name text not null,
  created_at real not null,
  deleted_at real
);
insert into named_album select id, name, created_at, deleted_at from album;

-- Ids are never reused: the edit history refers to them.
delete from sqlite_sequence where name = 'named_album';
insert into sqlite_sequence (name, seq) select 'named_album', seq from sqlite_sequence where name = 'album';

create table album_content (
  album_id integer not null references named_album (id) on delete cascade,
  hash blob not null,
  added_at real not null,
  primary key (album_id, hash)
);
-- A damaged catalog may have rows of an album that does not exist. They must not stop the upgrade.
insert into album_content select album_id, hash, added_at from album_photo where album_id in (select id from album);
drop table album_photo;
drop table album;
alter table named_album rename to album;
alter table album_content rename to album_photo;
create index album_photo_hash on album_photo (hash);
create unique index album_name on album (name) where deleted_at is null;

-- From now on, an edit that deleted an album has a change without a content hash.
"""
SQL += RECORD_DELETIONS
