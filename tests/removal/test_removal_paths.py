"""Which paths a file of the library can have."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.removal.checked_files import RemovalRefused
from explorer.removal.removal_paths import (
    is_possible_path,
    require_normalized,
    require_outside_stores,
    resolve_folder,
)


@pytest.mark.parametrize(
    ("path", "possible"),
    [("/p/a.jpg", True), ("/p/\udcff.jpg", True), ("/p/a\0.jpg", False), ("/p/\ud800.jpg", False)],
)
def test_no_file_has_a_path_with_nul_or_half_a_character(path: str, possible: bool) -> None:
    """A byte that is no text is a different matter."""
    assert is_possible_path(path) is possible
    if possible:
        require_normalized(path, "it")
    else:
        with pytest.raises(RemovalRefused, match="it is not in the library by this path"):
            require_normalized(path, "it")


@pytest.mark.parametrize("path", ["/p/../a.jpg", "/p/./a.jpg", "/p//a.jpg", "/p/a.jpg/"])
def test_a_path_must_be_written_without_detours(path: str) -> None:
    with pytest.raises(RemovalRefused, match="it is not in the library by this path"):
        require_normalized(path, "it")


def test_links_in_the_folder_are_resolved_but_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real/a.jpg").symlink_to("b.jpg")
    resolved = os.path.realpath(tmp_path)
    assert resolve_folder(str(tmp_path / "link/a.jpg")) == f"{resolved}/real/a.jpg"


def test_files_in_stores_of_other_programs_are_refused(tmp_path: Path) -> None:
    """By the path as given, and as links lead."""
    for name in ("@Recycle", "plain"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to("@Recycle")
    (tmp_path / ".Trash-1000").symlink_to("plain")
    require_outside_stores(str(tmp_path / "plain/a.jpg"), "it")
    for folder in ("@Recycle", "link", ".Trash-1000", "plain/#recycle/b"):
        with pytest.raises(RemovalRefused, match=r"^the photo to keep is in "):
            require_outside_stores(str(tmp_path / folder / "a.jpg"), "the photo to keep")
