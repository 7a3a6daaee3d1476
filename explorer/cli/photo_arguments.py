"""Resolve the photo files that a command line or a query names as examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.cli.arguments import absolute
from explorer.errors import FolderError, PhotoError
from explorer.library.library import Library
from explorer.library.paths import printable
from explorer.search.engine import SearchEngine
from explorer.search.language.query_tree import QueryTree
from explorer.search.query import ExamplePhoto, Query, file_paths
from explorer.systems import file_calls


def with_files(
    library: Library, engine: SearchEngine, tree: QueryTree, photos: Iterable[str] = ()
) -> Query:
    """The query for a parsed tree, with the files that it names and those in `photos` (paths).

    For an indexed photo, the stored vector is used; any other photo is encoded now. Raises
    FolderError for a path that does not exist, and PhotoError for a file that cannot be read as a
    photo.
    """
    given = [_read(library, engine, path) for path in photos]
    named = tuple((path, _read(library, engine, path)) for path in file_paths(tree))
    return Query(
        tree,
        tuple(photo for photo in given if isinstance(photo, int)),
        tuple(photo for photo in given if isinstance(photo, ExamplePhoto)),
        named,
    )


@contextmanager
def named_photo(given: str) -> Iterator[str]:
    """The absolute path of a photo file that the user named. Raises FolderError if it does not
    exist. A PhotoError of the block is raised with the path."""
    path = absolute(given)
    if not file_calls.exists(path):
        raise FolderError(f"There is no photo {printable(path)}: check its spelling.")
    try:
        yield path
    except PhotoError as error:
        raise PhotoError(f"{printable(path)}: {error}") from error


def _read(library: Library, engine: SearchEngine, given: str) -> int | ExamplePhoto:
    """The id of a photo file in the library or, if it is not indexed, its encoded content."""
    from explorer.photos.decode import content_hash, read_file

    with named_photo(given) as path:
        data = read_file(path)
        photo_id = library.catalog.photo_id(content_hash(data))
        if photo_id is not None and engine.has_vector(photo_id):
            return photo_id
        from explorer.decoding.pool import DecodePool

        with DecodePool(1, engine.encoder.spec) as pool:
            photo = pool.decode_bytes(data)
        if photo.input is None:
            raise PhotoError("the decoder returned no input for the encoder")
    return engine.encode_photo(photo.input, Path(path).name)
