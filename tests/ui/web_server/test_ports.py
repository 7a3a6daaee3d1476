from __future__ import annotations

import errno
import socket

import pytest

from explorer.errors import ExplorerError
from explorer.ui.web_server import ports


def taken(address: str) -> socket.socket:
    """A program that listens on a port of that address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family)
    try:
        made.bind((address, 0))
    except OSError:
        made.close()
        pytest.skip("no such address here")
    made.listen()
    return made


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "0.0.0.0"])
def test_a_port_in_use_on_either_address_family_is_not_free(address: str) -> None:
    with taken(address) as other:
        port = other.getsockname()[1]
        assert not ports.is_free(port)
    assert ports.is_free(port)


def test_the_first_free_port_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()

    def is_free(port: int) -> bool:
        asked.append(port)
        return port == 8503

    monkeypatch.setattr(ports, "is_free", is_free)
    assert ports.free_port() == 8503
    assert asked == [8501, 8502, 8503]


def test_the_lack_of_a_free_port_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()
    monkeypatch.setattr(ports, "is_free", asked.append)
    with pytest.raises(ExplorerError, match="from 8501 to 8600"):
        ports.free_port()
    assert asked == list(range(8501, 8601))


def test_the_reserved_address_family_refuses_other_programs() -> None:
    with taken("::1") as probe:
        port = probe.getsockname()[1]
    held = ports.hold_other_family(port)
    assert held is not None
    with held:
        assert not ports.is_free(port)
        # Who connects is refused, and continues to the other family.
        with socket.socket(socket.AF_INET6) as visitor, pytest.raises(ConnectionRefusedError):
            visitor.connect(("::1", port))
        with socket.socket(socket.AF_INET6) as greedy:
            greedy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with pytest.raises(OSError):
                greedy.bind(("::1", port))
    assert ports.is_free(port)


def test_a_port_of_another_program_cannot_be_reserved() -> None:
    with taken("::1") as other, pytest.raises(OSError):
        ports.hold_other_family(other.getsockname()[1])


@pytest.mark.parametrize("number", [errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT])
def test_a_computer_with_one_address_family_has_free_ports(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    bound = ports._bound

    def lacking(
        family: socket.AddressFamily, address: str, port: int, *, reuse: bool
    ) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(number, "lacking")
        return bound(family, address, port, reuse=reuse)

    with taken("127.0.0.1") as other:
        port = other.getsockname()[1]
    monkeypatch.setattr(ports, "_bound", lacking)
    assert ports.is_free(port)
    assert ports.hold_other_family(port) is None
    with taken("127.0.0.1") as other:
        assert not ports.is_free(other.getsockname()[1])
