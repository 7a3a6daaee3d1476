"""The registry of fields agrees with itself."""

from __future__ import annotations

import pytest

from explorer.search.language.field_type import QueryField
from explorer.search.language.parse_query import parse
from explorer.search.language.query_fields import (
    FIELD_SPELLINGS,
    FIELDS,
    SHAPE_RATIOS,
    field_named,
    typed_value,
)
from explorer.search.language.query_tree import FieldValue
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.search.language.typed_values import Choice, TextValue


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_each_field_is_described_and_its_choices_are_values(field: QueryField) -> None:
    assert field.help and field.example.startswith(f"{field.name}:")
    assert bool(field.choices) == (field.kind == "choice")
    for choice in field.choices:
        assert typed_value(field.name, FieldValue(choice)) == Choice(choice)
    for spelling, choice in field.spellings.items():
        assert spelling not in field.choices and choice in field.choices
        assert typed_value(field.name, FieldValue(spelling)) == Choice(choice)


def test_field_names_are_found_in_any_case_and_spelling() -> None:
    assert field_named("Camera") is FIELDS["camera"]
    for spelling, name in FIELD_SPELLINGS.items():
        assert spelling not in FIELDS
        assert field_named(spelling.upper()) is FIELDS[name]


def test_each_shape_has_its_aspect_ratios() -> None:
    assert set(SHAPE_RATIOS) == set(FIELDS["shape"].choices)
    assert all(low < high for ratios in SHAPE_RATIOS.values() for low, high in ratios)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("name", "*IMG*", "IMG"), ("name", "IMG*1", "IMG*1"), ("name", "*a/b", "a/b"),
        ("name", "**", "**"), ("folder", "*trip*", "trip"), ("folder", "*/trip", "*/trip"),
        ("folder", "trip\\*", "trip\\*"), ("title", "*sea*", "*sea*"),
    ],
)  # fmt: skip
def test_stars_around_a_name_stand_for_anything(name: str, text: str, found: str) -> None:
    assert typed_value(name, FieldValue(text)) == TextValue(found)
    assert typed_value(name, FieldValue(text, "==")) == TextValue(text, whole=True)


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("is:gps", "Did you mean “has:gps”?"), ("has:blurred", "Did you mean “is:blurred”?"),
        ("date:june", "Write it like this: month:june."),
        ("date:Summer", "Write it like this: season:summer."),
        ('date:"june 4"', 'Write it like this: month:"june 4".'),
        ("format:mp4", "has:film finds photos with a video inside."),
    ],
)  # fmt: skip
def test_a_value_of_another_field_is_sent_there(query: str, hint: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(query)
    assert hint in str(caught.value)
