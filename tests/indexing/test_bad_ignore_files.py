"""Ignore files that are no ignore files, and roots that cannot be walked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from explorer.library.stores.root_store import add_root
from explorer.scanning import root_scan
from explorer.scanning.ignore import IGNORE_FILE
from explorer.scanning.root_scan import ScanTarget
from explorer.scanning.tree_scan import scan_tree
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
def test_a_bad_ignore_file_excludes_nothing_and_is_reported(
    setup: IndexingSetup, make: Any, why: str, folder: str
) -> None:
    setup.draw("sub/a.jpg")
    setup.draw("b.jpg", 1)
    path = setup.photos / folder / IGNORE_FILE
    make(path)
    summary = setup.run()
    assert summary.indexed == 2 and not summary.unlisted
    (said,) = summary.problems
    assert (
        said.startswith(str(setup.photos))
        and os.path.join(folder, IGNORE_FILE) in said
        and why in said
    )
    assert why in problem(setup) and problem(setup).startswith(("sub", IGNORE_FILE, "in "))
    path.rmdir() if path.is_dir() else path.unlink()
    assert not setup.run().problems and not problem(setup)


def test_a_partial_scan_reports_problems_but_does_not_clear_them(setup: IndexingSetup) -> None:
    setup.draw("sub/a.jpg")
    setup.draw("b.jpg", 1)
    setup.run()
    (setup.photos / "sub" / IGNORE_FILE).write_text("[\n")
    setup.run("sub", thorough=False)
    assert "not closed" in problem(setup)
    (setup.photos / "sub" / IGNORE_FILE).unlink()
    setup.run("sub", thorough=False)
    assert "not closed" in problem(setup)
    setup.run()
    assert not problem(setup)


def test_a_root_that_cannot_be_scanned_does_not_stop_the_others(
    setup: IndexingSetup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.draw("a.jpg")
    setup.run()
    other = tmp_path / "other"
    other.mkdir()
    setup.draw("../other/b.jpg", 1)
    setup.draw("c.jpg", 2)
    second = add_root(setup.writer, str(other))
    real = scan_tree

    def fail(root: str, *args: Any, **options: Any) -> Any:
        if root == str(setup.photos):
            raise OverflowError("of an odd kind")
        return real(root, *args, **options)

    monkeypatch.setattr(root_scan, "scan_tree", fail)
    summary = setup.indexer.run(
        [ScanTarget(setup.root, str(setup.photos)), ScanTarget(second, str(other))]
    )
    assert (summary.indexed, summary.missing, summary.away) == (1, 0, 0)
    (said,) = summary.problems
    assert said == f"{setup.photos}: it could not be scanned (OverflowError: of an odd kind)"
    assert set(setup.present()) == {"a.jpg"} and "of an odd kind" in problem(setup)
    monkeypatch.undo()
    assert setup.run().indexed == 1 and not problem(setup)
