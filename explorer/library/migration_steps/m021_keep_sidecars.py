"""Store what the files beside photos say about them: XMP sidecars and Google Takeout's JSON."""

from __future__ import annotations

SQL = """
-- `key`: joins a sidecar with its photo, see `photos/companion_keys.py`. `content`: JSON, see `photos/metadata/sidecar_content.py`. `version`: of the reader.
create table sidecar (
  id integer primary key,
  root_id integer not null references root (id) on delete cascade,
  path text not null,
  folder text not null,
  key text not null,
  size integer not null,
  mtime_ns integer not null,
  version integer not null,
  content text not null,
  problem text,
  unique (root_id, path)
);
create index sidecar_key on sidecar (root_id, folder, key);

-- The number of sidecars of a photo's present files.
alter table photo add column sidecars integer not null default 0;

-- The values of the fields that sidecars set, as in `edited`, which take precedence.
alter table photo_edit add column beside text not null default '{}';
"""
