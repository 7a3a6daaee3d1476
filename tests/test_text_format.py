"""Numbers and typed texts for people."""

from __future__ import annotations

import pytest

from explorer.text_format import MAX_NAME_LENGTH, excerpt, milliseconds, ordinal, typed_line


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
     (21, "21st"), (22, "22nd"), (100, "100th"), (101, "101st"), (111, "111th"), (1013, "1,013th")],
)  # fmt: skip
def test_ordinals(number: int, expected: str) -> None:
    assert ordinal(number) == expected


def test_milliseconds() -> None:
    assert milliseconds(0.0041) == "4.1 ms" and milliseconds(1.2345) == "1,234 ms"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("  our   boat ", "our boat"),
        ("a\nb\tc\0d\x1be\x85f\u2028g", "a b c d e f g"),
        ("caf\udce9 \ud800", "caf"),
        ("x" * 200, "x" * MAX_NAME_LENGTH),
        ("x" * (MAX_NAME_LENGTH - 1) + " yz", "x" * (MAX_NAME_LENGTH - 1)),
        ("👩\u200d🚀", "👩\u200d🚀"),
        (" \n\0\ud800", ""),
        ("\u200b\u202e\u0301", ""),
    ],
)
def test_a_typed_text_is_one_line_that_can_be_stored(typed: str, line: str) -> None:
    assert typed_line(typed) == line == typed_line(line)


def test_a_long_text_is_quoted_in_part() -> None:
    assert excerpt("x" * 41) == "x" * 39 + "…" and excerpt("a\nb") == "a\\x0ab"
