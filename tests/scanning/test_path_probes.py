"""Whether a root is there, and the numbers of its device and files."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from explorer import int64
from explorer.scanning.path_probes import NO_SUCH_FILE, device_of, inode_of, root_state
from explorer.systems import file_calls


@pytest.mark.parametrize(
    ("names", "state"),
    [
        ((), "empty"),
        ((".hidden", "@eaDir"), "empty"),
        (("a.txt",), "there"),
        ((".hidden", "a.txt"), "there"),
        (None, "absent"),
    ],
)
def test_a_root_with_nothing_but_hidden_names_is_empty(
    tmp_path: Path, names: tuple[str, ...] | None, state: str
) -> None:
    root = tmp_path / "root"
    if names is not None:
        root.mkdir()
    for name in names or ():
        (root / name).touch()
    assert root_state(str(root)) == state
    (tmp_path / "file").touch()
    assert root_state(str(tmp_path / "file")) == "absent"


def test_what_does_not_exist_has_no_numbers(tmp_path: Path) -> None:
    facts = tmp_path.stat()
    assert device_of(str(tmp_path)) == str(facts.st_dev) and device_of(str(tmp_path / "x")) is None
    assert inode_of(str(tmp_path)) == facts.st_ino
    assert inode_of(str(tmp_path / "x")) == NO_SUCH_FILE
    # No file has that number.
    assert int64.file_id(NO_SUCH_FILE % (1 << 64)) != NO_SUCH_FILE


def test_the_number_of_a_link_is_that_of_its_target(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "broken").symlink_to(tmp_path / "x")
    assert inode_of(str(tmp_path / "link")) == (tmp_path / "file").stat().st_ino
    assert inode_of(str(tmp_path / "broken")) == NO_SUCH_FILE
    assert inode_of(str(tmp_path / "file" / "below")) == NO_SUCH_FILE


def test_a_file_that_cannot_be_examined_may_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> os.stat_result:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(file_calls, "stat", refuse)
    assert inode_of(str(tmp_path)) is None and device_of(str(tmp_path)) is None


def test_numbers_beyond_those_of_the_catalog_are_kept_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ReFS and some network drives number files with 64 bits; a sign is not among them."""
    found = list[int | None]()
    for number in (2**63 - 1, 2**63, 2**64 - 1):
        monkeypatch.setattr(file_calls, "stat", lambda path, n=number: SimpleNamespace(st_ino=n))
        found.append(inode_of(str(tmp_path)))
    assert len(set(found)) == 3 and NO_SUCH_FILE not in found
    assert all(each is not None and -(2**63) <= each < 2**63 for each in found)
