"""Concepts and their examples, as the user names and corrects them."""

from __future__ import annotations

import contextlib
import threading

import numpy as np
import pytest

from explorer.errors import UsageError
from explorer.library.connection import write_transaction
from explorer.library.stores import concept_store as store
from explorer.library.stores.embedding_store import put_embedding, register_encoder
from tests.factory import ENCODER, VERSION, LibraryBuilder, digest_of, vector_of

A, B, C = (digest_of(n) for n in range(3))


def test_a_concept_is_made_corrected_and_deleted(builder: LibraryBuilder) -> None:
    catalog = builder.library.catalog
    number = store.make_concept(catalog, "  Our\n dog ", [A, A], [B])
    (made,) = store.concepts(catalog)
    assert (made.id, made.name, made.positive, made.negative) == (number, "Our dog", (A,), (B,))
    store.add_examples(catalog, number, [B, C], positive=True)
    store.add_examples(catalog, number, [A], positive=False)
    (changed,) = store.concepts(catalog)
    assert (set(changed.positive), changed.negative) == ({B, C}, (A,))
    store.remove_examples(catalog, number, [A, B])
    store.rename_concept(catalog, number, "OUR DOG")
    (renamed,) = store.concepts(catalog)
    assert (renamed.name, renamed.positive, renamed.negative) == ("OUR DOG", (C,), ())
    store.delete_concept(catalog, number)
    assert store.concepts(catalog) == ()
    again = store.restore_concept(catalog, renamed)
    (restored,) = store.concepts(catalog)
    assert restored == store.Concept(again, "OUR DOG", made.created_at, (C,), ())
    with pytest.raises(UsageError, match="no longer exists"):
        store.add_examples(catalog, number, [A], positive=True)


def test_a_name_is_one_whatever_its_accents_and_capitals(builder: LibraryBuilder) -> None:
    catalog = builder.library.catalog
    store.make_concept(catalog, "Café", [A])
    other = store.make_concept(catalog, "Tea", [A])
    for name in ("cafe", "CAFÉ ", "cafe\u0301"):
        with pytest.raises(UsageError, match="“Café” already exists"):
            store.make_concept(catalog, name, [B])
        with pytest.raises(UsageError, match="“Café” already exists"):
            store.rename_concept(catalog, other, name)
    assert [each.name for each in store.concepts(catalog)] == ["Café", "Tea"]
    for name in ("", " \n", "\u0301"):
        with pytest.raises(UsageError, match="needs a name"):
            store.make_concept(catalog, name, [A])
    with pytest.raises(UsageError, match="at least one example"):
        store.make_concept(catalog, "Nothing", [])


def test_a_renamed_concept_has_the_name_as_it_is_stored(builder: LibraryBuilder) -> None:
    catalog = builder.library.catalog
    number = store.make_concept(catalog, "Dog", [A])
    assert store.rename_concept(catalog, number, " Our\x00 dog\udcff ") == "Our dog"
    assert [each.name for each in store.concepts(catalog)] == ["Our dog"]


def test_examples_keep_the_order_in_which_they_were_given(builder: LibraryBuilder) -> None:
    catalog, given = builder.library.catalog, [digest_of(n) for n in range(20)]
    given = sorted(given)[::-1]
    number = store.make_concept(catalog, "Dog", given[:12], given[12:])
    store.add_examples(catalog, number, [A, given[3], B], positive=True)
    (found,) = store.concepts(catalog)
    added = [each for each in (A, B) if each not in given[:12]]
    assert found.positive == (*given[:12], *added)
    assert found.negative == tuple(each for each in given[12:] if each not in added)
    store.delete_concept(catalog, number)
    store.restore_concept(catalog, found)
    (restored,) = store.concepts(catalog)
    assert (restored.positive, restored.negative) == (found.positive, found.negative)


def test_a_photo_in_both_ways_is_a_counter_example(builder: LibraryBuilder) -> None:
    """As in a catalog that was salvaged."""
    catalog = builder.library.catalog
    number = store.make_concept(catalog, "Dog", [A, B])
    with write_transaction(catalog.path) as db:
        db.execute("insert into concept_photo values (?, ?, 0, 1.0)", (number, A))
    (found,) = store.concepts(catalog)
    assert (found.positive, found.negative) == ((B,), (A,))


def test_examples_outlive_files_and_have_vectors_of_each_encoder(builder: LibraryBuilder) -> None:
    catalog = builder.library.catalog
    one, two = builder.put("a.jpg", 0), builder.put("b.jpg", 1)
    other = register_encoder(builder.writer, "other", "1", 4)
    put_embedding(builder.writer, other, one, np.full(4, 0.5, np.float32))
    assert store.photo_ids_of(catalog, [A, B, C]) == {A: one, B: two}
    builder.lose("b.jpg")
    assert store.photo_ids_of(catalog, [A, B, C]) == {A: one}
    found = store.example_vectors(catalog, [A, B, C], ENCODER, VERSION)
    assert found.keys() == {A, B}
    assert np.allclose(found[B], vector_of(1), atol=1e-3)
    assert store.example_vectors(catalog, [A, B], "other", "1").keys() == {A}
    assert store.example_vectors(catalog, [A, B], "other", "2") == {}


def test_two_windows_never_make_one_name_twice(builder: LibraryBuilder) -> None:
    catalog, made = builder.library.catalog, list[int]()

    def make() -> None:
        with contextlib.suppress(UsageError):
            made.append(store.make_concept(catalog, "Dog", [A]))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1 and len(store.concepts(catalog)) == 1
