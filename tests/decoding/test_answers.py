"""Answers that no sound decode process sends: each is refused with one kind of error."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.decoding import answers
from explorer.decoding.answers import ReadContent
from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.decoding.pool import DecodePool
from explorer.decoding.process import DECODER_CRASHED
from explorer.errors import DecodingFailed
from explorer.matching.recompression import RecompressionResidual

HASH = "ab" * 16
READ = {"hash": HASH, "size": 5, "mtime_ns": 7}
# What JSON has and no column, no float or no text does.
_odd = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.sampled_from([10**400, -(10**400), "\ud800", HASH])
    | st.text(max_size=5),
    lambda some: (
        st.lists(some, max_size=2) | st.dictionaries(st.text(max_size=2), some, max_size=2)
    ),
    max_leaves=4,
)


class TestContent:
    def test_a_content_answer_is_parsed(self) -> None:
        digest = bytes.fromhex(HASH)
        assert answers.content_of(READ) == ReadContent(digest, 5, 7)
        assert answers.content_of(READ | {"size": -1}).size == -1
        assert answers.content_of(READ | {"size": (1 << 63) - 1}).size == (1 << 63) - 1
        # A time that does not fit is the nearest that does.
        assert answers.content_of(READ | {"mtime_ns": 10**400}).mtime_ns == (1 << 63) - 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"hash": "no hash"},
            {"hash": 5},
            {"size": -2},
            {"size": 1 << 63},
            {"size": 10**400},
            {"size": math.inf},
            {"size": math.nan},
            {"size": None},
            {"size": "many"},
            {"mtime_ns": math.inf},
            {"mtime_ns": []},
        ],
    )
    def test_other_values_are_rejected(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValueError):
            answers.content_of(READ | wrong)

    @pytest.mark.parametrize("name", READ)
    def test_every_value_is_required(self, name: str) -> None:
        with pytest.raises(ValueError):
            answers.content_of({key: value for key, value in READ.items() if key != name})

    @given(st.dictionaries(st.sampled_from(list(READ)), _odd))
    def test_any_answer_is_parsed_or_rejected(self, header: dict[str, Any]) -> None:
        try:
            found = answers.content_of(header)
        except ValueError:
            return
        assert -1 <= found.size < 1 << 63 and -(1 << 63) <= found.mtime_ns < 1 << 63


class TestErrors:
    def test_an_error_is_storable_text(self) -> None:
        assert answers.error_of(READ) is None
        assert answers.error_of({"error": "it is no photo"}) == "it is no photo"
        assert answers.error_of({"error": None}) == "None"
        assert answers.error_of({"error": "a \ud800"}) == "a ?"
        assert answers.error_of({"error": "x" * 3000}) == "x" * 2000

    @pytest.mark.parametrize("fault", [None, 5, [], {}, "mine", "environment"])
    def test_unknown_faults_are_blamed_on_the_environment(self, fault: object) -> None:
        assert answers.fault_of({"fault": fault}) == answers.fault_of({}) == "environment"
        assert answers.fault_of({"fault": "damaged"}) == "damaged"


class TestFacts:
    def test_a_fact_may_be_absent(self) -> None:
        digest = bytes.fromhex(HASH)
        assert answers.fact_of({"hash": HASH, "fact": None}) == (digest, None)
        assert answers.fact_of({"hash": HASH, "fact": 5}) == (digest, "5")

    @pytest.mark.parametrize(
        "header",
        [{"hash": HASH}, {"fact": "x"}, {"hash": 5, "fact": "x"}, {"hash": "x", "fact": 1}],
    )
    def test_an_answer_without_a_file_or_a_fact_is_rejected(self, header: dict[str, Any]) -> None:
        with pytest.raises(ValueError):
            answers.fact_of(header)

    def test_a_residual_has_three_numbers_after_the_hash(self) -> None:
        digest = bytes.fromhex(HASH)
        assert answers.residual_of(f"{HASH} 1 0.5 0.25") == (
            digest,
            RecompressionResidual(1.0, 0.5, 0.25),
        )
        assert answers.residual_of(HASH) == (digest, None)
        for wrong in ("", f"{HASH} 1 2", f"{HASH} 1 2 3 4", f"{HASH} 1 2 x", "zz 1 2 3"):
            with pytest.raises(ValueError):
                answers.residual_of(wrong)


@pytest.mark.parametrize(
    ("change", "right"),
    [
        ({}, True),
        ({"before": 0}, True),
        ({"before": 4}, True),
        ({"before": 5}, False),
        ({"before": -1}, False),
        ({"before": "1"}, False),
        ({"refused": None}, False),
        ({"refused": "why"}, True),
        ({"after": None}, False),
        ({"after": False}, True),
    ],
)
def test_a_merged_sidecar_is_validated(change: dict[str, Any], right: bool) -> None:
    header = {"refused": "", "before": None, "after": True} | change
    assert answers.is_merged_sidecar(header, b"four") is right
    assert not answers.is_merged_sidecar({}, b"")


class Subverted:
    """Stands in for a decode process: gives these answers in turn, whatever it is asked."""

    def __init__(self, *replies: dict[str, Any]) -> None:
        self.replies, self.closed = list(replies), 0

    def request(self, *_: object, **__: object) -> tuple[dict[str, Any], bytes]:
        # As it arrives through the pipe.
        header: dict[str, Any] = json.loads(json.dumps(self.replies.pop(0)))
        return header, b"body"

    def close(self) -> None:
        self.closed += 1

    def kill_if_overdue(self) -> None:
        """It never is."""


class TestPool:
    @pytest.fixture
    def pool(self) -> DecodePool:
        return DecodePool(1, None)

    def run_job(self, pool: DecodePool, *replies: dict[str, Any]) -> DecodeResult:
        process: Any = Subverted(*replies)
        result = pool._run_job_once(process, DecodeJob("/a.jpg", 0.0), lambda _: False)
        assert process.closed == (result.error == DECODER_CRASHED)
        return result

    @pytest.mark.parametrize(
        "replies",
        [
            [{}],
            [READ | {"size": math.inf}],
            [READ | {"size": 10**400}],
            [READ, {}],
            [READ, {"photo": None}],
            [READ, {"photo": []}],
            [READ, {"photo": {"preview": math.inf}}],
            [READ, {"photo": {"preview": 10**400, "side": 1}}],
        ],
    )
    def test_nonsensical_answers_fail_only_that_file(
        self, pool: DecodePool, replies: list[dict[str, Any]]
    ) -> None:
        assert self.run_job(pool, *replies).error == DECODER_CRASHED

    def test_an_error_that_is_not_text_is_stored(self, pool: DecodePool) -> None:
        assert self.run_job(pool, {"error": "\ud800"}).error == "?"
        assert self.run_job(pool, READ, {"error": "\ud800"}).error == "?"

    @pytest.mark.parametrize("fact", ["", "nothing", f"{HASH} 1 2", f"{HASH} 1 2 x"])
    def test_an_invalid_residual_is_unknown(
        self, pool: DecodePool, monkeypatch: pytest.MonkeyPatch, fact: str
    ) -> None:
        monkeypatch.setattr(pool, "_single", Subverted({"hash": HASH, "fact": fact}))
        with pytest.raises(DecodingFailed):
            pool.recompression_residual("/a", "/b")

    @pytest.mark.parametrize("header", [{}, {"refused": "", "before": 9, "after": True}])
    def test_an_invalid_sidecar_is_rejected(
        self, pool: DecodePool, monkeypatch: pytest.MonkeyPatch, header: dict[str, Any]
    ) -> None:
        process = Subverted(header)
        monkeypatch.setattr(pool, "_single", process)
        assert pool.sidecar({"merge": {}}) == DECODER_CRASHED and process.closed == 1
