"""Photos, one for each distinct content: table `photo`, and `purged` for those deleted for good.
Reads that pages need are in `Catalog`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from explorer.library.edits.sidecar_overlay import apply_sidecars
from explorer.library.stores.edit_store import apply_edits
from explorer.library.stores.photo_text_store import update_texts
from explorer.library.writer import Writer
from explorer.photos.decoded_photo import METADATA_VERSION, DecodedPhoto

# Columns of `photo` that decoding fills.
DECODED_COLUMNS = (
    "format", "width", "height", "frames", "taken_at", "taken_precision", "taken_source",
    "latitude", "longitude", "camera", "lens",
    "exposure_time", "f_number", "iso", "focal_length", "phash", "damaged", "contents",
    "title", "description", "keywords", "rating", "metadata_version",
)  # fmt: skip


def decoded_values(photo: DecodedPhoto) -> dict[str, object]:
    """The result of decoding, as `photo` stores it: column → value, in the order of
    DECODED_COLUMNS."""
    keywords = json.dumps(photo.keywords, ensure_ascii=False) if photo.keywords else None
    encoded = {"keywords": keywords, "metadata_version": METADATA_VERSION}
    return {
        name: encoded[name] if name in encoded else getattr(photo, name) for name in DECODED_COLUMNS
    }


def photo_id_by_hash(writer: Writer, digest: bytes) -> int | None:
    """The id of the photo with that content hash, uncommitted ones included; None if unknown."""
    row = writer.connection.execute("select id from photo where hash = ?", (digest,)).fetchone()
    return int(row[0]) if row else None


def add_photo(writer: Writer, digest: bytes, size: int, photo: DecodedPhoto) -> int:
    """Add a new content of this many bytes; returns its id, which never changes. It is hidden until
    `file_store.put_present` adds a file."""
    with writer.transaction() as change:
        values = {
            **decoded_values(photo),
            "hash": digest,
            "bytes": size,
            "added_at": time.time(),
            "change": change,
        }
        marks = ", ".join("?" * len(values))
        (new,) = writer.connection.execute(
            f"insert into photo ({', '.join(values)}) values ({marks}) returning id",
            list(values.values()),
        ).fetchone()
        apply_edits(writer.connection, new)
        return int(new)


@contextmanager
def deferred_purge(writer: Writer, *, thorough: bool) -> Iterator[None]:
    """Keep photos that lose their last file hidden until the end of the block: another file may
    turn out to have them, as when two files swap names.

    thorough: purge them at the end, along with those that earlier blocks or a killed run left.
    """
    writer.purge_deferred = True
    try:
        yield
    finally:
        writer.purge_deferred = False
    if thorough:
        purge_orphans(writer)


def update_file_counts(writer: Writer, photo_ids: Iterable[int]) -> None:
    """Count each photo's present files after files changed, apply the sidecars beside them, and
    make their names searchable. A photo that no file refers to, not even a missing one, is
    purged."""
    orphans, chosen = list[int](), list(photo_ids)
    with writer.transaction() as change:
        for photo_id in chosen:
            row = writer.connection.execute(
                "select count(*) files, sum(state = 'present') present from file"
                " where photo_id = ?",
                (photo_id,),
            ).fetchone()
            writer.connection.execute(
                "update photo set present = ?1, change = ?2,"
                " orphaned_at = iif(?3, null, coalesce(orphaned_at, ?4)) where id = ?5",
                (row["present"] or 0, change, row["files"], time.time(), photo_id),
            )
            if not row["files"] and not writer.purge_deferred:
                orphans.append(photo_id)
        apply_sidecars(writer.connection, chosen)
        update_texts(writer, chosen)
        purge_photos(writer, orphans)


def purge_orphans(writer: Writer) -> None:
    """Permanently delete all photos that no file refers to, also in a block of `deferred_purge`."""
    orphans = writer.connection.execute("select id from photo where orphaned_at is not null")
    purge_photos(writer, [photo_id for (photo_id,) in orphans.fetchall()])


def purge_photos(writer: Writer, photo_ids: Iterable[int]) -> None:
    """Permanently delete those of these photos that no file refers to."""
    chosen = list(photo_ids)
    if not chosen:
        return
    with writer.transaction() as change:
        for photo_id in chosen:
            deleted = writer.connection.execute(
                "delete from photo where id = ?1"
                " and not exists (select 1 from file where photo_id = ?1) returning hash",
                (photo_id,),
            ).fetchone()
            if deleted:
                writer.purged_hashes.append(deleted[0].hex())
                writer.connection.execute(
                    "insert or replace into purged values (?, ?)", (photo_id, change)
                )


def take_purged_hashes(writer: Writer) -> list[str]:
    """Content hashes (hex) of the photos purged since the last call, whose pictures can be deleted,
    too; without those that have been added again."""
    purged, writer.purged_hashes = writer.purged_hashes, []
    return [digest for digest in purged if photo_id_by_hash(writer, bytes.fromhex(digest)) is None]
