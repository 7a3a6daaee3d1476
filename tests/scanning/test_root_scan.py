from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.library.rows import RootRow
from explorer.scanning import root_scan as module
from explorer.scanning.ignore import IGNORE_FILE, IgnoreRules
from explorer.scanning.path_probes import device_of
from explorer.scanning.root_scan import ScanTarget, is_away, problem, scan_target
from explorer.scanning.tree_scan import ScanResult
from tests.systems.simulated import run_on


def row(path: Path, **facts: Any) -> RootRow:
    known: dict[str, Any] = {
        "id": 1,
        "path": str(path),
        "exclude": [],
        "mounts": [],
        "device": None,
        "photos": 1,
    }
    return RootRow(**(known | facts))  # type: ignore[typeddict-item]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("a.jpg", "sub/b.jpg", "sub/deep/c.jpg"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path / "photos"


def look(
    root: Path, folder: str = "", *, recursive: bool = True, moved: bool = False, **facts: Any
) -> module.RootScan:
    place = ScanTarget(1, str(root), folder, recursive)
    return scan_target(
        place, row(root, **facts), [os.path.realpath(root)], lambda: None, moved=moved
    )


def paths(found: ScanResult | None) -> list[str]:
    assert found is not None
    return sorted(seen.path for seen in found.files)


def test_only_the_given_place_is_scanned(root: Path) -> None:
    whole = look(root)
    assert paths(whole.found) == ["a.jpg", "sub/b.jpg", "sub/deep/c.jpg"]
    assert (whole.away, whole.moved, whole.trouble, whole.device) == (
        False,
        False,
        "",
        str(root.stat().st_dev),
    )
    assert paths(look(root, "sub").found) == ["sub/b.jpg", "sub/deep/c.jpg"]
    assert paths(look(root, "sub", recursive=False).found) == ["sub/b.jpg"]


def test_excluded_folders_are_not_scanned(root: Path) -> None:
    left_out = look(root, "sub/deep", exclude=["sub/"])
    assert left_out.found == ScanResult(left_out={"sub/deep"})


def test_a_link_to_a_photo_in_another_watched_folder_is_not_a_photo(
    root: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.jpg").write_bytes(b"y")
    (root / "link.jpg").symlink_to(tmp_path / "other" / "a.jpg")
    place, watched = ScanTarget(1, str(root)), os.path.realpath(tmp_path / "other")
    for roots, expected in (([], True), ([watched], False)):
        found = scan_target(
            place, row(root), [os.path.realpath(root), *roots], lambda: None, moved=False
        ).found
        assert ("link.jpg" in paths(found)) is expected


def test_another_file_system_at_its_path_is_fully_scanned_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("has_stable_inodes", "has_reliable_ctimes"):
        monkeypatch.setattr(module, name, lambda path: True)
    assert look(root, "sub", device="another").target == ScanTarget(1, str(root))
    other = look(root, "sub", device="another")
    assert other.moved and other.ctimes and not other.inodes
    # It is known by now: a part will do.
    part = look(root, "sub", device="another", moved=True)
    assert part.target.folder == "sub" and part.moved and not part.inodes
    same = look(root, "sub", device=str(root.stat().st_dev))
    assert same.target.folder == "sub" and not same.moved and same.inodes
    first = look(root, "sub")
    assert first.inodes and not first.moved


def _sequence(values: list[Any]) -> Callable[[str], Any]:
    left: Iterator[Any] = iter(values)
    return lambda _: next(left)


def test_a_drive_unplugged_during_the_scan_proves_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(module, "root_state", _sequence(["there", "absent"]))
        assert look(root).away
    with monkeypatch.context() as patched:
        patched.setattr(module, "root_state", _sequence(["there", "empty"]))
        assert look(root).away
    with monkeypatch.context() as patched:
        # It went and something else is in its place.
        patched.setattr(module, "device_of", _sequence(["1", "2"]))
        gone = look(root)
        assert not gone.away and gone.found is None and not gone.trouble
    with monkeypatch.context() as patched:
        patched.setattr(module, "scan_tree", lambda *_, **__: pytest.fail("it was walked through"))
        patched.setattr(module, "root_state", lambda _: "absent")
        assert look(root).away


def test_known_drives_are_checked_for_being_mounted(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = device_of
    drive = str(root / "sub")
    monkeypatch.setattr(
        module, "device_of", lambda folder: "7" if folder == drive else real(folder)
    )
    assert look(root, mounts=["sub", "sub/deep", "absent"]).drives == {"sub", "sub/deep"}
    assert look(root, mounts=["sub", "absent"]).drives == {"sub"}


def test_an_offline_root_is_recognized(root: Path, tmp_path: Path) -> None:
    (tmp_path / "empty" / ".hidden").mkdir(parents=True)
    assert not is_away(row(root)) and not is_away(row(root, photos=0))
    assert is_away(row(tmp_path / "absent")) and is_away(row(tmp_path / "absent", photos=0))
    assert is_away(row(tmp_path / "empty")) and not is_away(row(tmp_path / "empty", photos=0))


def test_unreadable_places_are_described(root: Path) -> None:
    rules = IgnoreRules(str(root))
    assert problem(ScanResult(), rules) == "" and problem(ScanResult(), None) == ""
    assert (
        problem(ScanResult(unreadable={""}), rules)
        == "the folder itself cannot be read: check the permissions"
    )
    assert (
        problem(ScanResult(unreadable={"b", "a/x"}), rules)
        == f"{os.path.join('a', 'x')} cannot be read (and 1 more): check the permissions"
    )
    (root / IGNORE_FILE).write_text("[\n")
    rules.excludes("a.jpg", is_folder=False)
    said = f"in {IGNORE_FILE}, line 1, “[”: a bracket [ is not closed"
    assert problem(ScanResult(), rules) == said
    assert (
        problem(ScanResult(unreadable={"b"}), rules)
        == f"b cannot be read: check the permissions; {said}"
    )
    rules.problems.append("x")
    assert problem(ScanResult(), rules) == f"{said} (and 1 more)"


def test_a_folder_requested_by_its_former_spelling_is_found(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where A and a are one letter in names, the old path still leads to the folder."""
    (root / "sub").rename(root / "Sub")
    run_on(monkeypatch, "macos")
    monkeypatch.setattr(os.path, "lexists", lambda path: True)
    assert look(root, "sub/deep", recursive=False).target == ScanTarget(1, str(root), "", True)
    assert look(root, "Sub/deep", recursive=False).target == ScanTarget(
        1, str(root), "Sub/deep", False
    )
    assert look(root, "Sub/Deep", recursive=False).target == ScanTarget(1, str(root), "Sub", True)
    (root / "Sub" / "deep" / "er").mkdir()
    assert look(root, "Sub/deep/Er").target == ScanTarget(1, str(root), "Sub/deep", True)
    # Gone, under whatever name: its own scan says so.
    monkeypatch.setattr(os.path, "lexists", lambda path: False)
    assert look(root, "sub").target == ScanTarget(1, str(root), "sub")
    monkeypatch.setattr(os.path, "lexists", lambda path: True)
    run_on(monkeypatch, "linux")
    assert look(root, "sub").target == ScanTarget(1, str(root), "sub")


@pytest.mark.parametrize("hidden", ["sub", "sub/deep"])
def test_a_part_that_is_in_a_hidden_folder_is_left_out(
    root: Path, monkeypatch: pytest.MonkeyPatch, hidden: str
) -> None:
    """As a scan of the whole root leaves it out."""
    inode = (root / hidden).stat().st_ino
    system = run_on(monkeypatch, "macos")
    monkeypatch.setattr(system, "ignores_case", False)
    monkeypatch.setattr(system, "is_hidden", lambda facts: facts.st_ino == inode)
    whole, part = look(root).found, look(root, "sub/deep").found
    assert whole is not None and part is not None
    assert whole.left_out == part.left_out == {hidden} and part.files == []
    assert "sub/deep/c.jpg" not in paths(whole)
    assert look(root, "gone/deep").found == ScanResult()
