"""The error for an invalid query, with its position in the text."""

from __future__ import annotations

from explorer.errors import UsageError
from explorer.text_format import one_line

_LONGEST = 40


class QuerySyntaxError(UsageError):
    """A query that cannot be understood. Its message is one line that suggests a correction."""

    def __init__(self, message: str, position: tuple[int, int] = (0, 0)) -> None:
        """position: first character and the one after the last, in the text that was parsed."""
        super().__init__(message)
        self.position = position


def shown(text: str) -> str:
    """Words of a query for a message: on one line, and truncated if long."""
    return one_line(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")
