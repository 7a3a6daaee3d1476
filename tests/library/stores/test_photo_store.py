"""Photos as the worker writes them."""

from __future__ import annotations

import pytest

from explorer.library import missing_files
from explorer.library.stores.photo_store import (
    add_photo,
    deferred_purge,
    photo_id_by_hash,
    purge_photos,
    take_purged_hashes,
    update_file_counts,
)
from tests.factory import LibraryBuilder, decoded, digest_of
from tests.library.rows import known, visible


class TestPhotos:
    def test_facts_are_kept(self, builder: LibraryBuilder) -> None:
        facts = {
            "format": "HEIF",
            "width": 4,
            "height": 3,
            "taken_at": "2020-01-02T03:04:05",
            "latitude": 1.5,
            "camera": "C",
            "iso": 100,
        }
        row = builder.library.catalog.photo(builder.put("a.jpg", "x", **facts))
        assert (
            row is not None
            and {key: row[key] for key in facts} == facts
            and row["hash"] == digest_of("x").hex()
        )

    def test_photos_without_a_file_are_kept_until_the_end_of_a_thorough_scan(
        self, builder: LibraryBuilder
    ) -> None:
        one = builder.put("a.jpg", "one")
        with deferred_purge(builder.writer, thorough=False):
            two = builder.put("a.jpg", "two")
            assert (
                visible(builder) == {two}
                and photo_id_by_hash(builder.writer, digest_of("one")) == one
            )
        assert photo_id_by_hash(builder.writer, digest_of("one")) == one
        with deferred_purge(builder.writer, thorough=False):
            assert builder.put("b.jpg", "one") == one
            builder.put("a.jpg", "three")
        with deferred_purge(builder.writer, thorough=True):
            pass
        assert (
            photo_id_by_hash(builder.writer, digest_of("one")) == one
            and photo_id_by_hash(builder.writer, digest_of("two")) is None
        )
        # Afterwards, they go at once again.
        builder.put("b.jpg", "four")
        assert photo_id_by_hash(builder.writer, digest_of("one")) is None

    def test_an_error_also_ends_the_retention_of_photos_without_a_file(
        self, builder: LibraryBuilder
    ) -> None:
        builder.put("a.jpg", "one")
        with pytest.raises(KeyError), deferred_purge(builder.writer, thorough=True):
            raise KeyError
        builder.put("a.jpg", "two")
        assert photo_id_by_hash(builder.writer, digest_of("one")) is None

    def test_photos_with_a_present_or_missing_file_are_not_purged(
        self, builder: LibraryBuilder
    ) -> None:
        here, gone = builder.put("a.jpg", "here"), builder.put("b.jpg", "gone")
        builder.lose("b.jpg")
        purge_photos(builder.writer, [here, gone, 999])
        assert (
            visible(builder) == {here}
            and photo_id_by_hash(builder.writer, digest_of("gone")) == gone
            and take_purged_hashes(builder.writer) == []
        )

    def test_a_purged_photo_leaves_a_running_index_and_returns_with_a_new_id(
        self, builder: LibraryBuilder
    ) -> None:
        index, old = builder.index(), builder.put("a.jpg", "x")
        index.refresh()
        builder.put("a.jpg", "y")
        index.refresh()
        assert old not in index.ids().tolist()
        new = builder.put("b.jpg", "x")
        assert new != old and take_purged_hashes(builder.writer) == []

    def test_wrong_counts_are_recomputed(self, builder: LibraryBuilder) -> None:
        photo = builder.put("a.jpg", "x")
        builder.put("b.jpg", "x")
        builder.writer.connection.execute("update photo set present = 7 where id = ?", (photo,))
        update_file_counts(builder.writer, [photo])
        row = builder.library.catalog.photo(photo)
        assert row is not None and row["copies"] == 2
        missing_files.put_vanished(builder.writer, [known(builder, "a.jpg")])
        assert visible(builder) == {photo}


def test_a_photo_is_added_once(builder: LibraryBuilder) -> None:
    one = add_photo(builder.writer, digest_of("x"), 5, decoded())
    assert (
        photo_id_by_hash(builder.writer, digest_of("x")) == one
        and photo_id_by_hash(builder.writer, digest_of("y")) is None
    )
    assert visible(builder) == set()


def test_an_edited_file_drops_the_old_content_for_good(builder: LibraryBuilder) -> None:
    old = builder.put("a.jpg", "x")
    new = builder.put("a.jpg", "y")
    assert new != old
    assert builder.library.catalog.photo(old) is None
    assert len(take_purged_hashes(builder.writer)) == 1
    assert builder.library.catalog.counts().photos == 1


def test_ids_are_never_given_twice(builder: LibraryBuilder) -> None:
    old = builder.put("a.jpg", "x")
    builder.put("a.jpg", "y")
    builder.put("a.jpg", "z")
    assert builder.put("b.jpg", "x") > old + 2
