"""The error for an invalid query, with its position in the text."""

from __future__ import annotations

from explorer.errors import UsageError


class QuerySyntaxError(UsageError):
    """A query that cannot be understood. Its message is one line that suggests a correction."""

    def __init__(self, message: str, position: tuple[int, int] = (0, 0)) -> None:
        """position: the indices of the first character and of the one after the last, in the text
        that was parsed."""
        super().__init__(message)
        self.position = position
