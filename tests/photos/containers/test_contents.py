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
    ContentPart,
    FileContents,
    collect_contents,
    digest_pieces,
    reason_to_keep,
)

PARTS = st.builds(
    ContentPart,
    st.sampled_from(KINDS),
    st.sampled_from([digest_pieces(bytes([n])) for n in range(4)]),
    st.integers(1, 3),
)
CONTENTS = st.builds(FileContents, st.lists(PARTS, max_size=6).map(tuple), st.booleans())

PAGE, OTHER_PAGE, FILM = (
    ContentPart("page", "0" * 32),
    ContentPart("page", "1" * 32),
    ContentPart("film", "2" * 32),
)


@given(CONTENTS)
def test_packed_contents_unpack_to_the_same(held: FileContents) -> None:
    assert FileContents.unpacked(held.packed()) == held


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"parts": []}',
        '{"parts": [], "complete": 1}',
        '{"parts": [["page"]], "complete": true}',
        '{"parts": [["leaf", "%s", 1]], "complete": true}' % ("0" * 32),
        '{"parts": [["page", "%s", 1]], "complete": true}' % ("0" * 31),
        '{"parts": [["page", "%s", 0]], "complete": true}' % ("0" * 32),
        '{"parts": [["page", "%s", true]], "complete": true}' % ("0" * 32),
        '{"parts": [["page", "%s", 1]], "complete": true}' % ("G" * 32),
        '{"parts": [["page", 5, 1]], "complete": true}',
        '{"parts": [["page", "%s", "1"]], "complete": true}' % ("0" * 32),
    ],
)
def test_anything_else_is_rejected(text: str) -> None:
    with pytest.raises(ValueError):
        FileContents.unpacked(text)


def test_a_file_with_one_picture_costs_nothing_to_unpack() -> None:
    assert FileContents.unpacked(NOTHING_PACKED) is NOTHING and collect_contents([]) is NOTHING
    assert FileContents((), True) == NOTHING and not NOTHING.words() and NOTHING.weight == 0


@given(CONTENTS, CONTENTS)
def test_missing_parts_are_a_difference_of_multisets(
    one: FileContents, other: FileContents
) -> None:
    missing = one.parts_missing_from(other)
    assert not one.parts_missing_from(one)
    assert not missing or set(missing) <= set(one.parts)
    assert not FileContents(one.parts).parts_missing_from(FileContents((*other.parts, *missing)))
    assert len(missing) >= len(one.parts) - len(other.parts)


def test_two_equal_pages_count_twice() -> None:
    assert FileContents((PAGE, PAGE)).parts_missing_from(FileContents((PAGE,))) == [PAGE]
    assert FileContents((PAGE, OTHER_PAGE)).parts_missing_from(
        FileContents((OTHER_PAGE, FILM))
    ) == [PAGE]


def test_contents_are_described_in_words() -> None:
    def words(*parts: ContentPart, complete: bool = True) -> list[str]:
        return FileContents(parts, complete).words()

    assert words(PAGE, OTHER_PAGE) == ["3 pages"] and words(
        ContentPart("frame", "0" * 32, 1999)
    ) == ["2,000 frames"]
    assert words(FILM) == ["video inside"] and words(FILM, FILM) == ["2 videos inside"]
    assert words(ContentPart("gain map", "0" * 32)) == ["gain map"] and words(
        *[ContentPart("auxiliary image", "0" * 32)] * 2
    ) == ["2 auxiliary images"]
    assert words(
        ContentPart("data", "0" * 32),
        ContentPart("picture", "0" * 32),
        ContentPart("audio", "0" * 32),
    ) == ["2 pictures", "audio", "other data"]
    assert words(ContentPart("layers", "0" * 32), ContentPart("layers", "1" * 32)) == [
        "layers"
    ] and words(ContentPart("depth map", "0" * 32)) == ["depth map"]
    assert words(PAGE, complete=False) == ["2 pages", "more, unreadable"] and words(
        complete=False
    ) == ["more, unreadable"]


def test_weight_counts_the_parts() -> None:
    assert [
        FileContents((PAGE, FILM)).weight,
        FileContents((PAGE,), False).weight,
        FileContents((), False).weight,
    ] == [2, 2, 1]


def test_beyond_the_limit_parts_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MAX_PARTS", 3)
    many = [ContentPart("page", f"{n:032x}") for n in range(5)]
    assert collect_contents(many[:3]).parts == tuple(many[:3])
    joined = collect_contents([*many, FILM])
    assert (
        len(joined.parts) == 5 and joined.words() == ["6 pages", "video inside"] and joined.complete
    )
    assert joined.parts[:3] == tuple(many[:3]) and joined.parts[3].number == 2
    assert joined.parts[3] != collect_contents([*many[:3], many[4], many[3]]).parts[3]
    assert not collect_contents(many, complete=False).complete and collect_contents(
        [], complete=False
    ) == FileContents((), False)


def test_a_scanned_book_has_a_thousand_parts_and_one_for_the_rest() -> None:
    book = [ContentPart("page", f"{n:032x}") for n in range(1200)]
    assert collect_contents(book[:1000]).parts == tuple(book[:1000])
    found = collect_contents(book)
    assert len(found.parts) == 1001 and found.words() == ["1,201 pages"]


def test_a_digest_depends_on_where_its_pieces_end() -> None:
    assert digest_pieces(b"ab", b"c") != digest_pieces(
        b"a", b"bc"
    ) and digest_pieces() != digest_pieces(b"")
    assert len(digest_pieces(b"x")) == 32 and digest_pieces(b"x") == digest_pieces(memoryview(b"x"))


# --- what may go for what


@given(CONTENTS, CONTENTS)
def test_a_file_is_removed_only_if_the_kept_one_holds_all_of_it(
    item: FileContents, kept: FileContents
) -> None:
    goes = not reason_to_keep(item, kept)
    raw = item.is_raw or kept.is_raw
    assert goes == (item.complete and not item.parts_missing_from(kept) and not raw)
    assert (reason_to_keep(None, kept) and reason_to_keep(item, None)) or not item.parts


def test_reasons_to_keep_a_file() -> None:
    assert "read again" in reason_to_keep(None, NOTHING) and reason_to_keep(None, None)
    assert (
        reason_to_keep(FileContents((), False), FileContents((), False))
        == "it contains more than one picture, and not all of it can be read and compared"
    )
    assert (
        reason_to_keep(FileContents((FILM,)), FileContents((PAGE,)))
        == "not all of its contents (video inside) are in the kept file"
    )
    assert "contents of the kept file" in reason_to_keep(FileContents((FILM,)), None)
    assert (
        reason_to_keep(NOTHING, None)
        == reason_to_keep(NOTHING, FileContents((), False))
        == reason_to_keep(FileContents((FILM,)), FileContents((PAGE, FILM)))
        == ""
    )


def test_packed_is_compact_json() -> None:
    assert (
        json.loads(FileContents((PAGE,)).packed())
        == {"parts": [["page", "0" * 32, 1]], "complete": True}
        and " " not in NOTHING_PACKED
    )


def test_raw_files_and_others_never_go_for_each_other() -> None:
    one, other = (FileContents((ContentPart("sensor data", digit * 32),)) for digit in "12")
    for item, kept in ((one, other), (one, NOTHING), (NOTHING, one), (one, None)):
        assert "RAW file" in reason_to_keep(item, kept)
    assert reason_to_keep(None, one) != "" and one.words() == ["RAW data"]
    assert FileContents.unpacked(one.packed()) == one and one.is_raw and not NOTHING.is_raw
