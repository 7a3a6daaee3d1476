"""A stand-in for the model hub, served on this machine."""

from __future__ import annotations

import contextlib
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
    """What it serves, how it fails, and what was requested of it."""

    address: str = ""
    files: dict[str, bytes | Path] = field(default_factory=dict)
    """Path below the root → content, or a file with the content."""
    stored: set[str] = field(default_factory=set)
    """Paths that redirect to its storage and state a checksum, as the hub does for large files."""
    checksums: dict[str, str] = field(default_factory=dict)
    """Checksums to state instead of the right ones."""
    cuts: list[int] = field(default_factory=list)
    """After how many bytes of each of the next responses the connection is lost."""
    lengths: bool = True
    """Whether its responses state their length."""
    ranges: bool = True
    """Whether it serves parts of files."""
    requests: list[tuple[str, int]] = field(default_factory=list)
    """Path and first byte of each request for a file."""
    redirects: dict[str, str] = field(default_factory=dict)
    """Path → where it redirects to."""
    statuses: list[int] = field(default_factory=list)
    """Status codes of the next responses, in place of an answer."""
    commit: str = ""
    """The commit that it states for all files."""
    login: bool = False
    """Whether every request is answered by a page to log in at, as in a hotel."""
    held_at: int | None = None
    """After how many bytes of a file it waits until `going_on` is set."""
    going_on: threading.Event = field(default_factory=threading.Event)
    asked: int = 0
    """Number of requests of any kind."""

    def put(self, repository: str, name: str, content: bytes | Path, *, stored: bool = True) -> str:
        """Serve a file of a repository; returns its URL."""
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
        hub.asked += 1
        if hub.login:
            return self._send(200, {"Content-Type": "text/html"}, b"<html>Log in</html>")
        if hub.statuses:
            return self._send(hub.statuses.pop(0), {})
        if path in hub.redirects:
            return self._send(302, {"Location": hub.redirects[path]})
        if path in hub.stored:
            checksum = hub.checksums.get(path) or hashlib.sha256(hub.read(path) or b"").hexdigest()
            return self._send(
                302,
                {"Location": f"/storage{path}", "X-Linked-Etag": f'"{checksum}"'} | self._commit(),
            )
        body = hub.read(path.removeprefix("/storage"))
        if body is None:
            return self._send(404, {})
        first = (
            int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
            if "Range" in self.headers and hub.ranges
            else 0
        )
        hub.requests.append((path.removeprefix("/storage"), first))
        if first and first >= len(body):
            return self._send(416, {"Content-Range": f"bytes */{len(body)}"})
        rest = body[first:]
        headers = self._commit() if path == path.removeprefix("/storage") else {}
        headers |= ({"Content-Length": str(len(rest))} if hub.lengths else {}) | (
            {"Content-Range": f"bytes {first}-{len(body) - 1}/{len(body)}"} if first else {}
        )
        cut = hub.cuts.pop(0) if hub.cuts else None
        self._send(206 if first else 200, headers, rest[:cut])
        if cut is not None:
            self.close_connection = True

    def _send(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        if not body:
            headers = {"Content-Length": "0"} | headers
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        held = self.hub.held_at
        if held is not None and len(body) > held:
            with contextlib.suppress(OSError):
                self.wfile.write(body[:held])
                self.wfile.flush()
            self.hub.going_on.wait()
            body = body[held:]
        # Whoever asked may have gone.
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def _commit(self) -> dict[str, str]:
        return {"X-Repo-Commit": self.hub.commit} if self.hub.commit else {}

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""


@contextmanager
def serving() -> Iterator[Hub]:
    """Serve a hub while the block runs."""
    hub = Hub()
    handler = type("Handler", (_Handler,), {"hub": hub, "protocol_version": "HTTP/1.0"})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        hub.address = f"http://127.0.0.1:{server.server_port}"
        # The server waits for the threads of its requests when it closes.
        server.daemon_threads = False
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield hub
        finally:
            hub.going_on.set()
            server.shutdown()
            thread.join()
