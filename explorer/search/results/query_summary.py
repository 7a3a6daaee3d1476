"""What a query consists of, and how a photo ranks for it, in words."""

from __future__ import annotations

import math

from explorer.search.language.concept_ranking import ranking_concepts
from explorer.search.language.query_tree import ConceptTerm, PhraseTerm
from explorer.search.query import Query


def standing(share: float) -> str:
    """The rank of a photo in words, given the share of photos that match at least as well."""
    if share > 0.5:
        return "In the lower half of your photos"
    return f"Among the top {max(1, math.ceil(100 * share))}% of your photos"


def named_phrase(query: Query) -> str | None:
    """The words of the phrases that are added, whatever is subtracted; None if there are none, or
    if anything else is added."""
    added = [term for term in query.tree.terms if term.weight > 0]
    phrases = [term.text for term in added if isinstance(term, PhraseTerm)]
    if query.photo_ids or query.examples or not added or len(phrases) < len(added):
        return None
    return " ".join(phrases)


def lone_concepts(query: Query) -> list[list[str]] | None:
    """The concepts that alone rank the photos of a query; None if there is anything else."""
    return None if query.photo_ids or query.examples else ranking_concepts(query.tree)


def subject_of(query: Query) -> str:
    """A query as part of a sentence: “phrase” and the selected photos."""
    added = [term for term in query.tree.terms if term.weight > 0]
    quoted = [f"“{term.text}”" for term in added if isinstance(term, PhraseTerm)]
    quoted += [f"the concept “{term.name}”" for term in added if isinstance(term, ConceptTerm)]
    if not added and not query.photo_ids and not query.examples:
        without = [f"“{term.text}”" for term in query.tree.terms if isinstance(term, PhraseTerm)]
        return f"photos without {' and '.join(without)}" if without else "photos unlike these"
    count = len(query.photo_ids) + len(query.examples) + len(added) - len(quoted)
    photos = ["the selected photo" if count == 1 else "the selected photos"] if count else []
    return " and ".join(quoted + photos)
