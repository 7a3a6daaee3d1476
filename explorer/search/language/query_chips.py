"""A query as chips: each part as it was understood, to be shown and removed separately."""

from __future__ import annotations

import ntpath
from dataclasses import dataclass
from typing import Literal

from explorer.search.language.query_fields import ORDER
from explorer.search.language.query_parts import all_of, bare
from explorer.search.language.query_tree import (
    AllTests,
    AlternativeTerms,
    AnyTest,
    ConceptTerm,
    Condition,
    FieldTest,
    FileTerm,
    NotTest,
    PhotoTerm,
    PhraseTerm,
    QueryTree,
    RankingTerm,
    WordsTest,
)
from explorer.search.language.value_labels import field_label

ChipKind = Literal[
    "phrase", "photo", "file", "concept", "alternatives", "words", "field", "condition"
]


@dataclass(frozen=True)
class QueryChip:
    """One part of a query."""

    label: str
    """As shown to the user: `looks like “snow” ×2`, `not in folder work`."""
    kind: ChipKind
    part: RankingTerm | Condition
    """The part itself, without the plain words that it was interpreted from."""
    without: QueryTree
    """The query without this part."""
    as_phrase: QueryTree | None = None
    """The query with the words of this part searched by meaning; None if it was not interpreted
    from words."""

    @property
    def is_order(self) -> bool:
        """Whether it sorts the photos, and does not limit them."""
        return isinstance(self.part, FieldTest) and self.part.field == ORDER


def chips(tree: QueryTree) -> list[QueryChip]:
    """The parts of a query, in its order."""
    found = list[QueryChip]()
    for at, term in enumerate(tree.terms):
        without = QueryTree(tree.terms[:at] + tree.terms[at + 1 :], tree.condition)
        found.append(QueryChip(_term_label(term), _term_kind(term), term, without))
    tests = _tests(tree.condition)
    for at, test in enumerate(tests):
        rest = all_of(tests[:at] + tests[at + 1 :])
        found.append(
            QueryChip(
                test_label(test),
                _test_kind(test),
                bare(test),
                QueryTree(tree.terms, rest),
                _as_phrase(tree.terms, test, rest),
            )
        )
    return found


def chip_of(tree: QueryTree, part: RankingTerm | Condition) -> QueryChip | None:
    """The chip for a part of another query in this one; None if this query does not have it."""
    return next((chip for chip in chips(tree) if chip.part == part), None)


def _tests(condition: Condition | None) -> tuple[Condition, ...]:
    if condition is None:
        return ()
    return condition.tests if isinstance(condition, AllTests) else (condition,)


def _as_phrase(
    terms: tuple[RankingTerm, ...], test: Condition, rest: Condition | None
) -> QueryTree | None:
    weight, inner = (-1.0, test.test) if isinstance(test, NotTest) else (1.0, test)
    if not isinstance(inner, FieldTest) or not inner.words:
        return None
    return QueryTree((*terms, PhraseTerm(inner.words, weight, literal=True)), rest)


def _term_kind(term: RankingTerm) -> ChipKind:
    match term:
        case PhraseTerm():
            return "phrase"
        case PhotoTerm():
            return "photo"
        case FileTerm():
            return "file"
        case ConceptTerm():
            return "concept"
        case AlternativeTerms():
            return "alternatives"


def _test_kind(test: Condition) -> ChipKind:
    inner = test.test if isinstance(test, NotTest) else test
    if isinstance(inner, WordsTest):
        return "words"
    return "field" if isinstance(inner, FieldTest) else "condition"


def _term_label(term: RankingTerm) -> str:
    subtracted, weight = term.weight < 0, abs(term.weight)
    times = "" if weight == 1 else f" ×{weight:g}"
    if isinstance(term, PhraseTerm) and subtracted:
        return f"without “{term.text}”{times}"
    verb = "looks unlike" if subtracted else "looks like"
    return f"{verb} {_named(term)}{times}"


def _named(term: RankingTerm) -> str:
    match term:
        case PhraseTerm(text):
            return f"“{text}”"
        case FileTerm(path):
            # `ntpath` handles both kinds of separators.
            return ntpath.basename(path)
        case ConceptTerm(name):
            return f"the concept “{name}”"
        case PhotoTerm((only,)):
            return f"photo {only}"
        case PhotoTerm(ids, combination):
            first = {"mean": "photos ", "any": "any of photos ", "all": "each of photos "}
            listed = f"{', '.join(map(str, ids[:-1]))} and {ids[-1]}"
            return first[combination] + listed
        case AlternativeTerms(terms):
            return " or ".join(map(_named, terms))


def test_label(test: Condition, negated: bool = False) -> str:
    """A test, or its negation, in plain words."""
    match test:
        case WordsTest(text):
            return f"{'without' if negated else 'with'} the words “{text}”"
        case FieldTest():
            return field_label(test, negated)
        case NotTest(inner):
            return test_label(inner, not negated)
        case AllTests(tests):
            said = " and ".join(map(_inner_label, tests))
        case AnyTest(tests):
            said = " or ".join(map(_inner_label, tests))
    return f"not ({said})" if negated else said


def _inner_label(test: Condition) -> str:
    label = test_label(test)
    return f"({label})" if isinstance(test, AllTests | AnyTest) else label
