"""Fold text for comparison in searches, which ignore accents, case and other variants of a letter.

This is done here rather than by SQLite, whose trigram tokenizer can remove accents only in its
newest releases.
"""

from __future__ import annotations

import re
import unicodedata

# Combining classes of marks that make another letter, not an accented one: nukta, the voicing marks
# of kana, virama (Unicode Standard, table 4-3).
_LETTER_MARKS = frozenset({0, 7, 8, 9})
# Null characters, which SQLite treats as the end of a text, and surrogates, which it rejects.
_UNFIT = re.compile("[\0\ud800-\udfff]")


def fold(text: str) -> str:
    """Compatibility-decomposed (NFKD), without accents, case-folded: `Ångström` → `angstrom`.

    Null characters and lone surrogates, which no text of a photo contains, become U+FFFD.
    """
    text = _UNFIT.sub("\ufffd", text)
    if text.isascii():
        return text.lower()
    kept = unicodedata.normalize("NFKD", text)
    for character in set(kept):
        if unicodedata.combining(character) not in _LETTER_MARKS:
            kept = kept.replace(character, "")
    return kept.casefold()


def fold_with_positions(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the position of the character in `text` that
    it came from."""
    if text.isascii():
        return fold(text), list(range(len(text)))
    parts, positions = list[str](), list[int]()
    for at, character in enumerate(text):
        folded = fold(character)
        parts.append(folded)
        positions += [at] * len(folded)
    return "".join(parts), positions


def find_ranges(text: str, folded_word: str) -> list[tuple[int, int]]:
    """Where a folded word occurs in a text, as (start, end) in the text itself; without overlaps.

    An accent that follows its letter as a separate character belongs to the range.
    """
    folded, positions = fold_with_positions(text)
    ranges, at = list[tuple[int, int]](), 0
    while folded_word and (at := folded.find(folded_word, at)) >= 0:
        end = at + len(folded_word)
        after = positions[end - 1] + 1
        while after < len(text) and not fold(text[after]):
            after += 1
        ranges.append((positions[at], after))
        at = end
    return ranges
