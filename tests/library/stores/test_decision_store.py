"""What the user decided about groups of duplicates."""

from __future__ import annotations

import sqlite3
import time

import pytest

from explorer.library.stores import decision_store as module
from explorer.library.stores.decision_store import (
    Decision,
    DecisionKind,
    Decisions,
    decide,
    decisions,
    hashes_of,
    withdraw,
    withdraw_all,
)
from tests.factory import LibraryBuilder, digest_of

A, B, C = b"a" * 16, b"b" * 16, b"c" * 16


def made(*kinds_hashes_files: tuple[DecisionKind, set[bytes], int]) -> Decisions:
    """Decisions numbered from 1, given in reverse."""
    all_ = [
        Decision(number, kind, frozenset(hashes), files, 0.0)
        for number, (kind, hashes, files) in enumerate(kinds_hashes_files, 1)
    ]
    return Decisions(reversed(all_))


class TestAbout:
    @pytest.mark.parametrize(
        ("hashes", "files", "found"),
        [
            ({A, B}, 2, True),
            ({A, B}, 3, True),
            ({B, C}, 2, True),
            ({A, B, C}, 3, True),
            ({A, B, C}, 4, False),
            ({A}, 1, False),
            ({A, b"d" * 16}, 2, False),
            (set(), 0, False),
        ],
    )
    def test_a_decision_covers_only_the_photos_decided_about(
        self, hashes: set[bytes], files: int, found: bool
    ) -> None:
        assert (made(("apart", {A, B, C}, 3)).about(hashes, files) is not None) is found

    def test_files_with_equal_content_are_covered_by_a_decision_about_that_content(self) -> None:
        assert made(("keep", {A}, 2)).about({A}, 2) is not None
        assert made(("keep", {A}, 2)).about({A}, 3) is None

    def test_the_latest_decision_applies_and_all_are_listed_in_order(self) -> None:
        all_ = made(("apart", {A, B}, 2), ("later", {A, B, C}, 3))
        latest = all_.about({A, B}, 2)
        assert (
            latest is not None
            and latest.kind == "later"
            and [decision.id for decision in all_] == [1, 2]
            and len(all_) == 2
        )


class TestApart:
    @pytest.mark.parametrize(("kind", "apart"), [("apart", True), ("keep", True), ("later", False)])
    def test_photos_are_different_only_if_a_decision_says_so(
        self, kind: DecisionKind, apart: bool
    ) -> None:
        all_ = made((kind, {A, B}, 2), ("keep", {C}, 2))
        assert all_.apart(A, B) is apart is all_.apart(B, A)
        assert (
            not all_.apart(A, C)
            and not all_.apart(A, A)
            and not all_.apart(C, C)
            and not all_.apart(b"d" * 16, A)
        )


class TestDeciding:
    def test_a_decision_replaces_an_earlier_one_about_the_same_photos(
        self, builder: LibraryBuilder
    ) -> None:
        catalog = builder.library.catalog
        first = decide(catalog, "later", [B, A, B], 3)
        decide(catalog, "apart", [A, B, C], 3)
        decide(catalog, "keep", [A], 1)
        last = decide(catalog, "keep", [A, B], 2)
        found = {d.id: (d.kind, set(d.hashes), d.files) for d in decisions(catalog)}
        assert first not in found and found[last] == ("keep", {A, B}, 2)
        assert list(found.values()) == [
            ("apart", {A, B, C}, 3),
            ("keep", {A}, 1),
            ("keep", {A, B}, 2),
        ]
        assert all(abs(d.decided_at - time.time()) < 60 for d in decisions(catalog))

    def test_a_failed_decision_changes_nothing(self, builder: LibraryBuilder) -> None:
        catalog = builder.library.catalog
        decide(catalog, "later", [A, B], 2)
        with pytest.raises(sqlite3.Error):
            decide(catalog, "apart", [A, B], None)  # type: ignore[arg-type]
        assert [(d.kind, d.hashes) for d in decisions(catalog)] == [("later", {A, B})]
        decide(catalog, "keep", [C], 1)

    def test_decisions_are_withdrawn_one_by_one_or_by_kind(self, builder: LibraryBuilder) -> None:
        catalog = builder.library.catalog
        one, two = decide(catalog, "later", [A, B], 2), decide(catalog, "apart", [A, C], 2)
        three, four = decide(catalog, "later", [B, C], 2), decide(catalog, "apart", [C], 2)
        withdraw(catalog, four)
        assert [d.id for d in decisions(catalog)] == [one, two, three]
        assert withdraw_all(catalog, "later") == 2 and withdraw_all(catalog, "keep") == 0
        assert [(d.id, d.hashes) for d in decisions(catalog)] == [(two, {A, C})]

    def test_hashes_of_many_photos_are_read(
        self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MAX_BOUND_VALUES", 2)
        ids = [builder.put(f"{n}.jpg", n) for n in range(5)]
        assert hashes_of(builder.library.catalog, [*ids, ids[0], 999]) == {
            photo: digest_of(n) for n, photo in enumerate(ids)
        }


def test_a_decision_is_about_something(builder: LibraryBuilder) -> None:
    with pytest.raises(ValueError):
        decide(builder.library.catalog, "keep", [], 0)
    assert len(decisions(builder.library.catalog)) == 0
