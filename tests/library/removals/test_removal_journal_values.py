"""Lines of a removal journal with values that cannot be: each costs itself and no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.library.removals.journal_lines import parse_journal
from tests.library.journal_entries import AT, FACTS, HASH, RUN, begin, intended, journal
from tests.thoroughness import times

BAD_VALUES: list[Any] = [
    None, 3, -1, 1.5, True, [], {}, "", "relative.jpg", "/nul\0.jpg", "/half \ud800.jpg", "x" * 32,
    "0" * 31, [3], {"a": 1}, 1 << 70,
    float("nan"), float("inf"), 1e300,
]  # fmt: skip


# The few of these values that are right for a key.
RIGHT: dict[str, list[Any]] = {
    "keeper": [None],
    "keeper_hash": [None],
    "target": [None],
    "along": [[]],
    "number": [3],
    "at": [3, 1.5],
}


KEYS = [
    "run",
    "number",
    "path",
    "hash",
    "keeper",
    "keeper_hash",
    "where",
    "root",
    "target",
    "facts",
    "along",
    "at",
]


@pytest.mark.parametrize("key", KEYS)
def test_an_impossible_value_invalidates_its_line(tmp_path: Path, key: str) -> None:
    for value in BAD_VALUES:
        (run,) = journal(tmp_path, begin(), {**intended(0), key: value}, intended(7)).runs()
        right = any(type(value) is type(each) and value == each for each in RIGHT.get(key, []))
        assert len(run.entries) == 1 + right and run.entries[-1].number == 7, value


@pytest.mark.parametrize(
    ("step", "key"),
    [
        ("begin", "where"), ("begin", "planned"), ("begin", "at"), ("begin", "run"), ("moved",
        "target"), ("moved", "number"),
        ("undoing", "back"), ("sidecar", "sidecar"), ("undone", "number"),
    ],
)  # fmt: skip
def test_a_step_without_required_fields_is_ignored(step: str, key: str) -> None:
    line: dict[str, Any] = {
        "begin": begin(), "moved": {"target": "/t"}, "undoing": {"back": "/b"}, "undone": {},
        "sidecar": {"sidecar": {"path": "/k.xmp", "before": None, "after": HASH, "times": None}},
    }[step]  # fmt: skip
    line = {"run": RUN, "number": 0, "at": AT, "step": step, **line}
    assert list(parse_journal(json.dumps(line).encode())) == [line]
    assert (
        list(
            parse_journal(
                json.dumps({name: value for name, value in line.items() if name != key}).encode()
            )
        )
        == []
    )


@pytest.mark.parametrize("key", [*FACTS, "link"])
def test_impossible_facts_invalidate_the_line(tmp_path: Path, key: str) -> None:
    values: tuple[object, ...] = (None, "x" if key != "link" else 3, 1.5, [], 1 << 129)
    for value in values:
        (run,) = journal(tmp_path, begin(), intended(facts={**FACTS, key: value})).runs()
        assert run.entries == []
    (run,) = journal(
        tmp_path,
        begin(),
        intended(facts={name: value for name, value in FACTS.items() if name != key}),
    ).runs()
    assert bool(run.entries) == (key in ("freed", "link"))
    for key in ("mtime_ns", "atime_ns"):
        (run,) = journal(tmp_path, begin(), intended(facts={**FACTS, key: 1 << 93})).runs()
        assert run.entries == []


@pytest.mark.parametrize(
    "sidecar",
    [
        {"path": "relative"}, {"after": "x"}, {"before": "no base64!"}, {"before": 3, "times": [1,
        2]}, {"before": "eA=="},
        {"before": "eA==", "times": [1]}, {"before": "eA==", "times": [1, "x"]}, {"before": "eA==",
        "times": [1, 1 << 93]},
        {"times": [1, 2]}, {"path": 3},
    ],
)  # fmt: skip
def test_an_impossible_sidecar_invalidates_the_line(
    tmp_path: Path, sidecar: dict[str, Any]
) -> None:
    whole = {"path": "/k.xmp", "before": None, "after": HASH, "times": None}
    line = {"run": RUN, "step": "sidecar", "number": 0, "at": AT}
    (run,) = journal(
        tmp_path, begin(), intended(), {**line, "sidecar": {**whole, **sidecar}}
    ).runs()
    assert run.entries[0].sidecar is None
    (run,) = journal(tmp_path, begin(), intended(), {**line, "sidecar": whole}).runs()
    assert run.entries[0].sidecar == whole


@pytest.mark.parametrize(
    "line",
    [
        b"", b"\0", b"{", b"[]", b"3", b'"text"', b"null", b"\xff\xfe", b"[" * 100_000, b'{"a":' *
        100_000,
        b'{"run": ' + b"9" * 5_000 + b"}",
        b'{"run": "' + RUN.encode() + b'", "step": "undone", "number": ' + b"9" * 5_000
        + b', "at": 1}',
        b'{"run": "../../../etc", "step": "begin", "where": "trash", "planned": 1, "at": 1}',
        b'{"run": "' + RUN.encode() + b'", "step": ["begin"], "at": 1}', b'{"run": "' +
        RUN.encode() + b'", "step": "later", "at": 1}',
        b'{"run": "20990101-120000-ffff", "step": "end", "at": 1}',
        b'{"run": "20990101-120000-ffff", "step": "undone", "number": 0, "at": 1}',
    ],
)  # fmt: skip
def test_an_invalid_line_affects_no_other(tmp_path: Path, line: bytes) -> None:
    (run,) = journal(tmp_path, line, begin(), line, intended(), line).runs()
    assert [entry.number for entry in run.entries] == [0]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda of: st.lists(of) | st.dictionaries(st.text(), of),
    max_leaves=9,
)


NAMES = st.sampled_from([*intended(), *begin(), "sidecar", "back", "reason", "info"])


@settings(max_examples=times(60, 300), deadline=None)
@given(VALUES, NAMES, st.sampled_from(["begin", "intended", "moved", "undone"]))
def test_any_value_gives_valid_runs_or_none(value: Any, key: str, step: str) -> None:
    line = json.dumps({**begin(), **intended(), "target": "/t", "step": step, key: value}).encode()
    for found in parse_journal(line):
        assert found["step"] in (
            "begin",
            "intended",
            "moved",
            "undone",
            "undoing",
            "sidecar",
            "end",
        )
