"""Parse a query's text, and turn parse errors into messages for the user."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from explorer.photos.formats import EXTENSIONS, UNSUPPORTED
from explorer.search.language.date_expressions import DASH
from explorer.search.language.query_fields import FIELD_SPELLINGS, FIELDS, field_named
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.text_format import excerpt

MAX_LENGTH = 2000
"""The maximum number of characters in a query."""
MAX_FOLDER_LENGTH = 40_000
"""The same for a query that is only a folder: systems allow longer paths than MAX_LENGTH."""
MAX_DEPTH = 20
"""The maximum depth of nested brackets."""

_GRAMMAR = Path(__file__).with_name("query.lark")
_QUOTES = '"“”„'
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_VALUE_EXPECTED = ("FIELD", "COMPARISON", "BAR")
_OPERATORS = ("PLUS", "MINUS", "HYPHEN", "NOT", "AND", "OR", "WEIGHT")
_ANY_SYNTAX = re.compile(r"""[-+:()|"“”„/\\]|OR|AND|NOT""")
_FOLDER = re.compile(r'folder:=?(?:"(?:[^"“”„]|[“”„"]{2})*+"|[^\s"“”„|():<>=]+)')


@functools.cache
def _parser() -> Lark:
    extensions = sorted(each.removeprefix(".") for each in EXTENSIONS | UNSUPPORTED.keys())
    grammar = (
        _GRAMMAR.read_text(encoding="utf-8")
        .replace("%EXTENSIONS%", "|".join(extensions))
        .replace("%DASH%", DASH.replace("/", r"\/"))
        .replace("%FIELDS%", "|".join([*FIELDS, *FIELD_SPELLINGS]))
    )
    return Lark(
        grammar, start="query", parser="lalr", propagate_positions=True, maybe_placeholders=False
    )


def without_controls(text: str) -> str:
    """The text with control characters replaced by spaces and lone surrogates by U+FFFD, of the
    same length."""
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", text))


def parse_tree(text: str) -> Tree[Token]:
    """The parse tree of a text without control characters. Raises QuerySyntaxError."""
    if is_too_long(text):
        raise QuerySyntaxError(
            f"This query is too long: it has {len(text):,} characters, but at most"
            f" {MAX_LENGTH:,} are allowed.",
            (MAX_LENGTH, len(text)),
        )
    parser = _parser().parse_interactive(text)
    read, depth = list[Token](), 0
    try:
        for token in parser.iter_parse():
            depth += {"LPAR": 1, "RPAR": -1}.get(token.type, 0)
            if depth > MAX_DEPTH:
                raise QuerySyntaxError(
                    f"Brackets are nested too deeply: at most {MAX_DEPTH} levels are allowed.",
                    span(token),
                )
            if token.type == "FIELD":
                _check_name(token)
            read.append(token)
        end = Token.new_borrow_pos("$END", "", read[-1]) if read else Token("$END", "")
        tree: Tree[Token] = parser.feed_token(end)
        return tree
    except UnexpectedCharacters as error:
        raise _unexpected(text, error.pos_in_stream or 0, read) from None
    except UnexpectedToken as error:
        found: Token = error.token
        if read and read[-1] is found:
            read.pop()
        at = len(text) if found.type == "$END" else span(found)[0]
        raise _unexpected(text, at, read) from None


def span(found: Token) -> tuple[int, int]:
    """The position of a token."""
    return found.start_pos or 0, found.end_pos or 0


def is_too_long(text: str) -> bool:
    """Whether a text has more characters than a query may have."""
    if len(text) <= MAX_LENGTH:
        return False
    return len(text) > MAX_FOLDER_LENGTH or not _FOLDER.fullmatch(text.strip())


def has_no_syntax(text: str) -> bool:
    """Whether a text contains only plain words. Building the parser takes longer than a search, and
    most queries do not need it."""
    return not _ANY_SYNTAX.search(text) and len(text) <= MAX_LENGTH


def is_plain(text: str) -> bool:
    """Whether this text, parsed as a query, is one phrase of exactly these words."""
    if " ".join(text.split()) != text or not text:
        return False
    if has_no_syntax(text):
        return without_controls(text) == text
    try:
        alternatives = child(parse_tree(text), 0)
    except QuerySyntaxError:
        return False
    return only_words(alternatives) and inner_words(alternatives) is alternatives


def child(tree: Tree[Token], number: int) -> Tree[Token]:
    """The child with that index, which must be a subtree."""
    found = tree.children[number]
    if not isinstance(found, Tree):
        raise TypeError(f"{found!r} is a token")
    return found


def token_of(tree: Tree[Token], number: int) -> Token:
    """The child with that index, which must be a token."""
    found = tree.children[number]
    if not isinstance(found, Token):
        raise TypeError(f"{found!r} is a tree")
    return found


def position_of(tree: Tree[Token]) -> tuple[int, int]:
    """The position of a tree's tokens; (0, 0) for a tree without any."""
    return (0, 0) if tree.meta.empty else (tree.meta.start_pos, tree.meta.end_pos)


def only_words(tree: Tree[Token]) -> bool:
    """Whether alternatives, a group or a part are nothing but words and brackets around words."""
    match tree.data:
        case "word":
            return True
        case "group":
            return only_words(child(tree, 1))
        case "part":
            return len(tree.children) == 1 and only_words(child(tree, 0))
        case "alternatives":
            parts = child(tree, 0).children
            return (
                len(tree.children) == 1
                and bool(parts)
                and all(only_words(child(child(tree, 0), each)) for each in range(len(parts)))
            )
    return False


def inner_words(tree: Tree[Token]) -> Tree[Token]:
    """Words without brackets around all of them: the innermost alternatives, or the tree itself."""
    while True:
        inner = child(tree, 0) if tree.data == "alternatives" else tree
        if inner.data == "sequence" and len(inner.children) == 1:
            inner = child(child(inner, 0), 0)
        if inner.data != "group":
            return tree
        tree = child(inner, 1)


def _check_name(token: Token) -> None:
    try:
        field_named(token[:-1])
    except QuerySyntaxError as error:
        raise QuerySyntaxError(str(error), span(token)) from None


def _unexpected(text: str, at: int, read: list[Token]) -> QuerySyntaxError:
    """The message for a position where the grammar allows nothing, after these tokens."""
    previous = read[-1] if read else Token("START", "")
    place, character = (at, min(at + 1, len(text))), text[at : at + 1]
    if character and character in _QUOTES:
        message = "This quotation mark is not closed: add one after the words, or remove this one."
    elif previous.type in _VALUE_EXPECTED:
        field = next(token for token in reversed(read) if token.type == "FIELD")
        known = field_named(field[:-1])
        message = f"“{known.name}:” needs a value, such as {known.example}."
        place = (span(field)[0], span(previous)[1])
    elif previous.type == "PHOTO":
        message = "“photo:” takes the ids of photos, such as photo:12 or photo:12|15."
        place = (span(previous)[0], place[1])
    elif previous.type in _OPERATORS:
        message = f"Something to search for is missing after “{excerpt(str(previous))}”."
        place = span(previous)
    elif character == ")":
        message = "This bracket was never opened: put “(” before the words, or remove it."
    elif unclosed := _unclosed(read):
        message = "This bracket is never closed: put “)” after the words, or remove it."
        place = span(unclosed)
    else:
        message = "This is not allowed here: put it in quotes to search for it as words."
    return QuerySyntaxError(message, place)


def _unclosed(read: list[Token]) -> Token | None:
    """The last bracket left open by these tokens."""
    brackets = list[Token]()
    for token in read:
        if token.type == "LPAR":
            brackets.append(token)
        elif token.type == "RPAR":
            brackets.pop()
    return brackets[-1] if brackets else None
