"""Choose which file of a group to keep, by an ordered list of rules, where each rule only breaks
the ties that the rules before it left.

The rules choose among files of which any may be kept without loss (`originals.py` decides that).
Where that is not clear, they choose the file that is shown first.

The choice depends only on the files and the rules, not on the order in which the files are given or
on the time of day. Two things cannot be switched off: a symbolic link is never kept while there is
a regular file, and the last tie is broken by the order of the paths.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from explorer.duplicates.group_file import GroupFile
from explorer.duplicates.keep_rules import (
    DEFAULT_RULES,
    REGULAR_FILE,
    RULES_BY_NAME,
    JpegQualityReader,
    KeeperRule,
)
from explorer.errors import UsageError
from explorer.library.catalog import Catalog
from explorer.library.stores.setting_store import get_setting, put_setting
from explorer.photos.quality.jpeg_quality import jpeg_quality

SETTING = "keeper_rules"
"""The library's setting with the user's rules, a JSON list of names."""


def choose_keeper(
    items: Iterable[GroupFile],
    rules: Sequence[str] = DEFAULT_RULES,
    *,
    quality: JpegQualityReader = jpeg_quality,
) -> tuple[GroupFile, str]:
    """The file to keep and why, in words that follow “kept because”. quality: called only if the
    rules before it leave a tie, because it opens files.

    Raises ValueError if there are no files, and UsageError for a rule that does not exist.
    """
    left = sorted(items, key=lambda file: (file.path, file.file_id))
    if not left:
        raise ValueError("cannot choose a file to keep from an empty group")
    if len(left) == 1:
        return left[0], "it is the only file"
    for rule in [REGULAR_FILE, *_rules(rules)]:
        if rule.name == "quality" and len({file.photo_id for file in left}) == 1:
            # The same bytes have the same quality: no need to open the files.
            continue
        valued = [(rule.best(file, quality), file) for file in left]
        most = max(value for value, _ in valued)
        best = [file for value, file in valued if value == most]
        if len(best) == 1:
            rest = [(value, file) for value, file in valued if file is not best[0]]
            _, nearest = max(rest, key=lambda pair: pair[0])
            return best[0], rule.why(best[0], nearest)
        left = best
    return left[0], "all else is equal, and its path sorts first"


def keep_rules(catalog: Catalog) -> tuple[str, ...]:
    """The rules in the user's order. Unknown rules, from other releases, are ignored."""
    stored = get_setting(catalog, SETTING)
    try:
        names = json.loads(stored) if stored else None
    except ValueError:
        names = None
    if not isinstance(names, list):
        return DEFAULT_RULES
    return tuple(name for name in names if name in RULES_BY_NAME)


def set_keep_rules(catalog: Catalog, names: Sequence[str]) -> None:
    """Store this order. Raises UsageError for a rule that does not exist."""
    put_setting(catalog, SETTING, json.dumps([rule.name for rule in _rules(names)]))


def _rules(names: Sequence[str]) -> list[KeeperRule]:
    unknown = [name for name in names if name not in RULES_BY_NAME]
    if unknown:
        known = ", ".join(RULES_BY_NAME)
        raise UsageError(f"There is no keep rule “{unknown[0]}”. The keep rules are: {known}.")
    return [RULES_BY_NAME[name] for name in dict.fromkeys(names)]
