"""A stand-in for package indexes, served on this machine, with packages of a few bytes."""

from __future__ import annotations

import io
import os
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


def wheel(
    name: str, version: str, requires: Sequence[str] = (), tag: str = "py3-none-any"
) -> Wheel:
    """A package with one module, which knows its version."""
    record = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": f"__version__ = {version!r}\n",
        f"{record}/METADATA": "\n".join(
            ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
            + [f"Requires-Dist: {each}" for each in requires]
        ),
        f"{record}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    rows = [f"{path},,{len(text.encode())}" for path, text in files.items()]
    files[f"{record}/RECORD"] = "\n".join([*rows, f"{record}/RECORD,,"]) + "\n"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return Wheel(name, f"{name}-{version}-{tag}.whl", content.getvalue())


@dataclass(frozen=True)
class Wheel:
    """A package's file. package: its name in an index."""

    package: str
    file: str
    content: bytes


@dataclass
class PackageIndex:
    """What it serves, how it fails, and what was requested of it. It holds several indexes, each
    below a path of its own."""

    address: str = ""
    wheels: dict[str, list[Wheel]] = field(default_factory=dict)
    """Path of an index → what it has."""
    status: int | None = None
    """The status code of all answers below `/cpu`, instead of what is there."""
    hanging: bool = False
    """Whether requests below `/cpu` are left without an answer."""
    cut: bool = False
    """Whether the connection is lost in the middle of a wheel below `/cpu`."""
    requests: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def put(self, index: str, *wheels: Wheel) -> str:
        """Add packages to an index; gives its address."""
        self.wheels.setdefault(index, []).extend(wheels)
        return f"{self.address}/{index}"

    def answer(self, path: str) -> bytes | None:
        """A page of links, or a wheel."""
        index, package, *file = path.strip("/").split("/")
        wheels = self.wheels.get(index, [])
        there = [each for each in wheels if each.package.replace("_", "-") == package]
        if file and file[0]:
            wanted = file[0].replace("%2B", "+")
            return next((each.content for each in there if each.file == wanted), None)
        links = (f'<a href="{each.file.replace("+", "%2B")}">{each.file}</a>' for each in there)
        return f"<html><body>{''.join(links)}</body></html>".encode() if there else None


class _Handler(BaseHTTPRequestHandler):
    index: PackageIndex

    def do_GET(self) -> None:
        index = self.index
        index.requests.append(self.path)
        special = self.path.startswith("/cpu/")
        if special and index.hanging:
            index.ended.wait()
            return
        content = index.answer(self.path)
        status = 404 if content is None else 200
        if special and index.status:
            status, content = index.status, b""
        content = content or b""
        self.send_response(status)
        page = not self.path.endswith(".whl")
        self.send_header("Content-Type", "text/html" if page else "application/octet-stream")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        cut = special and index.cut and not page
        self.wfile.write(content[: len(content) // 2] if cut else content)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


@contextmanager
def serve_packages() -> Iterator[PackageIndex]:
    """Indexes without packages on a port of their own."""
    index = PackageIndex()
    handler = type("Handler", (_Handler,), {"index": index})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    index.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield index
    finally:
        index.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def only_this_index(patch: pytest.MonkeyPatch, address: str) -> None:
    """Have pip take everything from an index, whatever it is set to on this machine."""
    for name in list(os.environ):
        if name.startswith("PIP_"):
            patch.delenv(name)
    patch.setenv("PIP_CONFIG_FILE", os.devnull)
    patch.setenv("PIP_NO_CACHE_DIR", "1")
    patch.setenv("PIP_INDEX_URL", address)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        patch.delenv(name, raising=False)
        patch.delenv(name.lower(), raising=False)
