"""Which file stands for a photo, and which files have an unusual extension."""

from __future__ import annotations

from pathlib import Path

from explorer.library.stores import quality_store
from explorer.library.stores.root_store import add_root, update_root
from tests.factory import LibraryBuilder


def test_a_photo_is_represented_by_a_copy_on_a_connected_drive(
    builder: LibraryBuilder, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    first, second = builder.root, add_root(builder.writer, str(tmp_path / "other"))
    one, two = builder.put("a.jpg", 1), builder.put("b.jpg", 2)
    builder.root = second
    builder.put("copy.jpg", 1)
    update_root(builder.writer, first, state="offline")
    found = {
        subject.id: subject.path for subject in quality_store.review_photos(builder.library.catalog)
    }
    assert found == {
        one: str(tmp_path / "other" / "copy.jpg"),
        two: str(tmp_path / "photos" / "b.jpg"),
    }
    ((photo, file),) = quality_store.photos_to_measure(builder.library.catalog)
    assert (photo, file.path, file.root_id, file.photo_id, file.state) == (
        one,
        "copy.jpg",
        second,
        one,
        "present",
    )
    # Of several that are there, the first that was found is read.
    update_root(builder.writer, first, state="online")
    assert [file.path for _, file in quality_store.photos_to_measure(builder.library.catalog)] == [
        "a.jpg",
        "b.jpg",
    ]

    def names() -> list[str]:
        files = quality_store.unusually_named_files(builder.library.catalog, {"JPEG": ()})
        return [file.relative for file in files]

    assert names() == ["a.jpg", "b.jpg", "copy.jpg"]
    builder.lose("copy.jpg")
    assert names() == ["a.jpg", "b.jpg"]


def test_files_with_an_unusual_extension_are_listed(builder: LibraryBuilder) -> None:
    builder.put("a.jpg", 1)
    builder.put("sub.jpg/A.JPEG", 1)
    builder.put("sub.jpg/copy.png", 1)
    builder.put("jpg", 2)
    builder.put("b.png", 3, format="WEBP")

    def names(**usual: tuple[str, ...]) -> list[str]:
        found = quality_store.unusually_named_files(builder.library.catalog, usual)
        return [file.relative for file in found]

    assert names(JPEG=(".jpg", ".jpeg")) == ["sub.jpg/copy.png", "jpg"]
    assert names(JPEG=(".jpg", ".jpeg"), WEBP=(".webp",)) == ["sub.jpg/copy.png", "jpg", "b.png"]
    assert names(PNG=(".png",)) == []
