from __future__ import annotations

from collections.abc import Sequence

import pytest

from explorer.photos.containers.contents import FileContents
from explorer.photos.containers.heif_items import item_contents
from explorer.photos.containers.isobmff import Item, Items


def told(
    items: Sequence[Item],
    references: dict[tuple[bytes, int], list[int]] | None = None,
    primary: int = 1,
) -> FileContents:
    return item_contents(Items({item.number: item for item in items}, primary, references or {}))


def item(number: int, kind: bytes = b"hvc1", data: bytes | None = b"?", urn: bytes = b"") -> Item:
    return Item(number, kind, urn, data)


def kinds(contents: FileContents) -> list[str]:
    assert contents.complete
    return [part.kind for part in contents.parts]


ONE, TWO, THREE = item(1), item(2), item(3)


def test_a_picture_with_metadata_and_a_thumbnail_has_no_contents() -> None:
    notes = [item(n, kind) for n, kind in enumerate((b"Exif", b"mime", b"uri "), 4)]
    assert told([ONE, TWO, *notes], {(b"thmb", 2): [1], (b"cdsc", 4): [1]}) == FileContents()


def test_further_pictures() -> None:
    assert kinds(told([ONE, TWO, THREE])) == ["picture"] * 2
    assert kinds(told([ONE, TWO, THREE], primary=2)) == ["picture"] * 2
    assert kinds(told([ONE, item(2, b"av01"), item(3, b"new1")])) == ["picture", "data"]


def test_a_picture_that_metadata_or_a_thumbnail_refer_to_counts() -> None:
    """Only what a picture is derived from belongs to it."""
    note = item(4, b"Exif")
    for kind, source in ((b"cdsc", note), (b"thmb", THREE), (b"auxl", THREE), (b"prem", ONE)):
        found = told([ONE, TWO, source], {(kind, source.number): [2]})
        assert "picture" in kinds(found)


def test_tiles_are_part_of_their_picture() -> None:
    grid, other = item(10, b"grid", b"2x1"), item(11, b"grid", b"2x1")
    tiles = [item(n, data=b"tile %d" % n) for n in (1, 2, 3, 4)]
    contents = told(
        [*tiles, grid, other], {(b"dimg", 10): [1, 2], (b"dimg", 11): [3, 4]}, primary=10
    )
    assert kinds(contents) == ["picture"]
    # It is told by its tiles and their order.
    turned = told([*tiles, grid, other], {(b"dimg", 10): [1, 2], (b"dimg", 11): [4, 3]}, primary=10)
    assert turned.parts != contents.parts
    assert (
        told(
            [*tiles[:3], tiles[3]._replace(data=b"else"), grid, other],
            {(b"dimg", 10): [1, 2], (b"dimg", 11): [3, 4]},
            primary=10,
        )
        != contents
    )


@pytest.mark.parametrize(
    ("urn", "kind"),
    [
        (b"urn:mpeg:hevc:2015:auxid:1", None),
        (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", None),
        (b"urn:mpeg:hevc:2015:auxid:2", "depth map"),
        (b"urn:mpeg:mpegB:cicp:systems:auxiliary:depth", "depth map"),
        (b"urn:com:apple:photo:2018:aux:disparity", "depth map"),
        (b"urn:com:apple:photo:2020:aux:hdrgainmap", "gain map"),
        (b"urn:com:apple:photo:2018:aux:portraiteffectsmatte", "auxiliary image"),
        (b"", "auxiliary image"),
    ],
)
def test_auxiliary_images(urn: bytes, kind: str | None) -> None:
    found = told([ONE, item(2, urn=urn)], {(b"auxl", 2): [1]})
    assert kinds(found) == ([kind] if kind else [])


def test_a_tone_mapped_picture_is_the_picture_and_its_gain_map() -> None:
    items = [ONE, item(2, data=b"map"), item(3, b"tmap", b"curve")]
    references = {(b"dimg", 3): [1, 2]}
    contents = told(items, references)
    assert kinds(contents) == ["gain map"]
    other_map, other_curve = (
        [*items[:1], item(2, data=b"Map"), items[2]],
        [*items[:2], item(3, b"tmap", b"Curve")],
    )
    assert len({told(each, references).parts for each in (items, other_map, other_curve)}) == 3
    # The picture itself is compared by its pixels.
    assert told([item(1, data=b"saved again"), *items[1:]], references) == contents


def test_missing_bytes_make_contents_incomplete() -> None:
    assert told([ONE, item(2, data=None), THREE]) == FileContents(
        told([ONE, THREE]).parts, complete=False
    )
    assert not told([ONE, item(2, b"grid")], {(b"dimg", 2): [9]}).complete
    assert told([item(1, data=None), TWO]).complete


def test_items_derived_from_themselves_are_incomplete() -> None:
    loop = [ONE, item(2, b"tmap"), item(3, b"grid")]
    assert not told(loop, {(b"dimg", 2): [1, 3], (b"dimg", 3): [3]}).complete
    assert not told(loop, {(b"dimg", 2): [1, 3], (b"dimg", 3): [2]}).complete


def test_digests_depend_on_type_and_bytes() -> None:
    def digest(*items: Item) -> str:
        return told([ONE, *items]).parts[0].digest

    assert (
        digest(TWO) == digest(TWO)
        and len({digest(TWO), digest(item(2, b"av01")), digest(item(2, data=b"!"))}) == 3
    )
