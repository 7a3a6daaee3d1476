"""Heat maps take long, so few are made at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from starlette.testclient import TestClient

from explorer.library.rows import PhotoRow
from explorer.ui.search_page.heat_maps import HeatMapOverlay
from explorer.ui.viewer import photo_sequences, viewer_routes
from explorer.ui.viewer.photo_sequences import PhotoSequence
from tests.fixtures.waiting import PATIENCE, wait
from tests.ui.conftest import id_of


def test_few_heat_maps_are_made_at_once(client: TestClient) -> None:
    number, running, go_on = id_of("red.jpg"), list[int](), threading.Event()

    def slow(photo: PhotoRow) -> HeatMapOverlay:
        running.append(photo["id"])
        go_on.wait(PATIENCE)
        return HeatMapOverlay("data:image/png;base64,", "")

    token = photo_sequences.register(PhotoSequence([number], heat_map=slow), "slow")
    limiter = viewer_routes._EXPLAINING
    with ThreadPoolExecutor() as pool:
        try:
            address = f"/photo/sequence/{token}/heat/{number}"
            answers = [pool.submit(client.get, address) for _ in range(4)]
            wait(lambda: limiter.statistics().tasks_waiting == 2, "two of four requests wait")
            assert len(running) == 2
        finally:
            go_on.set()
        assert [answer.result().status_code for answer in answers] == [200] * 4
