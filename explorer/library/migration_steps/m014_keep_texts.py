"""Store what people wrote about photos, and make names and texts searchable."""

from __future__ import annotations

SQL = """
-- From the photo's metadata. `keywords`: a JSON list, or null if there are none. `metadata_version`: the version of the metadata reader, see
-- `photos/decoded_photo.py`; null if an earlier release read the file.
alter table photo add column title text;
alter table photo add column description text;
alter table photo add column keywords text;
alter table photo add column rating real;
alter table photo add column metadata_version integer;
create index photo_camera on photo (camera, lens) where present > 0;
create index photo_keywords on photo (keywords) where present > 0 and keywords is not null;

-- The searchable names and texts of each visible photo, derived from the rows above (`library/stores/photo_text_store.py`): without
-- accents, in lower case, one value per line. A photo without a row here is still to be added.
create table photo_text (
  photo_id integer primary key references photo (id) on delete cascade,
  name text not null,
  folder text not null,
  camera text not null,
  lens text not null,
  keywords text not null,
  title text not null,
  description text not null
);

-- The trigram index. Triggers keep it in step with the rows above.
create virtual table photo_text_index using fts5 (name, folder, camera, lens, keywords, title, description, content = 'photo_text', content_rowid = 'photo_id', tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0);
create trigger photo_text_added after insert on photo_text begin insert into photo_text_index (rowid, name, folder, camera, lens, keywords, title, description) values (new.photo_id, new.name, new.folder, new.camera, new.lens, new.keywords, new.title, new.description); end;
create trigger photo_text_gone after delete on photo_text begin insert into photo_text_index (photo_text_index, rowid, name, folder, camera, lens, keywords, title, description) values ('delete', old.photo_id, old.name, old.folder, old.camera, old.lens, old.keywords, old.title, old.description); end;
create trigger photo_text_changed after update on photo_text begin insert into photo_text_index (photo_text_index, rowid, name, folder, camera, lens, keywords, title, description) values ('delete', old.photo_id, old.name, old.folder, old.camera, old.lens, old.keywords, old.title, old.description); insert into photo_text_index (rowid, name, folder, camera, lens, keywords, title, description) values (new.photo_id, new.name, new.folder, new.camera, new.lens, new.keywords, new.title, new.description); end;
"""
