"""Take the README's screenshots: python -m scripts.screenshots [--chromium PATH] [--keep DIR]

It opens the demo in a temporary library, waits until it is indexed, and takes screenshots of the
pages in a headless Chromium: light, dark and narrow. They are saved as WebP, which keeps them small
and shows the photos without banding. It needs requirements-dev.txt and Chromium.
"""

from __future__ import annotations

import argparse
import io
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from explorer.config import PROJECT
from explorer.library.catalog import Catalog
from explorer.library.stores.worker_store import worker_status
from explorer.ui.web_server.access_token import Access, access

IMAGES = PROJECT / "docs" / "images"
PHRASE = "a lake in the mountains"
INDEXING_TIMEOUT = 900.0
WIDE, NARROW = (1280, 800), (360, 740)


def main() -> None:
    options = argparse.ArgumentParser(
        prog="python -m scripts.screenshots", description="Take the README's screenshots."
    )
    options.add_argument(
        "--chromium",
        default=shutil.which("chromium") or shutil.which("google-chrome"),
        help="the browser to use",
    )
    options.add_argument(
        "--keep", type=Path, help="a folder for the demo and its library, reused if it exists"
    )
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        port = _free_port()
        command = [
            sys.executable,
            "run.py",
            "demo",
            "--no-browser",
            "--offline",
            "--port",
            str(port),
            "--library",
            str(folder / "library"),
        ]
        server = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
        try:
            _until_indexed(folder / "library" / "catalog.db", server)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=given.chromium, args=["--no-sandbox"]
                )
                _photograph(
                    browser, f"http://localhost:{port}", access(folder / "library"), str(folder)
                )
                browser.close()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_indexed(path: Path, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + INDEXING_TIMEOUT
    while time.monotonic() < end:
        if server.poll() is not None:
            raise SystemExit("The app ended before the demo was indexed.")
        if path.exists():
            catalog = Catalog(path)
            worker, counts = worker_status(catalog), catalog.counts()
            catalog.close()
            if (
                worker
                and worker["pid"]
                and worker["alive"]
                and worker["phase"] == "watching"
                and counts.photos > 30
            ):
                return
        time.sleep(1)
    raise SystemExit("The demo was not indexed in time.")


# Replaces the paths of this machine by those of an imaginary user.
_REPLACE_PATHS = """([folder, home]) => {
  const shown = (text) =>
    text.replaceAll(folder, "/home/ada/Pictures").replaceAll(home, "/home/ada");
  for (const part of [document.body, document.querySelector(".photo-viewer")?.shadowRoot]) {
    if (!part) continue;
    const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) texts.currentNode.data = shown(texts.currentNode.data);
  }
  for (const box of document.querySelectorAll("input[placeholder]"))
    box.placeholder = shown(box.placeholder);
}"""


def _photograph(browser: Browser, address: str, known: Access, folder: str) -> None:
    query = PHRASE.replace(" ", "+")
    for name, path, scheme, size in [
        ("search-light", f"/?q={query}", "light", WIDE),
        ("search-narrow", f"/?q={query}", "light", NARROW),
        ("library-light", "/library", "light", WIDE),
        ("viewer-dark", f"/?q={query}", "dark", WIDE),
        ("duplicates-light", "/duplicates", "light", WIDE),
        ("anomalies-dark", "/anomalies", "dark", WIDE),
    ]:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        context.add_cookies([{"name": known.cookie, "value": known.token, "url": address}])
        page = context.new_page()
        page.goto(address + path)
        if path == "/library":
            page.get_by_text("Up to date").wait_for()
        elif path == "/duplicates":
            page.get_by_role("button", name="Side by side").wait_for()
        elif path == "/anomalies":
            page.locator("canvas").first.wait_for()
        else:
            page.locator("button.photo img.here").first.wait_for()
        if name.startswith("viewer"):
            page.locator("button.photo").first.click()
            page.get_by_role("dialog").locator(".frame.loaded").wait_for()
        _save(page, IMAGES / f"{name}.webp", folder)
        context.close()


def _save(page: Page, file: Path, folder: str) -> None:
    page.mouse.move(0, 0)
    page.wait_for_timeout(2000)
    page.evaluate(_REPLACE_PATHS, [folder, str(Path.home())])
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    file.parent.mkdir(parents=True, exist_ok=True)
    shot.save(file, quality=90, method=6)
    sys.stderr.write(f"{file.name}: {file.stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
