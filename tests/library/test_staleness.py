"""Answers that took long are kept for a while; quick ones never, and nothing for long."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from explorer.anomalies.findings import Anomalies
from explorer.library.staleness import acceptable_age
from explorer.library.stores import quality_store
from tests.fixtures.small_library import SmallLibrary


def test_fast_results_are_never_cached_and_none_for_long() -> None:
    assert acceptable_age(0.1) == 0
    assert 1 < acceptable_age(1.0) < acceptable_age(2.0) < acceptable_age(1000.0) <= 20


def slow(monkeypatch: pytest.MonkeyPatch, where: object, name: str, times: list[int]) -> None:
    """Have that function take a second of a clock of our own, and count how often it is asked."""
    real: Callable[..., object] = getattr(where, name)

    def asked(*args: object) -> object:
        times[0] += 1
        times[1] += 1
        return real(*args)

    monkeypatch.setattr(where, name, asked)
    monkeypatch.setattr(time, "monotonic", lambda: float(times[1]))


@pytest.mark.parametrize("patient", [True, False])
def test_findings_of_a_large_library_outlast_a_few_changes(
    small_library: SmallLibrary, patient: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = [0, 100]
    slow(monkeypatch, quality_store, "review_photos", times)
    review = Anomalies(small_library.library, patient=patient)
    small_library.add_photo("a.jpg", "first")
    assert len(review.subjects()) == 1
    small_library.add_photo("b.jpg", "second")
    assert len(review.subjects()) == (1 if patient else 2)
    times[1] += 10
    assert len(review.subjects()) == 2
    assert times[0] == 2
