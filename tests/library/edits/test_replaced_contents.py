"""What a user set for a content that another one has replaced in its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.library.connection import write_transaction
from explorer.library.edits.edit_history import begin_edit
from explorer.library.edits.replaced_contents import (
    PictureShape,
    carry_all,
    content_of,
    is_set_by_user,
    present_paths,
    shape_of,
)
from explorer.library.file_rows import FileStat
from explorer.library.stores.album_store import add_to_album
from explorer.library.stores.concept_store import concepts, make_concept
from explorer.library.stores.decision_store import decide, decisions
from explorer.library.stores.dismissal_store import Dismissal, dismiss, dismissed
from explorer.library.stores.edit_store import edit_photos
from explorer.library.stores.file_store import put_present
from explorer.library.stores.root_store import add_root
from tests.factory import LibraryBuilder, digest_of

A, B, C = (digest_of(name) for name in "abc")


def test_contents_have_an_id_a_shape_and_files(builder: LibraryBuilder) -> None:
    one = builder.put("sub/a.jpg", "a", width=60, height=40, frames=3)
    other = builder.put("b.jpg", "b", width=70, height=90)
    builder.put("c.jpg", "a")
    root = builder.library.catalog.root_paths()[builder.root]
    with builder.library.catalog.reading() as db:
        assert [content_of(db, number) for number in (one, other, 999, None)] == [A, B, None, None]
        assert shape_of(db, A) == PictureShape((40, 60), 3)
        assert shape_of(db, B) == PictureShape((70, 90), 1)
        assert shape_of(db, C) is None
        assert sorted(present_paths(db, A)) == [f"{root}/c.jpg", f"{root}/sub/a.jpg"]
        assert present_paths(db, C) == []
    builder.lose("c.jpg")
    with builder.library.catalog.reading() as db:
        assert present_paths(db, A) == [f"{root}/sub/a.jpg"]


def test_files_are_found_in_their_own_folder(builder: LibraryBuilder, tmp_path: Path) -> None:
    builder.put("a.jpg", "a")
    (tmp_path / "second").mkdir()
    second = add_root(builder.writer, str(tmp_path / "second"))
    photo = builder.put("b.jpg", "b")
    put_present(builder.writer, second, FileStat("b2.jpg", 1, 1, 0), photo)
    with builder.library.catalog.reading() as db:
        assert str(tmp_path / "second/b2.jpg") in present_paths(db, B)
        assert len(present_paths(db, B)) == 2 and len(present_paths(db, A)) == 1


@pytest.mark.parametrize("what", ["rating", "album", "dismissal", "decision", "example"])
def test_anything_that_a_user_set_counts(builder: LibraryBuilder, what: str) -> None:
    catalog = builder.library.catalog
    one, _ = builder.put("a.jpg", "a"), builder.put("b.jpg", "b")
    if what == "rating":
        edit_photos(catalog, [one], "Rated", lambda _: {"rating": [5.0]})
    elif what == "album":
        add_to_album(catalog, "Trip", [one])
    elif what == "dismissal":
        dismiss(catalog, [Dismissal(A.hex(), "blurred")])
    elif what == "decision":
        decide(catalog, "keep", [A], 2)
    else:
        make_concept(catalog, "Sea", [A], [C])
    with catalog.reading() as db:
        assert is_set_by_user(db, A) is True and is_set_by_user(db, B) is False


def carry(builder: LibraryBuilder, before: bytes = A, after: bytes = B) -> int:
    with write_transaction(builder.library.catalog.path) as db:
        return carry_all(db, begin_edit(db, "Kept"), before, after)


def test_everything_is_carried_over_and_stays(builder: LibraryBuilder) -> None:
    catalog = builder.library.catalog
    one, _ = builder.put("a.jpg", "a"), builder.put("b.jpg", "b")
    edit_photos(catalog, [one], "Rated", lambda _: {"rating": [5.0], "title": ["Trip"]})
    dismiss(catalog, [Dismissal(A.hex(), "blurred"), Dismissal(C.hex(), "dark")])
    decide(catalog, "keep", [A, C], 2)
    make_concept(catalog, "Sea", [C], [A])
    for _ in range(2):
        carry(builder)
        assert set(dismissed(catalog)) == {
            Dismissal(A.hex(), "blurred"), Dismissal(B.hex(), "blurred"),
            Dismissal(C.hex(), "dark"),
        }  # fmt: skip
        found = decisions(catalog)
        assert len(found) == 2 and found.about([A, C], 2) and found.about([B, C], 2)
        (concept,) = concepts(catalog)
        assert concept.positive == (C,) and set(concept.negative) == {A, B}


@pytest.mark.parametrize("is_shared", [False, True])
def test_edits_replace_those_of_a_content_without_other_files(
    builder: LibraryBuilder, is_shared: bool
) -> None:
    catalog = builder.library.catalog
    one, other = builder.put("a.jpg", "a"), builder.put("b.jpg", "b")
    edit_photos(catalog, [one], "Rated", lambda _: {"rating": [5.0]})
    edit_photos(catalog, [other], "Rated", lambda _: {"rating": [1.0]})
    if is_shared:
        builder.put("b2.jpg", "b")
    assert carry(builder) == (0 if is_shared else 1)
    row = catalog.photo(other)
    assert row is not None and row["rating"] == (1.0 if is_shared else 5.0)


def test_an_example_of_the_new_content_is_not_turned_around(builder: LibraryBuilder) -> None:
    catalog = builder.library.catalog
    make_concept(catalog, "Sea", [A], [B])
    make_concept(catalog, "Hills", [A, C], [])
    carry(builder)
    found = {each.name: (set(each.positive), set(each.negative)) for each in concepts(catalog)}
    assert found == {"Sea": ({A}, {B}), "Hills": ({A, B, C}, set())}


def test_contents_decided_about_together_stay_apart(builder: LibraryBuilder) -> None:
    """A decision about one content twice would say nothing."""
    catalog = builder.library.catalog
    decide(catalog, "apart", [A, B], 2)
    decide(catalog, "keep", [A, C], 3)
    carry(builder)
    found = decisions(catalog)
    assert len(found) == 3 and not found.about([B], 1)
    again = found.about([B, C], 3)
    assert again is not None and (again.kind, again.files) == ("keep", 3)
    first = found.about([A, C], 3)
    assert first is not None and again.decided_at == first.decided_at
