"""How soon the viewer shows a photo: when it is opened, and at each step to the next one.

    python -m benchmarks.viewer --photos DIR [--steps N] [--library DIR] [--json]

Indexes the photos with the starter, opens the app in a headless Chromium, and steps through the
photos twice: with a rest between steps, as somebody who looks at each, and with none, as with a key
held down. Timed is from the key press, as the browser stamps it, to the frame after the photo's
preview, or the photo itself, is on screen. Long tasks are those of the browser's main thread that
take more than 50 ms.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from explorer.config import PROJECT
from explorer.ui.web_server import ports
from explorer.ui.web_server.access_token import Access, access

STARTED_WITHIN = 120.0
# Milliseconds between steps.
RESTED, HELD = 1200, 60

# Notes when a step's photo can be seen: a picture that is complete, one frame later.
_WATCH = """() => {
  const root = () => document.querySelector(".photo-viewer")?.shadowRoot;
  const shown = (kind) => {
    const image = root()?.querySelector(`.frame ${kind}`);
    return image?.complete && image.naturalWidth > 0 ? image.getAttribute("src") : null;
  };
  window.steps = []; window.sharp = []; window.tasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.tasks.push(duration);
  }).observe({ type: "longtask" });
  addEventListener("keydown", ({ key, timeStamp }) => {
    if (key !== "ArrowRight" && key !== "Enter") return;
    const before = shown("img"), sharpBefore = shown(".picture");
    let seen = false;
    const look = () => {
      if (!seen && shown("img") !== null && shown("img") !== before) {
        seen = true;
        requestAnimationFrame(() => window.steps.push(performance.now() - timeStamp));
      }
      if (shown(".picture") !== null && shown(".picture") !== sharpBefore) {
        requestAnimationFrame(() => window.sharp.push(performance.now() - timeStamp));
      } else if (performance.now() - timeStamp < 20000) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, true);
}"""


def index(photos: Path, library: Path) -> None:
    """Index the photos into a library."""
    command = [sys.executable, "run.py", "index", str(photos), "--library", str(library)]
    subprocess.run(
        [*command, "--offline"], cwd=PROJECT, check=True, stdout=sys.stderr, stderr=sys.stderr
    )


def start(library: Path) -> tuple[subprocess.Popen[bytes], str, Access]:
    """The app on a library: its process, address and token, once it answers."""
    port = ports.free_port()
    command = [sys.executable, "run.py", "open", "--library", str(library), "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--no-browser", "--offline"], cwd=PROJECT, stderr=subprocess.DEVNULL
    )
    address, end = f"http://localhost:{port}", time.monotonic() + STARTED_WITHIN
    while time.monotonic() < end:
        try:
            known = access(library)
            with urllib.request.urlopen(known.address(f"{address}/_stcore/health"), timeout=2):
                return server, address, known
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
    server.kill()
    raise SystemExit("The app did not start in time.")


def measure(page: Page, steps: int) -> dict[str, Any]:
    """Open the first photo and step on; times in milliseconds."""
    page.locator("button.photo img.here").first.wait_for()
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_timeout(2000)
    page.evaluate(_WATCH)
    page.locator("button.photo").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(4000)
    results: dict[str, Any] = {"open": taken(page, "steps"), "open, picture": taken(page, "sharp")}
    for name, pause in (("step, rested", RESTED), ("step, held down", HELD)):
        for _ in range(steps):
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(pause)
        page.wait_for_timeout(3000)
        results[name] = taken(page, "steps")
        if pause == RESTED:
            results["picture, rested"] = taken(page, "sharp")
    results["long tasks"] = taken(page, "tasks")
    return results


def taken(page: Page, name: str) -> dict[str, float]:
    """The times noted under a name since the last call: how many, median, 95th percentile, most."""
    times = page.evaluate(f"window.{name}.splice(0)")
    if not times:
        return {"number": 0}
    return {
        "number": len(times),
        "median": float(np.median(times)),
        "p95": float(np.percentile(times, 95)),
        "most": float(max(times)),
    }


def run(photos: Path, library: Path, steps: int) -> dict[str, Any]:
    if not (library / "catalog.db").exists():
        index(photos, library)
    server, address, known = start(library)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
                args=["--no-sandbox"],
            )
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(known.address(address))
            results = measure(page, steps)
            browser.close()
            return results
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks.viewer", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--photos", type=Path, required=True, help="photos to look at")
    parser.add_argument("--steps", type=int, default=40, help="steps of each kind (40)")
    parser.add_argument(
        "--library", type=Path, help="a folder for the library, used again if it is there"
    )
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="viewer-") as scratch:
        results = run(args.photos.absolute(), args.library or Path(scratch) / "library", args.steps)
    if args.json:
        json.dump(results, sys.stdout, indent=1)
        return 0
    print(f"{'milliseconds':<20}{'number':>8}{'median':>8}{'95%':>8}{'most':>8}")
    for name, found in results.items():
        times = "".join(f"{found[key]:>8.0f}" for key in ("median", "p95", "most") if key in found)
        print(f"{name:<20}{found['number']:>8}{times}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
