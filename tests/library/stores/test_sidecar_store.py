"""Storing sidecars, and what readers then see."""

from __future__ import annotations

from explorer.library.file_rows import FileStat
from explorer.library.stores.sidecar_store import (
    ReadSidecar,
    drop_sidecars,
    known_sidecars,
    put_sidecars,
    sidecars_of,
)
from explorer.library.text.text_index import TextIndex
from explorer.photos.metadata.sidecar_content import SIDECAR_VERSION, SidecarContent
from tests.factory import LibraryBuilder

BOAT = SidecarContent("xmp", keywords=("boat",))


def read(
    builder: LibraryBuilder, path: str, content: SidecarContent = BOAT, problem: str = ""
) -> ReadSidecar:
    return ReadSidecar(builder.root, FileStat(path, 7, 8, 0), content, problem)


def changes(builder: LibraryBuilder) -> dict[int, int]:
    """The number of the last change of each photo, by id."""
    with builder.library.catalog.reading() as db:
        return {row[0]: row[1] for row in db.execute("select id, change from photo")}


def test_what_a_sidecar_says_is_searched_and_readers_notice(builder: LibraryBuilder) -> None:
    a, b = builder.put("in/a.jpg", 1), builder.put("in/b.jpg", 2)
    texts = TextIndex(builder.library.catalog)
    before = changes(builder)
    put_sidecars(builder.writer, [read(builder, "in/a.xmp")])
    assert texts.ids_containing("boat").tolist() == [a]
    after = changes(builder)
    assert after[a] > before[a] and after[b] == before[b]
    (known,) = known_sidecars(builder.writer, builder.root, "in", recursive=False).values()
    drop_sidecars(builder.writer, builder.root, [known])
    assert texts.ids_containing("boat").tolist() == []
    assert changes(builder)[a] > after[a]


def test_a_file_that_is_none_does_not_keep_the_others_from_being_stored(
    builder: LibraryBuilder,
) -> None:
    a = builder.put("a.jpg", 1)
    put_sidecars(builder.writer, [read(builder, "notes.txt"), read(builder, "a.xmp", problem="no")])
    (found,) = sidecars_of(builder.library.catalog, a)
    assert found == ("a.xmp", BOAT, "no")


def test_the_known_ones_of_a_folder_are_told_from_those_of_others(builder: LibraryBuilder) -> None:
    paths = ("a.xmp", "in/a.xmp", "in/deep/a.xmp", "in0/a.xmp", "in-/a.xmp")
    put_sidecars(builder.writer, [read(builder, path) for path in paths])

    def known(folder: str, *, recursive: bool) -> set[str]:
        return set(known_sidecars(builder.writer, builder.root, folder, recursive=recursive))

    assert known("", recursive=True) == set(paths)
    assert known("", recursive=False) == {"a.xmp"}
    assert known("in", recursive=True) == {"in/a.xmp", "in/deep/a.xmp"}
    assert known("in", recursive=False) == {"in/a.xmp"}
    assert known_sidecars(builder.writer, builder.root + 1, "", recursive=True) == {}


def test_one_is_read_again_if_anything_about_it_changed(builder: LibraryBuilder) -> None:
    put_sidecars(builder.writer, [read(builder, "in/a.xmp")])
    (known,) = known_sidecars(builder.writer, builder.root, "in", recursive=True).values()
    assert (known.folder, known.version) == ("in", SIDECAR_VERSION)
    same = FileStat("in/a.xmp", 7, 8, 5)
    assert known.matches(same)
    assert not known.matches(same._replace(size=6))
    assert not known.matches(same._replace(mtime_ns=9))
    assert not known._replace(version=0).matches(same)
