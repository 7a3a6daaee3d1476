"""Completion while a query is typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.search.language.completion import MAX_SUGGESTIONS, complete
from explorer.search.language.parse_query import parse
from explorer.search.language.query_fields import FIELDS
from tests.search.language.query_trees import query_texts
from tests.thoroughness import times

LIBRARY = {
    "camera": ["Canon EOS", "Nikon D70", "canonet"],
    "folder": ['a "b"', ""],
    "date": ["2019"],
}


def values(field: str) -> list[str]:
    return LIBRARY.get(field, [])


def completed(text: str) -> list[str]:
    """The texts with each suggestion put in, the cursor being at `^`."""
    cursor = text.index("^")
    text = text.replace("^", "")
    return [
        text[: each.start] + each.text + text[each.end :] for each in complete(text, cursor, values)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ca^", ["camera:"]), ("dog -fo^", ["dog -folder:", "dog -focal:", "dog -format:"]),
        ("(Ha^", ["(has:"]), ("ca^m dog", ["camera: dog"]), ("cam^era: dog", ["camera: dog"]),
        ("camera:n^", ["camera:\"Nikon D70\""]),
        ("x camera:can^", ['x camera:"Canon EOS"', "x camera:canonet"]),
        ("camera:eos^ x", ['camera:"Canon EOS" x']),
        ('camera:"Canon E^OS" x', ['camera:"Canon EOS" x']),
        ("camera:canonet|ni^", ['camera:canonet|"Nikon D70"']),
        ("camera: ni^", ['camera: "Nikon D70"']),
        ("folder:a^", ['folder:"a ""b"""']), ("is:bl^", ["is:blurred"]),
        ("-IS:mono^", ["-IS:monochrome"]),
        ("after:20^", ["after:2019"]), ("iso:^", []), ("dog^", []), ("^", []), ("camra:c^", []),
        ('"camera ca^', ['"camera camera:']),
    ],
)  # fmt: skip
def test_suggestions_depend_on_the_cursor_position(text: str, expected: list[str]) -> None:
    assert completed(text) == expected


def test_every_choice_is_explained() -> None:
    for suggestion in complete("is:", 3):
        assert suggestion.help == FIELDS["is"].choices[suggestion.text]
    assert complete("ca", 2)[0].help.startswith("the camera's make or model")


@given(query_texts | st.text(), st.integers(-1, 60))
@settings(max_examples=times(150, 750), deadline=None)
def test_suggestions_are_for_places_in_the_text(text: str, cursor: int) -> None:
    found = complete(text, cursor, values)
    assert len(found) <= MAX_SUGGESTIONS
    for each in found:
        assert 0 <= each.start <= each.end <= len(text) and each.text and each.help


@pytest.mark.parametrize("field", ["camera", "folder", "is", "format", "date"])
def test_a_suggested_value_can_be_parsed(field: str) -> None:
    for each in complete(f"{field}:", len(field) + 1, values):
        assert parse(f"{field}:{each.text}")
