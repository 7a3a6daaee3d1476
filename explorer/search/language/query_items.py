"""What single items of a query mean: quoted words, photos, files and fields."""

from __future__ import annotations

import re
from urllib.parse import unquote

from lark import Token, Tree

from explorer.photos.formats import EXTENSIONS, UNSUPPORTED
from explorer.search.language.date_expressions import date_values
from explorer.search.language.field_type import FieldKind
from explorer.search.language.query_fields import CONCEPT, field_named, typed_value
from explorer.search.language.query_grammar import (
    child,
    is_plain,
    position_of,
    span,
    token_of,
    without_controls,
)
from explorer.search.language.query_parts import Position, QueryPart
from explorer.search.language.query_tree import (
    AlternativeTerms,
    Combination,
    Comparison,
    ConceptTerm,
    FieldTest,
    FieldValue,
    FileTerm,
    PhotoTerm,
    PhraseTerm,
    WordsTest,
)
from explorer.search.language.syntax_error import QuerySyntaxError
from explorer.text_format import whole_number

_FILE_URL = re.compile("file://(?=/)", re.IGNORECASE)
_DRIVE = re.compile("/[A-Za-z]:/")
_PATH = re.compile(r"\.{1,2}[/\\]|~[/\\]|[A-Za-z]:[/\\]|\\\\|/")
_DOUBLED_QUOTE = re.compile(r'(["“”„])\1')
_COMBINATIONS: dict[str, Combination] = {",": "mean", "|": "any", "&": "all"}
_COMPARISONS: dict[str, Comparison] = {
    "=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "≤": "<=", "≥": ">=",
}  # fmt: skip


def _path_of(text: str) -> str:
    """The path that a file's URL names; any other text unchanged."""
    url = _FILE_URL.match(text)
    path = without_controls(unquote(text[url.end() :])) if url else text
    return path[1:] if url and _DRIVE.match(path) else path


def is_photo_path(text: str) -> bool:
    """Whether a text is the path of a photo file: it begins like a path and has the extension of a
    photo. The URL of one is such a path, too."""
    text = _path_of(text)
    _, dot, extension = text.rpartition(".")
    known = f".{extension.lower()}" in EXTENSIONS | UNSUPPORTED.keys()
    return bool(dot and known and _PATH.match(text))


def phrase(text: str, weight: float | None = None) -> PhraseTerm:
    """The term for these words. weight: None if none was typed."""
    if weight is None:
        return PhraseTerm(text, literal=not is_plain(text))
    return PhraseTerm(text, weight, literal=weight == 1)


def item_part(item: Tree[Token], weight: float | None) -> QueryPart:
    """The part for an item that is neither words nor a group. weight: None if none was typed.
    Raises QuerySyntaxError."""
    position, token = position_of(item), token_of(item, 0)
    if item.data == "field":
        return _field_part(_field_test(item), position, weight)
    if item.data == "photo":
        return QueryPart(position, (_photo_term(token_of(item, 1), position),))
    if item.data == "file":
        return QueryPart(position, (FileTerm(_path_of(str(token))),))
    text = _unquoted(token)
    if is_photo_path(text):
        return QueryPart(position, (FileTerm(_path_of(text)),))
    text = " ".join(text.split())
    if weight is not None:
        return QueryPart(position, (phrase(text, 1),))
    return QueryPart(position, tests=(WordsTest(text),))


def _unquoted(token: Token) -> str:
    """The text in quotation marks. Raises QuerySyntaxError if there is none."""
    text = _DOUBLED_QUOTE.sub(r"\1", token[1:-1])
    if not text.strip():
        raise QuerySyntaxError("There is nothing in these quotation marks.", span(token))
    return text


def _photo_term(numbers: str, position: Position) -> PhotoTerm:
    separators = set(re.findall(r"[,|&]", numbers))
    if len(separators) > 1:
        raise QuerySyntaxError(
            "Photos are joined by “,” (their mean), “|” (any) or “&” (all), but not by several of"
            " these.",
            position,
        )
    ids = list[int]()
    for part in re.split(r"[,|&]", numbers):
        number = whole_number(part)
        if number is None:
            raise QuerySyntaxError("There is no photo with that id.", position)
        ids.append(number)
    return PhotoTerm(tuple(ids), _COMBINATIONS[separators.pop()] if separators else "mean")


def _field_part(test: FieldTest, position: Position, weight: float | None) -> QueryPart:
    """A condition, or a concept to rank by if it has a weight."""
    if weight is None or test.field != CONCEPT:
        return QueryPart(position, tests=(test,))
    terms = tuple(ConceptTerm(value.text) for value in test.values)
    return QueryPart(position, (terms[0] if len(terms) == 1 else AlternativeTerms(terms),))


def _field_test(item: Tree[Token]) -> FieldTest:
    field = field_named(token_of(item, 0)[:-1])
    values = list[FieldValue]()
    # The name, then values with a bar between each two.
    for number in range(1, len(item.children), 2):
        typed = child(item, number)
        last = token_of(typed, -1)
        comparison = _COMPARISONS[token_of(typed, 0)] if len(typed.children) == 2 else "="
        if comparison == "=" and len(typed.children) == 2 and field.kind == "text":
            comparison = "=="
        text = _unquoted(last) if last.type == "QUOTED" else str(last)
        try:
            for value in _meant_values(FieldValue(text, comparison), field.kind):
                typed_value(field.name, value)
                values.append(value)
        except QuerySyntaxError as error:
            raise QuerySyntaxError(str(error), position_of(typed)) from None
    return FieldTest(field.name, tuple(values))


def _meant_values(value: FieldValue, kind: FieldKind) -> list[FieldValue]:
    """The values that a typed one means: for dates as people write them, such as `25.12.2019`,
    `5/6/2019` and `2019 or 2020`, those that the same words mean in a phrase. Raises
    QuerySyntaxError for several dates where only one can be meant."""
    if kind not in ("date", "first day", "last day"):
        return [value]
    if ".." in value.text:
        ends = [_as_period(end) for end in value.text.split("..")]
        return [FieldValue("..".join(ends), value.comparison)]
    found = _dates(value.text)
    if [each.comparison for each in found] == ["="]:
        return [FieldValue(found[0].text, value.comparison)]
    if kind == "date" and value.comparison == "=" and found:
        return [*found]
    return [FieldValue(_as_period(value.text), value.comparison)]


def _as_period(text: str) -> str:
    """A date as people write it, as the field takes it; any other text unchanged."""
    found = _dates(text)
    if len(found) > 1:
        days = " or ".join(each.text for each in found)
        raise QuerySyntaxError(f"“{text}” may be {days}. Write one of these.")
    plain = [each.comparison for each in found] == ["="] and ".." not in found[0].text
    return found[0].text if plain else text


def _dates(text: str) -> tuple[FieldValue, ...]:
    return date_values(" ".join(text.lower().split()))
