"""Add what watching folders needs: exclusions, drives, vanished files."""

from __future__ import annotations

SQL = """
-- `exclude`: a JSON list of globs. `mounts`: a JSON list of subfolders that are mount points. `device`: the file system on which a root was last seen.
-- `problem`: a message about what could not be read. `kept_at`: when the user last chose to keep missing files.
alter table root add column exclude text not null default '[]';
alter table root add column mounts text not null default '[]';
alter table root add column device text;
alter table root add column problem text;
alter table root add column kept_at real;

-- When a file was first not found. While its state is `present`, it is offline: kept until it is back or the user forgets it.
alter table file add column gone_at real;
update file set gone_at = seen_at where state = 'missing';
create index file_inode on file (inode);
create index file_gone on file (root_id, gone_at) where gone_at is not null;

-- Since when no file has this content, because the file was overwritten or replaced. The row is deleted at the end of the next full scan.
alter table photo add column orphaned_at real;
create index photo_orphaned on photo (orphaned_at) where orphaned_at is not null;
"""
