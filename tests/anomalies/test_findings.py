from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.anomalies.finding_kinds import KINDS, FindingKind
from explorer.anomalies.findings import Anomalies
from explorer.cli import app
from explorer.errors import UsageError
from explorer.indexing.foreground import index_folders
from explorer.library.library import Library
from explorer.library.queries.filters import Filters
from explorer.library.stores import quality_store
from explorer.library.stores.setting_store import put_setting
from tests import pictures
from tests.fixtures.old_files import make_old
from tests.fixtures.scenes import blurred, grainy, jpeg, lit, scene
from tests.tiny import Tiny

GOOD = 9


@pytest.fixture(scope="module")
def _indexed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(photos, library), made once for all tests here."""
    place = tmp_path_factory.mktemp("findings")
    folder = place / "photos"
    (folder / "bad").mkdir(parents=True)
    for seed in range(GOOD):
        (folder / f"good{seed}.jpg").write_bytes(jpeg(scene(seed), 90))
    picture = scene(20)
    bad = {
        "soft.jpg": jpeg(blurred(picture, 4)), "dark.jpg": jpeg(lit(picture, -4)),
        "burnt.jpg": jpeg(lit(picture, 3.5)),
        "grainy.jpg": jpeg(grainy(picture, 35)), "crushed.jpg": jpeg(picture, 6),
        "cut.jpg": jpeg(scene(21))[:30_000],
        "cap.jpg": jpeg(grainy(np.full((600, 800, 3), 4, np.uint8), 1.5)),
        "narrow.jpg": jpeg(scene(22, (1400, 160))),
        "named.png": jpeg(scene(23)), "broken.jpg": b"\xff\xd8\xff\xe0 and nothing more",
        "empty.jpg": b"",
        "2001-05-06 later.jpg": pictures.encoded(pictures.draw(9, (900, 700)),
        exif=pictures.exif(taken="2019:02:03 10:00:00")),
    }  # fmt: skip
    for name, data in bad.items():
        (folder / "bad" / name).write_bytes(data)
    for path in folder.rglob("*.*"):
        make_old(path)
    with contextlib.closing(Library.open(place / "library")) as library:
        index_folders(library, [str(folder)], Tiny(), lambda progress: None)
    return folder, place / "library"


@pytest.fixture
def photos(_indexed: tuple[Path, Path]) -> Path:
    """Good photos, and one with each fault that one file can have. No test may leave them
    changed."""
    return _indexed[0]


@pytest.fixture
def library(tmp_path: Path, _indexed: tuple[Path, Path]) -> Iterator[Library]:
    """A library of these photos for this test alone."""
    shutil.copytree(_indexed[1], tmp_path / "library")
    with contextlib.closing(Library.open(tmp_path / "library")) as library:
        yield library


EXPECTED: dict[str, FindingKind] = {
    "soft.jpg": "blurred", "dark.jpg": "dark", "burnt.jpg": "overexposed", "grainy.jpg": "noisy",
    "crushed.jpg": "compressed",
    "cut.jpg": "damaged", "cap.jpg": "empty", "narrow.jpg": "shape", "named.png": "extension",
    "broken.jpg": "unreadable",
    "empty.jpg": "unreadable", "2001-05-06 later.jpg": "date",
}  # fmt: skip


def test_each_fault_is_found_and_good_photos_have_no_findings(library: Library) -> None:
    found = Anomalies(library).findings()
    kinds = {(Path(finding.path).name, finding.kind) for finding in found}
    assert set(EXPECTED.items()) <= kinds
    assert not [name for name, _ in kinds if name.startswith("good")]
    assert [finding.score for finding in found] == sorted(finding.score for finding in found)
    assert all(
        0 <= finding.score < 0.5 and finding.detail[0].isupper() and finding.detail.endswith(".")
        for finding in found
    )
    assert {finding.id is None for finding in found if finding.kind == "unreadable"} == {True}
    assert Anomalies(library).counts()["unreadable"] == 2


def test_every_kind_has_a_score_for_every_photo(library: Library) -> None:
    found = Anomalies(library).findings(["blurred", "outlier", "date"], everything=True)
    assert {
        kind: sum(f.kind == kind for f in found) for kind in ("blurred", "outlier", "date")
    } == dict.fromkeys(("blurred", "outlier", "date"), library.catalog.counts().photos)


def test_filters_select_the_matching_photos(library: Library, photos: Path) -> None:
    anomalies = Anomalies(library)
    assert not anomalies.findings(filters=Filters(folder=str(photos / "nothing")))
    assert len(anomalies.findings(filters=Filters(folder=str(photos / "bad")))) == len(
        anomalies.findings()
    )
    dated = anomalies.findings(filters=Filters(since="2019-02-03", until="2019-02-03"))
    assert {Path(finding.path).name for finding in dated} == {"2001-05-06 later.jpg"}


def test_a_dismissed_finding_stays_dismissed_when_its_file_moves(
    library: Library, photos: Path, tmp_path: Path
) -> None:
    anomalies = Anomalies(library)
    gone = [
        finding for finding in anomalies.findings() if finding.kind in ("blurred", "unreadable")
    ]
    anomalies.dismiss(gone)
    anomalies.dismiss(gone)
    assert not {"blurred", "unreadable"} & {finding.kind for finding in anomalies.findings()}
    moved = (photos / "bad" / "soft.jpg").rename(photos / "elsewhere.jpg")
    try:
        with contextlib.closing(Library.open(tmp_path / "library")) as other:
            index_folders(other, [str(photos)], Tiny(), lambda progress: None)
            assert "blurred" not in {finding.kind for finding in Anomalies(other).findings()}
    finally:
        moved.rename(photos / "bad" / "soft.jpg")
    # Of that photo only this was dismissed.
    marked = anomalies.findings(dismissed=True)
    assert sum(finding.dismissed for finding in marked) == len(gone)
    anomalies.restore(marked)
    assert "blurred" in {finding.kind for finding in anomalies.findings()}


def test_thresholds_are_changed_and_remembered(library: Library) -> None:
    anomalies = Anomalies(library)
    anomalies.set_threshold("blurred", 0.0)
    assert not anomalies.findings(["blurred"])
    anomalies.set_threshold("blurred", 1.0)
    assert len(Anomalies(library).findings(["blurred"])) == library.catalog.counts().photos
    assert anomalies.thresholds()["dark"] == 0.5
    with pytest.raises(UsageError, match="between 0 and 1"):
        anomalies.set_threshold("dark", 2)
    put_setting(library.catalog, "anomalies.lines", "nonsense")
    assert set(anomalies.thresholds().values()) == {0.5}


def test_photos_indexed_earlier_are_scored_by_the_next_run(
    library: Library, photos: Path, tmp_path: Path
) -> None:
    total = library.catalog.counts().photos
    with contextlib.closing(sqlite3.connect(tmp_path / "library" / "catalog.db")) as db:
        db.execute("delete from quality where photo_id % 2 = 0")
        db.execute("update quality set version = 0 where photo_id % 3 = 0")
        db.commit()
    before = quality_store.quality_table(library.catalog)
    assert 0 < len(before.ids) < total
    assert Anomalies(library).judged == (len(before.ids), total)
    assert Anomalies(library).findings(["blurred"], everything=True)
    summary = index_folders(library, [str(photos)], Tiny(), lambda progress: None)
    assert summary.encoded == summary.indexed == 0
    assert len(quality_store.quality_table(library.catalog).ids) == total
    assert not quality_store.photos_to_measure(library.catalog)


def test_metadata_is_read_again_together_with_the_metrics(
    library: Library, photos: Path, tmp_path: Path
) -> None:
    """As an older version read less: it is in the same pass."""
    with contextlib.closing(sqlite3.connect(tmp_path / "library" / "catalog.db")) as db:
        sql = "select photo_id from file where path like '%later.jpg'"
        db.execute(
            f"update photo set taken_at = null, taken_source = null, taken_precision = null where"
            f" id in ({sql})"
        )
        db.execute(f"update quality set version = 0 where photo_id in ({sql})")
        db.commit()
    index_folders(library, [str(photos)], Tiny(), lambda progress: None)
    (row,) = (
        row
        for row in library.catalog.photos(library.catalog.matching().tolist()).values()
        if row["name"].endswith("later.jpg")
    )
    assert (row["taken_at"], row["taken_precision"], row["taken_source"]) == (
        "2019-02-03T10:00:00",
        "second",
        "exif",
    )


def test_appearance_metrics_are_stored(library: Library) -> None:
    (soft,) = (
        finding
        for finding in Anomalies(library).findings(["blurred"])
        if Path(finding.path).name == "soft.jpg"
    )
    assert soft.id is not None
    look = quality_store.diagnostics_of(library.catalog, soft.id)
    assert look is not None and look.sharpness_map.max() < 120 and look.histogram.max() == 255
    assert quality_store.diagnostics_of(library.catalog, 10**6) is None


def test_outliers_and_misplaced_photos_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    for name, colour in (("red", (200, 40, 30)), ("blue", (30, 60, 200))):
        for number in range(24):
            tint = np.array(colour) + np.random.default_rng(number).integers(-14, 14, 3)
            pixels = (scene(number, (320, 240)) * 0.15 + tint * 0.85).clip(0, 255).astype(np.uint8)
            make_old(pictures.write(folder / name / f"{number}.jpg", Image.fromarray(pixels)))
    (folder / "red" / "5.jpg").rename(folder / "blue" / "lost.jpg")
    make_old(pictures.write(folder / "red" / "odd.jpg", pictures.plain("#20e020")))
    with contextlib.closing(Library.open(tmp_path / "library")) as library:
        index_folders(library, [str(folder)], Tiny(), lambda progress: None)
        anomalies = Anomalies(library)
        worst = {
            kind: anomalies.findings([kind], everything=True)[0]
            for kind in ("outlier", "misplaced")
        }
        assert worst["outlier"].path.endswith("odd.jpg") and worst["outlier"].score < 0.5
        assert worst["misplaced"].path.endswith("lost.jpg") and worst["misplaced"].score < 0.5
        assert worst["misplaced"].detail.count("red") == 1 and "blue" in worst["misplaced"].detail
        rows = library.catalog.photos(worst["misplaced"].related)
        assert rows and all("/red/" in row["path"].replace("\\", "/") for row in rows.values())


def test_an_empty_library_has_no_findings(tmp_path: Path) -> None:
    with contextlib.closing(Library.open(tmp_path / "library")) as library:
        assert Anomalies(library).findings(everything=True) == []


def test_the_command_prints_the_findings(
    library: Library, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    run: Callable[..., int] = app.main
    assert run(["anomalies", "--library", str(library.dir), "--json"]) == 0
    rows = json.loads(capfdbinary.readouterr().out)
    assert all(set(row) == {"id", "path", "kind", "score", "detail"} for row in rows)
    assert {row["kind"] for row in rows} <= set(KINDS)
    options = ["--kind", "blurred", "--json", "--all", "--top", "3"]
    assert run(["anomalies", "--library", str(library.dir), *options]) == 0
    rows = json.loads(capfdbinary.readouterr().out)
    assert [row["flagged"] for row in rows] == [row["score"] < 0.5 for row in rows] and len(
        rows
    ) == 3
    assert run(["anomalies", "--library", str(library.dir), "--kind", "dark"]) == 0
    assert b"dark.jpg" in capfdbinary.readouterr().out
    assert b"no date of" not in capfdbinary.readouterr().err
    assert run(["anomalies", "--library", str(library.dir), "--since", "2019-02-30"]) == 2
    assert capfdbinary.readouterr().err.count(b"\n") == 1
    assert run(["anomalies", "--library", str(library.dir), "--encoder", "clip"]) == 2
    assert b"has been indexed with" in capfdbinary.readouterr().err


def test_file_times_that_contradict_folder_years_are_one_finding(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    folder = tmp_path / "photos"
    for number in range(3):
        path = pictures.write(folder / "2012" / f"{number}.jpg", pictures.draw(number))
        os.utime(path, (1_577_880_000 + number * 86400 * 300,) * 2)
    with contextlib.closing(Library.open(tmp_path / "library")) as library:
        index_folders(library, [str(folder)], Tiny(), lambda progress: None)
        where = ["anomalies", "--library", str(library.dir), "--json"]

        def said(*more: str) -> tuple[list[dict[str, object]], str]:
            assert app.main([*where, *more]) == 0
            out = capfdbinary.readouterr()
            return json.loads(out.out), out.err.decode()

        rows, line = said("--kind", "date")
        assert (
            rows == []
            and "3 photos have no date of their own" in line
            and line.count("of their own") == 1
        )
        assert (
            "3 photos have no date" in said()[1]
            and "1 photo has no date" in said("--until", "2020-06-01")[1]
        )
        assert (
            "no date of" not in said("--kind", "dark")[1]
            and "no date of" not in said("--until", "2019-06-01")[1]
        )
        rows, line = said("--kind", "date", "--all")
        assert [row["flagged"] for row in rows] == [False] * 3 and "no date of" not in line
        # Whoever moves the line up sees them one by one.
        Anomalies(library).set_threshold("date", 0.6)
        rows, line = said("--kind", "date")
        assert len(rows) == 3 and "no date of" not in line
