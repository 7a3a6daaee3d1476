"""What waits for the first page to be drawn."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.config import PROJECT
from explorer.ui import first_page
from tests.fixtures.waiting import PATIENCE


@pytest.fixture(autouse=True)
def _started(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(first_page, "_PREVIEWS", 0.0)
    first_page.mark_starting()
    yield
    first_page.mark_ending()


def waiting() -> tuple[threading.Thread, list[bool]]:
    """A thread that is waiting, and what it will have been told."""
    told = list[bool]()
    thread = threading.Thread(
        target=lambda: told.append(first_page.wait_until_drawn()), daemon=True
    )
    thread.start()
    thread.join(0.05)
    assert thread.is_alive() and not told
    return thread, told


def test_the_preparation_waits_until_a_page_is_drawn() -> None:
    thread, told = waiting()
    first_page.mark_drawn()
    thread.join(PATIENCE)
    assert told == [True]


def test_it_goes_on_if_no_page_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_page, "_PATIENCE", 0.0)
    assert first_page.wait_until_drawn()


def test_it_is_given_up_when_the_server_ends() -> None:
    thread, told = waiting()
    first_page.mark_ending()
    thread.join(PATIENCE)
    assert told == [False]
    # The next start waits again.
    first_page.mark_starting()
    thread, told = waiting()
    first_page.mark_drawn()
    thread.join(PATIENCE)
    assert told == [True]


def test_every_page_of_the_app_counts(photos: Path) -> None:
    assert not first_page._drawn.is_set()
    AppTest.from_file(str(PROJECT / "explorer" / "ui" / "app.py"), default_timeout=PATIENCE).run()
    assert first_page._drawn.is_set()
