"""The place where the server of the pages listens, and the names under which it may be called."""

from __future__ import annotations

import contextlib
import ipaddress
import socket

from sonospine.model.errors import InputError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
EVERY_ADDRESS = ("0.0.0.0", "::")


def is_loopback(host: str) -> bool:
    """Tell whether an address to listen on can be reached from this machine alone."""
    if host in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def hosts_of(host: str) -> frozenset[str]:
    """Return the names under which a server that listens on ``host`` may be called (see ``security.Guard``)."""
    if is_loopback(host):
        return frozenset({*LOOPBACK, host.lower()})
    return frozenset({*LOOPBACK, host.lower(), socket.gethostname().lower(), socket.getfqdn().lower()})


def address_of(host: str, port: int) -> str:
    """Return the address of the pages as a browser of this machine takes it."""
    shown = "127.0.0.1" if host in EVERY_ADDRESS else host
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address (port 0: a free one).

    Raises
    ------
    InputError
        The port is in use or not allowed, or this machine has no such address.
    """
    with contextlib.ExitStack() as opened:
        try:
            family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            bound = opened.enter_context(socket.socket(family, socket.SOCK_STREAM))
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(place)
            bound.listen()
        except OSError as error:
            raise InputError(
                f"cannot listen here: {error.strerror or error}",
                field="--port",
                found=f"{host}:{port}",
                allowed="a free port of this machine",
            ) from None
        opened.pop_all()
    return bound
