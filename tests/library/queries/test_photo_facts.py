"""What photos have in common."""

from __future__ import annotations

from pathlib import Path

from explorer.library.library import Library
from explorer.library.queries.photo_facts import FactKind, photo_facts
from tests.factory import LibraryBuilder
from tests.fixtures.places import LISBON, put_place


def named(builder: LibraryBuilder, kind: FactKind) -> set[tuple[int, str]]:
    facts = photo_facts(builder.library.catalog)[kind]
    pairs = list(zip(facts.ids.tolist(), facts.values.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    return {(photo, facts.names[value]) for photo, value in pairs}


def test_facts_of_photos(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    builder = LibraryBuilder(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    try:
        camera = {"taken_at": "2018-07-06T10:11:12", "taken_source": "exif"}
        first = builder.put("Holiday/a.jpg", "a", keywords=("sea", "sand"), **camera)
        # A copy in another folder of the same name.
        builder.put("Old/Holiday/a.jpg", "a")
        copied = {"taken_at": "2020-01-01T00:00:00", "taken_source": "file"}
        second = builder.put("b.jpg", "b", latitude=38.7, longitude=-9.1, **copied)
        put_place(builder, second, 38.7, -9.1, LISBON)
        lost = builder.put("Holiday/c.jpg", "c", keywords=("sea",), **camera)
        builder.lose("Holiday/c.jpg")
        assert named(builder, "folder") == {(first, "Holiday"), (second, "photos")}
        assert named(builder, "year") == {(first, "2018")}
        assert named(builder, "keyword") == {(first, "sea"), (first, "sand")}
        assert {"Lisbon", "Portugal"} <= {name for _, name in named(builder, "place")}
        assert lost not in {photo for photo, _ in named(builder, "folder")}
    finally:
        builder.close()
