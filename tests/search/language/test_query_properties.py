"""What holds for every query: parsing never fails otherwise than by its own error, and printing and
parsing undo each other."""

from __future__ import annotations

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from explorer.search.language.parse_query import parse
from explorer.search.language.print_query import print_query
from explorer.search.language.query_grammar import MAX_LENGTH
from explorer.search.language.query_tree import PhraseTerm, QueryTree, WordsTest
from explorer.search.language.syntax_error import QuerySyntaxError
from tests.search.language.query_trees import query_texts, query_trees
from tests.thoroughness import times


def parsed(text: str) -> QueryTree | None:
    """The tree; None if the text is no query, after a look at the error."""
    try:
        return parse(text)
    except QuerySyntaxError as error:
        start, end = error.position
        assert 0 <= start <= end <= len(text) + 1
        assert "\n" not in str(error) and 10 < len(str(error)) < 300
        return None


@given(st.text() | query_texts)
@example('"' * MAX_LENGTH)
@example("(" * MAX_LENGTH)
@example("a" * (MAX_LENGTH + 1))
@settings(max_examples=times(100, 500), deadline=None)
def test_any_text_is_a_query_or_an_error_and_printing_it_keeps_its_meaning(text: str) -> None:
    tree = parsed(text)
    if tree is not None:
        printed = print_query(tree)
        if len(printed) <= MAX_LENGTH:
            assert parse(printed) == tree
            assert print_query(parse(printed)) == printed


@given(query_trees)
@settings(max_examples=times(100, 500), deadline=None)
def test_parsing_undoes_printing(tree: QueryTree) -> None:
    printed = print_query(tree)
    assume(len(printed) <= MAX_LENGTH)
    assert parse(printed) == tree


@given(
    st.lists(st.text(st.characters(categories=["L", "N", "So"]), min_size=1), min_size=1).map(
        " ".join
    )
)
@settings(deadline=None)
def test_plain_words_are_one_phrase(text: str) -> None:
    assume(len(text) <= MAX_LENGTH and not {"OR", "AND", "NOT"} & set(text.split()))
    assert parse(text) == QueryTree((PhraseTerm(text),))


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=50))
@settings(deadline=None)
def test_quoted_words_survive(text: str) -> None:
    doubled = "".join(each * 2 if each in '"“”„' else each for each in text)
    assert parse(f'" {doubled}"') == QueryTree(condition=WordsTest(text))
