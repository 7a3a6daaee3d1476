"""Faults, colour and duplicates as filters."""

from __future__ import annotations

import pytest

from explorer.anomalies.findings import Anomalies
from explorer.library.stores.decision_store import decide, withdraw
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair, put_pairs
from explorer.library.stores.quality_store import refresh_photo
from explorer.photos.quality.metrics import QualityMetrics
from explorer.search.language.query_tree import NotTest
from explorer.search.photo_filter import PhotoFilter
from tests.factory import LibraryBuilder, decoded, digest_of
from tests.search.filter_cases import is_


class TestFaults:
    @pytest.fixture
    def photos(self, builder: LibraryBuilder) -> list[int]:
        usual = {"blur_radius": 0.4, "min_blur_radius": 0.4, "luma_p99": 230.0, "luma_p2": 20.0,
                 "colorfulness": 40.0, "highlight_gradient": 20.0}  # fmt: skip
        figures = [
            usual, usual | {"blur_radius": 6.0}, usual | {"luma_p99": 40.0},
            usual | {"noise_sigma": 30.0, "noise_whiteness": 1.0},
            usual | {"flat_share": 0.9, "top_colors_share": 0.99, "hard_edge_share": 0.1},
            usual | {"missing_rows_share": 0.4}, usual | {"colorfulness": 0.5},
            usual | {"blown_share": 0.6, "clipped_share": 0.7, "highlight_gradient": 90.0,
                     "luma_p2": 90.0, "luma_p99": 255.0},
        ]  # fmt: skip
        made = [
            builder.put(f"{n}.jpg", n, quality=QualityMetrics(**each).packed())
            for n, each in enumerate(figures)
        ]
        return [*made, builder.put("8.jpg", 8), builder.put("9.jpg", 9, damaged="it ends early")]

    @pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.9, 1.0])
    def test_faults_are_those_of_the_anomalies_page(
        self, builder: LibraryBuilder, photos: list[int], threshold: float
    ) -> None:
        anomalies, found = Anomalies(builder.library), dict[str, list[int]]()
        for name, kind in {
            "blurred": "blurred", "dark": "dark", "overexposed": "overexposed", "noisy": "noisy",
            "screenshot": "not-a-photo", "damaged": "damaged",
        }.items():  # fmt: skip
            anomalies.set_threshold(kind, threshold)  # type: ignore[arg-type]
            findings = anomalies.findings([kind])  # type: ignore[list-item]
            anomalies.dismiss(findings[:1])
            found[name] = PhotoFilter(builder.library).ids(is_("is", name)).tolist()
            assert found[name] == sorted(finding.id or 0 for finding in findings)
        if threshold == 0.5:
            assert found == {
                "blurred": [photos[1]], "dark": [photos[2]], "overexposed": [photos[7]],
                "noisy": [photos[3]], "screenshot": [photos[4]],
                "damaged": [photos[5], photos[9]],
            }  # fmt: skip

    def test_changed_thresholds_and_photos_apply_at_once(
        self, builder: LibraryBuilder, photos: list[int]
    ) -> None:
        filters = PhotoFilter(builder.library)
        assert filters.ids(is_("is", "blurred")).tolist() == [photos[1]]
        Anomalies(builder.library).set_threshold("blurred", 0.0)
        assert filters.ids(is_("is", "blurred")).tolist() == []
        Anomalies(builder.library).set_threshold("blurred", 0.5)
        blur = QualityMetrics(blur_radius=6.0).packed()
        refresh_photo(builder.writer, photos[0], decoded(quality=blur))
        assert filters.ids(is_("is", "blurred")).tolist() == photos[:2]
        builder.lose("0.jpg")
        assert filters.ids(is_("is", "blurred")).tolist() == [photos[1]]

    def test_monochrome_is_what_was_measured_without_colour(
        self, builder: LibraryBuilder, photos: list[int]
    ) -> None:
        assert PhotoFilter(builder.library).ids(is_("is", "bw")).tolist() == [photos[6]]


def test_duplicates_follow_pairs_and_decisions(builder: LibraryBuilder) -> None:
    a, b, c, d = (builder.put(f"{n}.jpg", n) for n in range(4))
    filters, duplicate = PhotoFilter(builder.library), is_("is", "duplicate")
    assert filters.ids(duplicate).tolist() == []
    put_pairs(builder.writer, [Pair(a, b, "picture", 1.0, {}), Pair(c, d, "scene", 1.0, {})],
              PAIRS_VERSION)  # fmt: skip
    assert filters.ids(duplicate).tolist() == [a, b]
    apart = decide(builder.library.catalog, "apart", [digest_of(0), digest_of(1)], 2)
    assert filters.ids(duplicate).tolist() == []
    withdraw(builder.library.catalog, apart)
    assert filters.ids(duplicate).tolist() == [a, b]
    builder.lose("1.jpg")
    assert filters.ids(duplicate).tolist() == []
    builder.put("again.jpg", 2)
    assert filters.ids(duplicate).tolist() == [c]
    assert filters.ids(NotTest(duplicate)).tolist() == [a, d]
