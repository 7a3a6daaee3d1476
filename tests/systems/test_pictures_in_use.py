"""Previews that the app is sending while their photos are purged: Windows does not delete them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from explorer.indexing import crash_cleanup
from explorer.systems.this_system import this_system
from explorer.systems.windows import Windows
from tests.fixtures.indexing import IndexingSetup


class InUse(PermissionError):
    winerror = 32


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[Path, int]:
    """How often deleting a file still fails, by its path; to be filled in."""
    left, real = dict[Path, int](), Path.unlink

    def unlink(self: Path, *, missing_ok: bool = False) -> None:
        if left.get(self, 0):
            left[self] -= 1
            raise InUse(13, "The process cannot access the file", str(self))
        real(self, missing_ok=missing_ok)

    for name in ("is_in_use", "patiently"):
        monkeypatch.setattr(type(this_system()), name, getattr(Windows, name))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setattr(Path, "unlink", unlink)
    return left


PURGED = "0" * 32


@pytest.fixture
def preview(setup: IndexingSetup) -> Path:
    """The preview of a photo that the catalog has just forgotten."""
    setup.library.previews.write(PURGED, b"\xff\xd8\xff\xd9")
    return setup.library.previews.path(PURGED)


def purge(setup: IndexingSetup) -> None:
    """As a worker does that forgets a photo in a run of its own."""
    crash_cleanup.mark_started(setup.library)
    setup.library.remove_pictures(PURGED)
    crash_cleanup.mark_finished(setup.library)


def test_one_that_is_read_for_a_moment_is_deleted(
    setup: IndexingSetup, preview: Path, kept: dict[Path, int]
) -> None:
    kept[preview] = 2
    purge(setup)
    assert not preview.exists() and not crash_cleanup.was_interrupted(setup.library)


def test_one_that_is_read_for_longer_is_deleted_at_a_later_start(
    setup: IndexingSetup, preview: Path, kept: dict[Path, int]
) -> None:
    kept[preview] = 1000
    purge(setup)
    assert preview.exists() and crash_cleanup.was_interrupted(setup.library)
    # It stays open during that one, too.
    crash_cleanup.mark_started(setup.library)
    crash_cleanup.mark_finished(setup.library)
    assert preview.exists() and crash_cleanup.was_interrupted(setup.library)
    kept.clear()
    crash_cleanup.mark_started(setup.library)
    crash_cleanup.mark_finished(setup.library)
    assert not preview.exists() and not crash_cleanup.was_interrupted(setup.library)


def test_one_that_may_not_be_deleted_is_an_error(
    setup: IndexingSetup, preview: Path, kept: dict[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept[preview] = 1
    monkeypatch.setattr(InUse, "winerror", 5)
    with pytest.raises(PermissionError):
        purge(setup)
