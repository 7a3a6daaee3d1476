"""Of two starts, one sets up the environment, and the other waits."""

from __future__ import annotations

import errno
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from explorer.setup import setup_lock as module
from explorer.setup.setup_lock import setup_lock
from tests.fixtures.waiting import wait
from tests.setup.stand_in_project import posix


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.touch()
    return path


def is_locked(path: Path) -> bool:
    with path.open("rb") as opened:
        return bool(module._is_locked_by_another(opened))


def test_the_file_is_locked_only_during_the_setup(file: Path) -> None:
    said = list[str]()
    with setup_lock(str(file), said.append):
        assert is_locked(file)
    assert not is_locked(file) and said == []


def test_another_start_waits_and_says_so_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses, said, entered = list[float](), list[str](), threading.Event()
    real = time.sleep
    # Only the pauses of the lock, which also lets this thread run.
    monkeypatch.setattr(
        module, "time", SimpleNamespace(sleep=lambda seconds: [pauses.append(seconds), real(0.01)])
    )

    def start() -> None:
        with setup_lock(str(file), said.append):
            entered.set()

    with setup_lock(str(file), said.append):
        second = threading.Thread(target=start)
        second.start()
        wait(lambda: len(pauses) > 3, "the second start to wait")
        assert not entered.is_set()
    second.join(30)
    assert entered.is_set() and set(pauses) == {0.5}
    assert said == ["Another start is setting up Photo Explorer. Waiting until it is done…"]


def test_without_the_file_nothing_is_locked(tmp_path: Path) -> None:
    with setup_lock(str(tmp_path / "none"), pytest.fail):
        pass


@posix
@pytest.mark.parametrize(
    ("number", "locked"),
    [
        (errno.ENOLCK, False),
        (errno.ENOTSUP, False),
        (errno.EWOULDBLOCK, True),
        (errno.EACCES, True),
    ],
)
def test_on_a_file_system_without_locks_nothing_is_locked(
    number: int, locked: bool, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: int) -> None:
        raise OSError(number, "odd")

    monkeypatch.setattr("fcntl.flock", flock)
    assert is_locked(file) is locked


@posix
def test_windows_locks_a_byte_that_nobody_reads(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = list[tuple[int, int, int]]()
    with file.open("rb") as opened:

        def locking(number: int, mode: int, count: int) -> None:
            assert number == opened.fileno()
            found.append((opened.tell(), mode, count))

        stand_in = SimpleNamespace(LK_NBLCK=2, locking=locking)
        monkeypatch.setitem(sys.modules, "msvcrt", stand_in)
        monkeypatch.setattr(module, "sys", SimpleNamespace(platform="win32"))
        assert module._is_locked_by_another(opened) is False
    assert found == [(1 << 30, 2, 1)]
