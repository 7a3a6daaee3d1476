"""What the pages show while something is missing, busy, broken or gone. Each state violates no rule
of axe-core, in a wide light window and in a narrow dark one."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Locator, expect

from explorer.library.library import Library
from explorer.library.stores.worker_store import worker_status
from tests import pictures
from tests.browser.app_server import Server, suspended
from tests.browser.test_accessibility import PAGES, check, check_without_rest
from tests.browser.test_lifecycle import draw, until
from tests.browser.visitor import Visitor
from tests.fixtures.waiting import wait

FEW, MANY = 12, 150


def check_both(window: Visitor, shown: Locator, *, served: bool = True) -> None:
    """This is in view and violates no rule, wide and light as well as narrow and dark.

    served: the server answers, so that the page comes to rest.
    """
    for width, scheme in ((360, "dark"), (1440, "light")):
        window.page.set_viewport_size({"width": width, "height": 900})
        window.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        expect(shown).to_be_in_viewport()
        if served:
            check(window)
        else:
            check_without_rest(window)
        overhang = window.page.evaluate("document.scrollingElement.scrollWidth") - width
        assert overhang <= 0, f"{overhang} pixels too wide at {width}"


def _reported_pid(library: Library) -> int:
    worker = worker_status(library.catalog)
    assert worker is not None
    return worker["pid"]


def worker_of(library: Library) -> psutil.Process:
    return psutil.Process(_reported_pid(library))


def kill_worker(library: Library) -> int:
    worker = worker_of(library)
    family = worker.children(recursive=True)
    worker.kill()
    psutil.wait_procs([worker, *family], timeout=30)
    return worker.pid


@pytest.mark.skipif(
    not hasattr(signal, "SIGSTOP"), reason="processes cannot be made to stand still"
)
def test_every_state_is_told_and_violates_no_rule(window: Visitor, tmp_path: Path) -> None:
    page, folder = window.page, tmp_path / "Holiday"
    for number in range(FEW):
        pictures.write(folder / f"{number}.jpg", pictures.draw(number))
    library = Library.open(tmp_path / "library", create=True)
    lock = library.lock()
    server = Server(tmp_path, str(folder))
    status = page.locator(".st-key-status")
    try:
        # Another process holds the library …
        window.open(server.address)
        check_both(window, page.get_by_text("Another run is indexing into this library"))
        lock.release()
        until(library, FEW)
        # … photos are being indexed, which every page says …
        wait(lambda: bool(worker_of(library).children()), "the decode processes")
        decoders = worker_of(library).children(recursive=True)
        with suspended(decoders):
            draw(tmp_path / "aside", MANY)
            (tmp_path / "aside").rename(folder / "many")
            expect(status).to_contain_text("Indexing")
            check_both(window, status.get_by_role("progressbar"))
            for name in PAGES:
                page.get_by_role("link", name=name, exact=True).click()
                expect(page.get_by_text("Indexing ").first).to_be_visible()
        until(library, FEW + MANY)
        # … indexing is paused …
        window.open(server.address + "/library")
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("link", name="Search", exact=True).click()
        check_both(window, page.get_by_text("Indexing is paused."))
        status.get_by_role("button", name="Resume").click()
        expect(status).to_have_count(0)
        # … and the folder is away.
        folder.rename(tmp_path / "unplugged")
        check_both(window, page.get_by_text("The folder “Holiday” is not connected."))
        (tmp_path / "unplugged").rename(folder)
        expect(status).to_have_count(0)
        _addresses_that_lead_nowhere(window, server)
        _worker_and_server_ended(window, server, library)
    finally:
        library.close()
        server.process.kill()
        server.process.wait()
        page.goto("about:blank")
        # What the page complained of while nobody was there.
        window.complaints.clear()


def _addresses_that_lead_nowhere(window: Visitor, server: Server) -> None:
    page = window.open(server.address + "/?q=name:nosuchname")
    check_both(window, page.get_by_text("No photos match."))
    window.open(server.address + "/?photo=987654")
    check_both(window, page.get_by_role("dialog").get_by_text("no longer in the library").first)
    assert not window.complaints
    page.goto(server.address + "/nosuchpage")
    heading = page.get_by_role("heading", name="There is no such page")
    expect(heading).to_be_visible()
    check_without_rest(window)
    page.get_by_role("link", name="Go to the search").click()
    expect(page.get_by_text("newest first")).to_be_visible()
    # The browser reports the page that is missing.
    assert all("nosuchpage" in each for each in window.complaints)
    window.complaints.clear()


def _started_worker(server: Server, before: int) -> psutil.Process | None:
    """The indexer that the server has started in place of the one with that id."""
    for child in psutil.Process(server.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if child.pid != before and "WORKER" in child.cmdline():
                return child
    return None


def _worker_and_server_ended(window: Visitor, server: Server, library: Library) -> None:
    page = window.page
    ended = kill_worker(library)
    wait(lambda: _reported_pid(library) != ended, "another indexer")
    ended = kill_worker(library)
    wait(lambda: _started_worker(server, ended) is not None, "a third indexer")
    third = _started_worker(server, ended)
    assert third is not None
    # It gets nowhere, as if it ended each time.
    with suspended([third]):
        warning = page.get_by_text("The indexer is not running.")
        expect(warning).to_be_visible()
        check_both(window, warning)
    server.stop()
    dialog = page.get_by_role("dialog", name="Photo Explorer is not running")
    check_both(window, dialog, served=False)
