from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.photos.containers import contents
from explorer.photos.containers.contents import (
    KINDS,
    NOTHING,
    NOTHING_PACKED,
    Contents,
    Part,
    digest_of,
    gathered,
    why_it_stays,
)

PARTS = st.builds(
    Part,
    st.sampled_from(KINDS),
    st.sampled_from([digest_of(bytes([n])) for n in range(4)]),
    st.integers(1, 3),
)
CONTENTS = st.builds(Contents, st.lists(PARTS, max_size=6).map(tuple), st.booleans())

PAGE, OTHER_PAGE, FILM = Part("page", "0" * 32), Part("page", "1" * 32), Part("film", "2" * 32)


@given(CONTENTS)
def test_what_is_packed_is_unpacked(held: Contents) -> None:
    assert Contents.unpacked(held.packed()) == held


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", "null", '{"parts": []}', '{"parts": [], "complete": 1}', '{"parts": [["page"]], "complete": true}',
        '{"parts": [["leaf", "%s", 1]], "complete": true}' % ("0" * 32), '{"parts": [["page", "%s", 1]], "complete": true}' % ("0" * 31),
        '{"parts": [["page", "%s", 0]], "complete": true}' % ("0" * 32), '{"parts": [["page", "%s", true]], "complete": true}' % ("0" * 32),
        '{"parts": [["page", "%s", 1]], "complete": true}' % ("G" * 32), '{"parts": [["page", 5, 1]], "complete": true}',
        '{"parts": [["page", "%s", "1"]], "complete": true}' % ("0" * 32),
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Contents.unpacked(text)


def test_a_file_with_one_picture_costs_nothing_to_unpack() -> None:
    assert Contents.unpacked(NOTHING_PACKED) is NOTHING and gathered([]) is NOTHING
    assert Contents((), True) == NOTHING and not NOTHING.words() and NOTHING.weight == 0


@given(CONTENTS, CONTENTS)
def test_beyond_is_the_difference_of_multisets(one: Contents, other: Contents) -> None:
    missing = one.beyond(other)
    assert not one.beyond(one)
    assert not missing or set(missing) <= set(one.parts)
    assert not Contents(one.parts).beyond(Contents((*other.parts, *missing)))
    assert len(missing) >= len(one.parts) - len(other.parts)


def test_two_blank_pages_are_more_than_one() -> None:
    assert Contents((PAGE, PAGE)).beyond(Contents((PAGE,))) == [PAGE]
    assert Contents((PAGE, OTHER_PAGE)).beyond(Contents((OTHER_PAGE, FILM))) == [PAGE]


def test_in_words() -> None:
    def words(*parts: Part, complete: bool = True) -> list[str]:
        return Contents(parts, complete).words()

    assert words(PAGE, OTHER_PAGE) == ["3 pages"] and words(Part("frame", "0" * 32, 1999)) == [
        "2,000 frames"
    ]
    assert words(FILM) == ["film inside"] and words(FILM, FILM) == ["2 films inside"]
    assert words(Part("gain map", "0" * 32)) == ["gain map"] and words(
        *[Part("auxiliary image", "0" * 32)] * 2
    ) == ["2 auxiliary images"]
    assert words(Part("data", "0" * 32), Part("picture", "0" * 32), Part("audio", "0" * 32)) == [
        "2 pictures",
        "sound",
        "other data",
    ]
    assert words(Part("layers", "0" * 32), Part("layers", "1" * 32)) == ["layers"] and words(
        Part("depth map", "0" * 32)
    ) == ["depth map"]
    assert words(PAGE, complete=False) == ["2 pages", "more that cannot be read"] and words(
        complete=False
    ) == ["more that cannot be read"]


def test_weight_is_what_a_file_holds_more() -> None:
    assert [
        Contents((PAGE, FILM)).weight,
        Contents((PAGE,), False).weight,
        Contents((), False).weight,
    ] == [2, 2, 1]


def test_of_very_many_parts_the_last_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MOST_PARTS", 3)
    many = [Part("page", f"{n:032x}") for n in range(5)]
    assert gathered(many[:3]).parts == tuple(many[:3])
    joined = gathered([*many, FILM])
    assert (
        len(joined.parts) == 5 and joined.words() == ["6 pages", "film inside"] and joined.complete
    )
    assert joined.parts[:3] == tuple(many[:3]) and joined.parts[3].number == 2
    assert joined.parts[3] != gathered([*many[:3], many[4], many[3]]).parts[3]
    assert not gathered(many, complete=False).complete and gathered([], complete=False) == Contents(
        (), False
    )


def test_a_digest_knows_where_its_pieces_end() -> None:
    assert digest_of(b"ab", b"c") != digest_of(b"a", b"bc") and digest_of() != digest_of(b"")
    assert len(digest_of(b"x")) == 32 and digest_of(b"x") == digest_of(memoryview(b"x"))


# --- what may go for what


@given(CONTENTS, CONTENTS)
def test_a_file_goes_only_where_all_it_holds_stays(item: Contents, kept: Contents) -> None:
    goes = not why_it_stays(item, kept)
    assert goes == (item.complete and not item.beyond(kept))
    assert (why_it_stays(None, kept) and why_it_stays(item, None)) or not item.parts


def test_why_it_stays() -> None:
    assert "read again" in why_it_stays(None, NOTHING) and why_it_stays(None, None)
    assert (
        why_it_stays(Contents((), False), Contents((), False))
        == "it holds more than one picture, and not all of it can be read and compared"
    )
    assert (
        why_it_stays(Contents((FILM,)), Contents((PAGE,)))
        == "not all that it holds (film inside) is in the one kept"
    )
    assert "the one kept holds" in why_it_stays(Contents((FILM,)), None)
    assert (
        why_it_stays(NOTHING, None)
        == why_it_stays(NOTHING, Contents((), False))
        == why_it_stays(Contents((FILM,)), Contents((PAGE, FILM)))
        == ""
    )


def test_packed_is_compact_json() -> None:
    assert (
        json.loads(Contents((PAGE,)).packed())
        == {"parts": [["page", "0" * 32, 1]], "complete": True}
        and " " not in NOTHING_PACKED
    )
