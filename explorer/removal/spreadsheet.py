"""Escape cells of tables that may be opened in a spreadsheet program, which treats a cell that
begins like a formula as one.

File names end up in cells, so a name could make the program run something (CSV injection,
CWE-1236). A leading apostrophe, as OWASP recommends, makes the cell plain text. Paths need no
apostrophe: every path in our tables is absolute, and begins with a slash, a backslash or a drive
letter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_APOSTROPHE = "'"
# Some programs also accept the full-width forms.
_FORMULA = re.compile("'*[=+@\t\r\n-]|'*[＝＋＠－]")


def escape_formula(cell: str) -> str:
    """The cell, escaped so that no program takes it for a formula."""
    return _APOSTROPHE + cell if _FORMULA.match(cell) else cell


def unescape_formula(cell: str) -> str:
    """Undo `escape_formula`."""
    return cell[1:] if cell.startswith(_APOSTROPHE) and _FORMULA.match(cell) else cell


def escape_row(row: Mapping[str, object]) -> dict[str, object]:
    """The row with all texts escaped; numbers stay as they are."""
    return {
        key: escape_formula(value) if isinstance(value, str) else value
        for key, value in row.items()
    }
