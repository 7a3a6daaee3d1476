"""Store where photos were taken, by name, and make these names searchable."""

from __future__ import annotations

SQL = """
-- The places where photos were taken. `place`: the GeoNames id of the nearest populated place. `city`: the GeoNames id of the city that it is or belongs to;
-- 0 if none is near. `latitude` and `longitude`: of the city.
create table location (
  id integer primary key,
  place integer not null,
  city integer not null,
  region_code text not null,
  country_code text not null,
  place_name text not null,
  city_name text not null,
  region_name text not null,
  country_name text not null,
  latitude real,
  longitude real,
  unique (place, region_code, country_code)
);

-- Derived from the coordinates of photos (`analysis/place_stage.py`), which are repeated here: if they differ, the row is out of date. `version`:
-- of the data in which the place was found. `location_id`: null if no place is near.
create table photo_location (
  photo_id integer primary key references photo (id) on delete cascade,
  location_id integer references location (id),
  latitude real not null,
  longitude real not null,
  version text not null
);
create index photo_location_location on photo_location (location_id);
create index photo_located on photo (latitude, longitude) where present > 0 and latitude is not null;

alter table photo_text add column place text not null default '';
drop trigger photo_text_added;
drop trigger photo_text_gone;
drop trigger photo_text_changed;
drop table photo_text_index;
create virtual table photo_text_index using fts5 (name, folder, camera, lens, keywords, title, description, place, content = 'photo_text', content_rowid = 'photo_id', tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0);
insert into photo_text_index (photo_text_index) values ('rebuild');
create trigger photo_text_added after insert on photo_text begin insert into photo_text_index (rowid, name, folder, camera, lens, keywords, title, description, place) values (new.photo_id, new.name, new.folder, new.camera, new.lens, new.keywords, new.title, new.description, new.place); end;
create trigger photo_text_gone after delete on photo_text begin insert into photo_text_index (photo_text_index, rowid, name, folder, camera, lens, keywords, title, description, place) values ('delete', old.photo_id, old.name, old.folder, old.camera, old.lens, old.keywords, old.title, old.description, old.place); end;
create trigger photo_text_changed after update on photo_text begin insert into photo_text_index (photo_text_index, rowid, name, folder, camera, lens, keywords, title, description, place) values ('delete', old.photo_id, old.name, old.folder, old.camera, old.lens, old.keywords, old.title, old.description, old.place); insert into photo_text_index (rowid, name, folder, camera, lens, keywords, title, description, place) values (new.photo_id, new.name, new.folder, new.camera, new.lens, new.keywords, new.title, new.description, new.place); end;
"""
