"""The names that users give to albums, concepts and searches."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from explorer.errors import UsageError
from explorer.library.text.text_folding import fold
from explorer.text_format import one_line, typed_line


def name_key(name: str) -> str:
    """The form in which names are compared: without accents, case and repeated spaces."""
    return " ".join(fold(name).split())


def checked_name(name: str, what: str) -> str:
    """A typed name as it is stored: one line of at most MAX_NAME_LENGTH characters.

    what: what it is a name of, such as “An album”. Raises UsageError if nothing is left of it.
    """
    kept = typed_line(name)
    if not name_key(kept):
        raise UsageError(f"{what} needs a name: type one.")
    return kept


def nearest_names(name: str, known: Iterable[str], most: int = 1) -> list[str]:
    """The known names that are most similar to a typed one, ignoring accents and capitals; at most
    `most`, and none if all are very different."""
    by_key = {name_key(each): each for each in known}
    near = difflib.get_close_matches(name_key(name), by_key, most, 0.6)
    return [by_key[key] for key in near]


def did_you_mean(names: Sequence[str], otherwise: str) -> str:
    """The hint of an error about an unknown name: these similar ones, or another hint if there are
    none."""
    listed = " or ".join(f"“{one_line(name)}”" for name in names)
    return f"Did you mean {listed}?" if names else otherwise
