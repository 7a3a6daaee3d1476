"""Opening photos of the library in their default program."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
import streamlit as st

from explorer.systems.operating_system import OperatingSystem
from explorer.ui import default_program
from explorer.ui.photo_labels import escape_markdown
from tests.systems.simulated import run_on
from tests.ui.conftest import id_of


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found = list[str]()
    monkeypatch.setattr(st, "toast", lambda text, icon: found.append(text))
    return found


def test_photos_are_opened_by_their_ids(
    photos: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = list[str]()
    system = run_on(monkeypatch, "macos")
    monkeypatch.setattr(system, "open_file", opened.append)
    default_program.open_photos([id_of("red.jpg"), 10**9])
    assert [Path(path).name for path in opened] == ["red.jpg"] and not said
    default_program.open_photos(range(1, 12))
    assert len(opened) == 1 and said == ["11 photos are selected: open at most 10 at once."]


def test_a_failure_is_shown_in_words(
    photos: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: str) -> None:
        raise OSError(errno.EIO, "no program is set for this kind of file")

    monkeypatch.setattr(run_on(monkeypatch, "macos"), "open_file", fail)
    default_program.open_photos([id_of("red.jpg")])
    assert said == [
        escape_markdown(
            "red.jpg could not be opened: no program is set for this kind of file."
            " Show it in its folder instead."
        )
    ]


def test_the_button_is_offered_only_where_files_can_be_opened(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_on(monkeypatch, "macos")
    labels = [each.label for each in default_program.file_actions()]
    assert labels == ["Open in default program", "Show in folder"]
    monkeypatch.setattr("explorer.systems.this_system._system", OperatingSystem())
    assert default_program.file_actions() == []
