from __future__ import annotations

from explorer.library.stores.embedding_store import drop_embeddings, put_embedding, register_encoder
from tests.factory import DIM, ENCODER, VERSION, LibraryBuilder, vector_of


def test_counts_follow_every_change(builder: LibraryBuilder) -> None:
    catalog, first = builder.library.catalog, (ENCODER, VERSION, DIM)
    assert catalog.encoders() == [(*first, 0)] and catalog.encoders_in_use() == []
    photos = [builder.put(f"{n}.jpg", n) for n in range(3)]
    assert catalog.encoders() == [(*first, 3)] and catalog.encoders_in_use() == [ENCODER]
    other = register_encoder(builder.writer, "other", "2", 4)
    assert catalog.encoders() == [(*first, 3), ("other", "2", 4, 0)]
    assert catalog.encoders_in_use() == [ENCODER]
    for photo in photos[:2]:
        put_embedding(builder.writer, other, photo, vector_of(photo))
    assert catalog.encoders_in_use() == [ENCODER, "other"]
    drop_embeddings(builder.writer, builder.encoder, photos[1:])
    assert catalog.encoders_in_use() == ["other", ENCODER]
    builder.lose("0.jpg")
    assert catalog.encoders() == [("other", "2", 4, 1), (*first, 0)]
    assert catalog.encoders_in_use() == ["other"]


def test_nothing_is_counted_twice_without_a_change(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", 1)
    catalog, statements = builder.library.catalog, list[str]()
    expected = catalog.encoders()
    with catalog.reading() as db:
        db.set_trace_callback(statements.append)
    assert catalog.encoders() == expected and catalog.encoders_in_use() == [ENCODER]
    assert statements and not any("count(" in statement for statement in statements)
