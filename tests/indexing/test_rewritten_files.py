"""What the user set for a photo stays with its file if another program writes the file anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from explorer.library.edits.edit_history import past_edits
from explorer.library.edits.edit_operations import (
    change_keywords,
    combined,
    set_favourite,
    set_rating,
    set_text,
)
from explorer.library.edits.edit_undo import undo_edit
from explorer.library.stores.album_store import (
    add_to_album,
    album_photos,
    albums_of,
    favourites,
    find_album,
)
from explorer.library.stores.concept_store import concepts, make_concept
from explorer.library.stores.decision_store import decide, decisions
from explorer.library.stores.dismissal_store import Dismissal, dismiss, dismissed
from explorer.library.stores.edit_store import edit_photos, edited_fields
from tests import pictures
from tests.fixtures.indexing import IndexingSetup
from tests.photos.metadata.packets import subject, xmp


def tag(path: Path, text: bytes = b"tagged") -> None:
    """Insert a comment into a JPEG, as a tagger does: new bytes, the same pixels."""
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + data[2:])


def edit(setup: IndexingSetup, name: str = "a.jpg") -> None:
    """Give a photo five stars, a keyword, a title and an album, and mark it as a favorite."""
    photo, catalog = setup.present()[name], setup.library.catalog
    operations = [set_favourite(True), set_rating(5), change_keywords(["sea"])]
    edit_photos(catalog, [photo], *combined([*operations, set_text("title", "Trip")]))
    add_to_album(catalog, "Trip", [photo])


def edits(setup: IndexingSetup, name: str = "a.jpg") -> tuple[object, ...]:
    photo, catalog = setup.present()[name], setup.library.catalog
    row = catalog.photo(photo)
    assert row is not None
    return (
        bool(row["favourite"]), row["rating"], list(row["keywords"]), row["title"],
        albums_of(catalog, photo),
    )  # fmt: skip


EDITED = (True, 5.0, ["sea"], "Trip", ["Trip"])
NOTHING: tuple[object, ...] = (False, None, [], None, [])


def hash_of(setup: IndexingSetup, name: str) -> bytes:
    row = setup.library.catalog.photo(setup.present()[name])
    assert row is not None
    return bytes.fromhex(row["hash"])


def test_edits_stay_with_a_file_whose_metadata_was_changed(setup: IndexingSetup) -> None:
    path, catalog = setup.draw("a.jpg"), setup.library.catalog
    setup.draw("b.jpg", 1)
    setup.run()
    edit(setup)
    before = setup.present()["a.jpg"]
    tag(path)
    setup.run()
    assert setup.present()["a.jpg"] != before and edits(setup) == EDITED
    assert favourites(catalog) == [setup.present()["a.jpg"]]
    assert len(album_photos(catalog, find_album(catalog, "Trip").id)) == 1
    assert edits(setup, "b.jpg") == NOTHING
    tag(path)
    setup.run()
    assert edits(setup) == EDITED
    # Of the two runs, each is one edit.
    latest = past_edits(catalog)[0]
    assert len(past_edits(catalog)) == 4 and latest.photos == 1
    undo_edit(catalog, latest.id)
    assert edits(setup) == NOTHING


def test_the_photos_of_a_run_are_one_edit(setup: IndexingSetup) -> None:
    paths = [setup.draw(f"{number}.jpg", number) for number in range(3)]
    setup.run()
    for path in paths:
        edit(setup, path.name)
        tag(path)
    setup.run()
    assert [edits(setup, path.name) for path in paths] == [EDITED] * 3
    assert past_edits(setup.library.catalog)[0].photos == 3


def test_what_the_program_wrote_counts_where_the_user_set_nothing(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    setup.run()
    edit_photos(
        setup.library.catalog, [setup.present()["a.jpg"]], *combined([change_keywords(["sea"])])
    )
    packet = xmp('xmp:Rating="3"', subject("hills"))
    setup.draw("a.jpg", xmp=packet.encode())
    setup.run()
    assert edits(setup) == (False, 3.0, ["hills", "sea"], None, [])


def test_a_photo_that_was_turned_keeps_its_edits(setup: IndexingSetup) -> None:
    setup.draw("a.jpg")
    setup.run()
    edit(setup)
    setup.draw("a.jpg", exif=pictures.exif(orientation=6))
    setup.run()
    assert edits(setup) == EDITED


@pytest.mark.parametrize("size", [(96, 64), (192, 128)])
def test_another_picture_under_the_same_name_gets_nothing(
    setup: IndexingSetup, size: tuple[int, int]
) -> None:
    """Nor does the same one at another size."""
    path, catalog = setup.draw("a.jpg"), setup.library.catalog
    setup.run()
    edit(setup)
    before = hash_of(setup, "a.jpg")
    dismiss(catalog, [Dismissal(before.hex(), "blurred")])
    decide(catalog, "keep", [before], 2)
    pictures.write(path, pictures.draw(1 if size == (96, 64) else 0, size))
    setup.run()
    assert edits(setup) == NOTHING and edited_fields(catalog, setup.present()["a.jpg"]) == set()
    assert len(decisions(catalog)) == len(dismissed(catalog)) == 1
    assert len(past_edits(catalog)) == 2


def test_a_photo_that_is_still_elsewhere_keeps_its_edits_there(setup: IndexingSetup) -> None:
    path = setup.draw("a.jpg")
    shutil.copyfile(path, setup.photos / "b.jpg")
    setup.run()
    edit(setup)
    tag(path)
    setup.run()
    assert (edits(setup, "a.jpg"), edits(setup, "b.jpg")) == (NOTHING, EDITED)


def test_copies_that_are_changed_together_all_keep_their_edits(setup: IndexingSetup) -> None:
    paths = [setup.draw("a.jpg"), setup.photos / "b.jpg"]
    shutil.copyfile(*paths)
    setup.run()
    edit(setup)
    for path in paths:
        tag(path, path.name.encode())
    setup.run()
    assert (edits(setup, "a.jpg"), edits(setup, "b.jpg")) == (EDITED, EDITED)


def test_a_former_content_that_comes_back_has_the_latest_edits(setup: IndexingSetup) -> None:
    path, catalog = setup.draw("a.jpg"), setup.library.catalog
    data = path.read_bytes()
    setup.run()
    edit(setup)
    tag(path)
    setup.run()
    edit_photos(catalog, [setup.present()["a.jpg"]], *combined([set_rating(2)]))
    path.write_bytes(data)
    setup.run()
    assert edits(setup) == (True, 2.0, ["sea"], "Trip", ["Trip"])


def test_edits_of_a_photo_that_is_there_already_are_kept(setup: IndexingSetup) -> None:
    """Another file has the new content, and the user has edited it."""
    path, catalog = setup.draw("a.jpg"), setup.library.catalog
    shutil.copyfile(path, setup.photos / "b.jpg")
    tag(setup.photos / "b.jpg")
    setup.run()
    edit(setup)
    other = [setup.present()["b.jpg"]]
    edit_photos(catalog, other, *combined([set_rating(1), change_keywords(["hills"])]))
    tag(path)
    setup.run()
    assert setup.present()["a.jpg"] == other[0]
    assert edits(setup) == (True, 1.0, ["hills", "sea"], "Trip", ["Trip"])


def test_decisions_dismissals_and_examples_stay_with_the_file(setup: IndexingSetup) -> None:
    path, catalog = setup.draw("a.jpg"), setup.library.catalog
    setup.draw("b.jpg", 1)
    setup.run()
    before, other = hash_of(setup, "a.jpg"), hash_of(setup, "b.jpg")
    dismiss(catalog, [Dismissal(before.hex(), "blurred")])
    decide(catalog, "apart", [before, other], 2)
    make_concept(catalog, "Sea", [before], [other])
    tag(path)
    setup.run()
    after = hash_of(setup, "a.jpg")
    assert Dismissal(after.hex(), "blurred") in dismissed(catalog)
    found = decisions(catalog)
    assert found.about([after, other], 2) and found.about([before, other], 2)
    assert not found.apart(before, after)
    assert concepts(catalog)[0].positive == (before, after)
    assert past_edits(catalog) == []
    # The former content comes back: nothing is doubled.
    pictures.write(path, pictures.draw(0, (96, 64)))
    setup.run()
    assert hash_of(setup, "a.jpg") == before
    assert (len(decisions(catalog)), len(dismissed(catalog))) == (2, 2)


def test_without_the_former_preview_nothing_is_concluded(setup: IndexingSetup) -> None:
    path = setup.draw("a.jpg")
    setup.run()
    edit(setup)
    setup.library.previews.path(hash_of(setup, "a.jpg").hex()).unlink()
    tag(path)
    setup.run()
    assert edits(setup) == NOTHING
