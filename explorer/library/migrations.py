"""The catalog's schema, as numbered steps. A step that has been released is never edited: the next
one changes it.

`PRAGMA user_version` repeats how many steps a catalog has had, so that a command that finds it
current need not import sqlite-utils.
"""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from explorer.errors import LibraryNewer

if TYPE_CHECKING:
    import sqlite_utils
    from sqlite_utils.migrations import Migrations

_M001_TABLES = """
create table root (
  id integer primary key,
  path text not null unique,
  state text not null default 'online' check (state in ('online', 'offline')),
  watching text,
  added_at real not null,
  scanned_at real
);

-- One row for each distinct content; its id is the id in every vector index, and is never given twice.
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

-- Where photos lie. `path` and `folder` are relative to the root, with '/' on every system.
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

-- Photos that are gone for good, so that whoever follows the catalog hears of it.
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


# Rows that are derived from photos as they arrive (`analysis/stages.py`). Each can be dropped and
# is then made again.
_M002_DERIVED = """
-- How far each stage has followed the catalog: `change` as in `clock`, `version` of what it keeps.
create table stage (
  name text primary key,
  version text not null,
  change integer not null
);

-- The photos nearest to each, best first: `ids` int64 and `scores` float32 (cosine), both little-endian.
create table neighbour (
  encoder_id integer not null references encoder (id) on delete cascade,
  photo_id integer not null references photo (id) on delete cascade,
  ids blob not null,
  scores blob not null,
  primary key (encoder_id, photo_id)
);
create index neighbour_photo on neighbour (photo_id);
"""

# Folders as they are watched: what is left out of them, which drive they are on, and files that are
# away.
_M003_WATCHING = """
-- `exclude` and `mounts`: JSON lists, of globs and of folders on drives of their own. `device`: the file system a root was last seen on.
-- `problem`: what of it could not be read, in words. `kept_at`: when the person last said that vanished files will be back.
alter table root add column exclude text not null default '[]';
alter table root add column mounts text not null default '[]';
alter table root add column device text;
alter table root add column problem text;
alter table root add column kept_at real;

-- When a file was first not found. One that is still `present` is away: kept until it is back or the person lets it go.
alter table file add column gone_at real;
update file set gone_at = seen_at where state = 'missing';
create index file_inode on file (inode);
create index file_gone on file (root_id, gone_at) where gone_at is not null;

-- Since when no file holds this content: edited over, or its name taken by another. The end of the next full scan drops it.
alter table photo add column orphaned_at real;
create index photo_orphaned on photo (orphaned_at) where orphaned_at is not null;
"""

# What comparing photos two by two has found (`analysis/duplicates/find_pairs.py`); derived, too.
_M004_PAIRS = """
-- What finds a photo's copies however they are cropped or turned (`matching/keypoints.py`). A photo that has one has been compared with all
-- that had one before it.
create table sketch (
  photo_id integer primary key references photo (id) on delete cascade,
  corners blob not null,
  version integer not null
);

-- Pixels at full size, upright, as RGB: only of photos that look so much like another that it matters.
create table pixels (
  photo_id integer primary key references photo (id) on delete cascade,
  hash blob not null
);

-- Two photos that were compared, a < b. `relation`: JSON, what b is as seen from a.
create table pair (
  a integer not null references photo (id) on delete cascade,
  b integer not null references photo (id) on delete cascade,
  kind text not null check (kind in ('pixels', 'picture', 'scene', 'different')),
  score real not null,
  relation text not null,
  version integer not null,
  primary key (a, b)
);
create index pair_b on pair (b);
"""

# What a person decided, by the contents' hashes: it outlives files, paths and models, so nothing
# here refers to other tables.
_M005_DECISIONS = """
-- `files`: how many files the contents lay in at that time, so that a new copy is not hidden by an old decision.
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

-- Folders from which nothing is ever removed.
create table protected (
  path text primary key,
  added_at real not null
);
"""

_M006_QUALITY = """
-- What decoding measured (`photos/quality/measure.py`): float32 figures in the order of their names there, and the map and histogram that
-- explain them. `stated`: the date that the camera gave, where it cannot be.
create table quality (
  photo_id integer primary key references photo (id) on delete cascade,
  version integer not null,
  figures blob not null,
  look blob not null,
  stated text
);

-- Findings that a person does not want to see again, by the content's hash; for files that cannot be read, by `path:` and their path.
create table dismissed (
  subject text not null,
  kind text not null,
  dismissed_at real not null,
  primary key (subject, kind)
);
"""

_M007_MAP = """
-- Where photos lie on the map of an encoder (`analysis/photo_map.py`); derived, too.
create table place (
  encoder_id integer not null references encoder (id) on delete cascade,
  photo_id integer not null references photo (id) on delete cascade,
  x real not null,
  y real not null,
  primary key (encoder_id, photo_id)
) without rowid;
create index place_photo on place (photo_id);

-- How many photos a map had when it was drawn, and a drawing that is not finished: the steps done, ids (int64) and places (float32 pairs).
create table drawing (
  encoder_id integer primary key references encoder (id) on delete cascade,
  drawn integer not null,
  step integer not null,
  ids blob not null,
  places blob not null
);
"""

_M008_INNER = """
-- Corners are made when a photo is first to be compared with one that they may lead to. `inner`: of a photo with a border, the perceptual
-- hash of what lies within. Everything in it is made anew.
drop table sketch;
create table sketch (
  photo_id integer primary key references photo (id) on delete cascade,
  corners blob,
  inner blob,
  version integer not null
);
"""

# What pages count and list again and again is read from indexes alone. Partial ones, so that they
# are of no use, and not tried, where a photo's own files are looked up.
_M009_COUNTING = """
create index file_shown on file (root_id, folder, photo_id, size) where state = 'present';
create index file_missing on file (root_id) where state = 'missing';
drop index photo_taken;
create index photo_shown on photo (taken_at) where present > 0;
"""

_M010_CONTENTS = """
-- What a photo's file holds beside its first picture (`photos/containers/contents.py`), JSON; null where the file has not been read since.
alter table photo add column contents text;
"""

# How much of `taken_at` is known: year, month, day, minute or second; null for photos indexed
# before, until they are read again.
_M011_PRECISION = """
alter table photo add column taken_precision text;
"""

# When a file's bytes, name or rights last changed: bytes that were replaced under the same size and
# time show by it. 0: not known yet.
_M012_CTIME = """
alter table file add column ctime_ns integer not null default 0;
"""

_M013_FAULT = """
-- Why a file failed, for the program (`errors.Fault`): null where an earlier release wrote the row, which then proves nothing.
alter table file add column fault text;
"""

# Name and SQL of each step, in order.
_STEPS = (
    ("m001_create_tables", _M001_TABLES),
    ("m002_create_derived_tables", _M002_DERIVED),
    ("m003_watch_folders", _M003_WATCHING),
    ("m004_create_pairs", _M004_PAIRS),
    ("m005_create_decisions", _M005_DECISIONS),
    ("m006_create_quality", _M006_QUALITY),
    ("m007_create_map", _M007_MAP),
    ("m008_sketch_when_wanted", _M008_INNER),
    ("m009_count_by_indexes", _M009_COUNTING),
    ("m010_keep_contents", _M010_CONTENTS),
    ("m011_date_precision", _M011_PRECISION),
    ("m012_keep_change_times", _M012_CTIME),
    ("m013_tell_faults_apart", _M013_FAULT),
)
VERSION = len(_STEPS)
# No release is so many steps ahead of this one.
_MOST_STEPS_AHEAD = 10_000


def migrate(
    connection: sqlite3.Connection, lock: AbstractContextManager[object] | None = None
) -> None:
    """Bring a catalog, new or old, to this release's schema. Raises LibraryNewer where a later
    release has written it.

    lock: held while the schema is changed. Each step and the note of it are one transaction: cut
    off, the rest follows at the next start.
    """
    if _had(connection) == VERSION:
        return
    with lock or nullcontext():
        if _had(connection) != VERSION:
            _apply(connection)


def too_new(version: int) -> bool:
    """Whether a schema of that number is a later release's. Numbers far beyond are what damage
    makes of it."""
    return VERSION < version <= VERSION + _MOST_STEPS_AHEAD


def _had(connection: sqlite3.Connection) -> int:
    (had,) = connection.execute("pragma user_version").fetchone()
    if too_new(had):
        raise LibraryNewer(
            "This library was written by a newer Photo Explorer: update the program, or choose another --library folder."
        )
    return int(had)


def _apply(connection: sqlite3.Connection) -> None:
    import sqlite_utils
    from sqlite_utils.migrations import Migrations

    steps = Migrations("photo-explorer")
    for name, sql in _STEPS:
        _add(steps, name, sql)
    steps.apply(sqlite_utils.Database(connection))
    connection.execute(f"pragma user_version = {VERSION}")
    connection.commit()


def _add(steps: Migrations, name: str, sql: str) -> None:
    @steps(name=name)
    def step(db: sqlite_utils.Database) -> None:
        for statement in sql.split(";\n"):
            if statement.strip():
                db.execute(statement)
