"""Files of the library that another process has open, which Windows then does not replace."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest

from explorer.errors import LibraryBusy
from explorer.library.durable_io import explain, replace_durably
from tests.systems.simulated import run_on


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, each time; nothing waits."""
    found = list[float]()
    monkeypatch.setattr(time, "sleep", found.append)
    return found


def refusing(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Have that many replacements fail as if the target were open."""
    real, left = os.replace, [times]

    def replace(source: str, target: str) -> None:
        if left[0]:
            left[0] -= 1
            raise PermissionError(errno.EACCES, "in use", source, None, target)
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)


def test_replacing_waits_until_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    run_on(monkeypatch, "windows")
    (tmp_path / "new").write_text("new")
    (tmp_path / "old").write_text("old")
    refusing(monkeypatch, 3)
    replace_durably(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old").read_text() == "new" and len(waits) == 3


def test_replacing_gives_up_and_other_systems_do_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    (tmp_path / "new").write_text("new")
    refusing(monkeypatch, 1000)
    run_on(monkeypatch, "linux")
    with pytest.raises(PermissionError):
        replace_durably(tmp_path / "new", tmp_path / "old")
    assert waits == []
    run_on(monkeypatch, "windows")
    with pytest.raises(PermissionError):
        replace_durably(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "new").read_text() == "new" and 0 < sum(waits) < 5


def test_the_message_names_the_file_in_use(tmp_path: Path) -> None:
    class InUse(PermissionError):
        winerror = 32

    file = str(tmp_path / "vectors" / "a.faiss")
    said = explain(InUse(errno.EACCES, "in use", file), tmp_path)
    assert isinstance(said, LibraryBusy) and file in str(said)
