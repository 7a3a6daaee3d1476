"""Decisions of a damaged catalog that are lost in part: each is named, so that it can be made
again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from explorer.library.repair.salvage import salvage
from tests.factory import digest_of
from tests.library.filled_catalog import PAGE, root_of, rows_of, salvaged
from tests.library.repair.test_salvage import sql


def named(lost: list[str]) -> list[str]:
    return [line for line in lost if line.endswith("decide again.")]


def test_photos_of_a_lost_decision_are_named_by_their_files(path: Path) -> None:
    sql(
        path,
        "delete from decision where id in (1, 3)",
        # One photo has two files, one has none, and one content is unknown.
        "insert into file (root_id, path, folder, size, mtime_ns, inode, state, photo_id, seen_at)"
        " select root_id, 'copy.jpg', '', 1000, 1, 0, 'present', photo_id, 1 from file"
        " where path = 'folder 0/photo 0000.jpg'",
        "delete from file where path = 'folder 4/photo 0004.jpg'",
        f"update decided set hash = x'{bytes(16).hex()}' where hash = x'{digest_of(5).hex()}'",
    )
    with closing(sqlite3.connect(path)) as db:
        ((root,),) = db.execute("select path from root").fetchall()
    found = salvage(path)
    first, second = named(found.lost)
    words = first.removeprefix("The decision about ").removesuffix(" is lost: decide again.")
    one, other = sorted(words.split(", "), key=lambda text: text.endswith("0001.jpg"))
    assert one in {f"{root}/folder 0/photo 0000.jpg", f"{root}/copy.jpg"}
    assert other == f"{root}/folder 1/photo 0001.jpg"
    assert f"the content {digest_of(4).hex()}" in second
    assert f"the content {bytes(16).hex()}" in second


@pytest.mark.parametrize("lost", [20, 21])
def test_no_more_than_twenty_lost_decisions_are_named(made: Path, path: Path, lost: int) -> None:
    sql(path, f"delete from decision where id <= {lost}")
    saved, found = salvaged(path)
    assert len(named(saved.lost)) == 20
    assert {row[0] for row in found["decision"]} == {row[0] for row in found["decided"]}
    assert len(found["decision"]) == len(rows_of(made)["decision"]) - lost


def test_decisions_without_photos_are_named_after_those_with_photos(made: Path, path: Path) -> None:
    sql(
        path,
        "delete from decision where id <= 17",
        "delete from decided where decision_id > 17 and decision_id <= 22",
        "update decision set kind = 'keep' where id = 18",
        "update decision set kind = 'later', decided_at = -1 where id = 19",
        "update decision set decided_at = 43200 where id = 20",
    )
    saved, found = salvaged(path)
    about, without = named(saved.lost)[:17], named(saved.lost)[17:]
    assert all(line.startswith("The decision about") for line in about)
    keep, later, apart = without
    assert keep.startswith("A decision which photo to keep, made on 20")
    assert later.startswith("A decision to decide later, made on an unknown day, is lost")
    assert apart.startswith("A decision that photos are no duplicates, made on 1970-01-0")
    # Those that are not named are gone, too.
    assert len(found["decision"]) == len(rows_of(made)["decision"]) - 22


@pytest.mark.parametrize(
    ("moment", "known"), [(-0.5, False), (0, True), (1 << 40, False), ((1 << 40) - 1, True)]
)
def test_a_day_is_named_where_there_can_have_been_one(
    path: Path, moment: float, known: bool
) -> None:
    sql(
        path,
        "delete from decided where decision_id = 1",
        f"update decision set decided_at = {moment} where id = 1",
    )
    (line,) = named(salvage(path).lost)
    assert ("an unknown day" not in line) is known


def test_rows_that_are_lost_are_counted_by_what_they_are(path: Path) -> None:
    sql(
        path,
        # Of two rows with one name, one is refused; another refers to a row that is not there.
        "delete from album",
        "insert into album_photo values (7, x'00', 1)",
        "update setting set value = x'00' where key = 'mine'",
        "update saved_search set query = x'00'",
    )
    lost = salvage(path).lost
    assert lost == [
        "Lost from the catalog: 1 of its saved searches.",
        "Lost from the catalog: 1 of its photos in albums.",
        "Lost from the catalog: 1 of its settings.",
    ]


@pytest.mark.parametrize("place", [0, 7, 0xFFFF])
def test_a_row_whose_place_is_damaged_is_not_lost_in_silence(
    made: Path, path: Path, place: int
) -> None:
    data, start = bytearray(path.read_bytes()), (root_of(made, "decision") - 1) * PAGE
    # It fits on one page, and the places of its rows are listed from the eighth byte on.
    assert data[start] == 13
    data[start + 8 : start + 10] = place.to_bytes(2, "big")
    path.write_bytes(data)
    saved, found = salvaged(path)
    assert found["decision"] < rows_of(made)["decision"]
    assert (
        "Some of the catalog's decisions about duplicates may be lost: it is not known how many"
        " there were." in saved.lost
    )
    assert len(named(saved.lost)) == 1
