"""Which photos the sidecars still have to be applied to."""

from __future__ import annotations

from explorer.library.connection import write_transaction
from explorer.library.edits.sidecar_overlay import photos_with_sidecars, unapplied_photos
from tests.factory import LibraryBuilder


def test_a_photo_that_lost_its_only_sidecar_is_looked_at_again(builder: LibraryBuilder) -> None:
    """It still counts the sidecar, of which there is no row."""
    one, other = builder.put("a.jpg", "a"), builder.put("b.jpg", "b")
    with write_transaction(builder.library.catalog.path) as db:
        assert photos_with_sidecars(db) == []
        db.execute("update photo set sidecars = 1 where id = ?", (one,))
        assert photos_with_sidecars(db) == [one]
        assert list(unapplied_photos(db, [one, other])) == [one]
        # Nor is it an error if a photo is gone.
        assert list(unapplied_photos(db, [999, one])) == [one]
