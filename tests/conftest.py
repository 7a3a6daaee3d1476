"""What every test gets: a place of its own, and a look at whether it tidied up."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import site
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import psutil
import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from tests import module_order, pictures, this_machine
from tests.thoroughness import THOROUGH

pytest_plugins = [
    "tests.fixtures.better",
    "tests.fixtures.fetching",
    "tests.fixtures.indexing",
    "tests.fixtures.library_builder",
    "tests.fixtures.new_catalogs",
    "tests.fixtures.removal",
    "tests.fixtures.switching",
    "tests.fixtures.warm_decoders",
]

# How long an example takes says nothing: the machine may be busy. Tests that ask for more work
# under the second profile do so by `tests.thoroughness`.
_UNTIMED: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("untimed", **_UNTIMED, derandomize=bool(os.environ.get("CI")))
settings.register_profile(THOROUGH, **_UNTIMED, max_examples=300)
settings.load_profile("untimed")

# Bytes that must be free in memory for temporary files to be kept there.
_ROOM = 6_000_000_000
_SHARED_MEMORY = Path("/dev/shm")


def _keep_temporary_files_in_memory() -> None:
    """Most tests open a library, whose every change waits for the disk. None of them loses power:
    tests of that cut it themselves. TMPDIR names another place."""
    if "TMPDIR" in os.environ or not os.access(_SHARED_MEMORY, os.W_OK | os.X_OK):
        return
    if min(shutil.disk_usage(_SHARED_MEMORY).free, psutil.virtual_memory().available) > _ROOM:
        os.environ["TMPDIR"] = str(_SHARED_MEMORY)
        tempfile.tempdir = None


_keep_temporary_files_in_memory()
this_machine.skip_without_right_to_link()

# Seconds that threads and processes get to end after a test.
_GRACE = 5.0
# Tests that run in one process, one after another, as they share a server, a browser or converted
# models: those of a folder, but for files there that start servers of their own; and those of the
# pages in a few groups, since they take longest. Then files whose tests share nothing.
_TOGETHER = ("encoders", "ui")
_PAGES_TOGETHER = (
    ("search_page", "query_help", "saved_searches", "uploads", "concepts", "region_search"),
    ("viewer", "viewer_lists", "anomalies_page", "results"),
    ("library_page", "browse_page", "map_page", "accessibility", "places_page", "photo_edits"),
    ("duplicates_page", "duplicates_decisions"),
)
_OWN_SERVERS = (
    "test_compare_models.py",
    "test_lifecycle.py",
    "test_models.py",
    "test_network_requests.py",
    "test_session.py",
    "test_timeline.py",
    "test_troubles.py",
)
_APART = ("test_code_shape.py", "test_kills.py", "test_power_cut.py")
# Parts of tests' names, from what takes longest.
_LONGEST = (
    "[mypy]",
    "tests/browser/",
    "test_kills.py",
    "test_power_cut.py",
    "tests/encoders/",
    "tests/faults/",
    "tests/ui/",
    "tests/indexing/",
)
# Threads that libraries keep for the rest of the process by design: idle workers of anyio, and
# tqdm's watcher.
_KEPT_THREADS = ("AnyIO worker thread", "TMonitor", "tqdm_monitor")
# Processes that Python's own multiprocessing keeps for the rest of the process.
_KEPT_PROCESSES = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")


@pytest.fixture(scope="session", autouse=True)
def _user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that stands in for the real user's, for fixtures of every scope and for child
    processes.

    Converted models are kept in it for the whole run, and shared by its processes; no run shares
    them with another. EXPLORER_TEST_MODELS names a folder to keep them in from run to run.
    """
    home = tmp_path_factory.mktemp("user")
    run = tmp_path_factory.getbasetemp().parent if os.environ.get("PYTEST_XDIST_WORKER") else home
    with pytest.MonkeyPatch.context() as patch:
        # Packages installed for the user must still be found by child processes.
        patch.setenv("PYTHONUSERBASE", site.getuserbase())
        for name in ("HOME", "USERPROFILE"):
            patch.setenv(name, str(home))
        for name in (
            "XDG_DATA_HOME",
            "XDG_CONFIG_HOME",
            "XDG_CACHE_HOME",
            "XDG_STATE_HOME",
            "APPDATA",
            "LOCALAPPDATA",
            "HF_HOME",
        ):
            patch.setenv(name, str(home / name.lower()))
        # platformdirs asks Windows itself, unless told.
        patch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(home / "localappdata"))
        patch.setenv("EXPLORER_LIBRARY", str(home / "explorer-library"))
        # Nothing is fetched by itself; tests of that switch it on, with a hub of their own.
        patch.setenv("EXPLORER_AUTO_FETCH", "off")
        for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HUB_OFFLINE", "EXPLORER_OFFLINE"):
            patch.delenv(name, raising=False)
        patch.setenv(
            "EXPLORER_MODELS", os.environ.get("EXPLORER_TEST_MODELS") or str(run / "models")
        )
        yield home


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
    # To ask this process costs nothing; to find its children, all processes are looked at.
    if hasattr(os, "waitid"):
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return set()
    return set(psutil.Process().children(recursive=True))


def _left(threads: set[threading.Thread], processes: set[psutil.Process]) -> list[str]:
    names = [
        f"thread {thread.name}"
        for thread in set(threading.enumerate()) - threads
        if thread.is_alive()
        and not thread.name.startswith(_KEPT_THREADS)
        and type(thread).__name__ not in _KEPT_THREADS
    ]
    # Not before pytest has loaded it as a plugin.
    from tests.fixtures.warm_decoders import idle_decoders

    idle = idle_decoders()
    for process in _processes() - processes:
        with contextlib.suppress(psutil.Error):
            if process.pid in idle:
                continue
            command = " ".join(process.cmdline())
            if process.status() != psutil.STATUS_ZOMBIE and not any(
                kept in command for kept in _KEPT_PROCESSES
            ):
                names.append(f"process {process.pid}: {command[:200]}")
    return names


@pytest.fixture(autouse=True)
def _own_library(
    _nothing_left_behind: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each test has a library of its own, if it opens the default one. What `--offline` sets for
    child processes ends with the test."""
    monkeypatch.setenv("EXPLORER_LIBRARY", str(tmp_path / "explorer-library"))
    monkeypatch.setenv("EXPLORER_OFFLINE", "")


class _ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Which tests run in one process where several run beside each other: those of a file, or of
    what is costly to set up."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if Path(file).name in _APART:
            return nodeid
        if Path(file).name in _OWN_SERVERS:
            return file
        if "tests/browser/" in file:
            page = Path(file).stem.removeprefix("test_")
            groups = enumerate(_PAGES_TOGETHER)
            return next((f"pages {at}" for at, names in groups if page in names), file)
        return next((folder for folder in _TOGETHER if f"tests/{folder}/" in file), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByFile:
    # In the order of collection, not by number: see pytest_collection_modifyitems.
    config.option.loadscopereorder = False
    return _ByFile(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """More processes than cores, as tests of the app and of its pages wait most of the time. Some
    of them load models, which take a gigabyte."""
    cores = psutil.cpu_count() or 1
    return max(1, min(cores + 2, psutil.virtual_memory().available // 1_500_000_000))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Collect without searching for garbage: thousands of tests come, and all stay to the end.
    Later searches leave them out, too."""
    gc.disable()
    try:
        module_order.import_all(session.config)
        yield
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with what takes longest, so that no process is left with it alone at the end."""

    def rank(item: pytest.Item) -> int:
        name = item.nodeid
        return next((at for at, part in enumerate(_LONGEST) if part in name), len(_LONGEST))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped, or fails where browsers are
    required."""
    # The headless shell takes a quarter less processor time.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        reason = "no Chromium here: install chromium, chromium-browser or google-chrome"
        if os.environ.get("EXPLORER_REQUIRE_BROWSER") == "1" or os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class MakePhoto(Protocol):
    def __call__(
        self, path: Path | str, seed: int = 0, size: tuple[int, int] = (320, 240), **options: Any
    ) -> Path: ...


@pytest.fixture
def make_photo(tmp_path: Path) -> MakePhoto:
    """Draw a photo and write it: `make_photo(path, seed, size, exif=…)`.

    The path may be relative to `tmp_path`; its ending says the format; options go to Pillow's
    `save`.
    """

    def make(
        path: Path | str, seed: int = 0, size: tuple[int, int] = (320, 240), **options: Any
    ) -> Path:
        return pictures.write(tmp_path / path, pictures.draw(seed, size), **options)

    return make
