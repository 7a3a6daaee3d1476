"""Albums and favorites return to another library, whichever photos are visible when."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.library.catalog import Catalog
from explorer.library.edits.album_members import album_members, favourite_members
from explorer.library.library import Library
from explorer.library.stores.album_store import add_contents_to_album, albums
from explorer.library.stores.edit_store import edit_contents
from explorer.search.export.album_files import albums_json, import_albums
from tests.factory import LibraryBuilder, digest_of
from tests.thoroughness import times

_CONTENTS = st.sets(st.integers(0, 5))
_SOME = st.sets(st.integers(0, 5), min_size=1)


def members(catalog: Catalog) -> dict[str, set[bytes]]:
    found = {
        album.name: {each.hash for each in album_members(catalog, album.id)}
        for album in albums(catalog)
    }
    return found | {"": {each.hash for each in favourite_members(catalog)}}


@settings(max_examples=times(15, 150))
@given(
    indexed=_CONTENTS,
    lost=_CONTENTS,
    listed=st.dictionaries(st.sampled_from(["A", "É", "Ä 2"]), _SOME),
    marked=_CONTENTS,
    there=_CONTENTS,
    early=st.booleans(),
)  # fmt: skip
def test_albums_make_a_round_trip(
    indexed: set[int],
    lost: set[int],
    listed: dict[str, set[int]],
    marked: set[int],
    there: set[int],
    early: bool,
) -> None:
    """indexed: contents of the first library. lost: those of which the files are missing there.
    there: contents of the second library. early: they are indexed before the import."""
    with tempfile.TemporaryDirectory() as folder:
        makers = [
            LibraryBuilder(Library.open(Path(folder, name)), folder) for name in ("one", "two")
        ]
        with closing(makers[0]) as one, closing(makers[1]) as two:
            for content in sorted(indexed):
                one.put(f"{content}.jpg", content)
            old, new = one.library.catalog, two.library.catalog
            for name, contents in listed.items():
                add_contents_to_album(old, name, map(digest_of, contents))
            edit_contents(old, map(digest_of, marked), "Marked", "favourite", [1])
            for content in sorted(lost & indexed):
                one.lose(f"{content}.jpg")
            wanted = {name: set(map(digest_of, contents)) for name, contents in listed.items()}
            wanted[""] = set(map(digest_of, marked))
            assert members(old) == wanted
            for content in sorted(there) if early else ():
                two.put(f"other/{content}.jpg", content)
            import_albums(new, albums_json(old))
            for content in () if early else sorted(there):
                two.put(f"other/{content}.jpg", content)
            assert members(new) == wanted
            for content in there:
                number = new.photo_id(digest_of(content))
                row = new.photo(number) if number else None
                assert row is not None and bool(row["favourite"]) == (content in marked)
