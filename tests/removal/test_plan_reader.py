"""Plans as people, scripts and spreadsheets leave them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.removal import plan_reader
from explorer.removal.plan import as_csv, as_json, write_plan
from explorer.removal.plan_formats import PlanError
from explorer.removal.plan_reader import Plan, read_plan
from explorer.removal.results import Removal
from tests.thoroughness import times

HASH = st.binary(min_size=16, max_size=16).map(bytes.hex)


# Any name that a POSIX file system takes, also one that is no UTF-8.
NAME = (
    st.binary(min_size=1, max_size=12)
    .filter(lambda name: b"\0" not in name and name not in (b".", b".."))
    .map(lambda name: "/p/" + os.fsdecode(name).replace("/", "_"))
)


REMOVALS = st.lists(
    st.builds(
        Removal,
        NAME,
        HASH,
        NAME,
        HASH,
        st.integers(0, 2**40),
        st.sampled_from(["identical", ""]),
        st.text('ab, "\n', max_size=5),
    )
    | st.builds(Removal, NAME, HASH),
    max_size=5,
    unique_by=lambda removal: removal.path,
)


GOOD = Removal("/good.jpg", "2" * 32, "/b.jpg", "1" * 32, 7)


def good(**change: Any) -> dict[str, Any]:
    return {
        "path": "/a.jpg",
        "hash": "0" * 32,
        "bytes": 1,
        "keep": "/b.jpg",
        "keep_hash": "1" * 32,
        "tier": "",
        "why": "",
    } | change


def plan(*rows: Any, **change: Any) -> str:
    return json.dumps(
        {"format": "photo-explorer-plan", "version": 1, "removals": list(rows)} | change
    )


GOOD_ROW = good(path=GOOD.path, hash=GOOD.hash, bytes=GOOD.bytes)


def read(tmp_path: Path, content: str | bytes) -> Plan:
    path = tmp_path / "plan"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_plan(path)


def beside_good(tmp_path: Path, *raw: str) -> Plan:
    """The plan with these entries, as they are written, between two of which nothing is wrong."""
    first = json.dumps(GOOD_ROW)
    last = json.dumps(GOOD_ROW | {"path": "/last.jpg"})
    return read(tmp_path, plan("HERE").replace('"HERE"', ",\n".join([first, *raw, last])))


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_written_entries_are_read_back(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"plan.{ending}"

    @given(removals=REMOVALS)
    def check(removals: list[Removal]) -> None:
        write_plan(path, removals)
        assert read_plan(path) == Plan(removals, [])

    check()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a plan of Photo Explorer"),
        ("hello", "not a plan of Photo Explorer"),
        ("x" * 200_000, "not a plan of Photo Explorer"),
        ("{", "not a whole plan"),
        ("[]", "not a plan of Photo Explorer"),
        ("{}", "not a plan of Photo Explorer"),
        (plan(version=2), "another release"),
        (plan(version=True), "another release"),
        (plan(version="1\n2" * 1000), "another release"),
        (plan(format="other"), "not a plan of Photo Explorer"),
        (plan(removals=None), "no list of removals"),
        (plan(removals={"path": "/a.jpg"}), "no list of removals"),
        (plan(GOOD_ROW)[:-2], "not a whole plan"),
        (plan(GOOD_ROW) + "path,hash\n", "not a whole plan"),
        (plan(GOOD_ROW)[:-1] + ', "removals": []}', "'removals' twice"),
        ("[" * 100_000, "nested too deeply"),
        (
            plan(GOOD_ROW)[:-1] + ', "note": ' + "[" * 100_000 + "]" * 100_000 + "}",
            "nested too deeply",
        ),
        ('path,hash\n"/a.jpg', "not a whole plan: line 2"),
        ("path,hash,path\n", "two columns of the same name"),
    ],
)
def test_a_file_that_is_not_a_plan_is_reported_in_one_line(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(PlanError) as caught:
        read(tmp_path, text)
    assert (
        words in str(caught.value)
        and "\n" not in str(caught.value)
        and len(str(caught.value)) < 500
    )


def test_missing_and_binary_plans_are_reported(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="No such file"):
        read_plan(tmp_path / "absent")
    with pytest.raises(PlanError, match=r"cannot be read: .*(Is a directory|Permission denied)"):
        read_plan(tmp_path)
    with pytest.raises(PlanError, match="not text"):
        read(tmp_path, b"\xff\xd8\xff\xe0")


def test_a_file_too_large_to_be_a_plan_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = plan(GOOD_ROW)
    monkeypatch.setattr(plan_reader, "MAX_BYTES", len(text))
    assert read(tmp_path, text).removals == [GOOD]
    with pytest.raises(PlanError, match="larger than"):
        read(tmp_path, text + " ")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"path": None}, "“path” must be the full path"),
        ({"path": "a.jpg"}, "“path” must be the full path"),
        ({"path": ["/a.jpg"]}, "“path” must be the full path"),
        ({"path": "/a\0.jpg"}, "“path” has characters that no file name can have"),
        ({"path": "/a\ud800.jpg"}, "“path” has characters that no file name can have"),
        ({"path": "/x/../b.jpg"}, "without “.” and “..”"),
        ({"path": "/x/./b.jpg"}, "without “.” and “..”"),
        ({"path": "/.."}, "without “.” and “..”"),
        ({"hash": "xyz"}, "“hash” must be the 32 digits"),
        ({"hash": None}, "“hash” must be the 32 digits"),
        ({"hash": 0}, "“hash” must be the 32 digits"),
        ({"hash": "0" * 33}, "“hash” must be the 32 digits"),
        ({"keep": "b.jpg"}, "“keep” must be the full path"),
        ({"keep": "/y/../b.jpg"}, "without “.” and “..”"),
        ({"keep": "/b\0.jpg"}, "“keep” has characters"),
        ({"keep": 3}, "“keep” must be the full path"),
        ({"keep": ""}, "“keep” is missing"),
        ({"keep_hash": "?"}, "“keep_hash” must be the 32 digits"),
        ({"keep_hash": None}, "“keep_hash” is missing"),
        ({"bytes": "many"}, "“bytes” must be"),
        ({"bytes": -1}, "“bytes” must be"),
        ({"bytes": 1.5}, "“bytes” must be"),
        ({"bytes": True}, "“bytes” must be"),
        ({"bytes": 2**63}, "“bytes” must be"),
        ({"bytes": "9" * 5000}, "“bytes” must be"),
        ({"tier": {"a": 1}}, "“tier” must be text"),
        ({"why": 3}, "“why” must be text"),
    ],
)
def test_one_bad_entry_is_reported_and_the_others_are_kept(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    found = beside_good(tmp_path, json.dumps(good(**change)))
    assert [removal.path for removal in found.removals] == ["/good.jpg", "/last.jpg"]
    (bad,) = found.bad
    assert bad.where == "entry 2" and words in bad.reason and "\n" not in bad.reason
    assert bad.path is None or not set(bad.path) & set("\ud800\udc80")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ('"x"', "must be an object"),
        ("null", "must be an object"),
        ("[[]]", "must be an object"),
        ('{"path": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        (
            json.dumps(good()).replace('"bytes": 1', '"bytes": ' + "9" * 5000),
            "a number of 5,000 digits",
        ),
        (json.dumps(good()).replace('"bytes": 1', '"bytes": 1, "bytes": 1'), "'bytes' twice"),
        (json.dumps(good()).replace('"bytes": 1', '"bytes": '), "cannot be read"),
        (json.dumps(good()).replace('"/a.jpg"', '/a.jpg"'), "cannot be read"),
    ],
)
def test_an_unparsable_entry_does_not_hide_the_others(tmp_path: Path, raw: str, words: str) -> None:
    found = beside_good(tmp_path, raw)
    assert [removal.path for removal in found.removals] == ["/good.jpg", "/last.jpg"]
    (bad,) = found.bad
    assert bad.where == "entry 2" and words in bad.reason and "\n" not in bad.reason


def test_sizes_are_informational_and_may_be_missing(tmp_path: Path) -> None:
    rows = [
        good(path=f"/{number}", bytes=size)
        for number, size in enumerate([None, "", "12", 2**63 - 1, 0])
    ]
    found = read(tmp_path, plan(*rows))
    assert [removal.bytes for removal in found.removals] == [
        0,
        0,
        12,
        2**63 - 1,
        0,
    ] and not found.bad


def test_a_file_listed_twice_is_removed_once(tmp_path: Path) -> None:
    found = read(tmp_path, plan(good(), GOOD_ROW, good(keep="/c.jpg")))
    assert [(removal.path, removal.keeper) for removal in found.removals] == [
        ("/a.jpg", "/b.jpg"),
        ("/good.jpg", "/b.jpg"),
    ]
    assert found.bad == [("entry 3", "/a.jpg", "this file is in entry 1 already")]


def test_a_bad_entry_does_not_hide_a_good_one_for_the_same_file(tmp_path: Path) -> None:
    found = read(tmp_path, plan(good(hash="?"), good()))
    assert [removal.path for removal in found.removals] == ["/a.jpg"] and [
        bad.where for bad in found.bad
    ] == ["entry 1"]


def test_deleted_entries_may_leave_commas_behind(tmp_path: Path) -> None:
    text = plan(GOOD_ROW, "HERE", good())
    for left in (text.replace('"HERE"', ""), text.replace(', "HERE"', "").replace("}]", "},]")):
        assert left != text
        found = read(tmp_path, left)
        assert [removal.path for removal in found.removals] == [
            "/good.jpg",
            "/a.jpg",
        ] and found.bad == []


def test_only_the_list_of_the_plan_itself_is_read(tmp_path: Path) -> None:
    text = plan(GOOD_ROW, "HERE").replace('"HERE"', '{"path": ,}')
    for note in (
        '"note": {"removals": [1]}',
        '"note": [["removals"]]',
        '"note": ["removals", [1]]',
    ):
        found = read(tmp_path, text.replace('"removals"', f'{note}, "removals"', 1))
        assert found.removals == [GOOD] and [bad.where for bad in found.bad] == ["entry 2"]
    # Neither is one in an entry.
    found = read(tmp_path, text.replace('{"path": ,}', '{"removals": [1, 2], "path": ,}'))
    assert found.removals == [GOOD] and [bad.where for bad in found.bad] == ["entry 2"]


def test_brackets_and_commas_in_names_do_not_split_entries(tmp_path: Path) -> None:
    odd = "/a],[}{\"\\,'.jpg"
    found = beside_good(tmp_path, json.dumps(good(path=odd)), '{"path": ,}')
    assert [removal.path for removal in found.removals] == ["/good.jpg", odd, "/last.jpg"]
    assert [bad.where for bad in found.bad] == ["entry 3"]


@settings(max_examples=times(200, 1000))
@given(
    junk=st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    at=st.integers(0, 400),
)
def test_any_plan_is_parsed_or_raises_a_plan_error(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int
) -> None:
    folder = tmp_path_factory.mktemp("plan")
    for text in (as_json([GOOD]).encode(), as_csv([GOOD]).encode()):
        try:
            found = read(folder, text[:at] + junk + text[at:])
        except PlanError as error:
            assert "\n" not in str(error)
        else:
            assert all(Path(removal.path).is_absolute() for removal in found.removals)
