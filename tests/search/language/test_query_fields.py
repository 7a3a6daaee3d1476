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


@pytest.mark.parametrize(
    ("width", "height", "shapes"),
    [
        (100, 100, {"square"}), (105, 100, {"square"}), (100, 105, {"square"}),
        (106, 100, set()), (100, 106, set()), (159, 100, set()), (100, 159, set()),
        (160, 100, {"wide"}), (100, 160, {"tall"}), (199, 100, {"wide"}), (100, 199, {"tall"}),
        (200, 100, {"wide", "panorama"}), (100, 200, {"tall", "panorama"}),
        (9000, 100, {"wide", "panorama"}), (100, 9000, {"tall", "panorama"}),
    ],
)  # fmt: skip
def test_each_shape_has_its_aspect_ratios(width: int, height: int, shapes: set[str]) -> None:
    assert set(SHAPE_RATIOS) == set(FIELDS["shape"].choices)
    found = {
        shape
        for shape, ratios in SHAPE_RATIOS.items()
        if any(low <= width / height <= high for low, high in ratios)
    }
    assert found == shapes


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
        ("has:blurry", "Did you mean “is:blurry”? It can be gps, date,"),
        ("orientation:wide", "Did you mean “shape:wide”? It can be landscape, portrait, square."),
    ],
)  # fmt: skip
def test_a_value_of_another_field_is_sent_there(query: str, hint: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(query)
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("nam:x", "There is no field “nam:”. Did you mean “name:”?"),
        ("fotos:3", "There is no field “fotos:”. Did you mean “photo:”?"),
        (
            "zzzz:x",
            "There is no field “zzzz:”. To search for these words, put a space after the colon.",
        ),
        ("iso:", "“iso:” needs a value, such as iso:>800."),
        (
            "camera:>canon",
            "“camera:” cannot be compared with “>”. Write it like this: camera:canon|nikon.",
        ),
        ("after:>2019", "cannot be compared with “>”. Write it like this: after:2019-06-04."),
        ("iso:abc", "“abc” does not fit “iso:”: that is not a number. Write it like this: iso:"),
        (
            "date:nonsense",
            "“nonsense” does not fit “date:”: that is not a date."
            " Write it like this: date:2019-06..2019-08.",
        ),
        ("month:foo", "“foo” does not fit “month:”: that is not a month. Write it like this:"),
        ("shape:skware", "“shape:” cannot be “skware”. Did you mean “square”? It can be square,"),
        ("shape:zzz", "“shape:” cannot be “zzz”. It can be square, wide, tall, panorama."),
        ("is:mp4", "“is:” cannot be “mp4”. It can be monochrome,"),
    ],
)  # fmt: skip
def test_a_mistake_is_explained_with_what_can_be_written(query: str, message: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(query)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["date", "iso"])
def test_times_and_numbers_can_be_compared(name: str) -> None:
    assert typed_value(name, FieldValue("2019", ">")) != typed_value(name, FieldValue("2019", "<"))
    assert typed_value(name, FieldValue(" 2019 ")) == typed_value(name, FieldValue("2019"))
