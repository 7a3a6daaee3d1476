"""Which model is in use, and which is to take its place."""

from __future__ import annotations

import pytest

from explorer.library import model_settings
from explorer.library.stores.embedding_store import put_embedding, register_encoder
from tests.factory import DIM, ENCODER, LibraryBuilder, vector_of


@pytest.fixture
def other(builder: LibraryBuilder) -> int:
    """A second encoder."""
    return register_encoder(builder.writer, "other", "1", DIM)


def encode(builder: LibraryBuilder, encoder: int, *photos: int) -> None:
    for photo in photos:
        put_embedding(builder.writer, encoder, photo, vector_of(photo))


def in_use(builder: LibraryBuilder) -> str | None:
    found = model_settings.encoder_in_use(builder.library.catalog)
    return found[0] if found else None


def test_an_empty_library_uses_none_and_takes_any_at_once(builder: LibraryBuilder) -> None:
    assert (
        in_use(builder) is None and model_settings.encoder_setting(builder.library.catalog) is None
    )
    assert model_settings.use_encoder(builder.library.catalog, "other", version="1")
    assert model_settings.encoder_setting(builder.library.catalog) == "other"
    assert not model_settings.use_encoder(builder.library.catalog, "absent", version=None)
    assert model_settings.next_encoder(builder.library.catalog) == "absent"


def test_what_was_set_comes_before_what_has_more(builder: LibraryBuilder, other: int) -> None:
    one, two = builder.put("a.jpg", "one"), builder.put("b.jpg", "two")
    encode(builder, other, one)
    assert in_use(builder) == ENCODER
    model_settings.set_encoder(builder.library.catalog, "other")
    assert in_use(builder) == "other"
    assert [entry[0] for entry in model_settings.encoders_by_use(builder.library.catalog)] == [
        "other",
        ENCODER,
    ]
    encode(builder, other, two)
    model_settings.set_encoder(builder.library.catalog, ENCODER)
    # As many vectors, made later.
    assert in_use(builder) == ENCODER
    model_settings.set_encoder(builder.library.catalog, "absent")
    assert in_use(builder) is not None


def test_a_switch_begins_with_noting_what_is_in_use(builder: LibraryBuilder, other: int) -> None:
    photos = [builder.put("a.jpg", "one"), builder.put("b.jpg", "two")]
    assert not model_settings.use_encoder(builder.library.catalog, "other", version="1")
    assert model_settings.next_encoder(builder.library.catalog) == "other"
    assert model_settings.chosen_by_user(builder.library.catalog)
    assert model_settings.photos_without(builder.library.catalog, "other", "1") == 2
    encode(builder, other, *photos)
    # It has as many vectors now, but is not complete before the worker says so.
    assert in_use(builder) == ENCODER
    before = builder.library.catalog.change()
    assert model_settings.finish_switch(builder.library.catalog, "other")
    assert (
        in_use(builder) == "other" and model_settings.next_encoder(builder.library.catalog) is None
    )
    assert builder.library.catalog.change() > before
    assert not model_settings.finish_switch(builder.library.catalog, "other")


def test_back_is_at_once_and_cancels(builder: LibraryBuilder, other: int) -> None:
    builder.put("a.jpg", "one")
    model_settings.use_encoder(builder.library.catalog, "other", version="1")
    assert model_settings.use_encoder(builder.library.catalog, ENCODER, version="1")
    assert (
        in_use(builder) == ENCODER and model_settings.next_encoder(builder.library.catalog) is None
    )
    assert not model_settings.finish_switch(builder.library.catalog, "other")
    assert in_use(builder) == ENCODER
    # Nothing changes for those who follow the catalog.
    before = builder.library.catalog.change()
    assert model_settings.use_encoder(builder.library.catalog, ENCODER, version="1")
    assert builder.library.catalog.change() == before


def test_a_complete_model_that_is_not_here_is_fetched_first(
    builder: LibraryBuilder, other: int
) -> None:
    encode(builder, other, builder.put("a.jpg", "one"))
    model_settings.set_encoder(builder.library.catalog, ENCODER)
    assert not model_settings.use_encoder(builder.library.catalog, "other", version=None)
    assert (
        in_use(builder) == ENCODER
        and model_settings.next_encoder(builder.library.catalog) == "other"
    )
    model_settings.end_switch(builder.library.catalog)
    assert model_settings.next_encoder(builder.library.catalog) is None
    assert model_settings.use_encoder(builder.library.catalog, "other", version="1")


def test_vectors_of_another_version_do_not_count(builder: LibraryBuilder, other: int) -> None:
    photo, catalog = builder.put("a.jpg", "one"), builder.library.catalog
    encode(builder, other, photo)
    model_settings.set_encoder(catalog, ENCODER)
    assert model_settings.photos_without(catalog, "other", "2") == 1
    assert not model_settings.use_encoder(catalog, "other", version="2")
    assert in_use(builder) == ENCODER and model_settings.next_encoder(catalog) == "other"
    # The new version is what counts, even while the old one has more.
    newer = register_encoder(builder.writer, "other", "2", DIM)
    encode(builder, newer, photo)
    encode(builder, other, builder.put("b.jpg", "two"))
    assert [model_settings.photos_with(catalog, "other", each) for each in ("1", "2")] == [2, 1]
    assert model_settings.photos_with(catalog, "other", None) == 2
    assert model_settings.stored_vectors(catalog, "other") == (3, 3 * 2 * DIM)
    assert not model_settings.use_encoder(catalog, "other", version="2")
    assert model_settings.use_encoder(catalog, "other", version="1")


def test_keeping_the_encoder_in_use_ends_the_switch(builder: LibraryBuilder, other: int) -> None:
    builder.put("a.jpg", "one")
    catalog = builder.library.catalog
    model_settings.begin_switch(catalog, "other")
    model_settings.keep_encoder_in_use(catalog)
    assert in_use(builder) == ENCODER and model_settings.next_encoder(catalog) is None
    assert model_settings.chosen_by_user(catalog)
