"""How the results of removals are counted and put into words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.removal.companions import Companion
from explorer.removal.results import (
    Removal,
    RemovalOutcome,
    RemovalResult,
    carried_in_words,
    companions_in_words,
    lost_in_words,
)

FILM = Companion("/p/b.mov", "video", 40)
REMOVAL = Removal("/p/b.jpg", "aa", "/p/a.jpg", bytes=7, companions=(FILM, FILM))


@pytest.mark.parametrize(
    ("keeper_hash", "same"), [(None, True), ("aa", True), ("bb", False), ("", False)]
)
def test_a_keeper_without_a_hash_of_its_own_has_the_same_bytes(
    keeper_hash: str | None, same: bool
) -> None:
    assert replace(REMOVAL, keeper_hash=keeper_hash).has_same_bytes is same


def test_what_is_only_shown_does_not_distinguish_removals() -> None:
    assert REMOVAL.total_bytes == 87 and Removal("/p/b.jpg", "aa").total_bytes == 0
    assert replace(REMOVAL, companions=(), holds=("3 pages",)) == REMOVAL
    assert replace(REMOVAL, tier="pixels") != REMOVAL


def test_the_results_of_an_outcome_are_counted() -> None:
    removed = RemovalResult(REMOVAL, "removed", "", 7, "/to/b.jpg", (FILM,))
    would = RemovalResult(REMOVAL, "would", "", 2, companions=(FILM, FILM))
    refused = RemovalResult(REMOVAL, "refused", "it is a link")
    failed = RemovalResult(REMOVAL, "failed", "it changed", companions=(FILM,))
    outcome = RemovalOutcome("run", (removed, refused, would, failed))
    assert outcome.removed == [removed, would] and outcome.kept == [refused, failed]
    assert (outcome.freed, outcome.companion_count, outcome.carried) == (9, 3, 0)
    assert (refused.freed, refused.at, refused.companions) == (0, None, ())


def test_results_in_words() -> None:
    assert lost_in_words([]) == ""
    assert lost_in_words(["tags", "permissions"]) == (
        "the drive that it is on now cannot store tags, permissions"
    )
    assert companions_in_words(1) == "1 file that belongs to them"
    assert companions_in_words(3) == "3 files that belong to them"
    assert carried_in_words(0) == ""
    assert carried_in_words(1).startswith("1 edit of") and " was carried" in carried_in_words(1)
    assert carried_in_words(2).startswith("2 edits of") and " were carried" in carried_in_words(2)
