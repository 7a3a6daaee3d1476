"""Downloads through proxies and networks with certificates of their own."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import certifi
import pytest

from explorer.encoders.downloads import weights
from explorer.encoders.downloads.download_client import _certificates, download_client
from explorer.errors import WeightsMissing

CONTENT = b"the weights" * 1000


@pytest.fixture(autouse=True)
def plain_environment(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no certificates are set."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


def error_of(source: weights.WeightsSource) -> str:
    with pytest.raises(WeightsMissing) as caught:
        weights.fetch(source)
    message = str(caught.value)
    assert "\n" not in message and message.endswith(".") and source.name in message
    return message


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    "proxy", ["socks://127.0.0.1:1", "ftp://127.0.0.1:1", "http://127.0.0.1:port"]
)
def test_a_proxy_that_cannot_be_used_is_explained(
    variable: str, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, proxy)
    message = error_of(weights.WeightsSource("https://hub.invalid/a.pt", "x"))
    assert all(name in message for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SOCKS"))
    # As the message says.
    monkeypatch.setenv("NO_PROXY", "*")
    download_client("a.pt").close()


def test_socks_without_its_package_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    # None: importing it fails, as where it is not installed.
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    message = error_of(weights.WeightsSource("https://hub.invalid/a.pt", "x"))
    assert "SOCKS proxies are not supported" in message


def test_a_certificate_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "company.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    source = weights.WeightsSource("https://hub.invalid/a.pt", "x")
    message = error_of(source)
    assert "SSL_CERT_FILE" in message and str(file) in message and "No such file" in message
    file.write_text("not a certificate")
    message = error_of(source)
    assert str(file) in message and "PEM" in message


def test_the_certificates_of_the_system_and_of_certifi_are_trusted() -> None:
    trusted = _certificates("a.pt").get_ca_certs(binary_form=True)
    of_system, of_certifi = ssl.create_default_context(), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    of_certifi.load_verify_locations(certifi.where())
    for context in (of_system, of_certifi):
        assert set(context.get_ca_certs(binary_form=True)) <= set(trusted)


class _Weights(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def scanned(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server with a certificate that only this computer trusts, as behind a virus scanner: its
    address, and the certificate."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate")
    file, key = tmp_path / "scanner.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Scanner"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Weights) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}", file
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("by", ["SSL_CERT_FILE", "the system's store"])
def test_a_network_that_inspects_https(
    by: str, scanned: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, file = scanned
    source = weights.WeightsSource(f"{address}/a.pt", "x")
    message = error_of(source)
    assert "virus scanners" in message and "company proxies" in message
    assert "SSL_CERT_FILE" in message
    if by == "SSL_CERT_FILE":
        monkeypatch.setenv(by, str(file))
    else:
        real = ssl.SSLContext.load_default_certs

        def load(self: ssl.SSLContext, purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH) -> None:
            real(self, purpose)
            self.load_verify_locations(file)

        monkeypatch.setattr(ssl.SSLContext, "load_default_certs", load)
    assert weights.fetch(source).read_bytes() == CONTENT
