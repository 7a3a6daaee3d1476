"""Parts of a query, and how they are combined: subtracted, weighted, joined by OR."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.search.language.query_tree import (
    AllTests,
    AlternativeTerms,
    AnyTest,
    Condition,
    FieldTest,
    NotTest,
    PhraseTerm,
    RankingTerm,
    SimpleTerm,
)
from explorer.search.language.syntax_error import QuerySyntaxError

Position = tuple[int, int]
"""The indices of the first character and of the one after the last, in the text."""
MIN_WEIGHT, MAX_WEIGHT = 0.01, 100.0


@dataclass(frozen=True)
class QueryPart:
    """The meaning of a part of a query: terms that rank photos, and tests that must all pass."""

    position: Position
    terms: tuple[RankingTerm, ...] = ()
    tests: tuple[Condition, ...] = ()


def all_of(tests: Sequence[Condition]) -> Condition | None:
    """The conjunction of these tests; None for no tests."""
    parts = list[Condition]()
    for test in tests:
        parts += test.tests if isinstance(test, AllTests) else (test,)
    if not parts:
        return None
    return AllTests(tuple(parts)) if len(parts) > 1 else parts[0]


def tests_of(condition: Condition | None) -> tuple[Condition, ...]:
    """The tests that must all pass for a condition to be met; none for None."""
    if condition is None:
        return ()
    return condition.tests if isinstance(condition, AllTests) else (condition,)


def bare(test: Condition) -> Condition:
    """A test without the plain words that it was interpreted from."""
    if isinstance(test, NotTest):
        return NotTest(bare(test.test))
    return dataclasses.replace(test, words="") if isinstance(test, FieldTest) else test


def subtracted(part: QueryPart) -> QueryPart:
    """The negation of a part. Raises QuerySyntaxError if it has both terms and tests."""
    if part.terms and part.tests:
        raise QuerySyntaxError(
            "Phrases and conditions cannot be subtracted together: put “-” before each of them.",
            part.position,
        )
    condition = all_of(part.tests)
    if condition is not None:
        opposite = condition.test if isinstance(condition, NotTest) else NotTest(condition)
        return QueryPart(part.position, tests=(opposite,))
    return QueryPart(part.position, tuple(times(term, -1.0, part.position) for term in part.terms))


def weighted(part: QueryPart, weight: float) -> QueryPart:
    """A part with this weight on each term. Raises QuerySyntaxError if it has tests."""
    if part.tests:
        raise QuerySyntaxError(
            "Only phrases, photos and concepts can have a weight: a condition is either met or"
            " not.",
            part.position,
        )
    return QueryPart(
        part.position, tuple(times(term, weight, part.position) for term in part.terms)
    )


def times(term: RankingTerm, factor: float, position: Position) -> RankingTerm:
    """A term with its weight multiplied by a factor. Raises QuerySyntaxError for a weight that is
    too small or too large."""
    weight = checked_weight(term.weight * factor, position)
    if isinstance(term, PhraseTerm):
        return PhraseTerm(term.text, weight, term.literal and abs(weight) == 1)
    return dataclasses.replace(term, weight=weight)


def checked_weight(weight: float, position: Position) -> float:
    """The weight if it is in range. Raises QuerySyntaxError otherwise."""
    if not MIN_WEIGHT <= abs(weight) <= MAX_WEIGHT:
        raise QuerySyntaxError(
            f"A weight is a number from {MIN_WEIGHT:g} to {MAX_WEIGHT:g}, such as 2:snow.", position
        )
    return weight


def any_of(sides: Sequence[QueryPart], joined_at: Position) -> QueryPart:
    """Parts joined by OR. Raises QuerySyntaxError if they cannot be joined. joined_at: the position
    of the first OR.
    """
    position = (sides[0].position[0], sides[-1].position[1])
    if not any(side.tests for side in sides):
        return QueryPart(position, (_best_of(sides),))
    if any(side.terms for side in sides):
        raise QuerySyntaxError(
            "OR joins phrases with phrases, or conditions with conditions, but not a phrase with"
            " a condition.",
            joined_at,
        )
    tests = list[Condition]()
    for side in sides:
        test = all_of(side.tests)
        if test is not None:
            tests += test.tests if isinstance(test, AnyTest) else (test,)
    return QueryPart(position, tests=(AnyTest(tuple(tests)),))


def _best_of(sides: Sequence[QueryPart]) -> AlternativeTerms:
    terms = list[SimpleTerm]()
    for side in sides:
        if len(side.terms) > 1:
            raise QuerySyntaxError(
                "Each side of OR must be one phrase or one photo: nothing can be added or"
                " subtracted there.",
                side.position,
            )
        (term,) = side.terms
        if term.weight < 0:
            raise QuerySyntaxError(
                "Nothing can be subtracted on a side of OR: put it outside the brackets.",
                side.position,
            )
        parts = term.terms if isinstance(term, AlternativeTerms) else (term,)
        factor = term.weight if isinstance(term, AlternativeTerms) else 1.0
        changed = (times(part, factor, side.position) for part in parts)
        terms += [part for part in changed if not isinstance(part, AlternativeTerms)]
    return AlternativeTerms(tuple(terms))
