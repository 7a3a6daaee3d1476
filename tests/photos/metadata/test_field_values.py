from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.photos.metadata.field_values import (
    as_list,
    clean_text,
    decode_text,
    parse_coordinate,
    parse_rating,
    positive_number,
    rating_from_percent,
    unique_keywords,
)


def test_bytes_of_an_unknown_encoding() -> None:
    assert decode_text("Köln – ☃".encode()) == "Köln – ☃"
    assert decode_text("Köln".encode("latin-1")) == "Köln"
    assert decode_text(b"\x93Stra\xdfe\x94") == "“Straße”"


def test_text_is_cleaned_for_display() -> None:
    assert clean_text("  A\tB\nC \0rest") == "A B C"
    assert clean_text(b"M\xfcller\0\xff") == "Müller"
    assert clean_text("M" * 300) == "M" * 200
    assert (
        clean_text("\0") is None
        and clean_text(5) is None
        and clean_text(None) is None
        and clean_text(" ") is None
    )


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (2.5, 2.5),
        ("3", 3.0),
        ((4, 5), 4.0),
        ([], None),
        (0, None),
        (-1, None),
        (math.inf, None),
        (math.nan, None),
        ("x", None),
        (None, None),
    ],
)
def test_numbers_are_parsed(value: object, found: float | None) -> None:
    assert positive_number(value) == found


def test_zero_is_accepted_only_on_request() -> None:
    assert (
        positive_number(0, zero=True) == 0
        and positive_number(0) is None
        and positive_number(-1, zero=True) is None
    )


def test_parts() -> None:
    assert as_list((1, 2)) == [1, 2] and as_list([3]) == [3] and as_list(4.5) == [4.5]
    assert as_list(None) == [] and as_list("12") == [] and as_list(b"12") == []


def test_keywords_are_cleaned_and_kept_once() -> None:
    assert unique_keywords([" a\n b ", "a b", "", None, "\0", "c\x01d\ufffe", "e\u200df"]) == (
        "a b",
        "c d",
        "e\u200df",
    )


@pytest.mark.parametrize(
    ("value", "stars"),
    [
        ("4", 4),
        ("4.0", 4),
        (" 5\0", 5),
        (b"3", 3),
        (2, 2),
        ((1, 9), 1),
        ("3.5", 3.5),
        ("0", None),
        ("-1", None),
        ("", None),
        (0, None),
    ],
)
def test_ratings(value: object, stars: float | None) -> None:
    assert parse_rating(value) == stars


@pytest.mark.parametrize("value", ["six", "5.1", "-1.1", "nan", "inf", (), None])
def test_invalid_ratings(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        parse_rating(value)


def test_ratings_in_percent() -> None:
    assert [
        rating_from_percent(each)
        for each in (0, 1, 12, 13, 25, 37, 38, 50, 62, 63, 75, 87, 88, "99", (100,))
    ] == [None, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]
    for wrong in (-1, 101, "x", "nan"):
        with pytest.raises(ValueError):
            rating_from_percent(wrong)


@pytest.mark.parametrize(
    ("text", "side", "degrees"),
    [
        ("48,51.5N", "", 48.8583333),
        ("48,51,30S", None, -48.8583333),
        ("18.545426", "S", -18.545426),
        ("18.545426", "north", 18.545426),
        ("-18.5", "", -18.5),
        ("+18.5", "", 18.5),
        ("-18.5", "S", -18.5),
        ("18.5", "", 18.5),
        ("48° 51' 30.00\" N", "", 48.8583333),
        ("48 deg 51' 30\" south", "", -48.8583333),
        ("48/1,51/1,3000/100", "N", 48.8583333),
        ("90", "N", 90),
        ("0", "", 0),
    ],
)
def test_coordinates(text: str, side: str | None, degrees: float) -> None:
    assert parse_coordinate(text, side, "NS", 90) == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("", ""),
        ("x", "N"),
        ("48,51", ""),
        ("48,51E", ""),
        ("91", "N"),
        ("48,51.5N,3", ""),
        ("1,2,3,4N", ""),
        ("-5", "N"),
        ("5/0", "N"),
        ("5", "East"),
    ],
)
def test_invalid_coordinates(text: str, side: str) -> None:
    with pytest.raises(ValueError):
        parse_coordinate(text, side, "NS", 90)


@given(
    st.text(alphabet="0123456789.,/NSEW°'\" +-deg", max_size=25), st.sampled_from(["", "N", "W"])
)
@settings(deadline=None)
def test_any_text_is_a_coordinate_or_a_value_error(text: str, side: str) -> None:
    with contextlib.suppress(ValueError):
        assert abs(parse_coordinate(text, side, "EW", 180)) <= 180
