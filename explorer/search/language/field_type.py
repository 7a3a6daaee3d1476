"""What is known of a field of the query language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from explorer.search.language import typed_values
from explorer.search.language.typed_values import NumberFormat

FieldKind = Literal[
    "text", "number", "date", "first day", "last day", "days of the year", "season", "hours",
    "place", "area", "named place", "choice",
]  # fmt: skip


@dataclass(frozen=True)
class QueryField:
    """A field that photos can be filtered by."""

    name: str
    kind: FieldKind
    help: str
    """What is compared, in one line."""
    example: str
    """An example, such as `iso:>800`."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """The values that a field of kind `choice` can have, and what each finds."""
    spellings: Mapping[str, str] = field(default_factory=dict)
    """Maps other spellings to a choice."""
    numbers: NumberFormat = typed_values.WHOLE
    """How the values of a field of kind `number` are written."""
