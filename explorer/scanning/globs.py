"""Patterns of file names in the language of `.gitignore`
(https://git-scm.com/docs/gitignore#_pattern_format).

A pattern is compiled to one test for each name of a path. In a name, what stands between two stars
is searched for once, from the left and without backtracking (an atomic group): if there is a match
at all, the leftmost one leaves the most for what follows, so nothing is missed, and the time grows
with the length of the pattern times that of the name at worst. `**` between folders is matched in
the same way. Patterns without wildcards, of which lists made by programs have thousands, are looked
up in a table.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

# A list has at most so many patterns that have to be tried on every path; a pattern has at most so
# many characters.
MOST, LONGEST = 1000, 1000

_CLASSES = {
    "alpha": "A-Za-z", "alnum": "A-Za-z0-9", "digit": "0-9", "xdigit": "0-9A-Fa-f", "lower": "a-z",
    "upper": "A-Z", "blank": r" \t",
    "space": r" \t-\r", "punct": r"!-/:-@\[-`{-~", "cntrl": r"\x00-\x1f\x7f", "graph": "!-~",
    "print": " -~",
}  # fmt: skip

Name = str | re.Pattern[str]
_ANY = re.compile("")


class Pattern(NamedTuple):
    """One pattern. include: it leaves out what it matches; False takes it back (`!`). folders: it
    speaks of folders only. runs: what the names of a path have to be, outermost first; between two
    runs there may be any number of folders (`**`)."""

    include: bool
    folders: bool
    runs: tuple[tuple[Name, ...], ...]

    def matches(self, names: Sequence[str]) -> bool:
        """Whether it matches a path, given by its names from the outermost folder to its own."""
        first, last = self.runs[0], self.runs[-1]
        if len(self.runs) == 1:
            return len(names) == len(first) and _fits(first, names, 0)
        at, end = len(first), len(names) - len(last)
        if at > end or not _fits(first, names, 0) or not _fits(last, names, end):
            return False
        for run in self.runs[1:-1]:
            while at + len(run) <= end and not _fits(run, names, at):
                at += 1
            at += len(run)
        return at <= end


def _fits(run: Sequence[Name], names: Sequence[str], at: int) -> bool:
    return all(
        part == names[i] if isinstance(part, str) else part.match(names[i])
        for i, part in enumerate(run, at)
    )


def parse(line: str) -> Pattern | None:
    """The pattern of a line, or None for an empty one and for a remark. Raises ValueError, saying
    why, where it can match nothing."""
    text = _stripped(line)
    if not text or text.startswith("#"):
        return None
    if len(text) > LONGEST:
        raise ValueError(f"it has more than {LONGEST:,} characters")
    include = not text.startswith("!")
    text = text if include else text[1:]
    bare = text.removesuffix("/")
    pieces = _pieces(bare.removeprefix("/"))
    if "" in pieces:
        raise ValueError("it has two slashes in a row" if bare.strip("/") else "it names nothing")
    # Without a slash but at its end, it matches at any depth.
    runs: list[list[Name]] = [[]] if "/" in bare else [[], []]
    for piece in pieces:
        if piece == "**":
            runs.append([])
        else:
            runs[-1].append(_compiled(piece))
    if not runs[-1]:
        # What lies in a folder, but not the folder itself.
        runs[-1].append(_ANY)
    return Pattern(include, text.endswith("/"), tuple(map(tuple, runs)))


class PatternList:
    """Patterns of which the last one that matches decides. problems: what is wrong with which line,
    in words; it matches nothing."""

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
        elif len(self._others) < MOST:
            self._others.append(len(self._patterns))
        else:
            raise ValueError(
                f"there are {MOST:,} patterns with wildcards above it, which is the most that are heeded"
            )
        self._patterns.append(pattern)

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether a path (relative, with `/`) is left out; None where no pattern speaks of it."""
        names = path.split("/")
        known = [*self._by_name.get(names[-1], ()), *self._by_path.get(path, ())]
        found = max((place for place in known if self._speaks(place, is_folder)), default=-1)
        for place in reversed(self._others):
            if place < found:
                break
            if self._speaks(place, is_folder) and self._patterns[place].matches(names):
                found = place
                break
        return None if found < 0 else self._patterns[found].include

    def _speaks(self, place: int, is_folder: bool) -> bool:
        return is_folder or not self._patterns[place].folders


def _stripped(line: str) -> str:
    """A line without the blanks at its end, unless the first of these is escaped."""
    bare = line.rstrip(" \t\r\n")
    escaped = (len(bare) - len(bare.rstrip("\\"))) % 2 == 1
    return line[: len(bare) + 1].rstrip("\r\n") if escaped else bare


def _pieces(text: str) -> list[str]:
    """A pattern cut at its slashes, but for those inside brackets. Raises ValueError for a bracket
    that is not closed."""
    pieces, start, at = list[str](), 0, 0
    while at < len(text):
        if text[at] == "[":
            at = _set(text, at + 1)[1]
            continue
        if text[at] == "/":
            pieces.append(text[start:at])
            start = at + 1
        at += 2 if text[at] == "\\" and text[at + 1 : at + 2] != "/" else 1
    return [*pieces, text[start:]]


def _compiled(piece: str) -> Name:
    """What one name has to be. Raises ValueError."""
    chunks, text, wild, at = [""], "", False, 0
    while at < len(piece):
        if piece[at] == "*":
            chunks.append("")
            wild, at = True, at + 1
        elif piece[at] == "?":
            chunks[-1] += "."
            wild, at = True, at + 1
        elif piece[at] == "[":
            some, at = _set(piece, at + 1)
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
    # Several stars in a row are one.
    return re.compile(
        first + "".join(rf"(?>.*?{chunk})" for chunk in between if chunk) + rf".*{last}\Z",
        re.DOTALL,
    )


def _character(piece: str, at: int) -> tuple[str, int]:
    """The character at a place, itself or escaped, and the place after it. Raises ValueError."""
    if piece[at] != "\\":
        return piece[at], at + 1
    if at + 1 == len(piece):
        raise ValueError("nothing follows its last backslash")
    return piece[at + 1], at + 2


def _set(piece: str, at: int) -> tuple[str, int]:
    """The expression for the characters in brackets that open just before a place, and the place
    after them. Raises ValueError."""
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
