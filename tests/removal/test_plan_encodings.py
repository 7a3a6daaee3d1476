"""Encodings and formats of plans, and tables edited by hand."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import pytest

from explorer.removal.plan import as_csv, as_json
from explorer.removal.plan_reader import Plan, read_plan
from explorer.removal.results import Removal
from tests.removal.test_plan_reader import GOOD, GOOD_ROW, plan, read


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("form", [as_json, as_csv])
def test_any_unicode_encoding_is_read(tmp_path: Path, encoding: str, form: Any) -> None:
    removals = [Removal("/p/é.jpg", "0" * 32, "/p/b.jpg", "1" * 32, 5)]
    assert read(tmp_path, form(removals).replace("\n", "\r\n").encode(encoding)) == Plan(
        removals, []
    )


def test_utf_16_of_the_other_byte_order_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, codecs.BOM_UTF16_BE + plan(GOOD_ROW).encode("utf-16-be")).removals == [
        GOOD
    ]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_tables_with_other_separators_are_read(tmp_path: Path, separator: str) -> None:
    found = read(tmp_path, as_csv([GOOD]).replace('","', f'"{separator}"'))
    assert found == Plan([GOOD], [])


def test_the_content_of_a_file_decides_and_not_its_name(tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text(plan(GOOD_ROW))
    (tmp_path / "plan.json").write_text(as_csv([GOOD]))
    assert read_plan(tmp_path / "plan.csv") == read_plan(tmp_path / "plan.json") == Plan([GOOD], [])


@pytest.mark.parametrize("form", [as_json, as_csv])
def test_empty_lines_above_a_plan_are_ignored(tmp_path: Path, form: Any) -> None:
    assert read(tmp_path, "\n\r\n" + form([GOOD])) == Plan([GOOD], [])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (f'"/a.jpg","{"0" * 32}"', "fewer cells than the first line"),
        (f"/a,b.jpg,{'0' * 32},1,/b.jpg,{'1' * 32},,,,", "more cells than the first line"),
        (f'"/a"x.jpg,{"0" * 32},1,/b.jpg,{"1" * 32},,,', "cannot be read"),
        (f"/{'a' * 200_000}.jpg,{'0' * 32},1,/b.jpg,{'1' * 32},,,", "cannot be read"),
        (f"/a\0.jpg,{'0' * 32},1,/b.jpg,{'1' * 32},,,,", "“path” has characters"),
        (f"/a.jpg,{'0' * 32},{'9' * 5000},/b.jpg,{'1' * 32},,,,", "“bytes” must be"),
        ("/a.jpg,1E+31,1,/b.jpg,1E+31,,,,", "“hash” must be"),
    ],
)
def test_one_bad_line_of_a_table_does_not_affect_the_others(
    tmp_path: Path, row: str, words: str
) -> None:
    lines = as_csv([GOOD, Removal("/last.jpg", "3" * 32)]).splitlines()
    found = read(tmp_path, "\n".join([*lines[:2], row, *lines[2:]]))
    assert [removal.path for removal in found.removals] == ["/good.jpg", "/last.jpg"]
    (bad,) = found.bad
    assert bad.where == "line 3" and words in bad.reason and "\n" not in bad.reason


def test_emptied_lines_are_not_entries(tmp_path: Path) -> None:
    lines = as_csv([GOOD]).splitlines()
    found = read(
        tmp_path, "\n".join(["", lines[0], ",,,,,,,", "", '"","","","","","","",""', lines[1], ""])
    )
    assert found == Plan([GOOD], [])


def test_a_line_break_in_a_name_does_not_shift_reported_line_numbers(tmp_path: Path) -> None:
    text = as_csv([Removal("/a\nb.jpg", "0" * 32), Removal("/c.jpg", "0" * 32)]) + "x\n"
    assert [bad.where for bad in read(tmp_path, text).bad] == ["line 5"]
