"""Interpret words of phrases as conditions where the catalog answers them better than a vector.

Words are understood only where they describe the whole photo. A phrase is split at commas. In each
piece, the following are understood, one after the other until nothing more is:

- a whole piece that is an expression of `word_meanings.py` or a date: `dark`, `2019`, also before a
  word for photos: `dark photos`; with `not`, `no` or `without`, it becomes its opposite
- an expression before a word for photos at the beginning: `dark photo of a dog`
- a negated expression at the end: `beach not blurry`
- an expression or a date at the beginning or the end, where its entry allows that, unless the word
  next to it is what it describes: `black and white portrait`, but not `black and white cat`; after
  or before `and` only where both are understood: `dark and blurry`
- a date in the middle, before a preposition: `christmas 2019 at home`

Everything else stays as it is: `dark blue dress`, `in the dark`, `blurry background`. Phrases with
a weight other than 1 or -1, on a side of OR, or longer than MAX_WORDS_LENGTH are left alone. To
search for such words by meaning, they are written with the weight 1: `1:dark`
(`PhraseTerm.literal`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeGuard

from explorer.search.language.query_grammar import is_plain
from explorer.search.language.query_parts import all_of
from explorer.search.language.query_tree import (
    Condition,
    FieldTest,
    NotTest,
    PhraseTerm,
    QueryTree,
    RankingTerm,
)
from explorer.search.language.word_meanings import (
    COUNTED_THINGS,
    DATES,
    MEANINGS,
    NUMBERED_THINGS,
    WordMeaning,
    alternation,
    meaning_of,
    test_of,
)

MAX_WORDS_LENGTH = 200
"""The maximum number of characters in a phrase whose words are understood."""

_SEPARATORS = " ,;"
_NOT = r"(?P<negator>(?:not|no|without)(?: too| very| any)? )"
_PHOTOS = r" (?:photo|photograph|picture|image|shot)s?"
_PREPOSITIONS = "about|at|by|during|for|from|in|near|of|on|to|with|without"


def _group(allowed: Callable[[WordMeaning], bool], dates: bool = True) -> str:
    """A regular expression group for the expressions whose entry allows it, and for dates."""
    expressions = alternation(
        words for meaning in MEANINGS if allowed(meaning) for words in meaning.expressions
    )
    return f"(?P<expression>{expressions}{f'|{DATES}' if dates else ''})"


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_ANY = _group(lambda meaning: True)
_LEADING = _group(lambda meaning: meaning.leads)
_LEADING_WITH_OF = _group(lambda meaning: meaning.leads_with_of, dates=False)
_TRAILING = _group(lambda meaning: meaning.trails)
_WHOLE = _rule(rf"{_NOT}?(?:an? )?(?P<words>{_ANY}(?:{_PHOTOS})?)")
_RULES = (
    _rule(rf"{_NOT}?(?:an? )?(?P<words>{_ANY}{_PHOTOS})(?: of)? (?P<after>.+)"),
    _rule(rf"(?P<before>.+?)(?: but| and)? {_NOT}(?P<words>{_ANY}(?:{_PHOTOS})?)"),
    _rule(rf"(?:an? )?(?P<words>{_LEADING_WITH_OF}) of (?P<after>.+)"),
    _rule(rf"(?:an? )?(?P<words>{_LEADING}) (?P<after>(?P<next>\S+).*)"),
    _rule(rf"(?P<before>(?:.*? )??(?P<last>\S+)) (?P<words>{_TRAILING})"),
    _rule(
        rf"(?P<before>(?:.*? )??(?P<last>\S+)) (?P<words>(?P<expression>{DATES}))"
        rf" (?P<after>(?:{_PREPOSITIONS}) .+)"
    ),
)


def understand(tree: QueryTree) -> QueryTree:
    """The tree with words that the catalog can answer turned into tests, appended to its condition.
    A phrase of which nothing remains is dropped. Understanding a tree again changes nothing."""
    terms, tests = list[RankingTerm](), list[Condition]()
    for term in tree.terms:
        if not _may_be_understood(term):
            terms.append(term)
            continue
        rest, found = _understood(term.text)
        if rest and not is_plain(rest):
            # The rest would be a different query, such as `(1)` of `(1) 2019`.
            terms.append(term)
        elif term.weight > 0:
            tests += found
            if rest:
                terms.append(PhraseTerm(rest))
        elif len(found) == 1 and not rest and isinstance(found[0], FieldTest):
            tests.append(NotTest(found[0]))
        else:
            terms.append(term)
    own = (tree.condition,) if tree.condition is not None else ()
    return QueryTree(tuple(terms), all_of([*own, *tests]))


def _may_be_understood(term: RankingTerm) -> TypeGuard[PhraseTerm]:
    return (
        isinstance(term, PhraseTerm)
        and abs(term.weight) == 1
        and not term.literal
        and len(term.text) <= MAX_WORDS_LENGTH
    )


def _understood(text: str) -> tuple[str, list[Condition]]:
    """The rest of a phrase, and the tests found in it, in order."""
    rest, tests = list[str](), list[Condition]()
    for piece in re.split(r"[,;] +", text):
        left = piece.strip(_SEPARATORS)
        while left and (found := _first_understood(left)):
            left, test = found[0].strip(_SEPARATORS), found[1]
            tests += test
        rest += [left] if left else []
    return (", ".join(rest), tests) if tests else (text, [])


def _first_understood(piece: str) -> tuple[str, list[Condition]] | None:
    """The rest of a piece of a phrase, and the tests that the first rule finds in it."""
    if match := _WHOLE.fullmatch(piece):
        test = _test(match)
        return ("", [test]) if test else None
    for rule in _RULES:
        match = rule.fullmatch(piece)
        found = _apply(match) if match else None
        if found:
            return found
    return None


def _apply(match: re.Match[str]) -> tuple[str, list[Condition]] | None:
    parts = {"before": "", "after": "", "next": "", "last": ""} | match.groupdict(default="")
    test, expression = _test(match), parts["expression"]
    if test is None or _described(expression, parts["next"], parts["last"]):
        return None
    before, after = parts["before"], parts["after"]
    if parts["last"].lower() in ("and", "but"):
        return _both(before.rpartition(" ")[0], test, first=False)
    if parts["next"].lower() in ("and", "but"):
        return _both(after.partition(" ")[2], test, first=True)
    return f"{before} {after}".strip(), [test]


def _both(other: str, test: Condition, first: bool) -> tuple[str, list[Condition]] | None:
    """Two tests joined by `and`, if the other words are a test, too."""
    match = _WHOLE.fullmatch(other)
    second = _test(match) if match else None
    if second is None:
        return None
    return "", [test, second] if first else [second, test]


def _described(expression: str, after: str, before: str) -> bool:
    """Whether an expression describes the word next to it rather than the photo."""
    meaning = meaning_of(expression)
    neighbors = {after.lower().strip(".!?"), before.lower().strip(".!?")}
    if meaning:
        return bool(neighbors & meaning.not_beside)
    return after.lower() in COUNTED_THINGS or before.lower() in NUMBERED_THINGS


def _test(match: re.Match[str]) -> Condition | None:
    test = test_of(match["expression"], match["words"])
    negated = test is not None and match.groupdict().get("negator")
    return NotTest(test) if test is not None and negated else test
