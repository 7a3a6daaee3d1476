from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from explorer.errors import LibraryError
from explorer.ui.web_server import access_token
from explorer.ui.web_server.access_token import Access, access

TOKEN = "0123456789abcdef" * 3
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")


def test_a_token_is_long_random_and_persistent(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first, other = access(tmp_path), access(tmp_path / "other")
    assert len(first.token) == 48 and int(first.token, 16) >= 0
    assert access(tmp_path) == first
    assert other.token != first.token and other.cookie != first.cookie


@posix
def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    old = os.umask(0o000)
    try:
        access(tmp_path)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600


@posix
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o610])
def test_a_token_that_others_could_read_is_replaced(tmp_path: Path, mode: int) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(mode)
    made = access(tmp_path)
    assert made.token != TOKEN and access(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600


@posix
def test_the_token_persists_without_permission_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o755)
    monkeypatch.setattr(Path, "chmod", lambda self, mode: None)
    assert access(tmp_path).token == TOKEN


@posix
@pytest.mark.parametrize("error", [PermissionError, OSError])
def test_a_token_that_cannot_be_hidden_from_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[OSError]
) -> None:
    """On somebody else's file system without permission bits, `chmod` is refused."""
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o644)

    def refuse(self: Path, mode: int) -> None:
        raise error(1 if error is PermissionError else 5, "refused")

    monkeypatch.setattr(Path, "chmod", refuse)
    if error is PermissionError:
        assert access(tmp_path).token == TOKEN
    else:
        with pytest.raises(LibraryError, match="refused"):
            access(tmp_path)


def test_modes_mean_nothing_to_a_system_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows reports all files as readable by everybody."""
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o644)
    monkeypatch.setattr(access_token, "this_system", lambda: Windowslike)
    assert access(tmp_path).token == TOKEN


class Windowslike:
    has_permission_bits = False


@pytest.mark.parametrize(
    "content",
    [b"", b"short", b"\xff\xfe", TOKEN.encode() + b"0", TOKEN.upper().encode(), b"g" * 48],
)
def test_an_invalid_token_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    (tmp_path / "token").chmod(0o600)
    made = access(tmp_path)
    assert made.token.encode() != content and len(made.token) == 48
    assert access(tmp_path) == made


def test_a_valid_token_is_kept(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    (tmp_path / "token").chmod(0o600)
    assert access(tmp_path).token == TOKEN


def test_two_programs_that_start_at_once_have_one_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = list[int]()

    def token_hex(size: int) -> str:
        made.append(size)
        with pytest.raises(Timeout):
            FileLock(tmp_path / "token.lock", timeout=0).acquire()
        return TOKEN

    monkeypatch.setattr(secrets, "token_hex", token_hex)
    assert access(tmp_path).token == access(tmp_path).token == TOKEN
    assert made == [24] and (tmp_path / "token").read_bytes().strip() == TOKEN.encode()


@posix
def test_a_library_has_one_cookie_by_whatever_path_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "library")
    found = access(tmp_path / "link")
    assert found == access(tmp_path / "library")
    assert re.fullmatch("photo-explorer-[0-9a-f]{16}", found.cookie)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError("odd")])
def test_what_keeps_a_token_from_being_stored_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(access_token, "_write", refuse)
    words = error.strerror or "odd"
    with pytest.raises(LibraryError, match=rf"stored in .*token: {words}\."):
        access(tmp_path)


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LibraryError, match="token cannot be stored"):
        access(tmp_path / "file" / "library")


@pytest.mark.parametrize(
    "given", [None, "", TOKEN[:-1], TOKEN + "0", TOKEN.upper(), "é" * 48, "\udcff"]
)
def test_only_the_token_itself_is_accepted(given: str | None) -> None:
    known = Access(TOKEN, "name")
    assert known.knows(TOKEN) and not known.knows(given)


@pytest.mark.parametrize(
    ("cookies", "admitted"),
    [
        (f"name={TOKEN}", True),
        (f"other=1; name={TOKEN}", True),
        (f"name={TOKEN};other=1", True),
        (f"name=wrong; name={TOKEN}", True),
        (f'json={{"a":1}}; bad[name]=1; bad@name=2; name={TOKEN}', True),
        ("", False),
        (f"NAME={TOKEN}", False),
        (f"names={TOKEN}", False),
        (f"name={TOKEN[:-1]}", False),
        (f"other=name={TOKEN}", False),
        (TOKEN, False),
        (f"name; {TOKEN}", False),
    ],
)
def test_the_cookie_admits(cookies: str, admitted: bool) -> None:
    assert Access(TOKEN, "name").admits(cookies) is admitted


def test_the_cookie_has_its_attributes() -> None:
    field, *attributes = Access(TOKEN, "name").set_cookie().split("; ")
    assert field == f"name={TOKEN}"
    assert set(attributes) == {"Path=/", "Max-Age=34560000", "HttpOnly", "SameSite=Lax"}
    assert Access(TOKEN, "name").admits(field)


def test_the_url_contains_the_token() -> None:
    assert (
        Access(TOKEN, "name").address("http://localhost:8501")
        == f"http://localhost:8501/?token={TOKEN}"
    )
