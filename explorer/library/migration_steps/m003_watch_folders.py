"""Add what watching folders needs: exclusions, drives, vanished files."""

from __future__ import annotations

SQL = """
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
