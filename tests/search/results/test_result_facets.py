"""What a result can be narrowed down by."""

from __future__ import annotations

from explorer.library.queries.facet_columns import FacetColumns
from explorer.library.stores.location_store import all_locations
from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from explorer.search.language.print_query import print_query
from explorer.search.photo_filter import PhotoFilter
from explorer.search.results.result_facets import (
    FacetEntry,
    FacetGroup,
    changed_conditions,
    result_facets,
)
from tests.factory import LibraryBuilder
from tests.fixtures.places import LISBON, put_place


def _fill(builder: LibraryBuilder) -> None:
    for number in range(8):
        photo = builder.put(
            f"{'trip' if number % 2 else 'home/old'}/{number}.jpg",
            number,
            taken_at=f"{2018 + number % 2}-0{1 + number}-04T00:00:00",
            camera=["Canon EOS 5D", "Canon EOS 5D Mark II", None][number % 3],
            lens="50mm" if number > 5 else None,
            format="PNG" if number == 7 else "JPEG",
            **({"latitude": 38.7, "longitude": -9.1} if number < 2 else {}),
        )
        if number < 2:
            put_place(builder, photo, 38.7, -9.1, LISBON)


def _groups(builder: LibraryBuilder, text: str) -> dict[str, FacetGroup]:
    tree, catalog = interpret(parse(text)), builder.library.catalog
    photos = PhotoFilter(builder.library).mask(tree.condition)
    table = FacetColumns(catalog).table()
    found = result_facets(tree, photos, table, catalog.roots(), all_locations(catalog))
    return {group.name: group for group in found}


def _entry(group: FacetGroup, name: str) -> FacetEntry:
    return next(entry for entry in group.entries if entry.name == name)


def test_each_entry_finds_as_many_photos_as_it_says(builder: LibraryBuilder) -> None:
    _fill(builder)
    photos = PhotoFilter(builder.library)
    for text in ("", "date:2018", "folder:trip", "camera:canon -is:favourite"):
        groups = _groups(builder, text)
        for group in groups.values():
            for entry in group.entries:
                changed = parse(print_query(entry.tree))
                assert changed == entry.tree
                again = changed_conditions(changed, entry.added, entry.dropped)
                assert again == changed
                if not entry.active and not entry.widens:
                    assert photos.ids(changed.condition).size == entry.photos, (text, entry)
    everything = _groups(builder, "")
    assert list(everything) == ["Dates", "Folders", "Cameras", "Lenses", "Places", "File types"]
    cameras = [(entry.name, entry.photos) for entry in everything["Cameras"].entries]
    assert cameras == [("Canon EOS 5D", 3), ("Canon EOS 5D Mark II", 3), ("Camera not known", 2)]


def test_a_filter_is_added_replaced_by_a_narrower_one_and_taken_off(
    builder: LibraryBuilder,
) -> None:
    _fill(builder)
    year = _entry(_groups(builder, "dog -is:favourite")["Dates"], "2018")
    assert print_query(year.tree) == "dog -is:favourite date:2018" and not year.active
    dates = _groups(builder, "dog date:2018")["Dates"]
    assert [(entry.name, entry.level, entry.active) for entry in dates.entries] == [
        ("2018", 0, True), ("July", 1, False), ("May", 1, False), ("March", 1, False),
        ("January", 1, False),
    ]  # fmt: skip
    assert print_query(dates.entries[0].tree) == "dog"
    assert print_query(dates.entries[2].tree) == "dog date:2018-05"
    folders = _groups(builder, "")["Folders"]
    assert [entry.level for entry in folders.entries] == [0, 1, 1]
    home = _groups(builder, print_query(folders.entries[1].tree))["Folders"]
    assert [(entry.name, entry.active) for entry in home.entries[1:]] == [
        ("home", True), ("old", False),
    ]  # fmt: skip
    assert print_query(home.entries[2].tree).count("folder:") == 1


def test_a_filter_beside_other_groups_is_shown_and_can_be_widened(builder: LibraryBuilder) -> None:
    file_date = {"taken_at": "2019-03-05T00:00:00", "taken_source": "file"}
    builder.put("x/y/a.jpg", 1, taken_at="2019-03-04T00:00:00", taken_source="exif")
    builder.put("x/y/b.jpg", 2, **file_date)
    builder.put("z/b.jpg", 2, **file_date)
    root = builder.library.catalog.roots()[0]["path"]
    text = f'date:2019-03 folder:"{root}/x/y"'
    groups = _groups(builder, text)
    dates = groups["Dates"].entries
    assert [(each.name, each.level, each.active, each.widens) for each in dates] == [
        ("2019", 0, False, True), ("March", 1, True, False),
        ("Only the file’s date", 0, False, False),
    ]  # fmt: skip
    rest = print_query(parse(f'folder:"{root}/x/y"'))
    assert dates[0].text == f"{rest} date:2019" and dates[1].text == rest
    folders = groups["Folders"].entries
    assert [(each.level, each.active, each.widens) for each in folders] == [
        (0, False, True), (1, False, True), (2, True, False), (1, False, False),
    ]  # fmt: skip
    assert parse(folders[1].text) == parse(f'date:2019-03 folder:"{root}/x"')
    assert folders[2].text == "date:2019-03"
    (widened_root, *_) = _groups(builder, f'folder:="{root}/x/y"')["Folders"].entries
    assert widened_root.widens and widened_root.text.count("folder:") == 1


def test_folders_may_be_nested_more_deeply_than_calls(builder: LibraryBuilder) -> None:
    builder.put("/".join("a" * 1100) + "/a.jpg", 1)
    folders = _groups(builder, "")["Folders"]
    assert (len(folders.entries), folders.more) == (200, 901)
    # With another condition, a long folder is too long for a query: it has no link.
    dated = _groups(builder, "-is:favourite")["Folders"]
    assert all(parse(entry.text) for entry in dated.entries) and dated.more < 901


def test_words_that_are_a_filter_are_taken_off_as_one() -> None:
    tree = interpret(parse("birthday 2019"))
    tests = parse("date:2019").condition
    assert tests is not None
    assert print_query(changed_conditions(tree, (), [tests])) == "birthday"
    assert print_query(changed_conditions(tree, [tests])) == "birthday date:2019"
