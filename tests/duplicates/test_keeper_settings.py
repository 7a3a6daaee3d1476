"""The stored order of the keep rules, where it is damaged or of another release."""

from __future__ import annotations

import pytest

from explorer.duplicates.keep_rules import DEFAULT_RULES, RULES_BY_NAME
from explorer.duplicates.keeper import keep_rules
from explorer.library.stores.setting_store import put_setting
from tests.factory import LibraryBuilder


@pytest.mark.parametrize("kept", ["no json", "3", "null", '{"pixels": 1}', ""])
def test_damaged_settings_give_the_default_order(builder: LibraryBuilder, kept: str) -> None:
    put_setting(builder.library.catalog, "keeper_rules", kept)
    assert keep_rules(builder.library.catalog) == DEFAULT_RULES


def test_rules_of_other_releases_are_ignored(builder: LibraryBuilder) -> None:
    put_setting(builder.library.catalog, "keeper_rules", '["prettiest", "newest", "pixels"]')
    assert keep_rules(builder.library.catalog) == ("newest", "pixels")


def test_the_names_of_rules_stay() -> None:
    """Libraries hold them."""
    assert " ".join(RULES_BY_NAME) == (
        "protected raw bare camera pixels contents company quality metadata native"
        " earliest named plain oldest shortest shallowest newest"
    )


def test_two_rules_apply_only_to_those_who_choose_them() -> None:
    """Each contradicts one of the others."""
    assert set(RULES_BY_NAME) - set(DEFAULT_RULES) == {"shallowest", "newest"}
