from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from explorer.indexing import forget_missing
from explorer.indexing.forget_missing import forget_missing_files
from explorer.library.file_store import files_below
from explorer.scanning.drive_timeouts import DriveTimeouts, DriveUnresponsive
from explorer.scanning.scan import inode_of
from tests.fixtures.indexing import IndexingSetup


def vanish(desk: IndexingSetup, *names: str) -> None:
    """Have these photos vanish, together with so many that the person is asked."""
    for number, name in enumerate([*names, *(f"{each}.png" for each in range(12))]):
        desk.paint(name, f"#0000{number:02x}")
    desk.draw("stays.jpg")
    desk.run()
    for path in [*(desk.photos / name for name in names), *desk.photos.glob("*.png")]:
        path.unlink()
    assert desk.run().away == 12 + len(names)


def test_what_cannot_be_looked_at_is_not_forgotten(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    vanish(desk)
    real = inode_of
    locked = str(desk.photos / "3.png")
    with monkeypatch.context() as patched:
        patched.setattr(
            forget_missing, "inode_of", lambda path: None if path == locked else real(path)
        )
        assert forget_missing_files(desk.library.catalog, desk.writer) == 11
    assert set(desk.present()) == {"3.png", "stays.jpg"}
    assert forget_missing_files(desk.library.catalog, desk.writer) == 1


def test_a_drive_that_does_not_answer_keeps_all(desk: IndexingSetup) -> None:
    vanish(desk)

    class Dumb(DriveTimeouts):
        def call(
            self, root: str, function: Callable[..., Any], tick: Callable[[], None] = lambda: None
        ) -> Any:
            raise DriveUnresponsive(root)

    assert forget_missing_files(desk.library.catalog, desk.writer, drives=Dumb()) == 0
    assert len(desk.present()) == 13


def test_a_folder_and_all_in_it_or_what_is_around_it(desk: IndexingSetup) -> None:
    vanish(desk, "sub/x.png", "sub/deep/y.png", "subway/z.png")
    assert (
        forget_missing_files(desk.library.catalog, desk.writer, str(desk.photos / "elsewhere")) == 0
    )
    assert (
        forget_missing_files(desk.library.catalog, desk.writer, str(desk.photos.parent / "other"))
        == 0
    )
    assert forget_missing_files(desk.library.catalog, desk.writer, str(desk.photos / "sub")) == 2
    assert forget_missing_files(desk.library.catalog, desk.writer, str(desk.photos.parent)) == 13
    assert set(desk.present()) == {"stays.jpg"}
    assert forget_missing_files(desk.library.catalog, desk.writer) == 0


def test_of_a_drive_that_is_away_all_may_be_forgotten_and_of_one_that_is_there_only_what_vanished(
    desk: IndexingSetup,
) -> None:
    desk.draw("a.jpg")
    desk.run()
    (desk.photos / "a.jpg").rename(desk.photos.parent / "aside.jpg")
    desk.draw("../b.jpg", 1).rename(desk.photos / "b.jpg")
    # Nobody has looked since: it is for a scan to say that it vanished.
    assert forget_missing_files(desk.library.catalog, desk.writer) == 0
    (desk.photos / "b.jpg").unlink()
    assert forget_missing_files(desk.library.catalog, desk.writer) == 1
    assert not desk.present()


def test_those_answered_for_do_not_count_when_others_vanish(desk: IndexingSetup) -> None:
    vanish(desk)
    forget_missing_files(desk.library.catalog, desk.writer)
    (file,) = [
        file for file in files_below(desk.writer, desk.root).values() if file.path == "3.png"
    ]
    (then,) = desk.writer.connection.execute(
        "select max(gone_at) from file where state = 'present' or path = 'stays.jpg'"
    ).fetchall()[0]
    assert file.state == "missing" and then is None
    from explorer.indexing.vanished_files import SAME_DELETION
    from explorer.library import missing_files

    assert missing_files.recently_missing(desk.writer, desk.root, SAME_DELETION) == []


def test_a_drive_is_known_to_get_on_while_its_files_are_looked_for(desk: IndexingSetup) -> None:
    vanish(desk)
    heard = list[int]()

    class CountingDrives(DriveTimeouts):
        def call(
            self, root: str, function: Callable[..., Any], tick: Callable[[], None] = lambda: None
        ) -> Any:
            return function(lambda: heard.append(1))

    assert forget_missing_files(desk.library.catalog, desk.writer, drives=CountingDrives()) == 12
    assert len(heard) >= 12
