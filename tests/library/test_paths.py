from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.library.paths import as_on_disk, from_text, inside, join, printable, to_text


@given(st.binary(min_size=1).filter(lambda b: b"\0" not in b))
def test_any_posix_name_survives_the_catalog(raw: bytes) -> None:
    name = raw.decode("utf-8", "surrogateescape")
    text = to_text(name)
    text.encode("utf-8")  # no lone surrogates: SQLite takes it
    assert from_text(text) == name


def test_printable_never_fails_to_print() -> None:
    assert printable("a\udcff.jpg").encode("utf-8") == "a\ufffd.jpg".encode()


def test_join_makes_absolute_paths() -> None:
    assert join("/photos", "a/b.jpg") == os.path.join("/photos", "a", "b.jpg")
    assert join("/photos", "") == "/photos"


def test_inside_does_not_take_a_longer_name_for_a_child() -> None:
    assert inside("/p/a", "/p/a") and inside("/p/a/b", "/p/a") and inside("/p", "/")
    assert not inside("/p/ab", "/p/a")


def test_where_the_system_takes_several_names_for_one_a_folder_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    composed, apart = "caf\u00e9", "cafe\u0301"
    folder = tmp_path / "My Photos" / apart / "Trip"
    folder.mkdir(parents=True)
    typed = str(tmp_path / "my PHOTOS" / composed / "trip" / "new")
    assert as_on_disk(typed) == typed
    monkeypatch.setattr(sys, "platform", "darwin")
    # Nothing is there under that name: then it is for others to say so.
    assert as_on_disk(typed) == typed
    monkeypatch.setattr(os.path, "lexists", lambda path: True)
    assert as_on_disk(typed) == str(folder / "new")
    # On a disk that tells them apart, the one that was typed.
    (tmp_path / "my photos").mkdir()
    assert as_on_disk(str(tmp_path / "my photos")) == str(tmp_path / "my photos")
