"""A small stand-in for the model hub on this machine."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Hub:
    """What it serves, and what was asked of it.

    files: path below the root → bytes, or a file that holds them. stored: paths that are answered
    with a redirect to its storage and the promised checksum, as the hub does for large files.
    promises: checksums promised instead of the true ones. cuts: how many bytes of each of the next
    answers are sent before the connection breaks. asked: (path, first byte) of each request for a
    file.
    """

    address: str = ""
    files: dict[str, bytes | Path] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    promises: dict[str, str] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    ranges: bool = True
    asked: list[tuple[str, int]] = field(default_factory=list)

    def put(self, repository: str, name: str, content: bytes | Path, *, stored: bool = True) -> str:
        """Serve a file of a repository; gives its address."""
        path = f"/{repository}/resolve/main/{name}"
        self.files[path] = content
        if stored:
            self.stored.add(path)
        return self.address + path

    def read(self, path: str) -> bytes | None:
        content = self.files.get(path)
        return content.read_bytes() if isinstance(content, Path) else content


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def do_GET(self) -> None:
        path, hub = self.path, self.hub
        if path == "/circle":
            return self._send(302, {"Location": "/circle"})
        if path in hub.stored:
            body = hub.read(path) or b""
            promised = hub.promises.get(path) or hashlib.sha256(body).hexdigest()
            return self._send(
                302, {"Location": f"/storage{path}", "X-Linked-Etag": f'"{promised}"'}
            )
        body = hub.read(path.removeprefix("/storage"))
        if body is None:
            return self._send(404, {})
        first = (
            int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
            if "Range" in self.headers and hub.ranges
            else 0
        )
        hub.asked.append((path.removeprefix("/storage"), first))
        if first and first >= len(body):
            return self._send(416, {"Content-Range": f"bytes */{len(body)}"})
        rest = body[first:]
        headers = {"Content-Length": str(len(rest))} | (
            {"Content-Range": f"bytes {first}-{len(body) - 1}/{len(body)}"} if first else {}
        )
        cut = hub.cuts.pop(0) if hub.cuts else None
        self._send(206 if first else 200, headers, rest[:cut])
        if cut is not None:
            self.close_connection = True

    def _send(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is said."""


@contextmanager
def serving() -> Iterator[Hub]:
    """A hub for as long as the block runs."""
    hub = Hub()
    handler = type("Handler", (_Handler,), {"hub": hub, "protocol_version": "HTTP/1.0"})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        hub.address = f"http://127.0.0.1:{server.server_port}"
        # Threads of requests are waited for when the server closes.
        server.daemon_threads = False
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()
