"""Ignore files that are no ignore files, and roots that cannot be walked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from explorer.library.root_store import add_root
from explorer.scanning import root_scan
from explorer.scanning.ignore import IGNORE_FILE
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.scan import scan_tree
from tests.fixtures.indexing import IndexingSetup
from tests.indexing.test_bad_files import posix, problem


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _zero(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _folder(path: Path) -> None:
    path.mkdir()


def _huge(path: Path) -> None:
    path.write_bytes(b"#" * ((1 << 20) + 1))


def _backwards(path: Path) -> None:
    path.write_text("*.png\n[z-a].jpg\n[\n")


@posix
@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_pipe, "not a regular file"), (_zero, "not a regular file"), (_folder, "a folder"),
        (_huge, "more than 1,048,576 bytes"),
        (_backwards, "line 2, “[z-a].jpg”: the range z-a runs backwards (and 1 more)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("folder", ["", "sub"])
def test_a_bad_ignore_file_leaves_nothing_out_and_is_told_of(
    desk: IndexingSetup, make: Any, why: str, folder: str
) -> None:
    desk.draw("sub/a.jpg")
    desk.draw("b.jpg", 1)
    path = desk.photos / folder / IGNORE_FILE
    make(path)
    tally = desk.run()
    assert tally.indexed == 2 and not tally.unlisted
    (said,) = tally.problems
    assert (
        said.startswith(str(desk.photos))
        and os.path.join(folder, IGNORE_FILE) in said
        and why in said
    )
    assert why in problem(desk) and problem(desk).startswith(("sub", IGNORE_FILE, "in "))
    path.rmdir() if path.is_dir() else path.unlink()
    assert not desk.run().problems and not problem(desk)


def test_a_part_of_a_root_tells_what_is_wrong_but_not_that_all_is_well(desk: IndexingSetup) -> None:
    desk.draw("sub/a.jpg")
    desk.draw("b.jpg", 1)
    desk.run()
    (desk.photos / "sub" / IGNORE_FILE).write_text("[\n")
    desk.run("sub", thorough=False)
    assert "not closed" in problem(desk)
    (desk.photos / "sub" / IGNORE_FILE).unlink()
    desk.run("sub", thorough=False)
    assert "not closed" in problem(desk)
    desk.run()
    assert not problem(desk)


def test_a_root_that_cannot_be_walked_through_stops_no_other_one(
    desk: IndexingSetup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.draw("a.jpg")
    desk.run()
    other = tmp_path / "other"
    other.mkdir()
    desk.draw("../other/b.jpg", 1)
    desk.draw("c.jpg", 2)
    second = add_root(desk.writer, str(other))
    real = scan_tree

    def fail(root: str, *args: Any, **options: Any) -> Any:
        if root == str(desk.photos):
            raise OverflowError("of an odd kind")
        return real(root, *args, **options)

    monkeypatch.setattr(root_scan, "scan_tree", fail)
    tally = desk.indexer.run(
        [ScanTarget(desk.root, str(desk.photos)), ScanTarget(second, str(other))]
    )
    assert (tally.indexed, tally.missing, tally.away) == (1, 0, 0)
    (said,) = tally.problems
    assert said == f"{desk.photos}: it could not be scanned (OverflowError: of an odd kind)"
    assert set(desk.present()) == {"a.jpg"} and "of an odd kind" in problem(desk)
    monkeypatch.undo()
    assert desk.run().indexed == 1 and not problem(desk)
