"""What undo may touch: only places that this library knows, by their names and in truth."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from explorer.library.removals.removal_journal import RemovalEntry
from explorer.removal import boundaries, trash
from explorer.removal.boundaries import Boundaries
from explorer.removal.results import TRASH

JOURNAL: Any = SimpleNamespace()


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A watched folder with one below it that is watched, too, a library, a folder that photos went
    to, and one that is nobody's."""
    for name in (
        "photos/sub",
        "photos/inner",
        "library",
        "aside",
        "elsewhere",
        "data/Trash/files",
        "data/Trash/info",
    ):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(
        boundaries,
        "removal_folders",
        lambda catalog, journal: [str(tmp_path / "aside")] if journal is JOURNAL else [],
    )
    return tmp_path


def bounds(base: Path, *roots: str) -> Boundaries:
    paths = {
        number: str(base / root)
        for number, root in enumerate(roots or ("photos", "photos/inner"), 1)
    }
    library: Any = SimpleNamespace(
        dir=base / "library", catalog=SimpleNamespace(root_paths=lambda: paths)
    )
    return Boundaries(library, JOURNAL)


def entry(
    base: Path, path: str = "photos/sub/a.jpg", where: str = TRASH, **other: Any
) -> RemovalEntry:
    fields: dict[str, Any] = {"keeper": None} | {
        key: str(base / value) if key in ("target", "back", "keeper") else value
        for key, value in other.items()
    }
    return RemovalEntry(
        run="r",
        number=0,
        state="moved",
        path=str(base / path),
        hash="0" * 32,
        where=where,
        root=str(base / "photos"),
        **fields,
    )


def test_the_watched_folder_of_a_path_is_the_innermost(base: Path) -> None:
    found = bounds(base)
    assert (
        found.root_of(str(base / "photos/a.jpg"))
        == str(base / "photos")
        == found.root_of(str(base / "photos/sub/a.jpg"))
    )
    assert found.root_of(str(base / "photos/inner/a.jpg")) == str(base / "photos/inner")
    # Also in a folder that was deleted: it is made again.
    assert found.root_of(str(base / "photos/gone/a.jpg")) == str(base / "photos")
    for other in ("elsewhere/a.jpg", "photos2/a.jpg", "a.jpg"):
        assert found.root_of(str(base / other)) is None


@pytest.mark.parametrize(
    "path", ["photos/sub/../a.jpg", "photos/./a.jpg", "photos//a.jpg", "elsewhere/../photos/a.jpg"]
)
def test_a_path_that_is_not_normalized_is_in_no_folder(base: Path, path: str) -> None:
    assert bounds(base).root_of(f"{base}/{path}") is None


def test_links_out_of_or_into_the_watched_folder_are_not_followed(base: Path) -> None:
    (base / "photos/out").symlink_to(base / "elsewhere")
    (base / "into").symlink_to(base / "photos")
    assert bounds(base).root_of(str(base / "photos/out/a.jpg")) is None
    assert bounds(base).root_of(str(base / "into/a.jpg")) is None
    # A watched folder may be a link itself.
    assert bounds(base, "into").root_of(str(base / "into/sub/a.jpg")) == str(base / "into")


def test_an_entry_within_bounds_is_accepted(base: Path) -> None:
    found = bounds(base)
    assert found.refusal(entry(base)) is None
    assert found.refusal(entry(base, back="photos/sub/a (restored).jpg")) is None
    for target, where in (
        ("data/Trash/files/a.jpg", TRASH),
        ("aside/photos/a.jpg", str(base / "aside")),
        ("library/removed/r/a.jpg", str(base / "library")),
    ):
        assert found.refusal(entry(base, where=where, target=target)) is None


def test_a_path_outside_watched_folders_is_rejected(base: Path) -> None:
    words = bounds(base).refusal(entry(base, "elsewhere/a.jpg"))
    assert (
        words is not None and str(base / "elsewhere") in words and "add that folder again" in words
    )


def test_a_file_is_restored_only_to_the_folder_it_came_from(base: Path) -> None:
    for back in ("photos/a.jpg", "elsewhere/a.jpg", "photos/sub/deeper/a.jpg"):
        assert "another folder than it came from" in (
            bounds(base).refusal(entry(base, back=back)) or ""
        )


@pytest.mark.parametrize(
    ("target", "where"),
    [
        # From the trash, only what lies where the trash keeps files.
        ("data/Trash/info/a.jpg", TRASH),
        ("data/Trash/files/below/a.jpg", TRASH),
        ("elsewhere/a.jpg", TRASH),
        ("aside/below/a.jpg", TRASH),
        ("data/Trash/files/../files/a.jpg", TRASH),
        # From a folder, whatever the journal calls it, only what lies in one to which this library
        # has moved photos.
        ("elsewhere/a.jpg", "elsewhere"),
        ("data/Trash/files/a.jpg", "data"),
        ("aside/../elsewhere/a.jpg", "aside"),
        ("aside/./a.jpg", "aside"),
        ("aside/leads/a.jpg", "aside"),
        ("to-aside/a.jpg", "to-aside"),
        ("library/a.jpg", "library"),
    ],
)
def test_a_file_is_restored_only_from_where_it_was_moved(
    base: Path, target: str, where: str
) -> None:
    (base / "aside/leads").symlink_to(base / "elsewhere")
    (base / "to-aside").symlink_to(base / "aside")
    given = entry(base, where=where if where == TRASH else str(base / where))
    given.target = f"{base}/{target}"
    assert "is not where this library moves photos to" in (bounds(base).refusal(given) or "")


def test_the_removal_folder_at_the_top_of_the_drive_is_accepted(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "own_folders", lambda path, library: iter([str(base / "top/own")]))
    assert (
        bounds(base).refusal(entry(base, where=str(base / "x"), target="top/own/r/a.jpg")) is None
    )


def test_only_the_sidecar_of_the_keeper_is_restored(base: Path) -> None:
    found = bounds(base)
    for name in ("photos/k.jpg.xmp", "photos/K.XMP"):
        assert found.written_sidecar(
            entry(base, keeper="photos/k.jpg", sidecar={"path": str(base / name)})
        ) == str(base / name)
    assert found.written_sidecar(entry(base, keeper="photos/k.jpg")) is None
    for keeper, name in (
        ("photos/k.jpg", "photos/k.jpg"),
        ("photos/k.jpg", "photos/sub/k.jpg.xmp"),
        ("elsewhere/k.jpg", "elsewhere/k.jpg.xmp"),
        ("photos/k.jpg", "photos/k.xmp.jpg"),
    ):
        assert (
            found.written_sidecar(entry(base, keeper=keeper, sidecar={"path": str(base / name)}))
            is None
        )
    assert (
        found.written_sidecar(entry(base, sidecar={"path": str(base / "photos/k.jpg.xmp")})) is None
    )
