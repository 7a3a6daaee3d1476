"""A page that checks for changes does not go back to the URL before a click."""

from __future__ import annotations

import pytest
import streamlit as st

from explorer.ui import auto_refresh


class Url:
    """Stands in for `st.query_params`."""

    def __init__(self) -> None:
        self.now = dict[str, str]()

    def to_dict(self) -> dict[str, str]:
        return dict(self.now)


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Url:
    """The URL that the browser has sent, in a session of its own."""
    made = Url()
    monkeypatch.setattr(st, "query_params", made)
    monkeypatch.setattr(st, "session_state", {})
    auto_refresh.note_url()
    return made


def test_the_url_before_a_click_is_ignored_once(url: Url) -> None:
    assert auto_refresh.url_is_current()
    url.now = {"sort": "oldest"}
    auto_refresh.note_url()
    # A check that the browser had sent before it knew the new URL.
    url.now = {}
    assert not auto_refresh.url_is_current()
    url.now = {"sort": "oldest"}
    assert auto_refresh.url_is_current()


def test_a_url_that_the_browser_has_changed_counts_from_the_second_check(url: Url) -> None:
    url.now = {"at": "7"}
    assert not auto_refresh.url_is_current()
    assert auto_refresh.url_is_current()
