from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from explorer.library.paths import from_text, inside, join, printable, to_text


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
