from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import FolderError
from explorer.library.paths import (
    as_on_disk,
    from_line,
    from_text,
    inside,
    join,
    printable,
    to_line,
    to_text,
    typed_path,
)
from explorer.search.language.query_grammar import without_controls
from tests.systems.simulated import run_on


@given(st.binary(min_size=1).filter(lambda b: b"\0" not in b))
def test_any_posix_name_survives_the_catalog(raw: bytes) -> None:
    name = raw.decode("utf-8", "surrogateescape")
    text = to_text(name)
    text.encode("utf-8")  # no lone surrogates: SQLite takes it
    assert from_text(text) == name


@given(
    st.text(st.characters(exclude_characters="\0"), min_size=1)
    | st.text(st.sampled_from("a\ud800\udbff\udc00\udfff\U0010d800\U0010dfff\U0010ffff"))
)
def test_any_windows_name_survives_the_catalog(typed: str) -> None:
    # UTF-16 as Windows keeps it: two halves that stand next to each other are one character.
    name = typed.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    text = to_text(name)
    text.encode("utf-8")
    assert from_text(text) == name
    printable(name).encode("utf-8")


@given(
    st.binary(min_size=1)
    .filter(lambda b: b"\0" not in b)
    .map(lambda raw: raw.decode("utf-8", "surrogateescape"))
    | st.text(st.sampled_from("a\n\x1b\x85\u2028\udc80\U0010dc80\U0010e000\U0010e042"), min_size=1)
)
def test_any_name_survives_on_one_line(name: str) -> None:
    line = to_line(name)
    assert without_controls(line) == line
    assert from_line(line) == name
    # What a person types means itself.
    if without_controls(name) == name and name.isprintable():
        assert from_line(name) == name


@given(
    st.sets(
        st.text(st.sampled_from("a\udc80\udcff\U0010dc80\U0010d83d\uffff\x01\n"), min_size=1),
        max_size=8,
    )
)
def test_no_two_names_share_one_text(names: set[str]) -> None:
    assert len({to_text(name) for name in names}) == len(names)


def test_texts_of_earlier_libraries_are_read_as_they_were_written() -> None:
    assert to_text("caf\udce9.jpg") == "caf\U0010dce9.jpg"
    assert from_text("caf\U0010dce9.jpg") == "caf\udce9.jpg"
    assert (
        from_text("\U0001f600 \U0010ffff.jpg")
        == to_text("\U0001f600 \U0010ffff.jpg")
        == "\U0001f600 \U0010ffff.jpg"
    )


def test_printable_text_can_always_be_printed() -> None:
    assert printable("a\udcff.jpg").encode("utf-8") == "a\ufffd.jpg".encode()


def test_join_makes_absolute_paths() -> None:
    assert join("/photos", "a/b.jpg") == os.path.join("/photos", "a", "b.jpg")
    assert join("/photos", "") == "/photos"


def test_inside_does_not_take_a_longer_name_for_a_child() -> None:
    assert inside("/p/a", "/p/a") and inside("/p/a/b", "/p/a") and inside("/p", "/")
    assert not inside("/p/ab", "/p/a")


def test_names_equal_to_the_system_are_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    composed, apart = "caf\u00e9", "cafe\u0301"
    folder = tmp_path / "My Photos" / apart / "Trip"
    folder.mkdir(parents=True)
    typed = str(tmp_path / "my PHOTOS" / composed / "trip" / "new")
    assert as_on_disk(typed) == typed
    run_on(monkeypatch, "macos")
    # Nothing is there under that name: then it is for others to say so.
    assert as_on_disk(typed) == typed
    monkeypatch.setattr(os.path, "lexists", lambda path: True)
    assert as_on_disk(typed) == str(folder / "new")
    # On a disk that distinguishes them, the one that was typed.
    (tmp_path / "my photos").mkdir()
    assert as_on_disk(str(tmp_path / "my photos")) == str(tmp_path / "my photos")


@pytest.mark.parametrize("typed", ["", " ", "''", "/a\0b", "~nobody-has-this-name", "~no\0body/x"])
def test_a_typed_path_that_no_file_can_have_is_refused(typed: str) -> None:
    with pytest.raises(FolderError):
        typed_path(typed)


def test_a_typed_path_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME" if sys.platform != "win32" else "USERPROFILE", str(tmp_path))
    for typed in ("~/Photos", f'  "{tmp_path}/Photos/"', "'~/x/../Photos'"):
        assert typed_path(typed) == str(tmp_path / "Photos")
    assert typed_path("/" + "x" * 5000) == os.path.abspath("/" + "x" * 5000)
