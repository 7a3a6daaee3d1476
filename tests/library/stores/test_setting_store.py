"""Settings of a library."""

from __future__ import annotations

from explorer.library.stores.setting_store import get_setting, put_setting
from tests.factory import LibraryBuilder


def test_settings_are_overwritten_one_by_one(builder: LibraryBuilder) -> None:
    cat = builder.library.catalog
    assert get_setting(cat, "a") is None
    for key, value in (("a", "1"), ("b", "2"), ("a", "3")):
        put_setting(cat, key, value)
    assert (get_setting(cat, "a"), get_setting(cat, "b")) == ("3", "2")
