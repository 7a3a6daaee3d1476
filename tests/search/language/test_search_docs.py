"""docs/search.md lists every field and every choice, and its examples are queries."""

from __future__ import annotations

import re

import pytest

from explorer.config import PROJECT
from explorer.search.language.field_type import QueryField
from explorer.search.language.parse_query import parse
from explorer.search.language.query_fields import FIELDS

PAGE = (PROJECT / "docs" / "search.md").read_text(encoding="utf-8")
# Pieces of queries, not queries: operators, and the beginnings of paths.
PIECES = {"+", "-", "OR", "AND", "NOT", "<", "<=", ">", ">=", "/", "./", "../", "~/"}


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_every_field_and_choice_is_documented(field: QueryField) -> None:
    example = field.example.replace("|", "\\|")
    assert f"| `{field.name}` | {field.help} | `{example}` |" in PAGE
    for choice, meaning in field.choices.items():
        assert (
            f"`{choice}`" in PAGE if field.name == "format" else f"`{choice}` ({meaning})" in PAGE
        )


def test_every_example_can_be_parsed() -> None:
    examples = {
        each.replace("\\|", "|").replace("\n", " ") for each in re.findall(r"`([^`]+)`", PAGE)
    }
    queries = {
        each for each in examples - PIECES if not re.fullmatch(r"[a-z]+:|--\w+|V\w+:\w+", each)
    }
    assert len(queries) > 60
    for query in queries:
        assert parse(query), query
