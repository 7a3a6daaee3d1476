"""The user's thresholds: findings are shown if they score below the threshold of their kind."""

from __future__ import annotations

import json

from explorer.anomalies.finding_kinds import KINDS, FindingKind
from explorer.errors import UsageError
from explorer.library.catalog import Catalog
from explorer.library.stores.setting_store import get_setting, put_setting

DEFAULT_THRESHOLD = 0.5
_SETTING = "anomalies.lines"


def read_thresholds(catalog: Catalog) -> dict[FindingKind, float]:
    """The threshold of each kind, 0 (show nothing) to 1 (show everything)."""
    try:
        stored = json.loads(get_setting(catalog, _SETTING) or "{}")
    except ValueError:
        stored = {}
    stored = stored if isinstance(stored, dict) else {}
    return {
        kind: float(stored[kind])
        if isinstance(stored.get(kind), int | float)
        else DEFAULT_THRESHOLD
        for kind in KINDS
    }


def write_threshold(catalog: Catalog, kind: FindingKind, threshold: float) -> None:
    """Store the threshold of a kind. Raises UsageError if it is outside 0 to 1."""
    if not 0 <= threshold <= 1:
        raise UsageError(
            f"The threshold for “{kind}” must be between 0 and 1, but {threshold} was given."
        )
    changed = {
        name: value
        for name, value in read_thresholds(catalog).items()
        if value != DEFAULT_THRESHOLD
    }
    put_setting(catalog, _SETTING, json.dumps(changed | {kind: threshold}))
