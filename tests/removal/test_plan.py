from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from explorer.duplicates.group_removals import removals_of_groups
from explorer.duplicates.groups import DuplicateGroup, GroupFile
from explorer.photos.containers.contents import NOTHING, Contents, Part
from explorer.removal.companions import Along, beside
from explorer.removal.plan import as_csv, as_json, removals_of_photos, write_plan
from explorer.removal.plan_formats import PlanError
from explorer.removal.plan_reader import read_plan
from explorer.removal.remove import remove
from explorer.removal.results import Removal
from explorer.removal.undo import undo
from tests.fixtures.field import Field


def test_a_plan_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(
        PlanError, match=r"The plan .*plan\.json cannot be written: No such file or directory\."
    ):
        write_plan(tmp_path / "absent" / "plan.json", [])


@pytest.mark.parametrize("name", ["plan.csv", "PLAN.CSV"])
def test_the_ending_says_the_form(tmp_path: Path, name: str) -> None:
    write_plan(tmp_path / name, [Removal("/p/a.jpg", "0" * 32)])
    assert (tmp_path / name).read_text().startswith('"path","hash"')
    write_plan(tmp_path / "plan", [Removal("/p/a.jpg", "0" * 32)])
    assert json.loads((tmp_path / "plan").read_text())["removals"][0]["path"] == "/p/a.jpg"


def test_json_is_ascii_so_that_any_name_survives() -> None:
    assert as_json([Removal("/p/é.jpg", "0" * 32)]).isascii()


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@a"])
def test_no_name_becomes_a_formula_in_a_spreadsheet(name: str) -> None:
    (row,) = csv.DictReader(
        io.StringIO(
            as_csv([Removal("/p/a.jpg", "0" * 32, along=(Along(f"/p/{name}", "sidecar", 5),))])
        )
    )
    assert row["along"] == f"'{name} (5 bytes)"
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def item(field: Field, path: str, **facts: Any) -> GroupFile:
    photo_id = field.library.catalog.photo_id(bytes.fromhex(field.removal(path, None).hash))
    assert photo_id is not None
    return GroupFile(
        0,
        photo_id,
        str(field.photos / path),
        3,
        1,
        1,
        "JPEG",
        None,
        None,
        **({"contents": NOTHING} | facts),
    )


def test_a_plan_of_groups_never_takes_what_is_kept_or_protected(field: Field) -> None:
    for name in "abcde":
        field.put(f"{name}.jpg", name)
    a, b, c, d = (item(field, f"{name}.jpg") for name in "abcd")
    safe = item(field, "e.jpg", protected=True)
    groups = [
        DuplicateGroup("1", "identical", a, "it is better", (b, safe)),
        DuplicateGroup("2", "picture", c, "it is larger", (a, b)),
        DuplicateGroup("3", "lookalike", c, "", (d,)),
    ]
    removals = removals_of_groups(field.library.catalog, groups)
    assert [(Path(r.path).name, Path(r.keeper or "").name, r.why) for r in removals] == [
        ("b.jpg", "a.jpg", "it is better")
    ]
    assert removals[0] == field.removal(
        "b.jpg", "a.jpg", bytes=3, tier="identical", why="it is better"
    )
    assert removals_of_groups(field.library.catalog, groups, lambda group, item: False) == []


def test_photos_for_their_own_sake_go_with_all_their_files(field: Field) -> None:
    field.put("a.jpg", "one")
    field.put("again/a.jpg", "one")
    field.put("b.jpg", "two")
    one = item(field, "a.jpg").photo_id
    removals = removals_of_photos(field.library.catalog, [one, one, 10_000])
    assert removals == [field.removal(name, None, bytes=3) for name in ("a.jpg", "again/a.jpg")]


def better_and_copies(
    field: Field, tier: Any = "identical", compared: bool = True
) -> list[DuplicateGroup]:
    """A photo of which a smaller copy lies in two files, of one content or of the same pixels;
    accepted all at once."""
    field.put("large.jpg", "large")
    field.put("small.jpg", "small")
    field.put("again.jpg", "small" if tier == "identical" else "small, with other words")
    field.pair("large.jpg", "small.jpg")
    if tier == "pixels":
        field.pair("small.jpg", "again.jpg", "pixels")
        if compared:
            field.pair("large.jpg", "again.jpg")
    large, small, again = (item(field, f"{name}.jpg") for name in ("large", "small", "again"))
    return [
        DuplicateGroup("1", tier, small, "it is older", (again,)),
        DuplicateGroup("2", "picture", large, "it is larger", (small,)),
    ]


@pytest.mark.parametrize(
    ("tier", "compared"), [("identical", True), ("pixels", True), ("pixels", False)]
)
def test_copies_of_a_copy_go_for_the_best_as_far_as_they_were_compared_with_it(
    field: Field, tier: str, compared: bool
) -> None:
    removals = removals_of_groups(field.library.catalog, better_and_copies(field, tier, compared))
    found = {(Path(removal.path).name, Path(removal.keeper or "").name) for removal in removals}
    assert found == (
        {("again.jpg", "large.jpg"), ("small.jpg", "large.jpg")}
        if compared
        else {("again.jpg", "small.jpg")}
    )
    outcome = remove(field.library, removals)
    assert not outcome.kept and "large.jpg" in field.tree()
    undo(field.library)


def test_where_one_of_them_is_not_wanted_it_stays(field: Field) -> None:
    groups = better_and_copies(field)
    removals = removals_of_groups(
        field.library.catalog, groups, lambda group, item: group.tier == "picture"
    )
    assert [(Path(removal.path).name, Path(removal.keeper or "").name) for removal in removals] == [
        ("small.jpg", "large.jpg")
    ]


def test_what_belongs_to_them_is_in_the_plan_for_people_to_see(
    field: Field, tmp_path: Path
) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    field.beside("b.jpg.xmp", "words")
    company = beside(str(field.photos / "b.jpg"))
    groups = [
        DuplicateGroup(
            "1",
            "identical",
            item(field, "a.jpg"),
            "it is older",
            (item(field, "b.jpg", company=company),),
        )
    ]
    removals = removals_of_groups(field.library.catalog, groups)
    assert removals[0].whole == 3 + 5
    assert json.loads(as_json(removals))["removals"][0]["along"] == [
        {"path": str(field.photos / "b.jpg.xmp"), "bytes": 5}
    ]
    assert "b.jpg.xmp (5 bytes)" in as_csv(removals)
    write_plan(tmp_path / "plan.csv", removals)
    assert remove(field.library, read_plan(tmp_path / "plan.csv").removals).along == 1
    undo(field.library)


def test_a_photo_with_the_only_film_is_in_no_plan(field: Field) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    field.beside("b.mov", "film")
    company = beside(str(field.photos / "b.jpg"))
    groups = [
        DuplicateGroup(
            "1",
            "identical",
            item(field, "a.jpg"),
            "it is older",
            (item(field, "b.jpg", company=company),),
        )
    ]
    assert removals_of_groups(field.library.catalog, groups) == []


def test_a_plan_says_what_files_hold(field: Field) -> None:
    for name in "ab":
        field.put(f"{name}.jpg", name)
    two = Contents((Part("page", "0" * 32), Part("film", "1" * 32)))
    keep, goes = item(field, "a.jpg", contents=two), item(field, "b.jpg", contents=two)
    (removal,) = removals_of_groups(
        field.library.catalog, [DuplicateGroup("1", "picture", keep, "it is better", (goes,))]
    )
    assert removal.holds == ("2 pages", "film inside")
    assert json.loads(as_json([removal]))["removals"][0]["holds"] == ["2 pages", "film inside"]
    assert next(csv.DictReader(io.StringIO(as_csv([removal]))))["holds"] == "2 pages, film inside"


def test_what_a_file_holds_is_held_by_the_one_that_is_kept_in_the_end(field: Field) -> None:
    """A tighter group's keeper gives way to a better photo, which lacks what the others of that
    group hold."""
    for name in "abc":
        field.put(f"{name}.jpg", name)
    for one, other in (("a", "b"), ("b", "c"), ("a", "c")):
        field.pair(f"{one}.jpg", f"{other}.jpg", "picture")
    film = Contents((Part("film", "1" * 32),))
    best, middle, last = (
        item(field, "a.jpg"),
        item(field, "b.jpg", contents=film),
        item(field, "c.jpg", contents=film),
    )
    groups = [
        DuplicateGroup("1", "pixels", middle, "", (last,)),
        DuplicateGroup("2", "picture", best, "", (middle,)),
    ]
    assert [
        (each.path[-5:], (each.keeper or "")[-5:])
        for each in removals_of_groups(field.library.catalog, groups)
    ] == [("c.jpg", "b.jpg")]
