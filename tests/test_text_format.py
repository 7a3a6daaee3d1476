"""Numbers for people."""

from __future__ import annotations

import pytest

from explorer.text_format import milliseconds, ordinal


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
     (21, "21st"), (22, "22nd"), (100, "100th"), (101, "101st"), (111, "111th"), (1013, "1,013th")],
)  # fmt: skip
def test_ordinals(number: int, expected: str) -> None:
    assert ordinal(number) == expected


def test_milliseconds() -> None:
    assert milliseconds(0.0041) == "4.1 ms" and milliseconds(1.2345) == "1,234 ms"
