"""What a text is understood to mean, as a query with fields in place of words."""

from __future__ import annotations

import dataclasses

from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from explorer.search.language.print_query import print_query
from explorer.search.language.query_tree import AllTests, Condition, FieldTest, NotTest, QueryTree


def typed(test: Condition) -> Condition:
    """The test as if it had been typed as a field."""
    match test:
        case FieldTest():
            return dataclasses.replace(test, words="")
        case NotTest(inner):
            return NotTest(typed(inner))
        case AllTests(tests):
            return AllTests(tuple(map(typed, tests)))
    return test


def meant(text: str) -> str:
    """The query that a text means, with fields in place of words."""
    tree = interpret(parse(text))
    return print_query(QueryTree(tree.terms, tree.condition and typed(tree.condition)))
