"""Calls that leave the house: to public addresses, to named hosts, and for a while.

A channel's address is somebody's typing, its host may answer with a redirect, and a
name may lead elsewhere from one moment to the next. So the address itself is looked at,
at the moment of connecting, by an audit hook of the interpreter: whatever library makes
the connection, it is asked before any byte is sent. However an address was written
(2130706433, 0x7f.1, a redirect to it), it is an address by then.
"""

import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from typing import Any

_WATCHED = frozenset({"socket.connect", "socket.sendto"})
# Addresses that carry an IPv4 address in their last 32 bits: a gateway leads there.
_CARRIERS = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))


class InternalAddressError(OSError):
    """A call would have reached a host of the house that nobody named."""


@dataclass(slots=True)
class Watched:
    """What became of the calls that were made while they were watched."""

    allowed: frozenset[str]
    is_inside: bool = False  # one would have led into the house
    is_slow: bool = False  # they were cut off
    _open: list[socket.socket] = field(default_factory=list)

    def keep(self, made: object) -> None:
        """Hold on to a connection, to be able to end it from outside."""
        if isinstance(made, socket.socket):
            with suppress(OSError):  # what has no handle of its own cannot be cut off
                # Its maker may hand it on to TLS and forget it; the copy is the same.
                self._open.append(made.dup())

    def cut_off(self) -> None:
        """End every call, however slowly the other side goes on answering."""
        self.is_slow = True
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def was_connected(self) -> bool:
        """Whether some call reached the other side."""
        return any(_has_peer(one) for one in self._open)

    def let_go(self) -> None:
        """Forget the connections."""
        for one in self._open:
            one.close()
        self._open.clear()


def _has_peer(made: socket.socket) -> bool:
    try:
        made.getpeername()
    except OSError:
        return False
    return True


# The threads that Apprise starts get a copy of the caller's context.
_watched: ContextVar[Watched | None] = ContextVar("watched", default=None)


@contextmanager
def public_only(
    named: Iterable[str], seconds: float | None = None
) -> Iterator[Watched]:
    """Let what runs in this context reach public addresses and the named hosts alone.

    Args:
        named: Host names or addresses of the house that may be called.
        seconds: After how long all calls are cut off; None: never.

    Raises:
        InternalAddressError: From the call that connects elsewhere.
    """
    _watch()
    watched = Watched(frozenset(one for it in named for one in _addresses_of(it)))
    token = _watched.set(watched)
    timer = Timer(seconds, watched.cut_off) if seconds is not None else None
    if timer is not None:
        timer.daemon = True
        timer.start()
    try:
        yield watched
    finally:
        if timer is not None:
            timer.cancel()
        _watched.reset(token)
        watched.let_go()


@cache
def _watch() -> None:
    """Put the hook in, once for the process; a hook cannot be taken out again."""
    sys.addaudithook(_look)


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _WATCHED:
        return
    watched = _watched.get()
    if watched is None:
        return
    if watched.is_slow:
        raise TimeoutError("the time for calling is over")
    if not _may_reach(arguments[1], watched.allowed):
        watched.is_inside = True
        raise InternalAddressError("an address inside the house that was not named")
    watched.keep(arguments[0])


def _may_reach(address: Any, allowed: frozenset[str]) -> bool:
    if not isinstance(address, tuple):
        return False  # a socket in the file system is always inside
    try:
        found = ip_address(str(address[0]).partition("%")[0])
    except ValueError:
        return False  # a name: where it would lead is not known yet
    reached = _carried(found) or found
    if str(reached) in allowed or str(found) in allowed:
        return True
    return reached.is_global and not (reached.is_multicast or _is_odd(reached))


def _carried(found: IPv4Address | IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for."""
    if isinstance(found, IPv4Address):
        return None
    if found.ipv4_mapped or found.sixtofour:
        return found.ipv4_mapped or found.sixtofour
    if any(found in carrier for carrier in _CARRIERS):
        return IPv4Address(int(found) & 0xFFFF_FFFF)
    return None


def _is_odd(reached: IPv4Address | IPv6Address) -> bool:
    """Whether an address is called global and is not: site-local, reserved."""
    return reached.is_reserved or getattr(reached, "is_site_local", False)


def _addresses_of(host: str) -> Iterator[str]:
    try:
        for *_, address in socket.getaddrinfo(host, None):
            yield str(address[0])
    except OSError:
        return  # a name that leads nowhere allows nothing
