"""Which queries rank photos by the user's concepts.

`concept:grandma` is a condition like any other: beside a phrase it filters. If nothing else in the
query ranks photos, the concepts that they must show rank them instead, so that the best come first,
and the nearest are found even if none is good.
"""

from __future__ import annotations

from explorer.search.language.query_fields import CONCEPT
from explorer.search.language.query_parts import all_of
from explorer.search.language.query_tree import (
    AllTests,
    AlternativeTerms,
    AnyTest,
    ConceptTerm,
    Condition,
    FieldTest,
    QueryTree,
)

ConceptRanking = ConceptTerm | AlternativeTerms


def rank_by_concepts(tree: QueryTree) -> QueryTree:
    """The tree with the concepts that photos must show as terms that rank them, instead of
    conditions; the same tree if it has other terms, or no such concept."""
    if tree.terms or tree.condition is None:
        return tree
    terms, rest = list[ConceptRanking](), list[Condition]()
    tests = tree.condition.tests if isinstance(tree.condition, AllTests) else (tree.condition,)
    for test in tests:
        names = _concepts(test)
        if names:
            some = tuple(ConceptTerm(name) for name in names)
            terms.append(some[0] if len(some) == 1 else AlternativeTerms(some))
        else:
            rest.append(test)
    return QueryTree(tuple(terms), all_of(rest)) if terms else tree


def ranking_concepts(tree: QueryTree) -> list[list[str]] | None:
    """The concepts that a query ranks by: photos show one of each list. None if it ranks by
    anything else as well."""
    found = list[list[str]]()
    for term in rank_by_concepts(tree).terms:
        inner = term.terms if isinstance(term, AlternativeTerms) else (term,)
        names = [each.name for each in inner if isinstance(each, ConceptTerm)]
        if len(names) < len(inner) or term.weight < 0:
            return None
        found.append(names)
    return found or None


def _concepts(test: Condition) -> list[str]:
    """The concepts of which a photo must show one; none for any other test."""
    if isinstance(test, FieldTest) and test.field == CONCEPT:
        return [value.text for value in test.values]
    if isinstance(test, AnyTest):
        each = [_concepts(one) for one in test.tests]
        return [name for names in each for name in names] if all(each) else []
    return []
