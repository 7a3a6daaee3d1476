"""File name patterns in the syntax of `.gitignore`
(https://git-scm.com/docs/gitignore#_pattern_format).

A pattern is compiled to one matcher per path component. Within a component, the text between two
stars is searched for once, from the left and without backtracking (an atomic group). The leftmost
match leaves the most room for what follows, so no match is missed, and the time is at worst
proportional to the length of the pattern times that of the name. `**` between components is matched
in the same way. Patterns without wildcards are looked up in a dictionary, because generated lists
contain thousands of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

# The most patterns with wildcards in one list: each of them is tried on every path.
MAX_WILDCARDS = 1000
# The most characters in one pattern.
MAX_LENGTH = 1000

# POSIX character classes, in the syntax of a regular expression's brackets.
_CLASSES = {
    "alpha": "A-Za-z", "alnum": "A-Za-z0-9", "digit": "0-9", "xdigit": "0-9A-Fa-f", "lower": "a-z",
    "upper": "A-Z", "blank": r" \t",
    "space": r" \t-\r", "punct": r"!-/:-@\[-`{-~", "cntrl": r"\x00-\x1f\x7f", "graph": "!-~",
    "print": " -~",
}  # fmt: skip

NameMatcher = str | re.Pattern[str]
_ANY = re.compile("")


class Pattern(NamedTuple):
    """One compiled pattern."""

    excludes: bool
    """False if it re-includes what it matches (`!`)."""
    folders_only: bool
    """Whether it ends in a slash, and so matches folders only."""
    runs: tuple[tuple[NameMatcher, ...], ...]
    """Matchers for the components of a path, outermost first. Between two runs there may be any
    number of folders (`**`)."""

    def matches(self, names: Sequence[str]) -> bool:
        """Whether it matches a path. names: the components of the path, outermost first."""
        first, last = self.runs[0], self.runs[-1]
        if len(self.runs) == 1:
            return len(names) == len(first) and _matches_at(first, names, 0)
        at, end = len(first), len(names) - len(last)
        if at > end or not _matches_at(first, names, 0) or not _matches_at(last, names, end):
            return False
        for run in self.runs[1:-1]:
            while at + len(run) <= end and not _matches_at(run, names, at):
                at += 1
            at += len(run)
        return at <= end


def _matches_at(run: Sequence[NameMatcher], names: Sequence[str], at: int) -> bool:
    return all(
        part == names[i] if isinstance(part, str) else part.match(names[i])
        for i, part in enumerate(run, at)
    )


def parse(line: str) -> Pattern | None:
    """The pattern of a line, or None for an empty line or a comment. Raises ValueError with the
    reason for a pattern that can match nothing."""
    text = _strip(line)
    if not text or text.startswith("#"):
        return None
    if len(text) > MAX_LENGTH:
        raise ValueError(f"it has more than {MAX_LENGTH:,} characters")
    excludes = not text.startswith("!")
    text = text if excludes else text[1:]
    bare = text.removesuffix("/")
    pieces = _split(bare.removeprefix("/"))
    if "" in pieces:
        raise ValueError("it has two slashes in a row" if bare.strip("/") else "it matches nothing")
    # A pattern without a slash, except at its end, matches at any depth.
    runs: list[list[NameMatcher]] = [[]] if "/" in bare else [[], []]
    for piece in pieces:
        if piece == "**":
            runs.append([])
        else:
            runs[-1].append(_compile(piece))
    if not runs[-1]:
        # `folder/**` matches everything inside the folder, but not the folder itself.
        runs[-1].append(_ANY)
    return Pattern(excludes, text.endswith("/"), tuple(map(tuple, runs)))


class PatternList:
    """A list of patterns, of which the last one that matches decides. problems: the lines that
    cannot be parsed, each with the reason; they match nothing."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.problems = list[str]()
        self._patterns = list[Pattern]()
        self._by_name, self._by_path = (
            defaultdict[str, list[int]](list),
            defaultdict[str, list[int]](list),
        )
        self._others = list[int]()
        for number, line in enumerate(lines, 1):
            try:
                self._add(line)
            except ValueError as error:
                shown = line.strip()
                shown = shown if len(shown) <= 60 else shown[:59] + "…"
                self.problems.append(f"line {number}, “{shown}”: {error}")

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def _add(self, line: str) -> None:
        pattern = parse(line)
        if pattern is None:
            return
        names = [str(part) for run in pattern.runs for part in run if isinstance(part, str)]
        literal = len(names) == sum(map(len, pattern.runs))
        if literal and len(pattern.runs) == 1:
            self._by_path["/".join(names)].append(len(self._patterns))
        elif literal and len(pattern.runs) == 2 and len(names) == 1 and not pattern.runs[0]:
            self._by_name[names[0]].append(len(self._patterns))
        elif len(self._others) < MAX_WILDCARDS:
            self._others.append(len(self._patterns))
        else:
            raise ValueError(
                f"there are {MAX_WILDCARDS:,} patterns with wildcards above it, which is the most"
                " that are used"
            )
        self._patterns.append(pattern)

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether a path (relative, with `/`) is excluded; None if no pattern matches."""
        names = path.split("/")
        known = [*self._by_name.get(names[-1], ()), *self._by_path.get(path, ())]
        found = max((index for index in known if self._applies(index, is_folder)), default=-1)
        for index in reversed(self._others):
            if index < found:
                break
            if self._applies(index, is_folder) and self._patterns[index].matches(names):
                found = index
                break
        return None if found < 0 else self._patterns[found].excludes

    def _applies(self, index: int, is_folder: bool) -> bool:
        return is_folder or not self._patterns[index].folders_only


def _strip(line: str) -> str:
    """A line without trailing whitespace; an escaped space or tab is kept."""
    bare = line.rstrip(" \t\r\n")
    escaped = (len(bare) - len(bare.rstrip("\\"))) % 2 == 1
    return line[: len(bare) + 1].rstrip("\r\n") if escaped else bare


def _split(text: str) -> list[str]:
    """A pattern split at its slashes, except those inside brackets. Raises ValueError for a bracket
    that is not closed."""
    pieces, start, at = list[str](), 0, 0
    while at < len(text):
        if text[at] == "[":
            at = _bracket(text, at + 1)[1]
            continue
        if text[at] == "/":
            pieces.append(text[start:at])
            start = at + 1
        at += 2 if text[at] == "\\" and text[at + 1 : at + 2] != "/" else 1
    return [*pieces, text[start:]]


def _compile(piece: str) -> NameMatcher:
    """The matcher for one component of a path. Raises ValueError."""
    chunks, text, wild, at = [""], "", False, 0
    while at < len(piece):
        if piece[at] == "*":
            chunks.append("")
            wild, at = True, at + 1
        elif piece[at] == "?":
            chunks[-1] += "."
            wild, at = True, at + 1
        elif piece[at] == "[":
            some, at = _bracket(piece, at + 1)
            chunks[-1] += some
            wild = True
        else:
            character, at = _character(piece, at)
            chunks[-1] += re.escape(character)
            text += character
    if not wild:
        return text
    first, *between = chunks
    if not between:
        return re.compile(rf"{first}\Z", re.DOTALL)
    *between, last = between
    # Several stars in a row are equivalent to one.
    return re.compile(
        first + "".join(rf"(?>.*?{chunk})" for chunk in between if chunk) + rf".*{last}\Z",
        re.DOTALL,
    )


def _character(piece: str, at: int) -> tuple[str, int]:
    """The character at an index, possibly escaped, and the index after it. Raises ValueError."""
    if piece[at] != "\\":
        return piece[at], at + 1
    if at + 1 == len(piece):
        raise ValueError("nothing follows its last backslash")
    return piece[at + 1], at + 2


def _bracket(piece: str, at: int) -> tuple[str, int]:
    """The regular expression for a bracket expression whose `[` is just before an index, and the
    index after its `]`. Raises ValueError."""
    negated = piece[at : at + 1] in {"!", "^"}
    at += negated
    members, start = "", at
    while piece[at : at + 1] != "]" or at == start:
        if at >= len(piece):
            raise ValueError("a bracket [ is not closed")
        end = piece.find(":]", at + 2)
        if piece.startswith("[:", at) and end > 0:
            name = piece[at + 2 : end]
            if name not in _CLASSES:
                raise ValueError(f"there is no class of characters [:{name}:]")
            members, at = members + _CLASSES[name], end + 2
            continue
        low, at = _character(piece, at)
        members += re.escape(low)
        if piece[at : at + 1] == "-" and piece[at + 1 : at + 2] not in {"", "]"}:
            high, at = _character(piece, at + 1)
            if high < low:
                raise ValueError(f"the range {low}-{high} runs backwards")
            members += "-" + re.escape(high)
    return f"[{'^' if negated else ''}{members}]", at + 1
