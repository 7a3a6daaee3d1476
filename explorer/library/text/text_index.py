"""Search of the names and texts of photos: file and folder names, camera, lens, keywords, title,
description and place.

Words match anywhere within a text, in any language, ignoring case and accents. SQLite's FTS5 finds
the photos that have all trigrams of a word (the index stores no positions, which makes it four
times smaller); `instr` on the texts themselves then confirms the word. Words of one or two
characters have no trigrams, so all texts are read for them.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np

from explorer.library.catalog import Catalog, Ids
from explorer.library.stores.photo_text_store import PhotoTexts, is_damaged_index, read_texts
from explorer.library.text.text_folding import find_ranges, fold

log = logging.getLogger(__name__)

TextColumn = Literal[
    "name", "folder", "camera", "lens", "keywords", "title", "description", "place"
]  # fmt: skip
COLUMNS: tuple[TextColumn, ...] = get_args(TextColumn)
# The columns in which the words of a phrase are looked up; phrases are not about cameras and
# lenses.
_WORD_COLUMNS: tuple[TextColumn, ...] = (
    "name", "keywords", "title", "description", "place", "folder",
)  # fmt: skip
PLACE_COLUMN = _WORD_COLUMNS.index("place")
"""Where the names of places are in `FoldedTexts.texts`."""
_TRIGRAM = 3
# How many photos are examined for each that may be found.
_CANDIDATES_PER_MATCH = 5
# The most words of a search that are looked up; any further ones are ignored.
_MAX_WORDS = 32
# How a word matches, best first: SQL conditions on `photo_text` as t. {w} stands for the word,
# {line} for a line break.
_WHOLE_NAME = (
    "instr({line} || t.name || {line}, {line} || {w} || {line})"
    # Without its suffix.
    " or instr({line} || t.name, {line} || {w} || '.')"
)
_WHOLE_KEYWORD = "instr({line} || t.keywords || {line}, {line} || {w} || {line})"
_WHOLE_PLACE = "instr({line} || t.place || {line}, {line} || {w} || {line})"
FOLDER_NAMED = (
    "(instr(char(10) || t.folder || char(10), char(10) || {name} || char(10))"
    " or instr(t.folder || char(10), '/' || {name} || char(10)))"
)
"""SQL on `photo_text` as t: a file is directly in a folder of this name."""
_KINDS = (
    _WHOLE_NAME,
    "instr({line} || t.name, {line} || {w})",
    "instr(t.name, {w})",
    _WHOLE_KEYWORD,
    _WHOLE_PLACE,
    "instr(t.keywords, {w})",
    "instr(t.title, {w})",
    "instr(t.description, {w})",
    "instr(t.place, {w})",
    "instr(t.folder, {w})",
    "instr(t.camera, {w}) or instr(t.lens, {w})",
)


class TextMatch(NamedTuple):
    """One text of a photo in which words occur."""

    photo_id: int
    column: TextColumn
    text: str
    """As it is shown."""
    ranges: tuple[tuple[int, int], ...]
    """Where the words occur in it, as (start, end), ascending and without overlaps."""


class FoldedTexts(NamedTuple):
    """The texts of a photo as they are stored."""

    photo_id: int
    texts: tuple[str, ...]
    """Names, keywords, title, description, places and folders; several values on lines of their
    own."""


class TextIndex:
    """Searches the texts of one library. Safe to use from several threads; always up to date."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def search(self, words: str, limit: int = 100) -> list[TextMatch]:
        """Photos in which all of these words occur, in any of their texts; best first, one match
        for each photo, in its best text.

        Whole file names come first, then beginnings of file names, other parts of them, keywords
        and names of places, titles, descriptions, parts of names of places, folders, and cameras
        and lenses. Ties go to the shorter name.
        """
        folded = folded_words(words)
        if not folded or limit <= 0:
            return []
        phrase = " ".join(folded)
        # Several words together in one place are better than each in its own.
        wanted = [*folded, phrase] if len(folded) > 1 else folded
        kinds = [_kind_sql(number) for number in range(1, len(wanted) + 1)]
        columns = ", ".join(f"{sql} k{number}" for number, sql in enumerate(kinds))
        confirmed = " and ".join(f"k{number} is not null" for number in range(len(folded)))
        total = " + ".join(f"k{number}" for number in range(len(folded)))
        whole = f"coalesce(k{len(folded)}, {len(_KINDS)}), " if len(folded) > 1 else ""
        rows = self._candidates(
            folded,
            f"select id from (select t.photo_id id, length(t.name) size, {columns} from {{source}})"
            f" where {confirmed} order by {whole}{total}, size, id limit ?{len(wanted) + 1}",
            [*wanted, limit],
        )
        ids = [row[0] for row in rows]
        best = self._best_matches(ids, folded)
        return [best[photo_id] for photo_id in ids if photo_id in best]

    def ids_containing(self, text: str, columns: Collection[TextColumn] | None = None) -> Ids:
        """Ids of all visible photos that have this text, uninterrupted and anywhere within a value,
        in one of these columns (default: in any); ascending."""
        folded = " ".join(fold(text).split())
        if not folded:
            return np.empty(0, np.int64)
        condition = " or ".join(f"instr(t.{name}, ?1)" for name in columns or COLUMNS)
        return self._ids([folded], f"({condition})", [folded])

    def ids_with_value(self, text: str, column: TextColumn) -> Ids:
        """Ids of all visible photos that have this text as a whole value of a column; ascending."""
        folded = " ".join(fold(text).split())
        value = f"instr(char(10) || t.{column} || char(10), char(10) || ?1 || char(10))"
        return self._ids([folded], value, [folded]) if folded else np.empty(0, np.int64)

    def ids_in_folder_named(self, name: str) -> Ids:
        """Ids of all visible photos with a file directly in a folder of this name; ascending. The
        name may also be the last several names of a path, separated by '/'."""
        folded = folded_folder(name)
        condition = FOLDER_NAMED.format(name="?1")
        return self._ids([folded], condition, [folded]) if folded else np.empty(0, np.int64)

    def ids_named(self, name: str, limit: int) -> list[int]:
        """Ids of all visible photos with a file of exactly that name, with or without its suffix;
        ascending. Empty if there are more than `limit`."""
        folded = " ".join(fold(name).split())
        if not folded:
            return []
        found = self._ids([folded], f"({_WHOLE_NAME})".format(w="?1", line="char(10)"), [folded])
        return found.tolist() if len(found) <= limit else []

    def texts_with(self, folded_word: str, limit: int) -> list[FoldedTexts] | None:
        """The texts of all visible photos that have a folded word of at least three characters
        anywhere except in the names of camera and lens, in no particular order. None if there are
        more than the limit, or if so many have its trigrams that looking at all of them takes too
        long."""
        if self._has_more_candidates(folded_word, _CANDIDATES_PER_MATCH * limit):
            return None
        condition = " or ".join(f"instr(t.{name}, ?1)" for name in _WORD_COLUMNS)
        chosen = ", ".join(f"t.{name}" for name in _WORD_COLUMNS)
        rows = self._candidates(
            [folded_word],
            f"select t.photo_id, {chosen} from {{source}} where {condition} limit ?2",
            [folded_word, limit + 1],
        )
        if len(rows) > limit:
            return None
        return [FoldedTexts(row[0], tuple(row)[1:]) for row in rows]

    def _has_more_candidates(self, folded_word: str, limit: int) -> bool:
        rows = self._candidates(
            [folded_word], "select t.photo_id from {source} limit 1 offset ?1", [limit]
        )
        return bool(rows)

    def photo_count(self) -> int:
        """About how many photos there are: the highest id, which takes no time to find."""
        with self._catalog.reading() as db:
            (highest,) = db.execute("select max(photo_id) from photo_text").fetchone()
        return int(highest or 0)

    def match_of(self, photo_id: int, words: str) -> list[TextMatch]:
        """All texts of a photo in which any of these words occur, in the order of COLUMNS. Empty
        for a photo that is not visible."""
        with self._catalog.reading() as db:
            texts = read_texts(db, [photo_id]).get(photo_id, PhotoTexts())
        return list(_matches(photo_id, texts, folded_words(words)))

    def _best_matches(self, ids: Sequence[int], words: Sequence[str]) -> dict[int, TextMatch]:
        """The match of each photo in which the most words occur; the first of equal ones."""
        with self._catalog.reading() as db:
            texts = read_texts(db, ids)
        best = dict[int, TextMatch]()
        for photo_id, found in texts.items():
            matches = _matches(photo_id, found, words)
            chosen = max(
                matches,
                key=lambda match: sum(word in fold(match.text) for word in words),
                default=None,
            )
            if chosen is not None:
                best[photo_id] = chosen
        return best

    def _ids(self, words: Sequence[str], condition: str, values: Sequence[object]) -> Ids:
        rows = self._candidates(
            words, f"select t.photo_id from {{source}} where {condition} order by 1", values
        )
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def _candidates(
        self, words: Sequence[str], sql: str, values: Sequence[object]
    ) -> list[sqlite3.Row]:
        """The rows of a query in which {source} stands for the photos that can have these words."""
        expression = trigram_expression(words)
        with self._catalog.reading() as db:
            if expression:
                found = (
                    "(select rowid from photo_text_index where photo_text_index match"
                    f" ?{len(values) + 1}) i cross join photo_text t on t.photo_id = i.rowid"
                )
                try:
                    return db.execute(sql.format(source=found), [*values, expression]).fetchall()
                except sqlite3.DatabaseError as error:
                    if not is_damaged_index(error):
                        raise
                    log.warning("The index of names and texts is damaged (%s): slow search.", error)
            return db.execute(sql.format(source="photo_text t"), values).fetchall()


def folded_folder(name: str) -> str:
    """The last names of a folder's path as they are compared."""
    return " ".join(fold(name).split()).replace("\\", "/").strip("/")


def folded_words(text: str) -> list[str]:
    """The words of a text, folded, each once."""
    return list(dict.fromkeys(fold(text).split()))[:_MAX_WORDS]


def trigram_expression(words: Iterable[str]) -> str:
    """The FTS5 query for texts with all trigrams of these folded words; '' if they have none."""
    trigrams = dict.fromkeys(
        word[at : at + _TRIGRAM] for word in words for at in range(len(word) - _TRIGRAM + 1)
    )
    return " AND ".join('"' + trigram.replace('"', '""') + '"' for trigram in trigrams)


def _kind_sql(number: int) -> str:
    """The SQL of how the value ?number matches: an index into _KINDS, or null."""
    cases = " ".join(
        f"when {kind.format(w=f'?{number}', line='char(10)')} then {rank}"
        for rank, kind in enumerate(_KINDS)
    )
    return f"case {cases} end"


def _matches(photo_id: int, texts: PhotoTexts, words: Sequence[str]) -> Iterable[TextMatch]:
    for column in COLUMNS:
        for text in getattr(texts, column):
            shown = " ".join(text.split())
            if ranges := _merged(place for word in words for place in find_ranges(shown, word)):
                yield TextMatch(photo_id, column, shown, ranges)


def _merged(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Ranges in order, those that overlap or touch as one."""
    merged = list[tuple[int, int]]()
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
