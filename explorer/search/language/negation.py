"""Negation in phrases: `beach without people`, `dog, no people`.

Text encoders ignore it, and rank the photos first that show what is named. So the negated words are
subtracted, as in `beach - people`. That is done only where they can mean nothing but a thing that
photos show: `doctors without borders`, `wearing nothing but socks` and `me without you` stay.
"""

from __future__ import annotations

import re

from explorer.library.text.ordinary_words import word_set
from explorer.search.language.phrase_vocabulary import PHRASE_ENDS, alternation, entry_of

_WITHOUT = (
    r"(?:without|with no|except(?: for)?|excluding|but (?:not|no|without)"
    r"|(?<=\banything )but|(?<=\beverything )but|(?<=\ball )but)"
)
# `no smoking` is on a sign; nobody puts up `no people`.
_NO = "(?:(?:with |and |but )?no|without any)"
_PEOPLE = ("people", "persons", "person", "humans", "faces")
_NO_ONE = "(?:nobody|no one|no-one|noone)"
_THERE = (
    "(?: (?:else|around|there|anywhere|visible|in (?:it|them|sight|view)"
    "|in the (?:photo|picture|image)s?))"
)
_NOBODY = (
    rf"(?:(?:with|without|but) {_NO_ONE}{_THERE}?|(?<!and ){_NO_ONE}{_THERE}"
    rf"|(?:without|not|no) (?:anyone|anybody){_THERE}?)"
)
_RULES = tuple(
    re.compile(rule, re.IGNORECASE)
    for rule in (
        rf"(?P<nobody>{_NO_ONE})",
        rf"(?:(?P<before>.*\S),? )?{_NO} (?P<things>{alternation(_PEOPLE)}){_THERE}?",
        rf"(?:(?P<before>.*\S),? )?(?P<nobody>{_NOBODY})",
        rf"(?:(?P<before>.*\S),? )?(?P<negator>{_WITHOUT}) (?P<things>\S.*?){_THERE}?",
        r"(?:with |and |but )?no (?P<several>[^\W\d_]+(?: (?:or|and) (?:no )?[^\W\d_]+)*+)"
        rf"{_THERE}?",
    )
)
_JOINT = re.compile(r"(?:,|\s+(?:but|with|and))++$", re.IGNORECASE)
_ARTICLE = re.compile("(?:any|the|an?|no|its) ", re.IGNORECASE)
_OR = re.compile(" (?:or|nor) ", re.IGNORECASE)
_AND = re.compile(" and ", re.IGNORECASE)
_MAX_WORDS = 3
_PLURAL = re.compile(r"[^\W\d_]+[^\Wsui\d_]s|people|persons|men|women|children", re.IGNORECASE)


# After these, what follows is not left out but is all there is, or the phrase is a saying.
_LEFT_ALONE_AFTER = word_set(
    "nothing nobody no-one noone none never not cannot can't can’t don't don’t isn't isn’t life"
    " live lives living born everyone everybody someone somebody anyone anybody go goes world"
)
# Pronouns, quantities, days, and what no photo shows.
_NOT_SHOWN = word_set(
    "the a an single i me you he him she her we us they them it myself yourself himself"
    " herself ourselves my your his our their this that these those what whom whose one ones"
    " two three four five some all"
    " every each both most many much more less few fewer several enough lots lot plenty too very"
    " so such same other others another anything everything something nothing everyone everybody"
    " someone somebody anyone anybody nobody none not never no or and"
    " mondays tuesdays wednesdays thursdays fridays saturdays sundays weekends weekdays holidays"
    " monday tuesday wednesday thursday friday saturday sunday"
    " border borders boundary boundaries limit limits end ends doubt doubts reason reasons fear"
    " fears cause pause name names pain gain hope hopes love words word rule rules permission"
    " warning notice success help problem problems worry worries regret regrets excuse excuses"
    " purpose sense meaning warranty charge cost costs fee fees time money way idea ideas comment"
    " comments luck chance choice exception exceptions secrets dreams refunds returns questions"
    " answers entry exit trespassing vacancies news thanks plans strings"
)


def subtracted_words(segment: str) -> tuple[str, list[str]] | None:
    """The rest of a segment of a phrase, which may be empty, and what is negated: `street without
    cars or people` → (`street`, [`cars`, `people`]). None if nothing is negated."""
    for rule in _RULES:
        match = rule.fullmatch(segment)
        if not match:
            continue
        found = match.groupdict()
        before = found.get("before") or ""
        if found.get("nobody"):
            things = ["people"]
        elif several := found.get("several"):
            things = _listed(several)
            things = things if all(map(_PLURAL.fullmatch, things)) else []
        else:
            things = _listed(str(found["things"]))
        if things and not _is_saying(before, found.get("negator") or "", segment):
            return _JOINT.sub("", before), things
    return None


def _is_saying(before: str, negator: str, segment: str) -> bool:
    """Whether the words before a negation give it another meaning, or the segment is written as a
    name: `Doctors Without Borders`."""
    words = before.lower().split()
    if words and (words[-1] in _LEFT_ALONE_AFTER or words[-2:] == ["no", "one"]):
        return True
    return bool(before) and negator[:1].isupper() and not segment.isupper()


def _listed(text: str) -> list[str]:
    """The things in `cars or people` or `windows and doors`; none if any is not a thing, or if what
    follows `and` may be another thing that is wanted."""
    things = [_without_article(part) for part in _OR.split(text)]
    if len(things) == 1:
        things = [_without_article(part) for part in _AND.split(text)]
        if len(things) > 1 and not all(map(_PLURAL.fullmatch, things)):
            return []
    return things if all(map(_is_thing, things)) else []


def _without_article(text: str) -> str:
    match = _ARTICLE.match(text)
    return text[match.end() :] if match else text


def _is_thing(text: str) -> bool:
    words = text.lower().split()
    if not 0 < len(words) <= _MAX_WORDS or re.search("[,;]", text) or entry_of(text):
        return False
    if any(word.endswith(("'s", "’s")) for word in words):
        return False
    return not {*words} & (PHRASE_ENDS | _NOT_SHOWN)
