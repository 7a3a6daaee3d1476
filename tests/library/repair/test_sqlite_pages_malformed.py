"""Pages that SQLite would not write: what is wrong with a cell costs that cell, and is noticed."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from explorer.library.repair.sqlite_pages import Cell, MalformedPage, Pages

SIZE = 512
LEAF, INTERIOR, INDEX_LEAF, INDEX_INTERIOR = 13, 5, 10, 2
# The rowid, and the record of one text.
GOOD = (7, b"\x02\x11ab")
GOOD_CELL = Cell(7, ("ab",))


def number(value: int) -> bytes:
    """SQLite's variable-length integer, below 2^14."""
    return bytes([value]) if value < 128 else bytes([0x80 | value >> 7, value & 127])


def page(kind: int, cells: list[bytes], right: int = 0, *, first: bool = False) -> bytearray:
    """A page with these cells, the last one at its end. first: it is that of the file's header."""
    start = 100 if first else 0
    made = bytearray(SIZE)
    at, places = SIZE, list[int]()
    for cell in cells:
        at -= len(cell)
        made[at : at + len(cell)] = cell
        places.append(at)
    made[start : start + 8] = struct.pack(">BHHHB", kind, 0, len(cells), at, 0)
    begin = start + 8
    if kind in (INTERIOR, INDEX_INTERIOR):
        made[start + 8 : start + 12] = right.to_bytes(4, "big")
        begin += 4
    struct.pack_into(f">{len(places)}H", made, begin, *places)
    if first:
        made[:16] = b"SQLite format 3\0"
        made[16:18] = SIZE.to_bytes(2, "big")
    return made


def row(rowid: int, record: bytes, length: int | None = None) -> bytes:
    return number(len(record) if length is None else length) + number(rowid) + record


def opened(tmp_path: Path, *pages: bytes | bytearray) -> Pages:
    (tmp_path / "a.db").write_bytes(b"".join(pages))
    return Pages(tmp_path / "a.db")


@pytest.mark.parametrize(
    "record",
    [
        # Its header is longer than it is, or has no length.
        b"\x05\x11ab", b"\x00\x11ab",
        # The types are reserved.
        b"\x02\x0a", b"\x02\x0b", b"\x03\x0a\x0b", b"\x03\x0a\x01", b"\x03\x0b\x01",
        # The values are longer than the record, or shorter.
        b"\x02\x13ab", b"\x02\x11abc", b"\x02\x06abcd", b"\x02\x0fab", b"\x02\x11a",
        # The last type reaches beyond the header.
        b"\x02\x81\x11ab",
    ],
)  # fmt: skip
def test_a_record_whose_lengths_do_not_agree_is_left_out(tmp_path: Path, record: bytes) -> None:
    cells = [row(*GOOD), row(8, record), row(*GOOD)]
    pages = opened(tmp_path, page(LEAF, cells, first=True))
    assert list(pages.cells(1)) == [GOOD_CELL, GOOD_CELL] and pages.torn == {1}


@pytest.mark.parametrize(
    ("record", "values"),
    [
        (b"\x01", ()), (b"\x02\x00", (None,)), (b"\x03\x08\x09", (0, 1)), (b"\x02\x0c", (b"",)),
        (b"\x02\x0d", ("",)), (b"\x03\x01\x01\xff\x7f", (-1, 127)),
        (b"\x02\x02\x80\x00", (-32768,)), (b"\x02\x03\x00\x80\x00", (32768,)),
        (b"\x02\x05\xff\xff\xff\xff\xff\xfe", (-2,)),
        (b"\x02\x07" + struct.pack(">d", -2.5), (-2.5,)), (b"\x03\x0e\x11ab\xc3", (b"a", b"b\xc3")),
        (b"\x02\x11ab", ("ab",)),
    ],
)  # fmt: skip
def test_a_record_has_a_type_for_each_value(
    tmp_path: Path, record: bytes, values: tuple[object, ...]
) -> None:
    pages = opened(tmp_path, page(LEAF, [row(9, record)], first=True))
    assert list(pages.cells(1)) == [Cell(9, values)] and not pages.torn  # type: ignore[arg-type]


@pytest.mark.parametrize("at", [0, 5, 111, SIZE, SIZE + 7, 0xFFFF])
def test_a_cell_that_is_not_between_the_list_of_cells_and_the_end_is_noticed(
    tmp_path: Path, at: int
) -> None:
    """Left out in silence, its row would be lost without a word."""
    whole = page(LEAF, [row(*GOOD), row(*GOOD)], first=True)
    # The list begins at 108, and takes two bytes for each.
    whole[108:110] = at.to_bytes(2, "big")
    pages = opened(tmp_path, whole)
    assert list(pages.cells(1)) == [GOOD_CELL] and pages.torn == {1}


def test_a_cell_directly_behind_the_list_of_cells_is_read(tmp_path: Path) -> None:
    whole = page(LEAF, [row(*GOOD)], first=True)
    whole[108:110], whole[110:115] = (110).to_bytes(2, "big"), row(*GOOD)[:5]
    whole[110 : 110 + len(row(*GOOD))] = row(*GOOD)
    assert list(opened(tmp_path, whole).cells(1)) == [GOOD_CELL]


@pytest.mark.parametrize(("number_of_cells", "fits"), [(202, True), (203, False)])
def test_a_page_with_more_cells_than_fit_is_no_page_of_a_tree(
    tmp_path: Path, number_of_cells: int, fits: bool
) -> None:
    whole = page(LEAF, [], first=True)
    whole[103:105] = number_of_cells.to_bytes(2, "big")
    pages = opened(tmp_path, whole)
    assert pages.is_leaf(1) is fits and not list(pages.cells(1)) and pages.torn == {1}


def test_a_row_beyond_its_page_is_left_out(tmp_path: Path) -> None:
    # The text is as long as the page has room for, and a byte longer.
    for length, torn in ((40, set[int]()), (41, {1})):
        record = b"\x02" + number(13 + 2 * (length - 2)) + b"x" * (length - 2)
        cell = row(7, record, length)[: 2 + 40]
        pages = opened(tmp_path, page(LEAF, [cell], first=True))
        assert len(list(pages.cells(1))) == 1 - len(torn) and pages.torn == torn


def test_a_row_longer_than_any_can_be_is_left_out(tmp_path: Path) -> None:
    huge = b"\xff\xff\xff\xff\x7f" + b"\x07" + b"\x02\x11ab" + bytes(300)
    pages = opened(tmp_path, page(LEAF, [huge, row(*GOOD)], first=True))
    assert list(pages.cells(1)) == [GOOD_CELL] and pages.torn == {1}


@pytest.mark.parametrize("kind", [0, 1, 3, 9, 12, 14, 255])
def test_a_page_of_no_tree_has_no_cells(tmp_path: Path, kind: int) -> None:
    whole = page(LEAF, [row(*GOOD)], first=True)
    whole[100] = kind
    pages = opened(tmp_path, whole)
    assert not pages.is_leaf(1) and list(pages.cells(1)) == [] and pages.torn == {1}
    assert list(pages.leaves(1)) == []


# --- trees


def child(to: int, rowid: int = 1) -> bytes:
    return to.to_bytes(4, "big") + number(rowid)


def test_the_children_of_a_page_are_followed_in_order(tmp_path: Path) -> None:
    root = page(INTERIOR, [child(3), child(2)], right=4, first=True)
    leaves = [page(LEAF, [row(each, b"\x01")]) for each in (12, 13, 14)]
    pages = opened(tmp_path, root, *leaves)
    assert list(pages.leaves(1)) == [3, 2, 4] and not pages.torn
    assert [cell.rowid for each in (2, 3, 4) for cell in pages.cells(each)] == [12, 13, 14]
    assert [pages.is_leaf(each) for each in range(6)] == [False, False, True, True, True, False]


@pytest.mark.parametrize("at", [0, 111, SIZE - 3, SIZE])
def test_a_child_that_cannot_be_read_is_noticed(tmp_path: Path, at: int) -> None:
    root = page(INTERIOR, [child(3), child(2)], right=4, first=True)
    root[112:114] = at.to_bytes(2, "big")
    pages = opened(tmp_path, root, *[page(LEAF, [])] * 3)
    assert list(pages.leaves(1)) == [2, 4] and pages.torn == {1}


def test_an_index_has_entries_on_its_inner_pages(tmp_path: Path) -> None:
    entries = [b"\x04\x02\x11" + text for text in (b"aa", b"bb", b"cc")]
    root = page(INDEX_INTERIOR, [(2).to_bytes(4, "big") + entries[1]], right=3, first=True)
    leaves = [page(INDEX_LEAF, [entries[0]]), page(INDEX_LEAF, [entries[2]])]
    pages = opened(tmp_path, root, *leaves)
    assert list(pages.leaves(1, index=True)) == [1, 2, 3] and not pages.torn
    assert [cell for each in (2, 1, 3) for cell in pages.cells(each)] == [
        Cell(None, ("aa",)), Cell(None, ("bb",)), Cell(None, ("cc",))
    ]  # fmt: skip
    # A page of another kind of tree is not followed.
    assert list(pages.leaves(1)) == [] and pages.torn == {1}


@pytest.mark.parametrize(("inner", "reached"), [(20, True), (21, False)])
def test_a_tree_is_followed_no_deeper_than_any_can_be(
    tmp_path: Path, inner: int, reached: bool
) -> None:
    chain = [page(INTERIOR, [], right=each + 2, first=not each) for each in range(inner)]
    pages = opened(tmp_path, *chain, page(LEAF, []))
    assert list(pages.leaves(1)) == ([inner + 1] if reached else [])
    assert pages.torn == (set() if reached else {inner + 1})


def test_pages_are_numbered_from_one_to_the_last(tmp_path: Path) -> None:
    pages = opened(tmp_path, page(LEAF, [], first=True), page(LEAF, []), b"cut off")
    assert pages.count == 2 and len(pages.page(2)) == SIZE
    for absent in (-1, 0, 3):
        with pytest.raises(MalformedPage):
            pages.page(absent)


@pytest.mark.parametrize("size", [0, 3, 256, 513, 1000, 40000])
def test_a_size_that_no_page_has_is_not_believed(tmp_path: Path, size: int) -> None:
    whole = page(LEAF, [], first=True)
    whole[16:18] = size.to_bytes(2, "big")
    assert opened(tmp_path, whole).size == 4096


# --- the list of free pages


def trunk(following: int, *leaves: int) -> bytearray:
    made = bytearray(SIZE)
    struct.pack_into(f">{2 + len(leaves)}I", made, 0, following, len(leaves), *leaves)
    return made


def header(first_trunk: int) -> bytearray:
    made = page(LEAF, [], first=True)
    made[32:36] = first_trunk.to_bytes(4, "big")
    return made


def test_free_pages_are_listed_on_several_pages(tmp_path: Path) -> None:
    free = opened(tmp_path, header(2), trunk(4, 3, 5), bytes(SIZE), trunk(0, 6), *[bytes(SIZE)] * 2)
    assert free.free() == {2, 3, 4, 5, 6} and not free.torn
    cycle = opened(tmp_path, header(2), trunk(3, 4), trunk(2, 5), *[bytes(SIZE)] * 2)
    assert cycle.free() == {2, 3, 4, 5}
    assert opened(tmp_path, header(0), trunk(0, 3)).free() == set()


@pytest.mark.parametrize(("listed", "believed"), [(126, True), (127, False)])
def test_a_list_longer_than_its_page_is_not_believed(
    tmp_path: Path, listed: int, believed: bool
) -> None:
    full = trunk(3, *range(10, 136))
    full[4:8] = listed.to_bytes(4, "big")
    free = opened(tmp_path, header(2), full, trunk(0, 7)).free()
    assert free == ({2, 3, 7, *range(10, 136)} if believed else {2})


def test_a_row_of_impossible_length_is_not_gathered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a chain of pages that leads into itself, it would fill the memory."""
    # 2^33 bytes, of which the first 39 are on the page (1.6), and the number of the next page.
    length, here = b"\xa0\x80\x80\x80\x00", 39
    cell = length + number(8) + b"\x02\x11" + bytes(here - 2) + (2).to_bytes(4, "big")
    chain = (2).to_bytes(4, "big") + bytes(SIZE - 4)
    pages = opened(tmp_path, page(LEAF, [row(*GOOD), cell], first=True), chain)
    real, asked = pages.page, list[int]()

    def counted(which: int) -> bytes:
        asked.append(which)
        assert len(asked) < 99, "it follows the chain without end"
        return real(which)

    monkeypatch.setattr(pages, "page", counted)
    assert list(pages.cells(1)) == [GOOD_CELL] and pages.torn == {1} and asked == [1]
