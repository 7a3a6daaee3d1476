"""Completion of a query while it is typed: field names, their choices, and values from the
library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from explorer.search.language.field_type import QueryField
from explorer.search.language.print_query import printed_value
from explorer.search.language.query_fields import FIELD_SPELLINGS, FIELDS
from explorer.search.language.query_grammar import MAX_LENGTH
from explorer.search.language.query_tree import FieldValue

MAX_SUGGESTIONS = 12
_NAME = re.compile(r"(?<![^\s(|])-?([A-Za-z]+)$")
_VALUE = re.compile(
    r'(?<![^\s(|])-?([A-Za-z]+):\s*(?:(?:"[^"]*"|[^\s"()|]+)\|)*+(?:"([^"]*)|([^\s"()|]*))$'
)
_REST_OF_WORD = re.compile(r'[^\s"()|:]*:?')
_REST_OF_VALUE = re.compile(r'[^\s"()|]*')


@dataclass(frozen=True)
class Suggestion:
    """A replacement for the characters from `start` to `end`."""

    text: str
    start: int
    end: int
    help: str


def complete(
    text: str, cursor: int, values: Callable[[str], Sequence[str]] = lambda field: ()
) -> list[Suggestion]:
    """Suggestions for the cursor, a position from 0 to the length of the text: at most
    MAX_SUGGESTIONS, best first.

    values: gives the values that a field has in this library, the most frequent first, by field
    name. It is called for text fields, for `place` and for `date`.
    """
    cursor = max(0, min(cursor, len(text)))
    before = text[max(0, cursor - MAX_LENGTH) : cursor]
    if match := _VALUE.search(before):
        field = FIELDS.get(FIELD_SPELLINGS.get(match[1].lower(), match[1].lower()))
        if field is None:
            return []
        quoted = match[2] is not None
        typed = match[2] if quoted else match[3]
        start = cursor - len(typed) - quoted
        end = _end(_REST_OF_VALUE, text, cursor)
        if quoted and text[end : end + 1] == '"':
            end += 1
        return [
            Suggestion(printed_value(FieldValue(value)), start, end, help)
            for value, help in _matching(typed, _values(field, values))
        ]
    if match := _NAME.search(before):
        names = ((f"{field.name}:", f"{field.help}: {field.example}") for field in FIELDS.values())
        return [
            Suggestion(name, cursor - len(match[1]), _end(_REST_OF_WORD, text, cursor), help)
            for name, help in names
            if name.startswith(match[1].lower())
        ][:MAX_SUGGESTIONS]
    return []


def _end(pattern: re.Pattern[str], text: str, cursor: int) -> int:
    match = pattern.match(text, cursor)
    return match.end() if match else cursor


def _values(field: QueryField, values: Callable[[str], Sequence[str]]) -> Iterable[tuple[str, str]]:
    """The possible values of a field, and what each finds."""
    if field.choices:
        return field.choices.items()
    if field.kind in ("text", "named place", "date", "first day", "last day"):
        name = field.name if field.kind in ("text", "named place") else "date"
        return [(value, field.help) for value in values(name)]
    return ()


def _matching(typed: str, choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that begin with what was typed, then those that contain it."""
    lower = typed.lower()
    first, then = list[tuple[str, str]](), list[tuple[str, str]]()
    for choice in choices:
        value = choice[0].lower()
        if value.strip() and value.startswith(lower):
            first.append(choice)
        elif len(lower) > 1 and lower in value:
            then.append(choice)
    return [*first, *then][:MAX_SUGGESTIONS]
