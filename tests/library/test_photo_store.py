"""Photos as the worker writes them."""

from __future__ import annotations

import pytest

from explorer.library import missing_files
from explorer.library.photo_store import (
    add_photo,
    deferred_purge,
    photo_id_by_hash,
    purge_photos,
    take_purged_hashes,
    update_file_counts,
)
from tests.factory import Shelf, decoded, digest_of
from tests.library.rows import known, visible


class TestPhotos:
    def test_facts_are_kept(self, shelf: Shelf) -> None:
        facts = {
            "format": "HEIF",
            "width": 4,
            "height": 3,
            "taken_at": "2020-01-02T03:04:05",
            "latitude": 1.5,
            "camera": "C",
            "iso": 100,
        }
        row = shelf.library.catalog.photo(shelf.put("a.jpg", "x", **facts))
        assert (
            row is not None
            and {key: row[key] for key in facts} == facts
            and row["hash"] == digest_of("x").hex()
        )

    def test_photos_without_a_file_are_spared_until_the_end_of_a_thorough_look(
        self, shelf: Shelf
    ) -> None:
        one = shelf.put("a.jpg", "one")
        with deferred_purge(shelf.writer, thorough=False):
            two = shelf.put("a.jpg", "two")
            assert (
                visible(shelf) == {two} and photo_id_by_hash(shelf.writer, digest_of("one")) == one
            )
        assert photo_id_by_hash(shelf.writer, digest_of("one")) == one
        with deferred_purge(shelf.writer, thorough=False):
            assert shelf.put("b.jpg", "one") == one
            shelf.put("a.jpg", "three")
        with deferred_purge(shelf.writer, thorough=True):
            pass
        assert (
            photo_id_by_hash(shelf.writer, digest_of("one")) == one
            and photo_id_by_hash(shelf.writer, digest_of("two")) is None
        )
        # Afterwards, they go at once again.
        shelf.put("b.jpg", "four")
        assert photo_id_by_hash(shelf.writer, digest_of("one")) is None

    def test_sparing_ends_with_an_error_too(self, shelf: Shelf) -> None:
        shelf.put("a.jpg", "one")
        with pytest.raises(KeyError), deferred_purge(shelf.writer, thorough=True):
            raise KeyError
        shelf.put("a.jpg", "two")
        assert photo_id_by_hash(shelf.writer, digest_of("one")) is None

    def test_none_with_a_file_is_purged_not_even_with_a_missing_one(self, shelf: Shelf) -> None:
        here, gone = shelf.put("a.jpg", "here"), shelf.put("b.jpg", "gone")
        shelf.lose("b.jpg")
        purge_photos(shelf.writer, [here, gone, 999])
        assert (
            visible(shelf) == {here}
            and photo_id_by_hash(shelf.writer, digest_of("gone")) == gone
            and take_purged_hashes(shelf.writer) == []
        )

    def test_a_purged_photo_leaves_a_running_index_and_comes_back_as_another(
        self, shelf: Shelf
    ) -> None:
        index, old = shelf.index(), shelf.put("a.jpg", "x")
        index.refresh()
        shelf.put("a.jpg", "y")
        index.refresh()
        assert old not in index.ids().tolist()
        new = shelf.put("b.jpg", "x")
        assert new != old and take_purged_hashes(shelf.writer) == []

    def test_counts_that_are_off_are_counted_again(self, shelf: Shelf) -> None:
        photo = shelf.put("a.jpg", "x")
        shelf.put("b.jpg", "x")
        shelf.writer.connection.execute("update photo set present = 7 where id = ?", (photo,))
        update_file_counts(shelf.writer, [photo])
        row = shelf.library.catalog.photo(photo)
        assert row is not None and row["copies"] == 2
        missing_files.put_vanished(shelf.writer, [known(shelf, "a.jpg")])
        assert visible(shelf) == {photo}


def test_a_photo_is_added_once(shelf: Shelf) -> None:
    one = add_photo(shelf.writer, digest_of("x"), 5, decoded())
    assert (
        photo_id_by_hash(shelf.writer, digest_of("x")) == one
        and photo_id_by_hash(shelf.writer, digest_of("y")) is None
    )
    assert visible(shelf) == set()


def test_an_edited_file_drops_the_old_content_for_good(shelf: Shelf) -> None:
    old = shelf.put("a.jpg", "x")
    new = shelf.put("a.jpg", "y")
    assert new != old
    assert shelf.library.catalog.photo(old) is None
    assert len(take_purged_hashes(shelf.writer)) == 1
    assert shelf.library.catalog.counts().photos == 1


def test_ids_are_never_given_twice(shelf: Shelf) -> None:
    old = shelf.put("a.jpg", "x")
    shelf.put("a.jpg", "y")
    shelf.put("a.jpg", "z")
    assert shelf.put("b.jpg", "x") > old + 2
