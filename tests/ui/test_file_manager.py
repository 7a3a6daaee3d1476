"""Messages of the file manager on a page."""

from __future__ import annotations

import pytest
import streamlit as st

from explorer.ui import file_manager
from explorer.ui.photo_labels import escape_markdown


def test_a_message_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = list[str]()
    monkeypatch.setattr(file_manager, "reveal", lambda path: f"*{path}* cannot be opened")
    monkeypatch.setattr(st, "toast", lambda text, icon: shown.append(text))
    file_manager.show("/a_b_c")
    assert shown == [escape_markdown("*/a_b_c* cannot be opened")]
    assert shown[0].startswith("\\*")
