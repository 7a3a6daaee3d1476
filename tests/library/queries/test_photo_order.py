"""Orders that are kept, against sorting all photos again."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.library.library import Library
from explorer.library.queries.photo_order import OrderKey, PhotoOrder
from explorer.library.stores.photo_store import add_photo
from explorer.library.stores.quality_store import refresh_photo
from tests.factory import LibraryBuilder, decoded, digest_of
from tests.thoroughness import times

_KEYS: tuple[OrderKey, ...] = get_args(OrderKey)
_TIMES = st.none() | st.sampled_from(
    ["2016-05-04T10:11:12", "2016-05-04T10:11:12.5", "2016-05-04T10:11:13", "1999-01-01T00:00:00"]
)
_ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 9), st.sampled_from("aBé"), _TIMES),
        st.tuples(st.just("lose"), st.integers(0, 9), st.none(), st.none()),
        st.tuples(st.just("date"), st.integers(0, 9), st.none(), _TIMES),
    ),
    max_size=8,
)


def act(builder: LibraryBuilder, files: dict[str, int], action: Any) -> None:
    what, content, letter, taken = action
    if what == "put":
        # Its size in bytes is its number, unlike that of photos from `LibraryBuilder.put`. Ask the
        # writer: the catalog does not see what a transaction that is still open has added.
        known = builder.writer.connection.execute(
            "select 1 from photo where hash = ?", (digest_of(content),)
        ).fetchone()
        if known is None and content % 2:
            add_photo(builder.writer, digest_of(content), content, decoded(taken_at=taken))
        name = f"{letter}{content % 4}.jpg"
        files[name] = builder.put(name, content, taken_at=taken)
    elif what == "lose":
        for name in [n for n in files if n.endswith(f"{content % 4}.jpg")][:1]:
            builder.lose(name)
            del files[name]
    elif (photo := builder.library.catalog.photo_id(digest_of(content))) is not None:
        refresh_photo(builder.writer, photo, decoded(taken_at=taken))


@given(st.lists(_ACTIONS, min_size=1, max_size=3))
@settings(max_examples=times(15, 75), deadline=None)
def test_a_cached_order_equals_a_new_sort(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[Any]]
) -> None:
    folder = tmp_path_factory.mktemp("order")
    (folder / "photos").mkdir()
    builder = LibraryBuilder(Library.open(folder / "library"), str(folder / "photos"))
    try:
        catalog, files = builder.library.catalog, dict[str, int]()
        following = PhotoOrder(catalog)
        for actions in rounds:
            with builder.writer.transaction():
                for action in actions:
                    act(builder, files, action)
            newest = catalog.matching()
            assert following.sorted().tolist() == newest.tolist()
            rows = catalog.photos(newest.tolist())
            for by in _KEYS:
                kept = following.sorted(by, descending=False).tolist()
                assert kept == PhotoOrder(catalog).sorted(by, descending=False).tolist()
                assert kept == following.sorted(by).tolist()[::-1]
            for by, column in (("added", "added_at"), ("size", "bytes")):
                expected = sorted(rows, key=lambda i: (rows[i][column], i))
                assert following.sorted(by, descending=False).tolist() == expected
    finally:
        builder.close()


def test_photos_given_by_ids_or_mask_are_ordered(builder: LibraryBuilder) -> None:
    days = {
        d: builder.put(f"{d}.jpg", d, taken_at=f"2024-05-{d}T00:00:00") for d in ("03", "01", "02")
    }
    order, some = PhotoOrder(builder.library.catalog), np.array([days["01"], days["02"], 99])
    assert order.sorted(among=some).tolist() == [days["02"], days["01"]]
    mask = np.zeros(100, np.bool_)
    mask[some] = True
    assert order.sorted(among=mask, descending=False).tolist() == [days["01"], days["02"]]
    assert order.sorted("name").tolist() == [days["03"], days["02"], days["01"]]


def test_a_cached_order_is_not_read_again_without_a_change(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", 1)
    catalog, statements = builder.library.catalog, list[str]()
    order = PhotoOrder(catalog)
    expected = order.sorted()
    with catalog.reading() as db:
        db.set_trace_callback(statements.append)
    assert order.sorted().tolist() == expected.tolist()
    assert statements and not any(" photo " in statement for statement in statements)


def test_times_of_an_order_are_known(builder: LibraryBuilder) -> None:
    ids = [builder.put(f"{n}.jpg", n) for n in range(3)]
    order = PhotoOrder(builder.library.catalog)
    wanted = np.array([*ids[::-1], 999])
    assert order.times("modified", wanted).tolist() == [1.0, 1.0, 1.0, 0.0]
    rows = builder.library.catalog.photos(ids)
    assert order.times("added", wanted).tolist() == [*(rows[i]["added_at"] for i in ids[::-1]), 0.0]
    assert PhotoOrder(builder.library.catalog).times("added", wanted[:0]).tolist() == []
