"""What decides between a move, a copy and an absence, at its boundaries."""

from __future__ import annotations

import os

import pytest

from explorer.indexing import compare
from tests.indexing.conftest import Desk
from tests.indexing.test_compare import away, many


def test_a_rename_and_a_hard_link_at_once_are_two_files(desk: Desk) -> None:
    path = desk.draw("a.jpg")
    desk.run()
    before = desk.present()["a.jpg"]
    path.rename(desk.photos / "b.jpg")
    os.link(desk.photos / "b.jpg", desk.photos / "c.jpg")
    tally = desk.run()
    assert (tally.moved, tally.indexed, tally.missing, tally.encoded) == (1, 1, 0, 0)
    assert desk.present() == {"b.jpg": before, "c.jpg": before}


def test_a_hard_link_of_a_file_that_cannot_be_looked_at_is_a_copy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.draw("old/a.jpg")
    desk.run()
    before = desk.present()["old/a.jpg"]
    (desk.photos / "new").mkdir()
    os.link(path, desk.photos / "new" / "a.jpg")
    monkeypatch.setattr(compare, "inode_of", lambda path: None)
    tally = desk.run("new", thorough=False)
    assert (tally.moved, tally.indexed) == (0, 1)
    assert desk.present() == {"old/a.jpg": before, "new/a.jpg": before}


def test_a_drive_that_goes_before_it_is_settled_what_vanished_keeps_its_photos(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = many(desk, 3)
    (desk.photos / "000.png").unlink()
    monkeypatch.setattr(compare, "root_state", lambda root: "absent")
    tally = desk.run()
    assert (tally.missing, tally.away) == (0, 0)
    assert desk.present() == before and not away(desk)
    monkeypatch.undo()
    assert desk.run().missing == 1


def test_exactly_a_fifth_is_no_question_and_nor_are_fewer_than_so_many(desk: Desk) -> None:
    many(desk, 50)
    for number in range(10):
        (desk.photos / f"{number:03}.png").unlink()
    tally = desk.run()
    assert (tally.missing, tally.away) == (10, 0)
    # 9 of 40 are more than a fifth, but too few; with those of a moment ago they are enough.
    desk.writer.run("update file set gone_at = gone_at - 3600 where state = 'missing'")
    for number in range(10, 19):
        (desk.photos / f"{number:03}.png").unlink()
    tally = desk.run()
    assert (tally.missing, tally.away) == (9, 0)
    (desk.photos / "019.png").unlink()
    tally = desk.run()
    assert (tally.missing, tally.away) == (0, 10)
