"""From a query's tree to its text: `print_query`."""

from __future__ import annotations

import re

from explorer.search.language.date_expressions import is_dash_of_dates
from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.query_fields import CONCEPT
from explorer.search.language.query_grammar import is_plain
from explorer.search.language.query_items import is_photo_path
from explorer.search.language.query_parts import all_of
from explorer.search.language.query_tree import (
    AllTests,
    AlternativeTerms,
    AnyTest,
    ConceptTerm,
    Condition,
    FieldTest,
    FieldValue,
    FileTerm,
    NotTest,
    PhotoTerm,
    PhraseTerm,
    QueryTree,
    RankingTerm,
    WordsTest,
)

_BARE_VALUE = re.compile(r'[^\s"“”„|():<>=≥≤][^\s"“”„|():]*')
_BARE_PATH = re.compile(r'[^\s"“”„|()]*')
_QUOTE = re.compile(r'["“”„]')
_SMILEY_BEGUN = re.compile(r"[:;=]['’]?o$")
_SMILEY_ENDED = re.compile(r"[-o][:;](?!\S)")
_SEPARATORS = {"mean": ",", "any": "|", "all": "&"}


def print_query(tree: QueryTree) -> str:
    """The text of a query. If `parse` made the tree, parsing the text gives it again; if
    `interpret` made it, parsing and `interpret` do. Any other tree gets a text with the same
    meaning."""
    tests = tree.condition.tests if isinstance(tree.condition, AllTests) else (tree.condition,)
    words = [text for test in tests if (text := _understood_words(test))]
    terms, text = list(tree.terms), ""
    if words:
        understood = tuple(test for test in tests if test is not None and _understood_words(test))
        text = ", ".join(words)
        if not _means(text, (), understood):
            text = " + ".join(words)
        first = terms[0] if terms else None
        if isinstance(first, PhraseTerm) and first.weight == 1 and not first.literal:
            joined = f"{first.text}, {text}"
            if is_plain(first.text) and _means(joined, (first,), understood):
                text = joined
                terms.pop(0)
    for term in terms:
        written = _term(term)
        if text or term.weight < 0:
            sign = _sign(term, text, written)
            text = f"{text} {sign} {written}".lstrip()
        else:
            text = written
    typed = [_test(test) for test in tests if test is not None and not _understood_words(test)]
    return " ".join([*filter(None, [text]), *typed])


def _means(words: str, terms: tuple[RankingTerm, ...], tests: tuple[Condition, ...]) -> bool:
    """Whether words are understood as these terms and tests."""
    understood = interpret(QueryTree((PhraseTerm(words),)))
    return is_plain(words) and understood == QueryTree(terms, all_of(tests))


def _sign(term: RankingTerm, before: str, written: str) -> str:
    if term.weight > 0:
        return "+"
    return "NOT" if is_dash_of_dates(before, written) else "-"


def _understood_words(test: Condition | None) -> str:
    """The words that a test was interpreted from; `""` if it was typed as a field."""
    if isinstance(test, NotTest) and (words := _understood_words(test.test)):
        return f"not {words}"
    return test.words if isinstance(test, FieldTest) else ""


def quoted(text: str) -> str:
    """A text in quotation marks, with quotation marks in it doubled."""
    return f'"{_QUOTE.sub(lambda match: match[0] * 2, text)}"'


def _quoted_words(text: str) -> str:
    """Quoted words, with a leading space if they would otherwise be read as the path of a photo."""
    return quoted(f" {text}" if is_photo_path(text) else text)


def _term(term: RankingTerm) -> str:
    """A term without its sign."""
    weight = _number(abs(term.weight))
    prefix = "" if weight == "1" else f"{weight}:"
    match term:
        case PhraseTerm(text):
            if not prefix and not term.literal and is_plain(text):
                return text
            bare = text[:1].isalpha() and is_plain(text)
            return f"{weight}:{text if bare else _quoted_words(text)}"
        case PhotoTerm(ids):
            return f"{prefix}photo:{_SEPARATORS[term.combination].join(map(str, ids))}"
        case FileTerm(path):
            path = path if is_photo_path(path) else f"./{path}"
            return prefix + (path if _BARE_PATH.fullmatch(path) else quoted(path))
        case ConceptTerm(name):
            # Without a weight it would be a filter.
            return f"{weight}:{CONCEPT}:{printed_value(FieldValue(name))}"
        case AlternativeTerms(terms):
            return prefix + _in_brackets(" OR ".join(_term(each) for each in terms))


def _in_brackets(text: str) -> str:
    """Text in brackets, with spaces where a bracket would form a smiley or a word with it."""
    opened = text[:1].isalnum() or text[:1] in '-"'
    before = "" if opened and not _SMILEY_ENDED.match(text) else " "
    closed = text[-1:].isalnum() or text[-1:] == '"'
    after = "" if closed and not _SMILEY_BEGUN.search(text) else " "
    return f"({before}{text}{after})"


def _number(weight: float) -> str:
    return repr(float(weight)).removesuffix(".0")


def _test(test: Condition) -> str:
    match test:
        case WordsTest(text):
            return _quoted_words(text)
        case FieldTest(field, values):
            return f"{field}:{'|'.join(map(printed_value, values))}"
        case NotTest(inner):
            return f"-{_in_brackets(_all(inner)) if isinstance(inner, AllTests) else _test(inner)}"
        case AllTests():
            return _in_brackets(_all(test))
        case AnyTest(tests):
            return _in_brackets(" OR ".join(map(_all, tests)))


def _all(test: Condition) -> str:
    """A test as one side of OR."""
    return " ".join(map(_test, test.tests)) if isinstance(test, AllTests) else _test(test)


def printed_value(value: FieldValue) -> str:
    """A value as it is typed after a field's name."""
    comparison = {"=": "", "==": "="}.get(value.comparison, value.comparison)
    text = value.text
    return comparison + (text if _BARE_VALUE.fullmatch(text) else quoted(text))
