from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.group_removals import removals_of_groups
from explorer.duplicates.groups import DuplicateGroup
from explorer.photos.containers.contents import NOTHING, ContentPart, FileContents
from explorer.removal.companions import Companion, companions_of
from explorer.removal.plan import as_csv, as_json, removals_of_photos, write_plan
from explorer.removal.plan_formats import PlanError
from explorer.removal.plan_reader import read_plan
from explorer.removal.remove import remove
from explorer.removal.results import Removal
from explorer.removal.undo import undo
from tests.fixtures.small_library import SmallLibrary


def test_a_plan_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    with pytest.raises(
        PlanError, match=r"The plan .*plan\.json cannot be written: No such file or directory\."
    ):
        write_plan(tmp_path / "absent" / "plan.json", [])


def test_a_missing_quotation_mark_invalidates_one_entry_of_a_written_plan(tmp_path: Path) -> None:
    """JSON is written with one value per line, so that a mistake in one harms no other entry."""
    text = as_json([Removal(f"/p/{name}.jpg", "0" * 32) for name in "abc"])
    (tmp_path / "plan.json").write_text(text.replace('"/p/b.jpg"', '"/p/b.jpg'))
    found = read_plan(tmp_path / "plan.json")
    assert [removal.path for removal in found.removals] == ["/p/a.jpg", "/p/c.jpg"]
    assert [each.where for each in found.bad] == ["entry 2"]


@pytest.mark.parametrize("name", ["plan.csv", "PLAN.CSV"])
def test_the_extension_selects_the_format(tmp_path: Path, name: str) -> None:
    write_plan(tmp_path / name, [Removal("/p/a.jpg", "0" * 32)])
    assert (tmp_path / name).read_text().startswith('"path","hash"')
    write_plan(tmp_path / "plan", [Removal("/p/a.jpg", "0" * 32)])
    assert json.loads((tmp_path / "plan").read_text())["removals"][0]["path"] == "/p/a.jpg"


def test_plans_are_texts_that_tools_can_compare_by_line() -> None:
    """As earlier releases wrote them."""
    assert (
        as_json([]) == '{\n "format": "photo-explorer-plan",\n "version": 1,\n "removals": []\n}\n'
    )
    header, row, end = as_csv([Removal("/p/a.jpg", "0" * 32)]).split("\n")
    assert header.endswith('"holds"') and row.startswith('"/p/a.jpg"') and not end


def test_json_is_ascii_so_that_any_name_survives() -> None:
    assert as_json([Removal("/p/é.jpg", "0" * 32)]).isascii()


def test_any_text_can_be_written(tmp_path: Path) -> None:
    """Names that are not UTF-8 survive; of words that name them, all that is text."""
    removal = Removal(
        "/p/m\udcfc.jpg",
        "0" * 32,
        "/k/m\udcfc.jpg",
        "1" * 32,
        tier="m\udcfc",
        why="it is not in “Backup m\udcfc”",
        holds=("m\udcfc",),
    )
    for name in ("plan.csv", "plan.json"):
        write_plan(tmp_path / name, [removal])
        (again,) = read_plan(tmp_path / name).removals
        assert (again.path, again.keeper) == (removal.path, removal.keeper)
    assert "it is not in “Backup m\ufffd”" in as_csv([removal])


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@a"])
def test_no_name_becomes_a_formula_in_a_spreadsheet(name: str) -> None:
    (row,) = csv.DictReader(
        io.StringIO(
            as_csv(
                [Removal("/p/a.jpg", "0" * 32, companions=(Companion(f"/p/{name}", "sidecar", 5),))]
            )
        )
    )
    assert row["along"] == f"'{name} (5 bytes)"
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def item(small_library: SmallLibrary, path: str, **facts: Any) -> GroupFile:
    photo_id = small_library.library.catalog.photo_id(
        bytes.fromhex(small_library.removal(path, None).hash)
    )
    assert photo_id is not None
    return GroupFile(
        0,
        photo_id,
        str(small_library.photos / path),
        3,
        1,
        1,
        "JPEG",
        None,
        None,
        **({"contents": NOTHING} | facts),
    )


def test_a_plan_of_groups_never_removes_keepers_or_protected_files(
    small_library: SmallLibrary,
) -> None:
    for name in "abcde":
        small_library.add_photo(f"{name}.jpg", name)
    a, b, c, d = (item(small_library, f"{name}.jpg") for name in "abcd")
    safe = item(small_library, "e.jpg", protected=True)
    groups = [
        DuplicateGroup("1", "identical", a, "it is better", (b, safe)),
        DuplicateGroup("2", "picture", c, "it is larger", (a, b)),
        DuplicateGroup("3", "lookalike", c, "", (d,)),
    ]
    removals = removals_of_groups(small_library.library.catalog, groups)
    assert [(Path(r.path).name, Path(r.keeper or "").name, r.why) for r in removals] == [
        ("b.jpg", "a.jpg", "it is better")
    ]
    assert removals[0] == small_library.removal(
        "b.jpg", "a.jpg", bytes=3, tier="identical", why="it is better"
    )
    assert (
        removals_of_groups(small_library.library.catalog, groups, lambda group, item: False) == []
    )


def test_photos_without_a_keeper_are_removed_with_all_their_files(
    small_library: SmallLibrary,
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("again/a.jpg", "one")
    small_library.add_photo("b.jpg", "two")
    one = item(small_library, "a.jpg").photo_id
    removals = removals_of_photos(small_library.library.catalog, [one, one, 10_000])
    assert removals == [
        small_library.removal(name, None, bytes=3) for name in ("a.jpg", "again/a.jpg")
    ]


def test_companions_of_photos_without_a_keeper_are_in_the_plan(small_library: SmallLibrary) -> None:
    """The user confirms what they see: a film goes with its photo."""
    small_library.add_photo("a.jpg", "one")
    small_library.add_file("a.mov", "film")
    photo_id = item(small_library, "a.jpg").photo_id
    (removal,) = removals_of_photos(small_library.library.catalog, [photo_id])
    assert removal.companions == (
        Companion(str(small_library.photos / "a.mov"), "video", len("film")),
    )


def better_and_copies(
    small_library: SmallLibrary, tier: Any = "identical", compared: bool = True
) -> list[DuplicateGroup]:
    """A photo of which a smaller copy lies in two files, of one content or of the same pixels;
    accepted all at once."""
    small_library.add_photo("large.jpg", "large")
    small_library.add_photo("small.jpg", "small")
    small_library.add_photo(
        "again.jpg", "small" if tier == "identical" else "small, with other words"
    )
    small_library.add_pair("large.jpg", "small.jpg")
    if tier == "pixels":
        small_library.add_pair("small.jpg", "again.jpg", "pixels")
        if compared:
            small_library.add_pair("large.jpg", "again.jpg")
    large, small, again = (
        item(small_library, f"{name}.jpg") for name in ("large", "small", "again")
    )
    return [
        DuplicateGroup("1", tier, small, "it is older", (again,)),
        DuplicateGroup("2", "picture", large, "it is larger", (small,)),
    ]


@pytest.mark.parametrize(
    ("tier", "compared"), [("identical", True), ("pixels", True), ("pixels", False)]
)
def test_copies_of_a_copy_are_removed_for_the_best_if_compared_with_it(
    small_library: SmallLibrary, tier: str, compared: bool
) -> None:
    removals = removals_of_groups(
        small_library.library.catalog, better_and_copies(small_library, tier, compared)
    )
    found = {(Path(removal.path).name, Path(removal.keeper or "").name) for removal in removals}
    assert found == (
        {("again.jpg", "large.jpg"), ("small.jpg", "large.jpg")}
        if compared
        else {("again.jpg", "small.jpg")}
    )
    outcome = remove(small_library.library, removals)
    assert not outcome.kept and "large.jpg" in small_library.tree()
    undo(small_library.library)


def test_an_unwanted_photo_is_removed_and_a_wanted_one_is_kept(small_library: SmallLibrary) -> None:
    groups = better_and_copies(small_library)
    removals = removals_of_groups(
        small_library.library.catalog, groups, lambda group, item: group.tier == "picture"
    )
    assert [(Path(removal.path).name, Path(removal.keeper or "").name) for removal in removals] == [
        ("small.jpg", "large.jpg")
    ]


def test_companions_are_listed_in_the_plan(small_library: SmallLibrary, tmp_path: Path) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    small_library.add_file("b.jpg.thm", "words")
    company = companions_of(str(small_library.photos / "b.jpg"))
    groups = [
        DuplicateGroup(
            "1",
            "identical",
            item(small_library, "a.jpg"),
            "it is older",
            (item(small_library, "b.jpg", companions=company),),
        )
    ]
    removals = removals_of_groups(small_library.library.catalog, groups)
    assert removals[0].total_bytes == 3 + 5
    assert json.loads(as_json(removals))["removals"][0]["along"] == [
        {"path": str(small_library.photos / "b.jpg.thm"), "bytes": 5}
    ]
    assert "b.jpg.thm (5 bytes)" in as_csv(removals)
    write_plan(tmp_path / "plan.csv", removals)
    assert (
        remove(small_library.library, read_plan(tmp_path / "plan.csv").removals).companion_count
        == 1
    )
    undo(small_library.library)


def test_a_photo_with_the_only_film_is_in_no_plan(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    small_library.add_file("b.mov", "film")
    company = companions_of(str(small_library.photos / "b.jpg"))
    groups = [
        DuplicateGroup(
            "1",
            "identical",
            item(small_library, "a.jpg"),
            "it is older",
            (item(small_library, "b.jpg", companions=company),),
        )
    ]
    assert removals_of_groups(small_library.library.catalog, groups) == []


def test_a_plan_lists_the_contents_of_files(small_library: SmallLibrary) -> None:
    for name in "ab":
        small_library.add_photo(f"{name}.jpg", name)
    two = FileContents((ContentPart("page", "0" * 32), ContentPart("film", "1" * 32)))
    keep, goes = (
        item(small_library, "a.jpg", contents=two),
        item(small_library, "b.jpg", contents=two),
    )
    (removal,) = removals_of_groups(
        small_library.library.catalog,
        [DuplicateGroup("1", "picture", keep, "it is better", (goes,))],
    )
    assert removal.holds == ("2 pages", "video inside")
    assert json.loads(as_json([removal]))["removals"][0]["holds"] == ["2 pages", "video inside"]
    assert next(csv.DictReader(io.StringIO(as_csv([removal]))))["holds"] == "2 pages, video inside"


def test_contents_of_a_file_are_present_in_the_final_keeper(small_library: SmallLibrary) -> None:
    """A tighter group's keeper gives way to a better photo, which lacks what the others of that
    group hold."""
    for name in "abc":
        small_library.add_photo(f"{name}.jpg", name)
    for one, other in (("a", "b"), ("b", "c"), ("a", "c")):
        small_library.add_pair(f"{one}.jpg", f"{other}.jpg", "picture")
    film = FileContents((ContentPart("film", "1" * 32),))
    best, middle, last = (
        item(small_library, "a.jpg"),
        item(small_library, "b.jpg", contents=film),
        item(small_library, "c.jpg", contents=film),
    )
    groups = [
        DuplicateGroup("1", "pixels", middle, "", (last,)),
        DuplicateGroup("2", "picture", best, "", (middle,)),
    ]
    assert [
        (each.path[-5:], (each.keeper or "")[-5:])
        for each in removals_of_groups(small_library.library.catalog, groups)
    ] == [("c.jpg", "b.jpg")]
