"""What the pages say while there are no photos: only what is true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.config import PROJECT
from explorer.encoders import registry
from explorer.library.rows import Counts
from explorer.library.stores.command_store import send_command
from explorer.library.stores.setting_store import put_setting
from explorer.ui import empty_library, resources, status_line
from tests.tiny import Tiny

PAGES = ("search", "duplicates", "anomalies", "library")


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty one, with an encoder that is there at once."""
    monkeypatch.setitem(registry._loaders, "tiny", Tiny)
    put_setting(resources.library().catalog, "encoder", "tiny")
    yield
    resources.close()
    registry._loaded.pop("tiny", None)


def page(name: str, **address: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "explorer" / "ui" / "app.py"), default_timeout=180)
    app.switch_page(str(PROJECT / "pages" / f"{name}.py"))
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def messages(app: AppTest) -> list[str]:
    return [each.value for each in app.info]


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("name", PAGES[:3])
@pytest.mark.parametrize("address", [{}, {"q": "a dog", "since": "2020-01-01"}])
def test_an_empty_library_is_shown_with_instructions(name: str, address: dict[str, str]) -> None:
    shown = page(name, **address)
    assert messages(shown) == [] and [each.value for each in shown.header] == ["Welcome"]


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("number", ["9" * 5000, "-1", "0", "٣", "x"])
def test_any_number_in_a_url_is_handled(name: str, number: str) -> None:
    page(
        name,
        page=number,
        photo=number,
        like=number,
        area=",".join([number] * 4),
        group=number,
        tier=number,
        kind=number,
    )


@pytest.mark.usefixtures("library")
def test_a_folder_just_submitted_is_shown_as_being_added() -> None:
    send_command(resources.library().catalog, "add", "/photos")
    assert messages(page("search")) == [
        "A folder is being added. Its photos will appear here as they are found."
    ]


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("name", PAGES[:3])
def test_changes_during_rendering_are_shown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now: list[empty_library.EmptyReason] = ["no folder"]
    say = empty_library.explain

    def slowly(why: empty_library.EmptyReason) -> None:
        say(why)
        now[0] = "none found"

    monkeypatch.setattr(empty_library, "reason", lambda: now[0])
    monkeypatch.setattr(empty_library, "explain", slowly)
    assert [text.partition(".")[0] for text in messages(page(name))] == [
        "No photos were found in your folders"
    ]


class Catalog:
    """A catalog in which all that matters here is as it is told."""

    def __init__(self, **facts: Any) -> None:
        self.facts: dict[str, Any] = {
            "photos": 0,
            "failed": 0,
            "states": ["online"],
            "alive": True,
            "phase": "watching",
            "waiting": [],
        } | facts

    def counts(self) -> Counts:
        return Counts(**{field: self.facts.get(field, 0) for field in Counts._fields})

    def has_photos(self) -> bool:
        return bool(self.facts["photos"])

    def roots(self) -> list[dict[str, object]]:
        return [{"state": state} for state in self.facts["states"]]

    def worker(self) -> dict[str, object] | None:
        facts = self.facts
        return (
            None
            if facts["alive"] is None
            else {
                "alive": facts["alive"],
                "phase": facts["phase"],
                "message": "",
                "done": 0,
                "total": 0,
            }
        )

    def waiting_commands(self) -> list[str]:
        return list(self.facts["waiting"])


class Library:
    def __init__(self, **facts: Any) -> None:
        self.catalog, self.dir = Catalog(**facts), PROJECT


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"photos": 1}, None),
        ({"photos": 1, "states": [], "alive": None}, None),
        ({"states": []}, "no folder"),
        ({"states": [], "waiting": ["rescan"]}, "no folder"),
        ({"states": [], "waiting": ["rescan", "add"]}, "adding"),
        ({"states": ["offline", "offline"]}, "away"),
        ({"states": ["offline", "online"]}, "none found"),
        ({"alive": None}, "not running"),
        ({"alive": False, "failed": 1}, "not running"),
        ({"phase": "paused"}, "resting"),
        ({"phase": "off"}, "resting"),
        *[
            ({"phase": phase}, "looking")
            for phase in ("starting", "scanning", "indexing", "comparing", "waiting")
        ],
        ({}, "none found"),
        ({"failed": 1}, "unreadable"),
    ],
)
def test_the_reason_for_missing_photos_is_shown(
    monkeypatch: pytest.MonkeyPatch, facts: dict[str, Any], why: str | None
) -> None:
    monkeypatch.setattr(resources, "library", lambda: Library(**facts))
    monkeypatch.setattr(empty_library, "worker_status", Catalog.worker)
    monkeypatch.setattr(empty_library, "waiting_commands", Catalog.waiting_commands)
    assert empty_library.reason() == why


def _say(why: str) -> None:
    from explorer.ui import empty_library

    empty_library.explain(why)  # type: ignore[arg-type]


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("why", empty_library._MESSAGES)
def test_each_worker_phase_is_described(monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    links = list[str]()
    monkeypatch.setattr(st, "page_link", lambda page, label, icon: links.append(label))
    app = AppTest.from_function(_say, args=(why,)).run()
    assert not app.exception
    (text,) = messages(app)
    assert ("indexer is not running" in text) == (why == "not running")
    expected = (
        []
        if why in ("adding", "looking")
        else ["Add a folder"]
        if why in ("no folder", "none found")
        else ["Library"]
    )
    assert links == expected


@pytest.mark.parametrize(
    ("states", "text"),
    [
        ([], "There are no folders to index yet."),
        (["online"], "Up to date. New photos are added as they are saved."),
        (["online", "offline"], "Up to date, except for 1 folder that is not connected."),
        (["offline", "offline"], "Up to date, except for 2 folders that are not connected."),
    ],
)
def test_an_idle_indexer_says_why(
    monkeypatch: pytest.MonkeyPatch, states: list[str], text: str
) -> None:
    found: Any = Library(states=states)
    monkeypatch.setattr(resources, "library", lambda: found)
    assert status_line.describe(found.catalog.worker()) == text


def test_a_repeatedly_failing_indexer_is_not_announced_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resources, "library", Library)
    monkeypatch.setattr(resources, "_early_exits", 0)
    for ended, promised in ((0, True), (1, True), (2, False), (1, True)):
        resources.indexer_ended(ended)
        text = status_line.describe(None)
        assert ("will start again" in text, "terminal" in text) == (promised, not promised)
    monkeypatch.setattr(status_line, "has_room", lambda _: False)
    assert "Free some space" in status_line.describe(None)


@pytest.mark.usefixtures("library")
def test_every_page_warns_while_the_indexer_cannot_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert page("browse").warning.len == 0
    monkeypatch.setattr(resources, "_early_exits", 2)
    (warning,) = page("browse").warning
    assert warning.value.startswith("The indexer is not running. It stopped soon after each start.")
