"""Files of the catalog by their paths, and paths by contents."""

from __future__ import annotations

from pathlib import Path

from explorer.library.file_lookup import (
    find_file,
    find_photo_file,
    find_unreadable_file,
    paths_with_content,
)
from explorer.library.stores.file_store import files_below, put_missing
from explorer.library.stores.root_store import add_root
from explorer.library.writer import Writer
from tests.fixtures.small_library import SmallLibrary, digest, hash_of


def test_photos_and_unreadable_files_are_found_by_their_paths(small_library: SmallLibrary) -> None:
    catalog, photos = small_library.library.catalog, str(small_library.photos)
    photo = small_library.add_photo("sub/a.jpg", "one")
    broken = small_library.add_unreadable("b.jpg", "half a photo", fault="damaged")
    found, unread = find_photo_file(catalog, photo), find_unreadable_file(catalog, broken)
    assert found is not None and unread is not None
    assert (found.root, found.hash, found.file.path, found.fault) == (
        photos, digest(Path(photo)), "sub/a.jpg", None,
    )  # fmt: skip
    assert (unread.root, unread.hash, unread.file.path, unread.fault) == (
        photos, "", "b.jpg", "damaged",
    )  # fmt: skip
    assert find_unreadable_file(catalog, photo) is None and find_photo_file(catalog, broken) is None
    for unknown in ("photos/a.jpg", "photos/sub/b.jpg", "sub/a.jpg", "photos2/sub/a.jpg"):
        assert find_file(catalog, str(small_library.base / unknown)) is None


def test_a_file_is_looked_up_in_the_watched_folder_that_contains_it(
    small_library: SmallLibrary,
) -> None:
    catalog, first = small_library.library.catalog, small_library.add_photo("a.jpg", "one")
    other = small_library.base / "another drive"
    other.mkdir()
    writer = Writer(catalog)
    small_library.photos, small_library.root = other, add_root(writer, str(other))
    writer.close()
    second = small_library.add_photo("a.jpg", "two")
    found = [find_photo_file(catalog, path) for path in (first, second)]
    assert [each and each.hash for each in found] == [hash_of(b"one"), hash_of(b"two")]
    assert [each and each.root for each in found] == [str(Path(first).parent), str(other)]


def test_the_paths_of_a_content_are_those_of_files_that_are_there(
    small_library: SmallLibrary,
) -> None:
    catalog = small_library.library.catalog
    first, second, _ = (small_library.add_photo(f"{name}.jpg", "one") for name in "bac")
    small_library.add_photo("d.jpg", "two")
    writer = Writer(catalog)
    put_missing(writer, [files_below(writer, small_library.root)["c.jpg"]])
    writer.close()
    assert paths_with_content(catalog, hash_of(b"one")) == [first, second]
    assert paths_with_content(catalog, hash_of(b"three")) == []
    assert paths_with_content(catalog, "no hash") == []
