from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.anomalies import export_findings
from explorer.anomalies.findings import Finding
from explorer.removal.companions import Companion
from explorer.removal.plan import as_csv
from explorer.removal.plan_reader import Plan, read_plan
from explorer.removal.results import Removal
from explorer.removal.spreadsheet import escape_formula, escape_row, unescape_formula

STARTS = "=+-@\t\r\n＝＋－＠"


@pytest.mark.parametrize("start", STARTS)
def test_a_cell_that_begins_like_a_formula_becomes_text(start: str) -> None:
    assert escape_formula(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"
    assert escape_formula(f"'{start}x") == f"''{start}x"
    assert escape_formula(start) == "'" + start


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "/photos/=1.jpg",
        "C:\\-x.jpg",
        "\\\\server\\@x.jpg",
        "photo=1",
        "'quoted'",
        "a\n=b",
        "0123",
        "“=”",
    ],
)
def test_other_cells_are_unchanged(cell: str) -> None:
    assert escape_formula(cell) == cell and unescape_formula(cell) == cell


@given(st.text(st.sampled_from("='a" + STARTS)))
def test_every_cell_is_read_back_unchanged(cell: str) -> None:
    text = escape_formula(cell)
    assert unescape_formula(text) == cell
    assert not text.startswith(tuple(STARTS))


def test_numbers_remain_numbers() -> None:
    row = {"score": -0.5, "name": "-1", "none": None}
    assert escape_row(row) == {"score": -0.5, "name": "'-1", "none": None}


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_no_plan_contains_a_formula_and_all_of_it_is_read_back(tmp_path: Path) -> None:
    path, along = str(tmp_path / "=1+1.jpg"), Companion(str(tmp_path / "=2+2.xmp"), "sidecar", 5)
    removal = Removal(
        path,
        "0" * 32,
        str(tmp_path / "@keep.jpg"),
        "1" * 32,
        7,
        "picture",
        "=HYPERLINK(1)",
        (along,),
    )
    text = as_csv([removal])
    (row,) = cells(text)
    assert (row["path"], row["keep"], row["why"]) == (path, removal.keeper, "'=HYPERLINK(1)")
    assert row["along"].startswith("'=2+2.xmp (")
    (tmp_path / "plan.csv").write_text(text, encoding="utf-8", newline="")
    assert read_plan(tmp_path / "plan.csv") == Plan([removal], [])


def test_no_list_of_findings_contains_a_formula(tmp_path: Path) -> None:
    path = str(tmp_path / "=1+1.jpg")
    (row,) = cells(
        export_findings.as_csv([Finding(7, path, "blurred", 0.25, "-cmd|' /C calc'!A0", "x")])
    )
    assert (row["path"], row["detail"], row["score"], row["id"]) == (
        path,
        "'-cmd|' /C calc'!A0",
        "0.25",
        "7",
    )
