"""Find free ports, on both the IPv4 and the IPv6 loopback address.

`localhost` means 127.0.0.1 and ::1, and browsers may try ::1 first. The app listens on 127.0.0.1
only. If another user's program listened on ::1, a browser would open that program's page and send
it the token.
"""

from __future__ import annotations

import errno
import socket

from explorer.errors import ExplorerError
from explorer.systems.this_system import this_system

FIRST, TRIED = 8501, 100


def free_port() -> int:
    """The first free port from 8501 on. Raises ExplorerError if all of the first 100 are taken."""
    for port in range(FIRST, FIRST + TRIED):
        if is_free(port):
            return port
    raise ExplorerError(
        f"No port from {FIRST} to {FIRST + TRIED - 1} is free. Choose another one with --port."
    )


def is_free(port: int) -> bool:
    """Whether the port is free on both addresses. A port that was just closed counts as free."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with _bound(family, address, port, reuse=True):
                pass
        except OSError as error:
            if not _is_unsupported(error):
                return False
    return True


def hold_other_family(port: int) -> socket.socket | None:
    """Bind the port on ::1, so that no other program can while the socket is open. Browsers are
    refused there and try 127.0.0.1 next.

    Returns None if the computer has no IPv6. Raises OSError if another program has the port.
    """
    try:
        # With SO_REUSEADDR, another program that sets it as well could also bind the port, because
        # nobody listens on it.
        return _bound(socket.AF_INET6, "::1", port, reuse=False)
    except OSError as error:
        if _is_unsupported(error):
            return None
        raise


def _bound(family: socket.AddressFamily, address: str, port: int, *, reuse: bool) -> socket.socket:
    made = socket.socket(family)
    try:
        this_system().prepare_port(made, reuse=reuse)
        made.bind((address, port))
    except BaseException:
        made.close()
        raise
    return made


def _is_unsupported(error: OSError) -> bool:
    """Whether an error means that the computer lacks this address family, not that the port is
    taken."""
    return error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT)
