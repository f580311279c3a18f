"""Calls that leave the house: to public addresses, and to hosts that were named.

A channel's address is somebody's typing, its host may answer with a redirect, and a
name may lead elsewhere from one moment to the next. So the address itself is looked at,
at the moment of connecting, by an audit hook of the interpreter: whatever library makes
the connection, it is asked before any byte is sent.
"""

import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from ipaddress import ip_address
from typing import Any

# The threads that Apprise starts get a copy of the caller's context.
_allowed: ContextVar[frozenset[str] | None] = ContextVar("allowed", default=None)
_WATCHED = frozenset({"socket.connect", "socket.sendto"})


class InternalAddressError(OSError):
    """A call would have reached a host of the house that nobody named."""


@contextmanager
def public_only(named: Iterable[str]) -> Iterator[None]:
    """Let what runs in this context reach public addresses and the named hosts alone.

    Args:
        named: Host names or addresses of the house that may be called.

    Raises:
        InternalAddressError: From the call that connects elsewhere.
    """
    _watch()
    token = _allowed.set(frozenset(one for it in named for one in _addresses_of(it)))
    try:
        yield
    finally:
        _allowed.reset(token)


@cache
def _watch() -> None:
    """Put the hook in, once for the process; a hook cannot be taken out again."""
    sys.addaudithook(_look)


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _WATCHED:
        return
    allowed = _allowed.get()
    if allowed is not None and not _may_reach(arguments[1], allowed):
        raise InternalAddressError("an address inside the house that was not named")


def _may_reach(address: Any, allowed: frozenset[str]) -> bool:
    if not isinstance(address, tuple):
        return False  # a socket in the file system is always inside
    found = ip_address(str(address[0]).partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    reached = mapped or found
    return (reached.is_global and not reached.is_multicast) or str(reached) in allowed


def _addresses_of(host: str) -> Iterator[str]:
    try:
        for *_, address in socket.getaddrinfo(host, None):
            yield str(address[0])
    except OSError:
        return  # a name that leads nowhere allows nothing
