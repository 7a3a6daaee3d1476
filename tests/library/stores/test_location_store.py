"""Where photos were taken, by name."""

from __future__ import annotations

from explorer.library.repair.salvage import salvage
from explorer.library.stores.location_store import (
    located_photos,
    location_counts,
    locations_of,
    photos_in,
    photos_to_locate,
)
from explorer.library.stores.photo_text_store import outdated_photos
from explorer.library.stores.quality_store import refresh_photo
from explorer.library.text.text_index import TextIndex
from tests.factory import LibraryBuilder, decoded
from tests.fixtures.places import BROOKLYN, LISBON, TEXAS, put_place

WHERE = {"latitude": 38.7, "longitude": -9.1}


def waiting(builder: LibraryBuilder, version: str = "1", since: int = 0) -> list[int]:
    with builder.library.catalog.reading() as db:
        return [photo.photo_id for photo in photos_to_locate(db, version, since)]


def test_only_photos_with_coordinates_wait_for_a_place(builder: LibraryBuilder) -> None:
    photo = builder.put("a.jpg", 1, **WHERE)
    builder.put("b.jpg", 2)
    builder.put("c.jpg", 3, latitude=1.0)
    builder.put("d.jpg", 4, **WHERE)
    builder.lose("d.jpg")
    assert waiting(builder) == [photo]
    put_place(builder, photo, 38.7, -9.1, LISBON)
    assert waiting(builder) == []
    assert waiting(builder, version="2") == [photo]
    assert waiting(builder, version="2", since=builder.library.catalog.change()) == []


def test_a_photo_is_found_by_the_names_of_its_place(builder: LibraryBuilder) -> None:
    photo = builder.put("a.jpg", 1, latitude=40.7, longitude=-74.0)
    put_place(builder, photo, 40.7, -74.0, BROOKLYN)
    index = TextIndex(builder.library.catalog)
    for name in ("brooklyn", "New York City", "new york", "united states"):
        assert index.ids_containing(name, ["place"]).tolist() == [photo]
    (match,) = index.search("brooklyn")
    assert (match.column, match.text) == ("place", "Brooklyn")
    assert outdated_photos(builder.library.catalog) == []


def test_a_new_place_is_a_change_that_readers_see(builder: LibraryBuilder) -> None:
    photo = builder.put("a.jpg", 1, **WHERE)
    before = builder.library.catalog.change()
    put_place(builder, photo, 38.7, -9.1, None)
    with builder.library.catalog.reading() as db:
        (change,) = db.execute("select change from photo where id = ?", (photo,)).fetchone()
    assert change > before
    assert locations_of(builder.library.catalog, [photo]) == {}


def test_a_place_of_other_coordinates_is_not_used(builder: LibraryBuilder) -> None:
    photo = builder.put("a.jpg", 1, **WHERE)
    put_place(builder, photo, 38.7, -9.1, LISBON)
    refresh_photo(builder.writer, photo, decoded(latitude=1.0, longitude=2.0))
    catalog = builder.library.catalog
    assert waiting(builder) == [photo]
    assert locations_of(catalog, [photo]) == {} and location_counts(catalog) == []
    assert TextIndex(catalog).ids_containing("lisbon").tolist() == []
    assert photos_in(catalog, [], [], ["PT"]).tolist() == []


def test_photos_are_counted_by_place(builder: LibraryBuilder) -> None:
    photos = [
        builder.put(f"{number}.jpg", number, latitude=float(number), longitude=0.0)
        for number in range(5)
    ]
    for photo, location in zip(photos, (LISBON, LISBON, BROOKLYN, TEXAS, None), strict=True):
        put_place(builder, photo, float(photos.index(photo)), 0.0, location)
    builder.lose("0.jpg")
    found = location_counts(builder.library.catalog)
    assert {each.location: (each.photos, each.newest) for each in found} == {
        LISBON: (1, photos[1]),
        BROOKLYN: (1, photos[2]),
        TEXAS: (1, photos[3]),
    }
    catalog = builder.library.catalog
    assert photos_in(catalog, [], [], ["US"]).tolist() == photos[2:4]
    assert photos_in(catalog, [5128581], [], []).tolist() == [photos[2]]
    assert photos_in(catalog, [5110302], ["US.TX"], []).tolist() == photos[2:4]
    # No place is not a place.
    assert photos_in(catalog, [0], [], []).tolist() == []
    assert located_photos(catalog).ids.tolist() == photos[1:]
    assert located_photos(catalog).latitude.tolist() == [1.0, 2.0, 3.0, 4.0]


def test_labels_go_from_the_smallest_to_the_largest() -> None:
    assert LISBON.label == "Lisbon, Portugal"
    assert BROOKLYN.label == "Brooklyn, New York City, United States"
    assert TEXAS.label == "Texas, United States"


def test_names_follow_the_data(builder: LibraryBuilder) -> None:
    one, other = builder.put("a.jpg", 1, **WHERE), builder.put("b.jpg", 2, **WHERE)
    put_place(builder, one, 38.7, -9.1, LISBON._replace(city_name="Lissabon"))
    put_place(builder, other, 38.7, -9.1, LISBON)
    assert set(locations_of(builder.library.catalog, [one, other]).values()) == {LISBON}


def test_places_of_a_salvaged_catalog_are_found_again(builder: LibraryBuilder) -> None:
    photo = builder.put("a.jpg", 1, **WHERE)
    put_place(builder, photo, 38.7, -9.1, LISBON)
    builder.writer.close()
    builder.library.close()
    salvage(builder.library.catalog.path)
    again = LibraryBuilder(
        type(builder.library).open(builder.library.dir), str(builder.library.dir.parent / "photos")
    )
    try:
        assert waiting(again) == [photo]
        assert location_counts(again.library.catalog) == []
    finally:
        again.close()
