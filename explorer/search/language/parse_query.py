"""From a query's text to its tree: `parse`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lark import Token, Tree

from explorer.search.language.query_grammar import (
    child,
    has_no_syntax,
    inner_words,
    only_words,
    parse_tree,
    position_of,
    span,
    without_controls,
)
from explorer.search.language.query_items import item_part, phrase
from explorer.search.language.query_parts import (
    QueryPart,
    all_of,
    any_of,
    checked_weight,
    subtracted,
    weighted,
)
from explorer.search.language.query_tree import Condition, PhraseTerm, QueryTree, RankingTerm
from explorer.search.language.syntax_error import QuerySyntaxError

Prefix = Mapping[str, Token]
"""The operators and the weight in front of an item, by their types."""
# Words after a value that may belong to it.
_MAX_QUOTED = 3
_NEGATIVE = {"MINUS", "HYPHEN", "NOT"}


def parse(text: str) -> QueryTree:
    """The tree of a query; an empty one for a blank text. Raises QuerySyntaxError, with its
    position in the text, for an invalid query.

    Phrases of weight 1 or -1 that are not literal are plain (`query_grammar.is_plain`).
    """
    text = without_controls(text)
    if has_no_syntax(text):
        words = " ".join(text.split())
        return QueryTree((PhraseTerm(words),) if words else ())
    part = _alternatives(child(parse_tree(text), 0), text)
    return QueryTree(part.terms, all_of(part.tests))


def _alternatives(tree: Tree[Token], text: str) -> QueryPart:
    """The part for sequences joined by OR."""
    sides = [_sequence(side, text) for side in tree.children if isinstance(side, Tree)]
    joints = [token for token in tree.children if isinstance(token, Token)]
    if not joints:
        return sides[0]
    for number, side in enumerate(sides):
        if not side.terms and not side.tests:
            joint = joints[max(0, number - 1)]
            where = "after" if number else "before"
            raise QuerySyntaxError(
                f"Something to search for is missing {where} “{joint}”.", span(joint)
            )
    return any_of(sides, span(joints[0]))


def _sequence(tree: Tree[Token], text: str) -> QueryPart:
    """Parts beside each other. Words without an operator are one phrase, wherever they are; an
    operator or a weight applies to all words up to the next one."""
    terms, tests = list[RankingTerm](), list[Condition]()
    unsigned, unsigned_at, number = list[str](), 0, 0
    while number < len(tree.children):
        part = child(tree, number)
        prefix, item = _prefix(part), child(part, -1)
        if number == 0 and "AND" in prefix:
            raise QuerySyntaxError(
                "Something to search for is missing before “AND”.", span(prefix["AND"])
            )
        number += 1
        if not only_words(item):
            found = _signed(prefix, _item(item, prefix, text))
            terms += found.terms
            tests += found.tests
            continue
        run = [item]
        # A bare hyphen applies to one word only.
        while prefix.keys() != {"HYPHEN"} and number < len(tree.children):
            if not only_words(child(tree, number)):
                break
            run.append(child(child(tree, number), 0))
            number += 1
        words = _words(run, text)
        if prefix:
            found = QueryPart(position_of(item), (phrase(words, _weight(prefix)),))
            terms += _signed(prefix, found).terms
        else:
            unsigned_at = unsigned_at if unsigned else len(terms)
            unsigned.append(words)
    if unsigned:
        terms.insert(unsigned_at, phrase(" ".join(unsigned)))
    return QueryPart(position_of(tree), tuple(terms), tuple(tests))


def _prefix(part: Tree[Token]) -> Prefix:
    signs = [
        token
        for before in part.children[:-1]
        for token in (before.children if isinstance(before, Tree) else [before])
    ]
    return {token.type: token for token in signs if isinstance(token, Token)}


def _weight(prefix: Prefix) -> float | None:
    """The weight that was typed. Raises QuerySyntaxError if it is out of range."""
    typed = prefix.get("WEIGHT")
    return checked_weight(float(typed[:-1]), span(typed)) if typed else None


def _signed(prefix: Prefix, part: QueryPart) -> QueryPart:
    return subtracted(part) if prefix.keys() & _NEGATIVE else part


def _words(run: list[Tree[Token]], text: str) -> str:
    """The words of adjacent items, as written, without brackets around all of them."""
    first, last = (inner_words(run[0]),) * 2 if len(run) == 1 else (run[0], run[-1])
    return " ".join(text[position_of(first)[0] : position_of(last)[1]].split())


def _item(item: Tree[Token], prefix: Prefix, text: str) -> QueryPart:
    """The part for an item that is not plain words, with its weight."""
    weight = _weight(prefix)
    if item.data == "group":
        inner = _alternatives(child(item, 1), text)
        if not inner.terms and not inner.tests:
            raise QuerySyntaxError("There is nothing in these brackets.", position_of(item))
        part = QueryPart(position_of(item), inner.terms, inner.tests)
    else:
        try:
            part = item_part(item, weight)
        except QuerySyntaxError as error:
            raise _with_quotes(error, item, text) from None
    return part if weight is None else weighted(part, weight)


def _with_quotes(error: QuerySyntaxError, item: Tree[Token], text: str) -> QuerySyntaxError:
    """The error for a field's value; if it would fit together with the words after it, with the
    advice to quote them: `place:new york`."""
    start, end = position_of(item)
    following = re.findall(r"[^\s\"“”„|():]+", text[end:])[:_MAX_QUOTED]
    for number in range(len(following), 0, -1):
        name, _, value = text[start:end].partition(":")
        quoted = f'{name}:"{" ".join([value.strip(), *following[:number]])}"'
        try:
            if value and '"' not in value and parse(quoted):
                message = f"Put a value with spaces in quotation marks: {quoted}."
                return QuerySyntaxError(message, error.position)
        except QuerySyntaxError:
            continue
    return error
