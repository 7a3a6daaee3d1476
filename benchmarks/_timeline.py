"""How long pages take in a real browser: the timeline until the first previews are there, until a
date far away is, and from frame to frame while scrolling; other pages until they show their own
content."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from explorer.config import PROJECT
from explorer.ui.web_server import ports
from explorer.ui.web_server.access_token import access

# Seconds for the server to start, and milliseconds for anything in the browser.
_START, _PATIENCE = 300, 60_000
# Pixels of a turn of the wheel, turns, and milliseconds between them.
_WHEEL, _TURNS, _PAUSE = 240, 150, 16
_DATES = ("2009-05-20", "2021-02-14", "2013-08-01", "2006-11-11", "2018-03-03")
# What each page shows of its own, by its name in the navigation: the part of the page that has it,
# or a component there; what it is; and its words.
_OWN_CONTENT = {
    "Browse": (".st-key-gallery-browse", ".photo img.here", ""),
    "Duplicates": (".st-key-duplicates", "img", ""),
    "Anomalies": (".st-key-map", ".map .notice", "photos in view"),
    "Places": (".stMain", ".clusters > *, .stAlert", ""),
    "Map": (".st-key-library-map", ".stage .notice", "photos in view"),
    "Search": (".st-key-gallery-search", ".photo img.here", ""),
}
# Waits for that from the next click on, and measures milliseconds in the page: Playwright looks for
# an element less and less often, up to half a second late.
_AWAIT_OWN = """([inside, own, words]) => {
  const shows = (root) => [...root.querySelectorAll(own)].some(
    (each) => each.textContent.includes(words) && each.getClientRects().length);
  const found = () => [...document.querySelectorAll(inside)].some((part) => shows(part)
    || [...part.querySelectorAll('*')].some((each) => each.shadowRoot && shows(each.shadowRoot)));
  window.switch_ = null;
  addEventListener('click', () => {
    const start = performance.now();
    const look = () => {
      if (found()) window.switch_ = performance.now() - start;
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true });
}"""
# All photos in the window have their previews.
_COMPLETE = """() => {
  const inside = (each) => each.shadowRoot?.querySelector('.gallery');
  const host = [...document.querySelectorAll('*')].find(inside);
  if (!host) return false;
  const root = host.shadowRoot;
  const seen = (box) => box.bottom > 110 && box.top < innerHeight && box.width > 0;
  const all = [...root.querySelectorAll('.gallery > .photo, .gallery > .waiting')]
    .filter((each) => seen(each.getBoundingClientRect()));
  return all.length > 3 && all.every((each) => each.querySelector('img.here'));
}"""
_WATCH = """() => {
  window.frames_ = [];
  window.long_ = [];
  new PerformanceObserver((list) => {
    window.long_.push(...list.getEntries().map((each) => each.duration));
  }).observe({ entryTypes: ['longtask'] });
  let last = performance.now();
  const step = (now) => {
    window.frames_.push(now - last);
    last = now;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
"""


def measure(library: Path, chromium: str, phrase: str = "a dog") -> dict[str, Any]:
    """Seconds until all photos in a window of 1440 × 900 have their previews: after the page is
    opened, after Enter, and after jumps to dates (median and most); and while scrolling, the
    milliseconds from frame to frame (median, 99th percentile) and tasks of more than 50 ms; and
    what `_switches` measures."""
    from playwright.sync_api import sync_playwright

    with _served(library) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(_PATIENCE)

        def complete() -> float:
            """Seconds that the action before it took."""
            page.wait_for_function(_COMPLETE)
            return time.perf_counter() - start

        start = time.perf_counter()
        page.goto(address)
        results: dict[str, Any] = {"first opened": complete()}
        start = time.perf_counter()
        page.reload()
        results["opened again"] = complete()
        jumps = list[float]()
        for date in _DATES:
            start = time.perf_counter()
            page.get_by_label("Go to date").fill(date)
            page.wait_for_timeout(0)
            jumps.append(complete())
        results |= {"jump": float(np.median(jumps)), "slowest jump": max(jumps)}
        page.evaluate(_WATCH)
        page.mouse.move(700, 600)
        for _ in range(_TURNS):
            page.mouse.wheel(0, _WHEEL)
            page.wait_for_timeout(_PAUSE)
        frames = np.array(page.evaluate("() => window.frames_"))
        tasks = page.evaluate("() => window.long_")
        results |= {
            "frame_ms": float(np.median(frames)),
            "frame_ms_99": float(np.percentile(frames, 99)),
            "long_tasks": len(tasks),
            "longest_task_ms": max(tasks, default=0.0),
        }
        box = page.get_by_role("searchbox")
        for name in ("first search", "next search"):
            box.fill(phrase)
            start = time.perf_counter()
            box.press("Enter")
            page.wait_for_function(
                "phrase => new URL(location).searchParams.get('q') === phrase", arg=phrase
            )
            results[name] = complete()
            phrase += " outside"
        results |= _switches(page)
        browser.close()
    return results


def _switches(page: Any) -> dict[str, float]:
    """Seconds from clicks on the names of pages until they show what is theirs, twice each."""
    results = dict[str, float]()
    for when in ("first", "again"):
        for name, own in _OWN_CONTENT.items():
            page.evaluate(_AWAIT_OWN, own)
            page.get_by_role("link", name=name, exact=True).click()
            page.wait_for_function("() => window.switch_")
            results[f"to {name}, {when}"] = page.evaluate("() => window.switch_") / 1000
    return results


@contextlib.contextmanager
def _served(library: Path) -> Iterator[str]:
    """The app on that library; gives its address with the token."""
    port = ports.free_port()
    command = [
        sys.executable, str(PROJECT / "run.py"), "open", "--no-browser", "--offline",
        "--port", str(port), "--library", str(library),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + _START
        token = access(library).token
        health = f"http://localhost:{port}/_stcore/health?token={token}"
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(health, timeout=1):
                break
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit("The app did not start.")
            time.sleep(0.2)
        yield f"http://localhost:{port}/?token={token}"
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.environ.pop("EXPLORER_LIBRARY", None)
