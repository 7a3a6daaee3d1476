"""Interpret expressions in phrases as conditions where the catalog answers them better than a
vector.

Expressions are interpreted only where they modify the whole photo. A phrase is split into segments
at commas, except within a date. In each segment, the following are interpreted, one after the other
until none is left:

- a whole segment that is an expression of `phrase_vocabulary.py` or a date: `dark`, `2019`, also
  before a word for photos: `dark photos`; with `not`, `no` or `without`, it becomes its opposite
- an expression before a word for photos at the beginning: `dark photo of a dog`
- a negated expression at the end: `beach not blurry`
- an expression or a date at the beginning or the end, where its entry allows that, unless it
  modifies something in the photo (`modifier_scope.py`): `black and white portrait`, but not
  `black and white cat`; after or before `and` only where both are interpreted: `dark and blurry`
- a date in the middle, before a preposition: `christmas 2019 at home`

Of what remains, things that photos should not show are subtracted (`negation.py`): `beach
without people`. Words that only say that photos are wanted are dropped: `my photos from 2019`.
Several dates are alternatives: `2019, 2020`, `2019 OR 2020`.

Everything else stays as it is: `dark blue dress`, `in the dark`, `blurry background`. Phrases with
a weight other than 1 or -1, on a side of OR that has others than dates, or longer than
MAX_WORDS_LENGTH are left alone. To search for such words by meaning, they are written with the
weight 1: `1:dark` (`PhraseTerm.literal`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeGuard

from explorer.search.language.camera_expressions import (
    CAMERA_OF_PHOTOS,
    TAKEN_WITH,
    names_only_camera,
)
from explorer.search.language.date_expressions import DATES, inner_commas
from explorer.search.language.modifier_scope import modifies_a_thing
from explorer.search.language.negation import subtracted_words
from explorer.search.language.number_expressions import NUMBERS, NUMBERS_ALONE, TYPED
from explorer.search.language.phrase_vocabulary import (
    MAX_WORDS_LENGTH,
    NAMES,
    PHOTO_WORDS,
    TIMES,
    VOCABULARY,
    VocabularyEntry,
    alternation,
    either,
    entry_of,
    joined_dates,
    test_of,
)
from explorer.search.language.query_fields import ORDER
from explorer.search.language.query_grammar import is_plain
from explorer.search.language.query_parts import all_of
from explorer.search.language.query_tree import (
    AlternativeTerms,
    Condition,
    FieldTest,
    NotTest,
    PhraseTerm,
    QueryTree,
    RankingTerm,
)
from explorer.search.language.recurring_dates import (
    RECURRING,
    RECURRING_AFTER,
    may_be_person,
    may_be_shown,
)

_SEPARATORS = " ,;"
_FULL_STOPS = " .!?"
_COMMA = re.compile(rf"[,;] +(?:(?:and|or) (?={DATES}))?", re.IGNORECASE)
_NOT = (
    r"(?P<negator>(?:not|no|without|with no|except(?: for)?|excluding|exclude"
    r"|(?<=\banything )but|(?<=\beverything )but|(?<=\ball )but)"
    r"(?: too| very| any| the(?! (?:last|past)))? )"
)
_PHOTOS = f" (?:{PHOTO_WORDS}|ones)"
_OWN = "(?:an?|the(?! (?:last|past))|my|our)"
_PREPOSITIONS = "about|at|by|during|for|from|in|near|of|on|to|with|without"


def _group(allowed: Callable[[VocabularyEntry], bool], *others: str) -> str:
    """A regular expression group for the expressions whose entry allows it, and for others."""
    expressions = alternation(
        words for entry in VOCABULARY if allowed(entry) for words in entry.expressions
    )
    return f"(?P<expression>{'|'.join([expressions, *others])})"


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_ANY = _group(
    lambda entry: True,
    *(DATES, RECURRING, NUMBERS, NUMBERS_ALONE, NAMES, TAKEN_WITH, CAMERA_OF_PHOTOS),
)
_LEADING = _group(lambda entry: entry.leads, DATES, TYPED)
_LEADING_WITH_OF = _group(lambda entry: entry.leads_with_of)
_TRAILING = _group(lambda entry: entry.trails, DATES, RECURRING, NUMBERS, TAKEN_WITH)
_WHOLE = _rule(rf"{_NOT}?(?:(?:{_OWN}|all|all my) )?(?P<words>{_ANY}(?:{_PHOTOS})?)")
_ONLY_PHOTOS = _rule(
    r"(?:(?:please )?(?:show|find|give)(?: me)? )?(?:(?:my|our|all|the|any) ){0,4}"
    rf"(?:(?:{PHOTO_WORDS} of )?(?:everything|anything)|{PHOTO_WORDS}"
    r"|all)(?: (?:taken|shot|made))?(?: (?:from|of|with))?(?: (?:that|which))?"
    r"(?: (?:is|are|was|were|looks?))?"
)
_RULES = (
    _rule(rf"{_NOT}?(?:{_OWN} )?(?P<words>{_ANY}{_PHOTOS})(?: of)? (?P<after>.+)"),
    _rule(rf"(?P<before>.+?)(?: but| and)? {_NOT}(?P<words>{_ANY}(?:{_PHOTOS})?)"),
    _rule(rf"(?:{_OWN} )?(?P<words>{_LEADING_WITH_OF}) of (?P<after>.+)"),
    _rule(rf"(?:an? )?(?P<words>{_LEADING}) (?P<after>(?P<next>\S+).*)"),
    _rule(rf"(?P<before>(?:.*? )??(?P<last>\S+)) (?P<words>{_TRAILING})"),
    _rule(
        rf"(?P<before>(?:.*? )??(?P<last>\S+)) (?P<words>(?P<expression>{DATES}|{RECURRING_AFTER}))"
        rf" (?P<after>(?:{_PREPOSITIONS}) .+)"
    ),
    _rule(
        rf"(?P<words>(?P<expression>{RECURRING_AFTER}))"
        rf" (?P<after>(?P<next>{_PREPOSITIONS}) .+)"
    ),
)


def interpret(tree: QueryTree) -> QueryTree:
    """The tree with expressions that the catalog can answer turned into tests, appended to its
    condition. A phrase of which nothing remains is dropped. Idempotent."""
    terms, tests = list[RankingTerm](), list[Condition]()
    for term in tree.terms:
        if isinstance(term, AlternativeTerms):
            dates = _alternative_dates(term)
            tests += dates
            terms += [] if dates else [term]
            continue
        if not _is_interpretable(term):
            terms.append(term)
            continue
        rest, found, without = _interpreted(term.text)
        if not all(map(is_plain, [*filter(None, [rest]), *without])):
            # The rest would be a different query, such as `(1)` of `(1) 2019`.
            terms.append(term)
        elif term.weight > 0:
            tests += found
            if rest:
                terms.append(PhraseTerm(rest))
            terms += [PhraseTerm(thing, -1.0) for thing in without]
        elif (
            len(found) == 1
            and not (rest or without)
            and isinstance(found[0], FieldTest)
            and found[0].field != ORDER
        ):
            tests.append(NotTest(found[0]))
        else:
            terms.append(term)
    own = (tree.condition,) if tree.condition is not None else ()
    return QueryTree(tuple(terms), all_of([*own, *joined_dates(tests)]))


def _is_interpretable(term: RankingTerm) -> TypeGuard[PhraseTerm]:
    return (
        isinstance(term, PhraseTerm)
        and abs(term.weight) == 1
        and not term.literal
        and len(term.text) <= MAX_WORDS_LENGTH
    )


def _alternative_dates(term: AlternativeTerms) -> list[Condition]:
    """The test for `2019 OR 2020`, or its opposite; none if any side is something else."""
    found = list[FieldTest]()
    for side in term.terms:
        rest, tests, without = _interpreted(side.text) if _is_interpretable(side) else ("", [], [])
        (test,) = tests if len(tests) == 1 else (None,)
        if rest or without or not isinstance(test, FieldTest) or test.field not in TIMES:
            return []
        found.append(test)
    if len({test.field for test in found}) > 1:
        return []
    test = either(found)
    if abs(term.weight) != 1 or len(test.words) > MAX_WORDS_LENGTH:
        return []
    return [test if term.weight > 0 else NotTest(test)]


def _interpreted(text: str) -> tuple[str, list[Condition], list[str]]:
    """The rest of a phrase, the tests found in it, and the words for what is not to be seen, each
    in order."""
    rest, tests, without, earlier = list[str](), list[Condition](), list[str](), ""
    for segment in _segments(text):
        left, things = segment.strip(_SEPARATORS), list[str]()
        while left:
            words = left.rstrip(_FULL_STOPS)
            if found := _first_test(words, earlier):
                left, test = found[0].strip(_SEPARATORS), found[1]
                tests += test
            elif seen := _subtracted(words):
                left = seen[0].strip(_SEPARATORS)
                things = seen[1] + things
            else:
                break
        without += things
        rest += [left] if left else []
        # What is left of it, so that interpreting the rest again gives the same.
        earlier = left or earlier
    if not tests and not without:
        return text, [], []
    left = ", ".join(rest)
    return "" if _ONLY_PHOTOS.fullmatch(left) else left, joined_dates(tests), without


def _subtracted(segment: str) -> tuple[str, list[str]] | None:
    """`subtracted_words`, unless any of these would be interpreted as something else."""
    found = subtracted_words(segment)
    return (
        found if found and all(_interpreted(each) == (each, [], []) for each in found[1]) else None
    )


def _segments(text: str) -> list[str]:
    """A phrase split at commas and semicolons, except within a date: `June 4, 2019`."""
    inner, segments, start = inner_commas(text), list[str](), 0
    for match in _COMMA.finditer(text):
        if match.start() not in inner:
            segments.append(text[start : match.start()])
            start = match.end()
    return [*segments, text[start:]]


def _first_test(segment: str, earlier: str) -> tuple[str, list[Condition]] | None:
    """The rest of a segment, and the tests that the first applicable rule finds in it; None if no
    rule applies. earlier: the rest of the one before it."""
    for rule in (_WHOLE, *_RULES):
        match = rule.fullmatch(segment)
        found = _apply(match, earlier) if match else None
        if found or (match and rule is _WHOLE):
            return found
    return None


def _apply(match: re.Match[str], earlier: str) -> tuple[str, list[Condition]] | None:
    parts = {"before": "", "after": "", "next": "", "last": ""} | match.groupdict(default="")
    test, expression = _test(match), parts["expression"]
    before, after = parts["before"], parts["after"]
    if test is None:
        return None
    if parts["last"].lower() in ("and", "but"):
        return _both(before.rpartition(" ")[0], test, earlier, first=False)
    if parts["next"].lower() in ("and", "but"):
        return _both(after.partition(" ")[2], test, earlier, first=True)
    if not _may_mean_photos(expression, parts["words"], before, after):
        return None
    # What follows `photo of` is the subject of a photo that the expression modifies.
    if not _ONLY_PHOTOS.fullmatch(before) and modifies_a_thing(
        expression, before, after if parts["next"] else "", earlier
    ):
        return None
    return f"{before} {after}".strip(), [test]


def _may_mean_photos(expression: str, words: str, before: str, after: str) -> bool:
    """Whether an expression may mean the photos, although other words stand before or after it. One
    that photos may show, too, must be alone: `in winter`, but not `house in winter`."""
    if before.lower().endswith(" of") and may_be_person(expression.lower()):
        return False
    if names_only_camera(expression):
        return words != expression
    if not after and (not before or _ONLY_PHOTOS.fullmatch(before)):
        return True
    entry = entry_of(expression)
    if entry:
        return not entry.only_of_photos
    # `winter photos of the house`.
    return not may_be_shown(expression.lower()) or (words != expression and not before)


def _both(
    other: str, test: Condition, earlier: str, first: bool
) -> tuple[str, list[Condition]] | None:
    """Two tests joined by `and`, if the other words are a test, too."""
    match = _WHOLE.fullmatch(other)
    found = _apply(match, earlier) if match else None
    if found is None:
        return None
    return "", [test, *found[1]] if first else [*found[1], test]


def _test(match: re.Match[str]) -> Condition | None:
    test = test_of(match["expression"], match["words"])
    negated = test is not None and match.groupdict().get("negator")
    entry = entry_of(match["expression"])
    if entry and (entry.field == ORDER if negated else entry.only_negated):
        return None
    return NotTest(test) if test is not None and negated else test
