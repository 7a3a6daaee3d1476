"""What every test gets: a place of its own, and a look at whether it tidied up."""

from __future__ import annotations

import contextlib
import os
import shutil
import site
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import psutil
import pytest
from hypothesis import settings

from tests import pictures

# How long an example takes says nothing: the machine may be busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Seconds that threads and processes get to end after a test.
_GRACE = 5.0
# Threads that libraries keep for the rest of the process by design: idle workers of anyio, and tqdm's watcher.
_KEPT_THREADS = ("AnyIO worker thread", "TMonitor", "tqdm_monitor")
# Processes that Python's own multiprocessing keeps for the rest of the process.
_KEPT_PROCESSES = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")


@pytest.fixture(scope="session")
def _user(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that stands in for the real user's."""
    return tmp_path_factory.mktemp("user")


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread or a process running."""
    threads, processes = set(threading.enumerate()), _processes()
    yield
    end = time.monotonic() + _GRACE
    while left := _left(threads, processes):
        if time.monotonic() > end:
            for process in _processes() - processes:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            pytest.fail(f"left behind: {', '.join(left)}")
        time.sleep(0.02)


def _processes() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


def _left(threads: set[threading.Thread], processes: set[psutil.Process]) -> list[str]:
    names = [
        f"thread {thread.name}"
        for thread in set(threading.enumerate()) - threads
        if thread.is_alive() and not thread.name.startswith(_KEPT_THREADS) and type(thread).__name__ not in _KEPT_THREADS
    ]
    for process in _processes() - processes:
        with contextlib.suppress(psutil.Error):
            command = " ".join(process.cmdline())
            if process.status() != psutil.STATUS_ZOMBIE and not any(kept in command for kept in _KEPT_PROCESSES):
                names.append(f"process {process.pid}: {command[:200]}")
    return names


@pytest.fixture(autouse=True)
def _isolated(_nothing_left_behind: None, _user: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the real user is read or written; only models that were set aside for tests may be used again."""
    # Packages installed for the user must still be found by child processes.
    monkeypatch.setenv("PYTHONUSERBASE", site.getuserbase())
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(_user))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(_user / name.lower()))
    # platformdirs asks Windows itself, unless told.
    monkeypatch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(_user / "localappdata"))
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path / "explorer-library"))
    if not os.environ.get("EXPLORER_MODELS"):
        monkeypatch.setenv("EXPLORER_MODELS", str(_user / "models"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped, or fails where browsers are required."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        reason = "no Chromium here: install chromium, chromium-browser or google-chrome"
        if os.environ.get("EXPLORER_REQUIRE_BROWSER") == "1" or os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class MakePhoto(Protocol):
    def __call__(self, path: Path | str, seed: int = 0, size: tuple[int, int] = (320, 240), **options: Any) -> Path: ...


@pytest.fixture
def make_photo(tmp_path: Path) -> MakePhoto:
    """Draw a photo and write it: `make_photo(path, seed, size, exif=…)`.

    The path may be relative to `tmp_path`; its ending says the format; options go to Pillow's `save`."""

    def make(path: Path | str, seed: int = 0, size: tuple[int, int] = (320, 240), **options: Any) -> Path:
        return pictures.write(tmp_path / path, pictures.draw(seed, size), **options)

    return make
