"""Whether a root is there, and the numbers of its device and files."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer import int64
from explorer.scanning.path_probes import NO_SUCH_FILE, device_of, inode_of, root_state


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


def test_what_does_not_exist_has_no_numbers(tmp_path: Path) -> None:
    facts = tmp_path.stat()
    assert device_of(str(tmp_path)) == str(facts.st_dev) and device_of(str(tmp_path / "x")) is None
    assert inode_of(str(tmp_path)) == facts.st_ino
    assert inode_of(str(tmp_path / "x")) == NO_SUCH_FILE
    # No file has that number.
    assert int64.file_id(NO_SUCH_FILE % (1 << 64)) != NO_SUCH_FILE
