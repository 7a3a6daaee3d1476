"""What a scan leaves out: libraries, stores of systems and programs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.library.system_folders import system_folder_of_file
from explorer.scanning.ignore import IgnoreRules, ignored_by_default
from explorer.scanning.path_probes import root_state
from explorer.scanning.tree_scan import scan_tree
from tests.scanning.test_tree_scan import paths, photos

__all__ = ["photos"]


def test_a_library_folder_is_not_scanned(photos: Path) -> None:
    for name in ("library/catalog.db", "library/worker.lock", "library/previews/00/x.jpg"):
        path = photos / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    assert not [path for path in paths(photos) if path.startswith("library")]


def test_a_copy_of_a_library_folder_is_not_scanned(photos: Path) -> None:
    """A backup may lack its lock, and a folder of one's own may hold a file of that name."""
    for name in (
        "copy/catalog.db",
        "copy/previews/00/x.jpg",
        "mine/catalog.db",
        "mine/x.jpg",
        "tools/worker.lock",
        "tools/y.jpg",
    ):
        path = photos / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    assert {path for path in paths(photos) if "/" in path} == {
        "below/d.heic",
        "below/deep/e.png",
        "mine/x.jpg",
        "tools/y.jpg",
    }


@pytest.mark.parametrize(
    "folder",
    [
        "$Recycle.Bin/S-1-5-21",
        "#snapshot/daily",
        "X.photoslibrary/originals",
        "below/@eaDir",
        "FOUND.000",
    ],
)
def test_folders_of_systems_and_programs_are_excluded(photos: Path, folder: str) -> None:
    (photos / folder).mkdir(parents=True)
    (photos / folder / "$R1A2B3C.jpg").write_bytes(b"x")
    before = ["B.JPEG", "a.jpg", "below/d.heic", "below/deep/e.png", "other.PSD"]
    found = scan_tree(str(photos))
    assert sorted(seen.path for seen in found.files) == before
    assert (
        folder if folder.startswith("below") else folder.split("/", maxsplit=1)[0]
    ) in found.left_out
    # Asked for by itself, it is a folder like any other.
    assert paths(photos / folder) == ["$R1A2B3C.jpg"]
    assert "$R1A2B3C.jpg" in "".join(
        paths(
            photos,
            rules=IgnoreRules(
                str(photos),
                [f"!{folder.rsplit('/', maxsplit=1)[-1]}", f"!{folder.split('/', maxsplit=1)[0]}"],
            ),
        )
    )


@pytest.mark.parametrize(
    "name", [".git", ".DS_Store", "@eaDir", "$RECYCLE.BIN", "._photo.jpg", "a/b/.c", "a/#Recycle"]
)
def test_files_created_by_systems_are_ignored(name: str) -> None:
    assert (
        ignored_by_default(name)
        and not ignored_by_default("Holiday 2024")
        and not ignored_by_default(f"{name}/a")
    )
    assert ignored_by_default(name, is_folder=False) == name.rpartition("/")[2].startswith(".")


def test_a_root_with_only_system_files_is_empty(tmp_path: Path) -> None:
    (tmp_path / ".Trashes").mkdir()
    (tmp_path / ".DS_Store").write_bytes(b"x")
    assert root_state(str(tmp_path)) == "empty"
    (tmp_path / "notes.txt").write_bytes(b"x")
    assert root_state(str(tmp_path)) == "there"


@pytest.mark.parametrize("originals", ["originals", "Masters"])
def test_a_photos_library_is_added_as_its_originals(tmp_path: Path, originals: str) -> None:
    package = tmp_path / "Zoë.photoslibrary"
    for path in (f"{originals}/0/a.heic", "resources/derivatives/a_1_105_c.jpeg", "database/x.png"):
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_bytes(b"x")
    assert [seen.path for seen in scan_tree(str(package)).files] == [f"{originals}/0/a.heic"]
    # In a folder, it is not entered by itself; a pattern includes its originals.
    assert scan_tree(str(tmp_path)).files == []
    rules = IgnoreRules(str(tmp_path), ["!*.photoslibrary/"])
    assert [seen.path for seen in scan_tree(str(tmp_path), rules=rules).files] == [
        f"{package.name}/{originals}/0/a.heic"
    ]
    # What is in it is never offered for removal.
    assert system_folder_of_file(str(package / originals / "0" / "a.heic"))


def test_nothing_is_asked_of_an_excluded_folder(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its server may be gone, which is why it is excluded; asking would fail, or never return."""
    (photos / "nas").mkdir()
    (photos / "nas" / "x.jpg").write_bytes(b"x")
    rules = IgnoreRules(str(photos), ["nas/"])
    real_scandir = os.scandir

    class Entry:
        def __init__(self, entry: os.DirEntry[str]) -> None:
            self._entry = entry

        def __getattr__(self, name: str) -> Any:
            return getattr(self._entry, name)

        def stat(self, **how: Any) -> os.stat_result:
            if self._entry.name == "nas":
                raise PermissionError(13, "Permission denied")
            return self._entry.stat(**how)

    @contextlib.contextmanager
    def scandir(path: str) -> Iterator[Iterator[Entry]]:
        with real_scandir(path) as entries:
            yield map(Entry, entries)

    monkeypatch.setattr(os, "scandir", scandir)
    found = scan_tree(str(photos), rules=rules)
    assert "nas" in found.left_out and not found.unreadable
