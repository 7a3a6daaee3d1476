"""Cells of tables that may be opened in a spreadsheet program, which takes a cell that begins like
a formula for one.

A file's name decides what a cell says, so a name could make the program run something (CSV
injection, CWE-1236). An apostrophe in front, as OWASP recommends, makes it text. Paths need none:
every path in our tables is absolute, and begins with a slash, a backslash or a drive's letter.
`unescape_formula` takes the apostrophe away again, so a plan that is read back is the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_APOSTROPHE = "'"
# Those in the second row are the full-width forms, which some programs take for the same.
_FORMULA = re.compile("'*[=+@\t\r\n-]|'*[＝＋＠－]")


def escape_formula(cell: str) -> str:
    """A cell that no program takes for a formula."""
    return _APOSTROPHE + cell if _FORMULA.match(cell) else cell


def unescape_formula(cell: str) -> str:
    """What `escape_formula` was given."""
    return cell[1:] if cell.startswith(_APOSTROPHE) and _FORMULA.match(cell) else cell


def unescape_row(row: Mapping[str, object]) -> dict[str, object]:
    """What `escape_row` was given, of a row that was read."""
    return {
        key: unescape_formula(value) if isinstance(value, str) else value
        for key, value in row.items()
    }


def escape_row(row: Mapping[str, object]) -> dict[str, object]:
    """A row of which every cell with words is safe; numbers stay as they are."""
    return {
        key: escape_formula(value) if isinstance(value, str) else value
        for key, value in row.items()
    }
