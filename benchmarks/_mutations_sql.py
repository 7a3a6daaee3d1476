"""Mutation operators for SQL inside string literals."""

from __future__ import annotations

import re
from collections.abc import Iterator

# “where” and “is” are also English words, so an SQL operator must follow them.
_STATEMENT = re.compile(
    r"\b(select .* from|update \w+ set|insert (or \w+ )?into|delete from|order by|group by"
    r"|where (\w+\()?[\w.]+\)? (=|<|>|<=|>=|<>|in \(|is (not )?(null|\?)|between|like)"
    r"|where (not )?(exists )?\(|[a-z]\.\w+ (=|<|>|<>|in|is) )",
    re.S,
)
_SWAPS = {
    "and": "or", "or": "and", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "<>", "<>": "=",
    "min": "max", "max": "min", "desc": "asc",
    "exists": "not exists", "not exists": "exists", "is null": "is not null",
    "is not null": "is null", "is not": "is", "distinct": "",
    "or ignore": "or replace", "or replace": "or ignore", "left join": "join", "limit": "limit 1 +",
    "offset": "offset 1 +",
}  # fmt: skip
_TOKENS = re.compile(
    r"\b(not exists|exists|is not null|is null|is not(?= )|or ignore|or replace|left join|and|or"
    r"|min(?=\()|max(?=\()|desc)\b"
    r"|\b(distinct|limit|offset)\b"
    r"|(?<=\s)(<=|>=|<>|<|>|=)(?=\s)"
)
_PLACES = re.compile(r"\{[^{}]*\}")


def looks_like_sql(text: str) -> bool:
    """Whether a string is an SQL statement or clause."""
    return _STATEMENT.search(text) is not None


def sql_mutations(literal: str) -> Iterator[tuple[str, str]]:
    """Mutations of a string literal with SQL, one for each operator or keyword: (description,
    changed literal). Replacement fields of f-strings are not changed."""
    places = (
        [match.span() for match in _PLACES.finditer(literal)] if literal.startswith("f") else []
    )
    assigning = re.compile(r"\bset\b(.*?)(\bwhere\b|$)", re.S)
    assignments = (
        [match.span(1) for match in assigning.finditer(literal)]
        if re.search(r"\bupdate\b", literal)
        else []
    )
    for match in _TOKENS.finditer(literal):
        start, end = match.span()
        token = match.group()
        if any(low <= start < high for low, high in places) or (
            token == "=" and any(low <= start < high for low, high in assignments)
        ):
            continue
        yield (
            f"SQL {token} → {_SWAPS[token] or 'nothing'}",
            literal[:start] + _SWAPS[token] + literal[end:],
        )
