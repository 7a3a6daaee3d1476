from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.removal.companions import (
    Companion,
    CompanionFinder,
    Companions,
    companions_of,
    renamed,
)

# What lies in a folder, the photo that is asked about, and what belongs to it alone.
OWN_COMPANIONS = [
    (["a.jpg", "a.mov", "a.aae", "a.jpg.xmp", "a.thm"], "a.jpg",
    ["a.aae", "a.jpg.xmp", "a.mov", "a.thm"]),
    (["IMG_1.HEIC", "IMG_1.MOV", "IMG_1.AAE", "IMG_O1.AAE"], "IMG_1.HEIC",
    ["IMG_1.AAE", "IMG_1.MOV", "IMG_O1.AAE"]),
    # Nikon's NX Studio and Capture One have folders for theirs.
    (["a.nef", "a.jpg", "NKSC_PARAM/a.NEF.nksc", "NKSC_PARAM/a.jpg.nksc", "NKSC_PARAM/x.jpg",
      "CaptureOne/Settings131/a.nef.cos", "CaptureOne/Settings153/a.nef.cos",
      "CaptureOne/Cache/a.nef.cos", "CaptureOne/Settings153/b.nef.cos", "sub/a.nef.cos"], "a.nef",
     ["CaptureOne/Settings131/a.nef.cos", "CaptureOne/Settings153/a.nef.cos",
      "NKSC_PARAM/a.NEF.nksc"]),
    # RAW and JPEG use one sidecar; each has its own, too.
    (["a.jpg", "a.cr2", "a.xmp", "a.jpg.xmp", "a.cr2.xmp"], "a.jpg", ["a.jpg.xmp"]),
    # An edit uses what its original has, and takes what only it has.
    (["IMG_1.HEIC", "IMG_E1.JPG", "IMG_1.MOV", "IMG_1.AAE", "IMG_E1.MOV"], "IMG_1.HEIC", []),
    (["IMG_1.HEIC", "IMG_E1.JPG", "IMG_1.MOV", "IMG_1.AAE", "IMG_E1.MOV"], "IMG_E1.JPG",
    ["IMG_E1.MOV"]),
    (["IMG_E1.JPG", "IMG_1.AAE"], "IMG_E1.JPG", ["IMG_1.AAE"]),
    (["b.jpg", "b-edited.jpg", "b.jpg.json"], "b.jpg", []),
    # Whatever the edit is called; but a number alone may be another photo, and a film that only
    # begins alike is not the photo's.
    (["b.jpg", "b-bewerkt(1).png", "b.jpg.json", "b.mov", "b.xmp"], "b.jpg", []),
    (["b.jpg", "b-bewerkt(1).png", "b.jpg.json", "b-bewerkt(1).mov"], "b-bewerkt(1).png",
    ["b-bewerkt(1).mov"]),
    (["b.jpg", "b-編集済み.jpg", "b-編集済み 2.jpg", "b-編集済み.xmp"], "b-編集済み.jpg",
    ["b-編集済み.xmp"]),
    (["b.jpg", "b(1).jpg", "b.mov"], "b.jpg", ["b.mov"]),
    (["b.mov", "b party.jpg"], "b party.jpg", []),
    # A film of another kind has a small picture of its own.
    (["a.jpg", "a.avi", "a.thm"], "a.jpg", []),
    # Google Takeout.
    (["a.jpg", "a.jpg.json", "a.json", "metadata.json"], "a.jpg", ["a.jpg.json"]),
    (["a.jpg", "a.jpg.supplemental-metadata.json", "a(1).jpg",
    "a.jpg.supplemental-metadata(1).json"], "a(1).jpg",
     ["a.jpg.supplemental-metadata(1).json"]),
    (["a.jpg", "a.jpg.supplemental-metadata.json", "a(1).jpg", "a.jpg(1).json"], "a.jpg",
    ["a.jpg.supplemental-metadata.json"]),
    (["a.jpg", "a.supplemental-metadata.json"], "a.jpg", ["a.supplemental-metadata.json"]),
    (["a(1).jpg", "a.supplemental-metadata(1).json", "a.suppl.json"], "a(1).jpg",
    ["a.supplemental-metadata(1).json"]),
    (["a.jpg", "a.heic", "a.supplemental-metadata.json"], "a.jpg", []),
    (["a.jpg", "a.s.json", "a.supplementary.json"], "a.jpg", []),
    (["x" * 30 + ".jpg", "x" * 30 + ".jpg.supplemen.json"], "x" * 30 + ".jpg",
    ["x" * 30 + ".jpg.supplemen.json"]),
    (["x" * 50 + ".jpg", "x" * 46 + ".json"], "x" * 50 + ".jpg", ["x" * 46 + ".json"]),
    (["x" * 50 + ".jpg", "x" * 51 + ".jpg", "x" * 46 + ".json"], "x" * 50 + ".jpg", []),
    (["a.heic", "a.mp4", "a.mp4.json", "a.heic.json"], "a.heic",
    ["a.heic.json", "a.mp4", "a.mp4.json"]),
    # A motion photo, as one maker names its film.
    (["PXL_1.MP.jpg", "PXL_1.MP"], "PXL_1.MP.jpg", ["PXL_1.MP"]),
    # What macOS puts beside files on foreign drives.
    (["a.jpg", "._a.jpg", "a.mov", "._a.mov"], "a.jpg", ["._a.jpg", "._a.mov", "a.mov"]),
    (["a.jpg", "b.mov", "ab.xmp", "a.txt", "a", "a.jpg.txt", "a2.mov"], "a.jpg", []),
]  # fmt: skip


def put(folder: Path, names: list[str]) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


@pytest.mark.parametrize(("names", "photo", "alone"), OWN_COMPANIONS)
def test_companions_of_one_photo_are_found(
    tmp_path: Path, names: list[str], photo: str, alone: list[str]
) -> None:
    put(tmp_path, names)
    found = companions_of(str(tmp_path / photo))
    inside = [os.path.relpath(each.path, tmp_path) for each in found.own]
    assert inside == [os.path.join(*each.split("/")) for each in alone]
    assert [each.bytes for each in found.own] == [len(os.fsencode(each)) for each in alone]
    assert CompanionFinder().of(str(tmp_path / photo)) == found


def test_shared_companions_and_their_kinds_are_found(tmp_path: Path) -> None:
    put(tmp_path, ["a.jpg", "a.CR2", "a.xmp", "a.mov", "a.jpg.json"])
    found = companions_of(str(tmp_path / "a.jpg"))
    assert [(Path(each.path).name, each.kind) for each in found.shared] == [
        ("a.mov", "video"),
        ("a.xmp", "sidecar"),
    ]
    assert (found.raw, found.edits, len(found.videos)) == (True, True, 1)
    # Once the other has gone, nobody shares it.
    found = companions_of(str(tmp_path / "a.jpg"), {str(tmp_path / "a.CR2")})
    assert len(found.own) == 3 and not found.raw and not found.shared
    assert companions_of(str(tmp_path / "absent" / "a.jpg")) == Companions()


def test_folders_are_not_companions_and_links_are(tmp_path: Path) -> None:
    put(tmp_path, ["a.jpg", "film"])
    (tmp_path / "a.xmp").mkdir()
    (tmp_path / "a.mov").symlink_to("film")
    (tmp_path / "a.thm").symlink_to("nowhere")
    assert [
        (Path(each.path).name, each.link, each.bytes)
        for each in companions_of(str(tmp_path / "a.jpg")).own
    ] == [("a.mov", True, 0)]


STEMS = st.sampled_from(
    ["a", "A", "a(1)", "a-edited", "a(1)-edited", "a-bewerkt", "a-bewerkt(1)", "a é", "a e\u0301-x",
    "IMG_1", "IMG_E1", "IMG_O1", "IMG_12",
     "x" * 46, "x" * 48, "a.MP", "._a"]
)  # fmt: skip
ENDINGS = st.sampled_from(
    [".jpg", ".HEIC", ".cr2", ".mov", ".MP4", ".MP", ".xmp", ".jpg.xmp", ".AAE", ".thm", ".avi",
    ".jpg.json", ".json", ".jpg(1).json",
     ".jpg.supplemental-metadata.json", ".jpg.suppl(1).json", ".txt"]
)  # fmt: skip


@settings(deadline=None)
@given(names=st.lists(st.builds(str.__add__, STEMS, ENDINGS), unique_by=str.lower, max_size=14))
def test_looking_up_one_photo_finds_what_listing_the_folder_does(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as made:
        put(Path(made), names)
        whole = CompanionFinder()
        owners = Counter[str]()
        for name in names:
            found = companions_of(os.path.join(made, name))
            assert whole.of(os.path.join(made, name)) == found
            owners.update(each.path for each in found.own)
        # What belongs to one alone belongs to no other.
        assert max(owners.values(), default=0) <= 1


@pytest.mark.parametrize(
    ("name", "new", "expected"),
    [
        ("a.mov", "a (2).jpg", "a (2).mov"),
        ("A.JPG.xmp", "a (restored).jpg", "a (restored).JPG.xmp"),
        ("._a.jpg", "a (2).jpg", "._a (2).jpg"),
        ("IMG_O1.AAE", "a (2).jpg", "IMG_O1.AAE"),
    ],
)
def test_a_companion_is_renamed_like_its_photo(name: str, new: str, expected: str) -> None:
    assert renamed(f"/p/{name}", "/p/a.jpg", f"/p/{new}") == f"/p/{expected}"
    assert renamed(f"/p/{name}", "/p/A.JPG", f"/p/{new}") == f"/p/{expected}"


def test_a_file_deleted_after_listing_is_no_companion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, ["a.jpg", "a.xmp"])
    monkeypatch.setattr(os, "listdir", lambda _: ["a.jpg", "a.xmp", "a.mov"])
    assert [os.path.basename(each.path) for each in companions_of(str(tmp_path / "a.jpg")).own] == [
        "a.xmp"
    ]


def test_raw_files_and_edit_sidecars_in_any_case(tmp_path: Path) -> None:
    put(tmp_path, ["a.jpg", "a.CR2", "b.jpg", "b.XMP", "c.jpg", "c.THM"])
    found = [companions_of(str(tmp_path / f"{name}.jpg")) for name in "abc"]
    assert [(each.raw, each.edits) for each in found] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert found[0] == Companions(raw=True)


def test_edits_are_measured_and_compared_by_their_sizes() -> None:
    """With those of the same kind, however it is capitalized; a link holds nothing of its own."""
    film, map_file = Companion("/p/a.mov", "video", 900), Companion("/p/a.json", "sidecar", 800)
    xmp, aae = Companion("/p/a.xmp", "sidecar", 70), Companion("/p/a.AAE", "sidecar", 6)
    mine = Companions((film, xmp, map_file), (aae,))
    assert mine.edits and mine.edit_bytes == 76
    assert not Companions((film, map_file)).edits and Companions((film,)).edit_bytes == 0
    assert Companions((film,), (aae,)).edits
    own = Companions((film, xmp, aae, map_file))
    assert own.unique_edits(Companions()) == [xmp, aae]

    def beside(size: int, name: str = "/p/k.XMP", **more: bool) -> Companions:
        return Companions((), (Companion(name, "sidecar", size, **more),))

    assert own.unique_edits(beside(70)) == [aae] and own.unique_edits(beside(69)) == [xmp, aae]
    assert own.unique_edits(beside(70, link=True)) == [xmp, aae]
    assert own.unique_edits(beside(6, "/p/k.aae")) == [xmp]
    # What macOS stores about a sidecar on other systems' drives is none.
    assert own.unique_edits(beside(999, "/p/._k.xmp")) == [xmp, aae]
    two = Companions(
        (Companion("/p/k.xmp", "sidecar", 71), Companion("/p/k.jpg.xmp", "sidecar", 1))
    )
    assert own.unique_edits(two) == [aae]
    # What stays beside the photo's other version is not lost.
    assert mine.unique_edits(Companions()) == [xmp]
