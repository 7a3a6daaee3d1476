"""No phrase takes long to interpret, whatever it repeats."""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
from collections.abc import Iterator
from re import _constants as codes
from re import _parser as patterns
from types import FrameType
from typing import Any

import pytest

from explorer.search import language
from explorer.search.language.completion import complete
from explorer.search.language.interpret_phrases import interpret
from explorer.search.language.parse_query import parse
from explorer.search.language.phrase_vocabulary import MAX_WORDS_LENGTH
from explorer.search.language.syntax_error import QuerySyntaxError

_MODULES = [module.name for module in pkgutil.iter_modules(language.__path__)]
# More repetitions than this are unlimited for the test: each may double the ways to match.
_FEW = 5
_ONE_CHARACTER = (codes.IN, codes.ANY, codes.LITERAL, codes.NOT_LITERAL, codes.CATEGORY)
# Far longer than a phrase takes on a busy machine, and far shorter than what has exponential cost.
_SECONDS = 30


@pytest.fixture
def limited() -> Iterator[None]:
    """Fail instead of waiting for years; without signals of a timer, wait."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        pytest.fail("The text takes too long.")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def _compiled(value: object) -> Iterator[re.Pattern[str]]:
    """The regular expressions in the value of a module's variable."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict | tuple | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _compiled(each)


def _repeated_groups(parsed: Any) -> Iterator[str]:
    """The groups in a parsed regular expression that are repeated, and tried again with fewer
    repetitions if what follows does not match."""
    for code, argument in parsed:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            _, most, body = argument
            if most > _FEW and not (len(body) == 1 and body[0][0] in _ONE_CHARACTER):
                yield f"{body!r:.200}"
        parts = argument if isinstance(argument, tuple | list) else [argument]
        for part in parts:
            for inner in part if isinstance(part, list) else [part]:
                if isinstance(inner, patterns.SubPattern):
                    yield from _repeated_groups(inner)


@pytest.mark.parametrize("module", _MODULES)
def test_repeated_groups_are_possessive(module: str) -> None:
    """The number of ways to match a text must not grow with its length: `(?:a|b)*+`, or `{0,3}`."""
    loaded = importlib.import_module(f"{language.__name__}.{module}")
    for name, value in vars(loaded).items():
        for pattern in _compiled(value):
            found = [*_repeated_groups(patterns.parse(pattern.pattern, pattern.flags))]
            assert not found, f"{module}.{name}"


@pytest.mark.parametrize("pattern", ["(?:ab|c)*", "x(?=(?:y(?:a?b)+|z))", "(?:(?:ab){0,9})?"])
def test_other_repeated_groups_are_found(pattern: str) -> None:
    assert [*_repeated_groups(patterns.parse(pattern))]
    possessive = re.sub(r"(?<=\))([*+]|\{0,9\})", r"\1+", pattern)
    assert not [*_repeated_groups(patterns.parse(possessive))]


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize(
    "repeated",
    [
        "4 may ", "may ", "june and ", "june 4, ", "may 4 may ", "the 4 of may, ", "4-6 june ",
        "2019, ", "2019/6/", "2019 - ", "2019 or june ", "1/2/", "12/", "4.", "last ",
        "last week or ", "since june or ", "june and june or ", "in june to july, or ",
        "on sundays & ", "summer 2019/20 and ", "christmas and ", "no cars and no ",
        "nobody, eve, ", "canon 5d or ", "taken with canon and ", "not dark, ", "5 mb or ", "*a-",
        "my all the ", "without ", " ",
    ],
)  # fmt: skip
def test_a_repeated_text_is_read_at_once(repeated: str) -> None:
    for before, after in (("", "!"), ("between ", "dog"), ("dog ", " 2019 at home")):
        text = (before + repeated * MAX_WORDS_LENGTH)[: MAX_WORDS_LENGTH - len(after)] + after
        complete(text, len(text))
        try:
            interpret(parse(text))
            parse(f'date:"{text}"')
        except QuerySyntaxError:
            pass
