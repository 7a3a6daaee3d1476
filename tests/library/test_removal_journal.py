"""The journal of removals: what is in it is on disk, and what others have written into it harms
nobody."""

from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import LibraryError
from explorer.library import removal_journal
from explorer.library.journal_lines import parse_journal
from explorer.library.removal_journal import RemovalJournal

RUN, AT, HASH = "20260101-120000-ab12", 1_767_268_800.0, "0" * 32
FACTS = {"size": 3, "mtime_ns": 5, "atime_ns": 7, "inode": 11, "device": 13, "freed": 3}


def begin(**other: Any) -> dict[str, Any]:
    return {"run": RUN, "step": "begin", "where": "trash", "planned": 2, "at": AT, **other}


def intended(number: int = 0, **other: Any) -> dict[str, Any]:
    return {
        "run": RUN, "step": "intended", "number": number, "path": f"/photos/{number}.jpg",
        "hash": HASH, "keeper": "/photos/k.jpg",
        "where": "trash", "root": "/photos", "target": None, "facts": FACTS, "along": [], "at": AT,
        **other,
    }  # fmt: skip


def journal(folder: Path, *lines: dict[str, Any] | bytes) -> RemovalJournal:
    made = RemovalJournal(folder)
    made.path.write_bytes(
        b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        + b"\n"
    )
    return made


def test_what_is_written_is_read(tmp_path: Path) -> None:
    made = RemovalJournal(tmp_path)
    assert made.runs() == []
    along = {
        key: value
        for key, value in intended(0).items()
        if key not in ("run", "step", "along", "at")
    }
    sidecar = {
        "path": "/photos/k.jpg.xmp",
        "before": base64.b64encode(b"x").decode(),
        "after": HASH,
        "times": [1, 2],
    }
    for line in (
        begin(), intended(1, along=[along], keeper_hash=HASH, info=None),
        {"run": RUN, "step": "sidecar", "number": 1, "sidecar": sidecar},
        {"run": RUN, "step": "moved", "number": 0, "target": "/t/files/0", "info": "/t/info/0"},
        {"run": RUN, "step": "undoing", "number": 1, "back": "/photos/1.jpg"},
        {"run": RUN, "step": "undone", "number": 0, "back": "/photos/0.jpg", "reason": "why"},
        {"run": RUN, "step": "end"},
    ):  # fmt: skip
        made.note(**line)
    (run,) = made.runs()
    assert (run.id, run.where, run.planned, run.ended) == (RUN, "trash", 2, True)
    film, photo = run.entries
    assert (film.number, film.of, film.state, film.target, film.info, film.back, film.reason) == (
        0, 1, "undone", "/t/files/0", "/t/info/0", "/photos/0.jpg", "why",
    )  # fmt: skip
    assert (photo.state, photo.back, photo.sidecar, photo.keeper_hash, photo.of) == (
        "undoing",
        "/photos/1.jpg",
        sidecar,
        HASH,
        None,
    )
    assert run.families == [[film, photo]] and run.away == [photo] and photo.token == f"{RUN}-1"
    assert made.path.stat().st_mode & 0o777 == 0o600


def test_a_line_of_an_earlier_release_is_read(tmp_path: Path) -> None:
    """As the first that had a journal wrote it."""
    line = {key: value for key, value in intended().items() if key not in ("along", "target")}
    (run,) = journal(tmp_path, begin(), line).runs()
    (entry,) = run.entries
    assert (entry.path, entry.facts, entry.target, entry.keeper_hash, entry.away) == (
        "/photos/0.jpg",
        FACTS,
        None,
        None,
        True,
    )


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
def test_a_value_that_cannot_be_costs_its_line(tmp_path: Path, key: str) -> None:
    for value in BAD_VALUES:
        (run,) = journal(tmp_path, begin(), {**intended(0), key: value}, intended(7)).runs()
        right = any(type(value) is type(each) and value == each for each in RIGHT.get(key, []))
        assert len(run.entries) == 1 + right and run.entries[-1].number == 7, value


@pytest.mark.parametrize(
    ("step", "key"),
    [
        ("begin", "where"), ("begin", "planned"), ("begin", "at"), ("begin", "run"), ("moved", "target"), ("moved", "number"),
        ("undoing", "back"), ("sidecar", "sidecar"), ("undone", "number"),
    ],
)  # fmt: skip
def test_a_step_that_does_not_say_what_it_must_counts_for_nothing(step: str, key: str) -> None:
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
def test_facts_that_cannot_be_cost_the_line(tmp_path: Path, key: str) -> None:
    for value in (None, "x" if key != "link" else 3, 1.5, [], 1 << 129):
        (run,) = journal(tmp_path, begin(), intended(facts={**FACTS, key: value})).runs()
        assert run.entries == []
    (run,) = journal(
        tmp_path,
        begin(),
        intended(facts={name: value for name, value in FACTS.items() if name != key}),
    ).runs()
    assert bool(run.entries) == (key in ("freed", "link"))
    for key in ("mtime_ns", "atime_ns"):
        (run,) = journal(tmp_path, begin(), intended(facts={**FACTS, key: 1 << 63})).runs()
        assert run.entries == []


@pytest.mark.parametrize(
    "sidecar",
    [
        {"path": "relative"}, {"after": "x"}, {"before": "no base64!"}, {"before": 3, "times": [1, 2]}, {"before": "eA=="},
        {"before": "eA==", "times": [1]}, {"before": "eA==", "times": [1, "x"]}, {"before": "eA==", "times": [1, 1 << 63]},
        {"times": [1, 2]}, {"path": 3},
    ],
)  # fmt: skip
def test_a_sidecar_that_cannot_be_costs_the_line(tmp_path: Path, sidecar: dict[str, Any]) -> None:
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
        b"", b"\0", b"{", b"[]", b"3", b'"text"', b"null", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000,
        b'{"run": ' + b"9" * 5_000 + b"}",
        b'{"run": "' + RUN.encode() + b'", "step": "undone", "number": ' + b"9" * 5_000 + b', "at": 1}',
        b'{"run": "../../../etc", "step": "begin", "where": "trash", "planned": 1, "at": 1}',
        b'{"run": "' + RUN.encode() + b'", "step": ["begin"], "at": 1}', b'{"run": "' + RUN.encode() + b'", "step": "later", "at": 1}',
        b'{"run": "20990101-120000-ffff", "step": "end", "at": 1}',
        b'{"run": "20990101-120000-ffff", "step": "undone", "number": 0, "at": 1}',
    ],
)  # fmt: skip
def test_a_line_that_is_none_costs_nothing_else(tmp_path: Path, line: bytes) -> None:
    (run,) = journal(tmp_path, line, begin(), line, intended(), line).runs()
    assert [entry.number for entry in run.entries] == [0]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda of: st.lists(of) | st.dictionaries(st.text(), of),
    max_leaves=9,
)
NAMES = st.sampled_from([*intended(), *begin(), "sidecar", "back", "reason", "info"])


@settings(max_examples=60, deadline=None)
@given(VALUES, NAMES, st.sampled_from(["begin", "intended", "moved", "undone"]))
def test_any_value_anywhere_ends_in_runs_or_in_nothing(value: Any, key: str, step: str) -> None:
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


def test_said_twice_counts_once(tmp_path: Path) -> None:
    moved = {"run": RUN, "step": "moved", "number": 0, "target": "/t", "at": AT}
    made = journal(
        tmp_path,
        begin(),
        intended(),
        moved,
        intended(path="/photos/other.jpg"),
        begin(where="/elsewhere"),
    )
    (run,) = made.runs()
    assert run.where == "trash" and [(entry.path, entry.state) for entry in run.entries] == [
        ("/photos/0.jpg", "moved")
    ]


def test_a_line_cut_off_does_not_swallow_the_next(tmp_path: Path) -> None:
    made = journal(tmp_path, begin())
    made.path.write_bytes(made.path.read_bytes() + b'{"run": "' + RUN.encode() + b'", "st')
    made.note(**intended())
    assert [entry.number for entry in made.runs()[0].entries] == [0]
    made.note(**intended(1))
    assert [entry.number for entry in made.runs()[0].entries] == [
        0,
        1,
    ] and b"\n\n" not in made.path.read_bytes()


def test_a_system_that_writes_less_than_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    made = RemovalJournal(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda handle, data: real(handle, data[:7]))
        made.note(**begin())
    assert [run.id for run in made.runs()] == [RUN]
    monkeypatch.setattr(os, "write", lambda handle, data: 0)
    with pytest.raises(LibraryError, match="so nothing more is removed"):
        made.note(**intended())


def test_it_is_on_disk_when_note_returns_and_so_is_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, real = list[str](), os.fsync

    def fsync(handle: int) -> None:
        facts = os.fstat(handle)
        synced.append(
            "folder" if stat.S_ISDIR(facts.st_mode) else "empty" if not facts.st_size else "lines"
        )
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    made = RemovalJournal(tmp_path)
    made.note(**begin())
    assert synced == ["lines", "folder"]
    made.note(**intended())
    assert synced == ["lines", "folder", "lines"]
    monkeypatch.setattr(
        os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(5, "Input/output error"))
    )
    with pytest.raises(LibraryError, match="Input/output error"):
        made.note(**intended(1))


def test_a_journal_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / removal_journal.JOURNAL_NAME).mkdir()
    with pytest.raises(LibraryError, match="cannot be read"):
        RemovalJournal(tmp_path).runs()
