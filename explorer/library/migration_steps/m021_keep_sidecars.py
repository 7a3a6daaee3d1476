"""Store what the files beside photos say about them: XMP sidecars and Google Takeout's JSON."""

from __future__ import annotations

SQL = """
-- `key`: by which a photo finds it, see `photos/companion_keys.py`. `content`: JSON, see `photos/metadata/sidecar_content.py`. `version`: of what was read of it.
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

-- How many sidecars the present files of a photo have.
alter table photo add column sidecars integer not null default 0;

-- The values of the fields that sidecars set, as in `edited`, which take precedence.
alter table photo_edit add column beside text not null default '{}';
"""
