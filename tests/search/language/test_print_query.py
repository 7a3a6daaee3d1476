"""The text of trees."""

from __future__ import annotations

import pytest

from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from explorer.search.language.print_query import print_query
from explorer.search.language.query_tree import FileTerm, PhraseTerm, QueryTree, WordsTest


@pytest.mark.parametrize(
    "text",
    [
        "two dogs on a beach", "horse + stripes", "- people", "beach - people", "2:snow",
        "- 0.5:snow", '2:"2019"', "1:dark", '1:"a OR b"', "photo:12&15", "2:photo:12",
        "./a.jpg + \"./b c.jpg\"", "(dog OR cat)", "- 2:(dog OR photo:3)", '"two words"',
        '-"x"', "camera:canon|nikon -iso:>=800", 'folder:"summer 2019"', "near:48.85,2.35,10km",
        "snow (is:dark OR -is:noisy has:gps) -(is:dark has:gps)", '("x" OR "y")',
    ],
)  # fmt: skip
def test_canonical_queries_are_printed_unchanged(text: str) -> None:
    assert print_query(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("beach -people  sunset", "beach sunset - people"),
        ("dog | cat", "(dog OR cat)"),
        ("is:dark beach", "beach is:dark"),
        ("ISO: ≥800", "iso:>=800"),
        ("(dog)", "dog"),
        ("NOT folder:work", "-folder:work"),
        ("“x”", '"x"'),
        ("2.0:(a)", "2:a"),
        ("a | b;o", "(a OR b;o )"),
        ("o; | a", "( o; OR a)"),
        ("./a.jpg | b", "( ./a.jpg OR b)"),
        ("-: | a", "( -: OR a)"),
        ('" ./a.jpg"', '" ./a.jpg"'),
        ("tag:x", "keyword:x"),
    ],
)
def test_other_queries_are_printed_in_canonical_form(text: str, printed: str) -> None:
    assert print_query(parse(text)) == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("june 2019, larger than 5 MB", "june 2019, larger than 5 MB"),
        ("photos larger than 5MB from june", "from june, larger than 5MB"),
        ("beach in june 2019", "beach, in june 2019"),
        ("june 2019 is:dark", "june 2019 is:dark"),
        ("beach -people larger than 5 MB", "beach, larger than 5 MB - people"),
        ("2:beach + june 2019", "june 2019 + 2:beach"),
        ("1:june, may 2019", "1:june, may 2019"),
        ("dog without people, june 2019", "dog, june 2019 - people"),
        ("summer 2019 - winter", "summer 2019, not winter"),
        ("not larger than 5 MB", "not larger than 5 MB"),
        ("dog + cat, june", "dog, june + cat"),
    ],
)
def test_understood_words_are_printed_so_that_they_are_understood_again(
    text: str, printed: str
) -> None:
    tree = interpret(parse(text))
    assert print_query(tree) == printed and interpret(parse(printed)) == tree


def test_words_are_not_joined_where_that_would_change_their_meaning() -> None:
    favorites = interpret(parse("favorites"))
    tree = QueryTree((PhraseTerm("not"),), favorites.condition)
    assert print_query(tree) == "favorites + not"
    assert interpret(parse("favorites + not")) == tree != interpret(parse("not, favorites"))


def test_trees_without_a_text_keep_their_meaning() -> None:
    assert print_query(QueryTree((PhraseTerm("a OR b"),))) == '1:"a OR b"'
    assert print_query(QueryTree((FileTerm("beach.jpg"),))) == "./beach.jpg"
    assert print_query(QueryTree((), WordsTest('5"'))) == '"5"""'
    assert print_query(QueryTree((PhraseTerm("./a.jpg", 2),))) == '2:" ./a.jpg"'
    assert print_query(QueryTree()) == ""
