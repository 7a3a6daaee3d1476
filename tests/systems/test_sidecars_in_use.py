"""Sidecars that another program has open on Windows: tried again, written at the end, or named."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.library.edits.edit_operations import combined, set_favourite
from explorer.library.stores.edit_store import edit_photos
from explorer.photos.metadata.sidecar_values import read_values
from explorer.sidecars import write_sidecars as module
from explorer.sidecars.sidecar_plan import PlannedSidecar
from explorer.sidecars.undo_sidecars import undo_sidecars
from explorer.sidecars.write_sidecars import SidecarOutcome, SidecarResult, write_sidecars
from explorer.systems import windows
from explorer.systems.this_system import this_system
from explorer.systems.windows import Windows
from tests.fixtures.small_library import SmallLibrary
from tests.photos.metadata.packets import xmp
from tests.systems import windows_files

Keep = Callable[[str, int], list[float]]


class AccessDenied(PermissionError):
    """ERROR_ACCESS_DENIED, which `MoveFileExW` gives for a target that is open."""

    winerror = 5


@pytest.fixture
def two_sidecars(small_library: SmallLibrary) -> SmallLibrary:
    """Two favourites, each with a sidecar."""
    for name in ("a.jpg", "b.jpg"):
        small_library.add_photo(name, name)
        small_library.add_file(f"{name}.xmp", xmp("xmp:Label='Red'"))
    catalog = small_library.library.catalog
    photos = [int(each) for each in catalog.matching()]
    edit_photos(catalog, photos, *combined([set_favourite(True)]))
    return small_library


@pytest.fixture
def keep(monkeypatch: pytest.MonkeyPatch) -> Keep:
    """Have replacing a file fail that many times as on Windows while another program has it open.
    Gives the waits."""
    waits, real = list[float](), os.replace
    kernel = windows_files.install(monkeypatch)
    # Only these answers: processes cannot be started as on Windows here.
    for name in ("is_in_use", "patiently", "denial"):
        monkeypatch.setattr(type(this_system()), name, getattr(Windows, name))
    monkeypatch.setattr(windows, "sleep", waits.append)

    def keep_open(path: str, times: int) -> list[float]:
        left = [times]
        kernel.kept = {path}

        def replace(source: str, target: str) -> None:
            if str(target) == path and left[0]:
                left[0] -= 1
                raise AccessDenied(errno.EACCES, "Access is denied", source, None, target)
            real(source, target)

        monkeypatch.setattr(os, "replace", replace)
        return waits

    return keep_open


def written(path: Path) -> bool:
    return read_values(path.read_bytes()).favourite is True


def states(outcome: SidecarOutcome) -> list[str]:
    return [each.state for each in outcome.results]


def test_one_that_is_open_for_a_moment_is_written(two_sidecars: SmallLibrary, keep: Keep) -> None:
    sidecar = two_sidecars.photos / "a.jpg.xmp"
    waits = keep(str(sidecar), 3)
    assert states(write_sidecars(two_sidecars.library)) == ["written", "written"]
    assert len(waits) == 3 and written(sidecar)


def test_one_that_is_open_for_longer_is_written_after_the_others(
    two_sidecars: SmallLibrary, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (two_sidecars.photos / f"{name}.jpg.xmp" for name in "ab")
    keep(str(first), 5)
    order, real = list[str](), module._Writer._one

    def one(
        self: module._Writer, planned: PlannedSidecar, *, dry_run: bool
    ) -> tuple[SidecarResult, bool]:
        result = real(self, planned, dry_run=dry_run)
        order.append(f"{os.path.basename(planned.photo)} {result[0].state}")
        return result

    def tick(done: int, total: int) -> None:
        order.append(f"{done} of {total} are done")

    monkeypatch.setattr(module._Writer, "_one", one)
    done = write_sidecars(two_sidecars.library, tick=tick)
    assert order == [
        "0 of 2 are done", "a.jpg refused", "0 of 2 are done", "b.jpg written",
        "1 of 2 are done", "a.jpg written",
    ]  # fmt: skip
    assert states(done) == ["written", "written"] and written(first) and written(second)
    # Its first attempt is not undone as well.
    _, undone = undo_sidecars(two_sidecars.library, done.run)
    assert [each.undone for each in undone] == [True, True]
    assert not written(first) and not written(second)


def test_one_that_stays_open_is_named(two_sidecars: SmallLibrary, keep: Keep) -> None:
    sidecar = two_sidecars.photos / "a.jpg.xmp"
    before = two_sidecars.tree()
    keep(str(sidecar), 1000)
    done = write_sidecars(two_sidecars.library)
    assert states(done) == ["refused", "written"]
    assert done.results[0].reason == (
        "its sidecar, a.jpg.xmp, is open in another program: close it there, and try again"
    )
    after = two_sidecars.tree()
    assert {name for name in after if after[name] != before.get(name)} == {"b.jpg.xmp"}


def test_undo_names_one_that_is_open(two_sidecars: SmallLibrary, keep: Keep) -> None:
    sidecar = two_sidecars.photos / "a.jpg.xmp"
    done = write_sidecars(two_sidecars.library)
    keep(str(sidecar), 1000)
    _, undone = undo_sidecars(two_sidecars.library, done.run)
    assert [each.undone for each in undone] == [False, True]
    assert undone[0].note == "it is open in another program: close it there, and try again"
    assert written(sidecar)
    keep(str(sidecar), 0)
    _, again = undo_sidecars(two_sidecars.library, done.run)
    assert [each.undone for each in again] == [True] and not written(sidecar)


def test_one_that_may_not_be_replaced_is_not_waited_for(
    two_sidecars: SmallLibrary, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same error code, but no other program has it open."""
    waits = keep(str(two_sidecars.photos / "a.jpg.xmp"), 1000)
    windows_files.install(monkeypatch)
    done = write_sidecars(two_sidecars.library)
    assert states(done) == ["refused", "written"] and waits == []
    assert "cannot be written" in done.results[0].reason
