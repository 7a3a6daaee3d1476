"""Check that the searchable names and texts of photos agree with the catalog."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.indexing.verification.verify_report import Inconsistency, VerifyRun
from explorer.library.stores import photo_text_store
from explorer.text_format import count


def check_texts(run: VerifyRun) -> Iterator[Inconsistency]:
    """Check the stored texts of each photo, and their index."""
    run.progress("Checking names and texts…")
    catalog, writer = run.library.catalog, run.writer
    if not photo_text_store.index_is_sound(catalog):
        if writer:
            with writer.transaction():
                photo_text_store.rebuild_index(writer.connection)
        yield Inconsistency("texts", "The index of names and texts is damaged.", run.repairs)
    if wrong := photo_text_store.outdated_photos(catalog):
        if writer:
            photo_text_store.update_texts(writer, wrong)
        for photo_id in wrong:
            text = f"The searchable names and texts of photo {photo_id} are out of date."
            yield Inconsistency("texts", text, run.repairs)
    with catalog.reading() as db:
        waiting = photo_text_store.waiting_photos(db)
    if waiting:
        run.report.notes.append(
            f"The names of {count(len(waiting), 'photo')} are not searchable yet."
        )
