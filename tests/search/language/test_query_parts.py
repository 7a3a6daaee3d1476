"""Tests of a query, together and apart."""

from __future__ import annotations

from explorer.search.language.query_parts import all_of, bare
from explorer.search.language.query_parts import tests_of as parts_of
from explorer.search.language.query_tree import AllTests, AnyTest, FieldTest, NotTest, WordsTest

ONE, OTHER, THIRD = WordsTest("one"), WordsTest("other"), WordsTest("third")


def test_a_conjunction_is_flat_and_taken_apart_again() -> None:
    assert all_of([]) is None and parts_of(None) == ()
    assert all_of([ONE]) == ONE and parts_of(ONE) == (ONE,)
    both = AllTests((ONE, OTHER))
    assert all_of([ONE, OTHER]) == both and parts_of(both) == (ONE, OTHER)
    assert all_of([both, THIRD]) == AllTests((ONE, OTHER, THIRD))
    either = AnyTest((ONE, OTHER))
    assert parts_of(either) == (either,) and all_of([either]) == either


def test_the_words_of_an_interpreted_test_are_dropped() -> None:
    plain, spoken = FieldTest("is", ()), FieldTest("is", (), words="dark")
    assert bare(spoken) == plain != spoken and bare(NotTest(spoken)) == NotTest(plain)
    assert bare(ONE) == ONE
