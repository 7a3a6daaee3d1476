"""The names that users type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import UsageError
from explorer.library.edits.typed_names import checked_name, did_you_mean, name_key, nearest_names
from explorer.library.text.text_folding import fold
from explorer.text_format import MAX_NAME_LENGTH


@given(st.text(st.characters(), max_size=120))
def test_a_checked_name_stays_as_it_is(name: str) -> None:
    try:
        kept = checked_name(name, "An album")
    except UsageError as error:
        assert str(error) == "An album needs a name: type one."
        return
    assert checked_name(kept, "An album") == kept and 0 < len(kept) <= MAX_NAME_LENGTH
    assert name_key(kept) == name_key(fold(kept)) != ""
    kept.encode()


def test_the_nearest_names_are_proposed() -> None:
    known = ["Été 2020", "Winter", "Winterthur"]
    assert nearest_names("ete 2021", known) == ["Été 2020"]
    assert set(nearest_names("WINTERT", known, 2)) == {"Winter", "Winterthur"}
    assert len(nearest_names("WINTERT", known)) == 1
    assert nearest_names("zzz", known) == [] == nearest_names("", [])
    assert checked_name("  Été\n 2020 ", "An album") == "Été 2020"


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        ([], "There are none."),
        (["a"], "Did you mean “a”?"),
        (["a", "b", "c"], "Did you mean “a” or “b” or “c”?"),
        (["\u202ea"], "Did you mean “\\x202ea”?"),
    ],
)
def test_a_hint_names_them_or_says_something_else(names: list[str], hint: str) -> None:
    assert did_you_mean(names, "There are none.") == hint
