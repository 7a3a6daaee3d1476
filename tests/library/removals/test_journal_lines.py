"""Which values the lines of the journal may have: the largest and smallest of each, and what is
none."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import pytest

from explorer.library.removals.journal_lines import RUN_ID, parse_journal

RUN, HASH = "20260101-120000-ab12", "0" * 32
FACTS = {"size": 3, "mtime_ns": 5, "atime_ns": 7, "inode": 11, "device": 13}
ENTRY: dict[str, Any] = {
    "number": 0, "path": "/p/a.jpg", "hash": HASH, "keeper": None, "where": "trash", "root": "/p",
    "facts": FACTS,
}  # fmt: skip
LINES: dict[str, dict[str, Any]] = {
    "begin": {"where": "trash", "planned": 1},
    "intended": ENTRY,
    "moved": {"number": 0, "target": "/t"},
    "sidecar": {
        "number": 0,
        "sidecar": {"path": "/k.xmp", "before": None, "after": HASH, "times": None},
    },
    "undoing": {"number": 0, "back": "/p/a.jpg"},
    "undone": {"number": 0},
    "end": {},
}


def counts(step: str, **change: Any) -> bool:
    """Whether a line of that step, changed so, counts for anything."""
    line = {"run": RUN, "at": 1.0, "step": step, **LINES[step], **change}
    found = list(parse_journal(json.dumps(line).encode()))
    assert found in ([], [line])
    return bool(found)


@pytest.mark.parametrize("step", LINES)
def test_each_step_has_a_time_and_a_run(step: str) -> None:
    assert counts(step)
    for run in (None, 5, "", f"{RUN}x", f"x{RUN}", RUN[:-2], f"{RUN}\n"):
        assert not counts(step, run=run)
    for at, right in (
        (0, True),
        (253_402_300_799.0, True),
        (253_402_300_800.0, False),
        (-0.5, False),
        (math.nan, False),
        (math.inf, False),
        (10**400, False),
        (True, False),
        ("1", False),
    ):
        assert counts(step, at=at) is right
    assert not list(parse_journal(json.dumps({"step": step, **LINES[step]}).encode()))


@pytest.mark.parametrize("run", [RUN, "20260101-120000-" + "a" * 32, "20260101-120000-abcd"])
def test_run_names_are_validated(run: str) -> None:
    assert RUN_ID.fullmatch(run)


@pytest.mark.parametrize(
    ("step", "key"),
    [(step, key) for step, line in LINES.items() for key in ("number", "planned") if key in line],
)
def test_sequence_numbers_count_from_0(step: str, key: str) -> None:
    for value, right in (
        (0, True),
        ((1 << 63) - 1, True),
        (1 << 63, False),
        (-1, False),
        (True, False),
        (1.0, False),
        (None, False),
    ):
        assert counts(step, **{key: value}) is right


@pytest.mark.parametrize("key", ["size", "inode", "device", "drive", "freed"])
def test_facts_have_the_range_of_128_bits(key: str) -> None:
    for value, right in (
        ((1 << 128) - 1, True),
        (1 << 128, False),
        (-(1 << 128) + 1, True),
        (-(1 << 128), False),
        ("3", False),
    ):
        assert counts("intended", facts={**FACTS, key: value}) is right


@pytest.mark.parametrize("key", ["mtime_ns", "atime_ns"])
def test_file_times_are_within_the_range_of_the_system(key: str) -> None:
    most = (1 << 63) * 10**9
    for value, right in (
        (1 << 63, True),
        (most - 1, True),
        (most, False),
        (1 - most, True),
        (-most, False),
        (True, False),
    ):
        assert counts("intended", facts={**FACTS, key: value}) is right


@pytest.mark.parametrize("step", [*(step for step in LINES if step not in ("begin", "sidecar"))])
@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("along", [[], [ENTRY]], [None, {}, [3], [{}], [ENTRY, {**ENTRY, "path": "relative"}],
        [{**ENTRY, "info": 3}]]),
        ("target", ["/t"], ["t", 3]), ("info", [None, "/t"], ["t", 3]), ("back", ["/t"], ["t", 3]),
        ("reason", ["", "why"], [None, 3]),
        ("keeper_hash", [None, HASH], ["", HASH[1:], HASH.upper().replace("0", "A"), 3]),
    ],
)  # fmt: skip
def test_optional_fields_must_be_valid(
    step: str, key: str, right: list[Any], wrong: list[Any]
) -> None:
    assert all(counts(step, **{key: value}) for value in right)
    assert not any(counts(step, **{key: value}) for value in wrong)


def test_a_destination_is_the_trash_or_a_full_path() -> None:
    assert (
        counts("begin", where="/to")
        and not counts("begin", where="bin")
        and not counts("begin", where=None)
    )


@pytest.mark.parametrize("key", list(LINES["intended"]))
def test_a_companion_entry_has_the_same_fields_as_its_photo(key: str) -> None:
    assert not counts(
        "intended", along=[{name: value for name, value in ENTRY.items() if name != key}]
    )


OLD = base64.b64encode(b"old").decode()


@pytest.mark.parametrize(
    ("change", "right"),
    [
        ({"before": OLD, "times": [0, (1 << 63) - 1]}, True), ({"before": OLD, "times": [0, 1, 2]},
        False),
        ({"before": OLD, "times": {"0": 1, "1": 2}}, False), ({"before": OLD, "times": [True, 1]},
        False), ({"before": OLD}, False),
        ({"before": "b2xk!", "times": [0, 1]}, False), ({"before": "b2x", "times": [0, 1]}, False),
        ({"before": [], "times": [0, 1]}, False),
        ({"after": HASH[:-1]}, False), ({"after": None}, False), ({"path": "k.xmp"}, False),
        ({"times": []}, False),
        ({"path": None}, False),
    ],
)  # fmt: skip
def test_sidecar_entries_are_validated(change: dict[str, Any], right: bool) -> None:
    assert counts("sidecar", sidecar={**LINES["sidecar"]["sidecar"], **change}) is right


def test_each_line_is_parsed_independently() -> None:
    line = {"run": RUN, "at": 1.0, "step": "end"}
    text = json.dumps(line).encode()
    assert (
        list(parse_journal(text + b"\n" + text[:9] + b"\n\n \n" + text + b"\n[]\n3\n" + text))
        == [line] * 3
    )
    assert list(parse_journal(b"")) == []
