"""Concepts in searches: what they rank, filter and follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from explorer.encoders import registry
from explorer.encoders.base import Vectors, unit
from explorer.errors import EncoderError
from explorer.library.stores import concept_store as store
from explorer.library.stores.embedding_store import put_embedding, register_encoder
from explorer.library.stores.setting_store import put_setting
from explorer.search.engine import SearchEngine
from explorer.search.language.parse_query import parse
from explorer.search.query import Query
from explorer.search.ranking.concepts import ConceptModels, UnknownConcept
from explorer.search.results.match_explanation import explain_match
from tests.factory import LibraryBuilder, digest_of
from tests.search.conftest import FactoryEncoder

DOGS, CATS = range(20), range(20, 40)
"""Photos whose vectors lie around one direction, and around another one."""


class WideEncoder(FactoryEncoder):
    """Vectors of as many dimensions that two of them are nearly at right angles, as those of photos
    are."""

    name, version, dim = "wide", "1", 64

    def encode_texts(self, phrases: Sequence[str]) -> Vectors:
        return np.stack([wide(phrase) for phrase in phrases])


class OtherEncoder(WideEncoder):
    name, version = "other", "2"


def wide(content: object, toward: int | None = None) -> Vectors:
    """A unit vector that depends on nothing but the content, most of it in one direction."""
    seed = int.from_bytes(digest_of(content)[:4], "little")
    vector = unit(np.random.default_rng(seed).standard_normal(WideEncoder.dim))
    if toward is not None:
        vector[toward] += 2
    return np.asarray(unit(vector), np.float32)


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    loaders = registry._loaders | {"wide": WideEncoder, "other": OtherEncoder}
    monkeypatch.setattr(registry, "_loaders", loaders)


def put(builder: LibraryBuilder, content: object, toward: int | None, **facts: Any) -> int:
    photo = builder.put(f"{content}.jpg", content, **facts)
    encoder = register_encoder(builder.writer, "wide", "1", WideEncoder.dim)
    put_embedding(builder.writer, encoder, photo, wide(content, toward))
    return photo


@pytest.fixture
def pets(builder: LibraryBuilder) -> LibraryBuilder:
    """200 photos, of which 20 are alike, and 20 others are."""
    with builder.writer.transaction():
        for n in range(200):
            kind = 0 if n in DOGS else 1 if n in CATS else None
            put(builder, n, kind, taken_at=f"2001-01-{n % 28 + 1:02d}T12:00:00")
    put_setting(builder.library.catalog, "encoder", "wide")
    return builder


def ids(builder: LibraryBuilder, contents: range | list[int]) -> set[int]:
    return set(store.photo_ids_of(builder.library.catalog, map(digest_of, contents)).values())


def make(builder: LibraryBuilder, name: str, positive: list[int], negative: list[int] = []) -> int:  # noqa: B006
    return store.make_concept(
        builder.library.catalog, name, map(digest_of, positive), map(digest_of, negative)
    )


def found(engine: SearchEngine, text: str, top: int = 500) -> list[int]:
    return [hit.id for hit in engine.search(Query(parse(text)), top=top).hits()]


def good(engine: SearchEngine, text: str) -> set[int]:
    hits = engine.search(Query(parse(text)), top=500).hits()
    return {hit.id for hit in hits if hit.match in ("strong", "fair")}


def test_alone_it_ranks_and_says_which_match(pets: LibraryBuilder) -> None:
    make(pets, "Our dog", [0, 1, 2, 3])
    engine = SearchEngine(pets.library)
    result = engine.search(Query(parse('concept:"our DOG"')), top=500)
    dogs = ids(pets, DOGS)
    assert len(result) == 200 and set(result.ids[:20].tolist()) == dogs
    assert set(result.ids[:4].tolist()) == ids(pets, [0, 1, 2, 3])
    matched = good(engine, 'concept:"our dog"')
    assert len(dogs & matched) >= 16 and len(matched - dogs) <= 2 and result.good == len(matched)
    # A weight of 1 is the same.
    assert found(engine, '1:concept:"our dog"') == result.ids.tolist()
    # With a filter it ranks what passes.
    some = found(engine, 'date:2001-01-05 concept:"our dog"')
    assert some == [i for i in result.ids.tolist() if i in set(found(engine, "date:2001-01-05"))]


def test_beside_a_phrase_it_filters(pets: LibraryBuilder) -> None:
    make(pets, "dog", [0, 1, 2, 3])
    engine = SearchEngine(pets.library)
    dogs = good(engine, "concept:dog")
    ranked = found(engine, "a")
    assert found(engine, "a concept:dog") == [i for i in ranked if i in dogs]
    assert found(engine, "a + concept:dog") == found(engine, "a concept:dog")
    assert found(engine, "a -concept:dog") == [i for i in ranked if i not in dogs]
    assert set(found(engine, "-concept:dog")) == set(ranked) - dogs
    make(pets, "cat", [20, 21, 22])
    cats = good(engine, "concept:cat")
    for text in ("a concept:dog|cat", "a (concept:dog OR concept:cat)"):
        assert set(found(engine, text)) == dogs | cats
    assert ids(pets, CATS) | dogs <= good(engine, "concept:dog|cat")
    # With a weight it is mixed in, and nothing is left out.
    mixed = found(engine, "a + 3:concept:dog")
    assert len(mixed) == 200 and mixed != ranked
    assert len(set(mixed[:30]) & dogs) > len(set(ranked[:30]) & dogs)


def test_a_counter_example_leaves_and_takes_its_like_along(pets: LibraryBuilder) -> None:
    number = make(pets, "pet", [0, 1, 20, 21])
    engine, catalog = SearchEngine(pets.library), pets.library.catalog
    before = good(engine, "concept:pet")
    assert ids(pets, [5, 25]) <= before
    store.add_examples(catalog, number, map(digest_of, range(20, 26)), positive=False)
    ranked = found(engine, "concept:pet")
    assert not ids(pets, range(20, 26)) & set(ranked)
    assert not ids(pets, range(20, 26)) & set(found(engine, "a concept:pet"))
    cats, dogs = ids(pets, range(26, 40)), ids(pets, DOGS)
    assert len(cats & good(engine, "concept:pet")) < len(cats & before)
    assert set(ranked[:20]) == dogs
    photo = pets.library.catalog.photo_id(digest_of(20))
    assert photo is not None and not engine.judge(Query(parse("concept:pet")), photo)[2]


def test_what_a_photo_matches(pets: LibraryBuilder) -> None:
    make(pets, "dog", [0, 1, 2, 3], [4])
    make(pets, "cat", [20, 21, 22])
    engine = SearchEngine(pets.library)
    for concept in ("dog", "cat"):
        matched = good(engine, f"concept:{concept}")
        for photo in pets.library.catalog.matching().tolist():
            names = [each.name for each in engine.concepts_of(photo)]
            assert (concept in names) == (photo in matched)
    (first,) = ids(pets, [0])
    reasons = explain_match(engine, Query(parse("concept:dog")), first).reasons
    assert ("concept", "an example of “dog”") in [(each.kind, each.text) for each in reasons]
    assert any("for the concept “dog”" in each.text for each in reasons)


def test_errors_name_what_is_there(pets: LibraryBuilder) -> None:
    engine = SearchEngine(pets.library)
    with pytest.raises(UnknownConcept, match="no concept “dgo”"):
        found(engine, "concept:dgo")
    number = make(pets, "dog", [0])
    with pytest.raises(UnknownConcept, match="Did you mean “dog”"):
        found(engine, "a concept:dgo")
    with pytest.raises(UnknownConcept, match="Your concepts: “dog”"):
        found(engine, "2:concept:xyzzy")
    catalog = pets.library.catalog
    store.remove_examples(catalog, number, [digest_of(0)])
    with pytest.raises(EncoderError, match="has no example photos"):
        found(engine, "concept:dog")
    store.add_examples(catalog, number, [digest_of("gone")], positive=True)
    with pytest.raises(EncoderError, match="no longer in the library"):
        found(engine, "concept:dog")
    assert engine.concepts_of(1) == []


def test_the_photos_that_match_follow_the_library(pets: LibraryBuilder) -> None:
    make(pets, "dog", [0, 1, 2, 3])
    engine = SearchEngine(pets.library)
    before = set(found(engine, "a concept:dog"))
    new = put(pets, "new", 0)
    assert set(found(engine, "a concept:dog")) - before == {new}
    # An example whose file is missing still tells what is searched for.
    pets.lose("1.jpg")
    assert set(found(engine, "a concept:dog")) == (before | {new}) - {2}


def test_another_encoder_gives_what_a_fresh_computation_gives(pets: LibraryBuilder) -> None:
    """Whatever was computed before, for the other encoder and with other examples."""
    catalog, library = pets.library.catalog, pets.library
    number = make(pets, "dog", [0, 1, 2, 3], [20])
    models, encoder, other = ConceptModels(library), WideEncoder(), OtherEncoder()
    (concept,) = models.all()
    first = models.fitted(concept, encoder, library.vectors("wide", "1", WideEncoder.dim)).vector
    register = register_encoder(pets.writer, "other", "2", WideEncoder.dim)
    index = library.vectors("other", "2", WideEncoder.dim)
    with pytest.raises(EncoderError, match="computed again when “other”"):
        models.fitted(concept, other, index)
    turn = np.linalg.qr(np.random.default_rng(5).standard_normal((64, 64)))[0]
    for photo in sorted(catalog.matching().tolist()):
        row = library.vectors("wide", "1", WideEncoder.dim).get(photo)
        assert row is not None
        put_embedding(pets.writer, register, photo, (row @ turn).astype(np.float32))
        if photo % 50 == 0:
            # Half way: with the vectors that are there, or none yet.
            index = library.vectors("other", "2", 64)
            now = models.fitted(concept, other, index)
            fresh = ConceptModels(library).fitted(concept, other, index)
            assert np.linalg.norm(now.vector) == pytest.approx(1, abs=1e-5)
            assert now.vector @ fresh.vector > 0.9
    store.add_examples(catalog, number, [digest_of(5)], positive=True)
    for name, each in (("other", other), ("wide", encoder)):
        index = library.vectors(name, each.version, each.dim)
        (concept,) = models.all()
        again, fresh = (m.fitted(concept, each, index) for m in (models, ConceptModels(library)))
        assert np.allclose(again.vector, fresh.vector, atol=1e-5)
        assert np.isclose(again.judgement.bias, fresh.judgement.bias, atol=1e-3)
    assert first @ models.fitted(concept, encoder, index).vector < 0.9999
