"""One query, ranked by several models."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from explorer.encoders import registry
from explorer.errors import UsageError
from explorer.library.queries.filters import Filters
from explorer.library.stores.embedding_store import put_embedding, register_encoder
from explorer.search.comparison.model_comparison import (
    ModelComparison,
    compare_models,
    embedded_models,
    has_phrase,
    model_indexes,
)
from explorer.search.engine import SearchEngine
from explorer.search.language.parse_query import parse
from explorer.search.language.query_tree import QueryTree
from explorer.search.query import ExamplePhoto, Query
from tests.factory import DIM, ENCODER, VERSION, LibraryBuilder, vector_of

OTHER = "other"


@pytest.fixture
def several(full: LibraryBuilder, monkeypatch: pytest.MonkeyPatch) -> LibraryBuilder:
    """The library of 200 photos: “other” has encoded all of them, in an order of its own, and
    “mute”, which reads no phrases, the first 50."""
    loaders = registry._loaders
    first = loaders[ENCODER]

    class OtherEncoder(first):  # type: ignore[misc, valid-type]
        name = OTHER

    monkeypatch.setitem(loaders, OTHER, OtherEncoder)
    photos = full.library.catalog.matching()
    for name, ids in ((OTHER, photos), ("mute", np.sort(photos)[:50])):
        encoder = register_encoder(full.writer, name, VERSION, DIM)
        with full.writer.transaction():
            for photo in ids.tolist():
                put_embedding(full.writer, encoder, photo, vector_of((name, photo)))
    return full


def compare(
    builder: LibraryBuilder,
    names: list[str],
    text: str = "",
    query: Callable[[SearchEngine], Query] | None = None,
    filters: Filters | None = None,
) -> ModelComparison:
    tree = parse(text)
    return compare_models(
        builder.library, names, tree, query or (lambda _: Query(tree)), filters=filters
    )


def test_each_model_ranks_as_it_does_alone(several: LibraryBuilder) -> None:
    found = compare(several, [ENCODER, OTHER], "a horse")
    assert [model.encoder for model in found.models] == [ENCODER, OTHER]
    assert (found.compared, found.encoded) == (200, 200)
    for model in found.models:
        hits = SearchEngine(several.library, model.encoder).search_phrase("a horse", top=50)
        assert model.ids[:50].tolist() == [hit.id for hit in hits]
        assert np.allclose(model.scores[:50], [hit.score for hit in hits], atol=1e-5)
        assert model.seconds > 0 and not model.problem and model.photos == 200
    agreement = found.agreement(200)
    assert agreement is not None and agreement.overlap == 1 and agreement.rbo < 1
    ranks = found.ranks()
    assert ranks[OTHER][int(found.models[1].ids[7])] == 8


def test_names_do_not_count(several: LibraryBuilder) -> None:
    """Photo 7.jpg is found first by its name on the Search page, whatever the model."""
    alone = SearchEngine(several.library, ENCODER).search(Query(parse("7.jpg")), top=1)
    row = several.library.catalog.photo(int(alone.ids[0]))
    assert row is not None and row["name"] == "7.jpg"
    engine = SearchEngine(several.library, ENCODER)
    query = Query(parse("7.jpg"))
    expected, _ = engine.index().search(engine.encode_query(query), 200)
    found = compare(several, [ENCODER, OTHER], "7.jpg")
    assert np.allclose(found.models[0].scores, expected, atol=1e-5)


def test_only_photos_that_all_models_have_are_compared(several: LibraryBuilder) -> None:
    photo = int(np.sort(several.library.catalog.matching())[3])
    found = compare(several, [ENCODER, OTHER, "mute"], query=lambda _: Query(photo_ids=(photo,)))
    assert (found.compared, found.encoded) == (49, 50)
    assert [model.photos for model in found.models] == [200, 200, 50]
    assert {frozenset(model.ids.tolist()) for model in found.models} == {
        frozenset(np.sort(several.library.catalog.matching())[:50].tolist()) - {photo}
    }
    assert found.searched_by == (photo,)


def test_a_model_without_text_says_so_and_does_not_narrow_the_comparison(
    several: LibraryBuilder,
) -> None:
    found = compare(several, [ENCODER, "mute", OTHER], "a horse")
    mute = found.models[1]
    assert mute.problem == "mute cannot read phrases; search with a photo to compare it."
    assert (len(mute.ids), mute.photos) == (0, 50)
    assert found.compared == 200 and [model.encoder for model in found.answers] == [ENCODER, OTHER]
    agreement = found.agreement(5)
    assert agreement is not None and len(agreement.pairs) == 1


def test_a_photo_that_one_model_has_not_encoded(several: LibraryBuilder) -> None:
    last = int(np.sort(several.library.catalog.matching())[-1])
    found = compare(several, [ENCODER, "mute"], query=lambda _: Query(photo_ids=(last,)))
    assert not found.models[0].problem and "not in the index" in found.models[1].problem
    assert found.agreement(5) is None


def test_conditions_and_filters_hold_for_all(several: LibraryBuilder) -> None:
    found = compare(several, [ENCODER, OTHER], "a horse date:2001-01-05")
    assert 0 < found.compared < 20
    assert {len(model.ids) for model in found.models} == {found.compared}
    narrow = compare(several, [ENCODER, OTHER], "a horse", filters=Filters(since="2100-01-01"))
    assert narrow.compared == 0 and {len(model.ids) for model in narrow.models} == {0}
    # Words that the catalog understands are no phrase: even a model without text can do this.
    photo = int(np.sort(several.library.catalog.matching())[1])
    dated = parse("2001")
    mute = compare_models(
        several.library, [ENCODER, "mute"], dated, lambda _: Query(dated, photo_ids=(photo,))
    )
    assert [model.problem for model in mute.models] == ["", ""]


def test_a_query_that_only_filters_is_refused(several: LibraryBuilder) -> None:
    with pytest.raises(UsageError, match="only filters"):
        compare(several, [ENCODER, OTHER], "date:2001")


def test_photos_from_elsewhere_are_encoded_by_each_model(several: LibraryBuilder) -> None:
    def query(engine: SearchEngine) -> Query:
        example: ExamplePhoto = engine.encode_photo(np.full((32, 32, 3), 9, np.uint8))
        return Query(examples=(example,))

    found = compare(several, [ENCODER, OTHER], query=query)
    assert found.compared == 200 and all(model.seconds > 0 for model in found.models)


def test_models_are_loaded_one_after_the_other(several: LibraryBuilder) -> None:
    told = list[str]()

    @contextlib.contextmanager
    def loading(name: str) -> Iterator[None]:
        told.append(f"+{name}")
        yield
        told.append(f"-{name}")

    tree = parse("a")
    compare_models(several.library, [OTHER, ENCODER], tree, lambda _: Query(tree), loading=loading)
    assert told == ["+other", "-other", f"+{ENCODER}", f"-{ENCODER}"]


def test_a_model_that_cannot_be_loaded_or_has_other_weights_says_so(
    several: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = compare(several, [ENCODER, "vit"], "a")
    assert "No photo has been indexed with “vit” yet" in found.models[1].problem
    monkeypatch.setattr(registry.get_encoder(OTHER), "version", "2", raising=False)
    found = compare(several, [ENCODER, OTHER], "a")
    assert "which encodes them again" in found.models[1].problem
    assert found.compared == 200


def test_the_models_of_a_library(several: LibraryBuilder) -> None:
    assert embedded_models(several.library.catalog) == {OTHER: 200, ENCODER: 200, "mute": 50}
    indexes = model_indexes(several.library, ["mute", "unknown", OTHER])
    assert {name: len(index) for name, index in indexes.items()} == {"mute": 50, OTHER: 200}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", True), ("photo:1", False), ("photo:1 + dog", True), ("", False), ("(a OR b)", True),
     ("photo:1 - dog", True), ("(photo:1 OR photo:2)", False), ("date:2001", False)],
)  # fmt: skip
def test_phrases_are_recognised(text: str, expected: bool) -> None:
    assert has_phrase(parse(text) if text else QueryTree()) is expected
