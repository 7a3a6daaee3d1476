"""The Anomalies page without a browser."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.anomalies import export_findings
from explorer.anomalies.finding_kinds import KINDS
from explorer.anomalies.finding_removals import removals_of_findings
from explorer.config import PROJECT
from explorer.ui import file_manager, resources
from explorer.ui.anomalies_page import anomalies_state

pytestmark = pytest.mark.usefixtures("photos")


@pytest.fixture(autouse=True)
def _other_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page runs alone here, so links to other pages lead nowhere; they must exist as files."""

    def page_link(page: Path, **shown: str) -> None:
        assert page.is_file()

    monkeypatch.setattr(st, "page_link", page_link)


def page(**address: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "pages" / "anomalies.py"), default_timeout=180)
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("kind", KINDS)
def test_every_finding_kind_has_a_page(kind: str) -> None:
    page(kind=kind)


def test_invalid_values_in_the_url_are_ignored() -> None:
    page(kind="none", since="soon", area="1,2", page="x", colour="?", dismissed="no")


def test_the_threshold_is_remembered_and_applied_at_once() -> None:
    app = page(kind="dark")
    app.select_slider[0].set_value(1.0).run()
    assert not app.exception
    assert anomalies_state.anomalies().thresholds()["dark"] == 1.0
    assert page(kind="dark").select_slider[0].value == 1.0
    app.select_slider[0].set_value(0.0).run()
    assert "There are no findings of this kind." in [info.value for info in app.info]


def test_dismissed_findings_are_listed_separately_and_restored() -> None:
    anomalies_state.anomalies().set_threshold("empty", 1.0)
    found = anomalies_state.anomalies().findings(["empty"])
    assert found
    anomalies_state.anomalies().dismiss(found)
    assert [info.value for info in page(kind="empty").info] == [
        "There are no findings of this kind."
    ]
    assert not page(kind="empty", dismissed="1").info
    anomalies_state.anomalies().restore(found)
    assert [info.value for info in page(kind="empty", dismissed="1").info] == [
        "No findings of this kind have been dismissed."
    ]


def test_reports_contain_every_finding(photos: Path) -> None:
    found = anomalies_state.anomalies().findings(everything=True)
    exported = json.loads(export_findings.as_json(found))
    rows = list(csv.DictReader(io.StringIO(export_findings.as_csv(found))))
    assert (
        [row["path"] for row in exported]
        == [row["path"] for row in rows]
        == [finding.path for finding in found]
    )
    assert {row["kind"] for row in exported} <= set(KINDS) and all(
        Path(row["path"]).is_relative_to(photos) for row in exported
    )


def test_a_photo_is_removed_with_all_its_files() -> None:
    found = anomalies_state.anomalies().findings(["dark"], everything=True)
    going = removals_of_findings(resources.library().catalog, found).removals
    assert sorted(removal.path for removal in going) == sorted(finding.path for finding in found)
    assert all(removal.keeper is None and len(removal.hash) == 32 for removal in going)


def test_a_deleted_file_cannot_be_shown(tmp_path: Path) -> None:
    assert "cannot be found" in file_manager.reveal(str(tmp_path / "gone.jpg"))
