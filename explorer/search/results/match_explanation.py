"""Why a photo matches a query, or does not: its rank for each phrase, the texts that contain the
words, and the filters."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.library.text.place_words import names_place
from explorer.library.text.text_folding import fold
from explorer.library.text.text_index import TextColumn, TextIndex, TextMatch
from explorer.library.text.word_ranking import ranking_words, typed_words, whole_word
from explorer.search.engine import SearchEngine
from explorer.search.language.query_chips import chips
from explorer.search.language.query_tree import AlternativeTerms, ConceptTerm, PhraseTerm
from explorer.search.query import Match, Query
from explorer.search.results.match_reasons import MatchReason, ReasonKind
from explorer.search.results.query_summary import named_phrase, standing

_COLUMN_KINDS: dict[TextColumn, ReasonKind] = {
    "name": "name", "keywords": "keyword", "place": "place",
}  # fmt: skip
_FILTER_CHIPS = ("field", "words", "condition")


@dataclass(frozen=True)
class MatchExplanation:
    """How well a photo matches, and why."""

    relevance: float
    """0 to 1."""
    match: Match
    reasons: tuple[MatchReason, ...]


def explain_match(engine: SearchEngine, query: Query, photo_id: int) -> MatchExplanation:
    """Why a photo matches a query. Raises as `SearchEngine.encode_query` does."""
    understood = engine.understood(query)
    relevance, match, passes = engine.judge(understood, photo_id)
    reasons = [
        *_meanings(engine, understood, photo_id),
        *_texts(engine, understood, photo_id),
        *_concepts(engine, understood, photo_id),
        *(
            MatchReason("field", chip.label)
            for chip in chips(understood.tree)
            if chip.kind in _FILTER_CHIPS
        ),
    ]
    if not passes and understood.tree.condition is not None:
        reasons.append(MatchReason("field", "This photo does not pass these filters."))
    return MatchExplanation(relevance, match, tuple(reasons))


def _meanings(engine: SearchEngine, query: Query, photo_id: int) -> list[MatchReason]:
    """The rank of the photo for the query, and for each of its phrases if there are several."""
    whole = engine.explain(query, photo_id)
    reasons = [MatchReason("meaning", whole)] if whole else []
    phrases = [term for term in query.tree.terms if isinstance(term, PhraseTerm)]
    for term in phrases if len(phrases) > 1 else ():
        vector = engine.encode_query(Query.of_phrase(term.text))
        share = engine.share_above(vector, photo_id)
        if share is not None:
            sign = "subtracted: " if term.weight < 0 else ""
            reasons.append(
                MatchReason("meaning", f"{sign}“{term.text}”: {_inner(standing(share))}")
            )
    return reasons


def _concepts(engine: SearchEngine, query: Query, photo_id: int) -> list[MatchReason]:
    """For each concept that the query ranks by, whether the photo is one of its examples."""
    terms = [
        inner
        for term in query.tree.terms
        for inner in (term.terms if isinstance(term, AlternativeTerms) else (term,))
    ]
    reasons = list[MatchReason]()
    for name in (term.name for term in terms if isinstance(term, ConceptTerm)):
        examples = engine.concepts.examples([[name]])
        if photo_id in examples.shown:
            reasons.append(MatchReason("concept", f"an example of “{name}”"))
        elif photo_id in examples.hidden:
            reasons.append(MatchReason("concept", f"a counter-example of “{name}”"))
    return reasons


def _inner(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _texts(engine: SearchEngine, query: Query, photo_id: int) -> list[MatchReason]:
    words = ranking_words(named_phrase(query) or "")
    found = TextIndex(engine.catalog).match_of(photo_id, " ".join(words)) if words else []
    # Parts of longer words do not count in the ranking, either.
    patterns = [whole_word(word) for word in words]
    said = typed_words(named_phrase(query) or "")
    places = [fold(match.text) for match in found if match.column == "place"]
    return [
        _text_reason(match)
        for match in found
        if any(pattern.search(fold(match.text)) for pattern in patterns)
        and (match.column != "place" or names_place(fold(match.text), said, places))
    ]


def _text_reason(match: TextMatch) -> MatchReason:
    return MatchReason(_COLUMN_KINDS.get(match.column, "text"), match.text, match.ranges)
