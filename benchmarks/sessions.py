"""How long searches take while many people search at once.

    python -m benchmarks.sessions --photos DIR [--number N] [--sessions N] [--searches N]
        [--pause SECONDS] [--json]

The library is generated from the photos as by `benchmarks.pages`; the server is the app's own. Each
session is a WebSocket that speaks Streamlit's protocol, as a browser does: it opens the Search
page, then searches several times, each phrase being new to the server, with a pause of random
length before each search. Timed is from the request to the end of the page's script. The last
figure is the server's processor time for one run of the page.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.pages import make, measured
from benchmarks.viewer import start
from explorer.library.library import Library
from explorer.ui.web_server.access_token import Access

# Of these, phrases are made.
_WHAT = ("dog", "boat", "tower", "child", "tree", "car", "horse", "bridge", "cake", "bird")
_WHERE = ("at sea", "in snow", "by night", "in a city", "on a hill", "at home", "in the rain")
_COLORS = ("red", "blue", "green", "white", "black", "yellow", "gray", "brown", "pink")
# Seconds after which a page that does not end counts as broken.
_PATIENCE = 120
# Subjects of the photos.
_FOLDERS = 40
# A script that ends for other reasons runs again at once.
_ENDED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)


def phrases(number: int) -> Iterator[str]:
    """That many different phrases, always the same."""
    every = [f"{a} {b} {c}" for a in _COLORS for b in _WHAT for c in _WHERE]
    order = np.random.default_rng(1).permutation(len(every))
    for i in range(number):
        more = i // len(every)
        yield every[order[i % len(every)]] + (f" {more}" if more else "")


async def searched(page: ClientConnection, phrase: str) -> float:
    """Run the Search page for a phrase, '' for none. Returns the seconds until its script ended."""
    request = BackMsg()
    request.rerun_script.query_string = urlencode({"q": phrase}) if phrase else ""
    begun = time.perf_counter()
    await page.send(request.SerializeToString())
    async with asyncio.timeout(_PATIENCE):
        async for data in page:
            message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
            if (
                message.WhichOneof("type") == "script_finished"
                and message.script_finished in _ENDED
            ):
                break
            if message.delta.new_element.HasField("exception"):
                raise SystemExit(f"{phrase}: {message.delta.new_element.exception.message}")
        else:
            raise SystemExit(f"{phrase}: the server closed the connection before the page's end")
    return time.perf_counter() - begun


async def session(
    address: str, known: Access, wanted: list[str], pause: float, seed: int
) -> list[float]:
    """Open the page and search for the phrases. Returns the seconds of each search."""
    random = np.random.default_rng(seed)
    took = list[float]()
    async with connect(
        address.replace("http", "ws") + "/_stcore/stream",
        origin=address,  # type: ignore[arg-type]
        additional_headers={"Cookie": f"{known.cookie}={known.token}"},
        subprotocols=["streamlit"],  # type: ignore[list-item]
        max_size=None,
    ) as page:
        await searched(page, "")
        for phrase in wanted:
            await asyncio.sleep(float(random.uniform(0, 2 * pause)))
            took.append(await searched(page, phrase))
    return took


async def all_sessions(
    address: str, known: Access, sessions: int, searches: int, pause: float
) -> list[float]:
    """The seconds of all searches."""
    every = list(phrases(sessions * searches))
    parts = [every[i::sessions] for i in range(sessions)]
    found = await asyncio.gather(
        *(session(address, known, part, pause, i) for i, part in enumerate(parts))
    )
    return [took for part in found for took in part]


def run(library: Path, sessions: int, searches: int, pause: float) -> dict[str, Any]:
    """Serve the library and search. Times in seconds."""
    server, address, known = start(library)
    try:
        # Loads the model, so that no session waits for it.
        asyncio.run(all_sessions(address, known, 1, 2, 0.0))
        process = psutil.Process(server.pid)
        before, begun = process.cpu_times(), time.perf_counter()
        took = asyncio.run(all_sessions(address, known, sessions, searches, pause))
        after, wall = process.cpu_times(), time.perf_counter() - begun
        used = after.user + after.system - before.user - before.system
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)
    return {
        "sessions": sessions,
        "searches": len(took),
        "median": float(np.median(took)),
        "p95": float(np.percentile(took, 95)),
        "longest": max(took),
        "per_second": len(took) / wall,
        "processor_per_run": used / (len(took) + sessions),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks.sessions", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--photos", type=Path, required=True, help="photos to measure")
    parser.add_argument("--number", type=int, default=2000, help="photos in the library (2,000)")
    parser.add_argument("--sessions", type=int, default=30, help="people who search (30)")
    parser.add_argument("--searches", type=int, default=10, help="searches of each (10)")
    parser.add_argument(
        "--pause", type=float, default=5.0, help="mean seconds before each search (5)"
    )
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    os.environ.pop("OPENBLAS_CORETYPE", None)
    photos = measured(args.photos)
    if not photos:
        parser.error(f"no photos below {args.photos}")
    with tempfile.TemporaryDirectory(prefix="sessions-") as scratch:
        (root := Path(scratch, "photos")).mkdir()
        library = Library.open(Path(scratch, "library"))
        with contextlib.closing(library), library.lock():
            make(library, photos, args.number, min(_FOLDERS, args.number), root)
        results = run(Path(scratch, "library"), args.sessions, args.searches, args.pause)
    if args.json:
        json.dump(results, sys.stdout, indent=1)
        return 0
    print(
        f"{results['searches']} searches by {results['sessions']} sessions:"
        f" median {results['median']:.2f} s, 95% within {results['p95']:.2f} s, longest"
        f" {results['longest']:.2f} s; {results['per_second']:.1f} searches per second,"
        f" {1000 * results['processor_per_run']:.0f} ms of the server's processor time each"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
