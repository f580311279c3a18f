"""Where a call may lead: to public addresses and to named hosts."""

import sys
from typing import Any

import pytest

from jobs.outgoing import InternalAddressError, public_only


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        (("8.8.8.8", 443), True),
        (("2606:4700::1111", 443, 0, 0), True),
        (("10.1.2.3", 443), False),
        (("192.168.0.9", 25), False),
        (("169.254.169.254", 80), False),
        (("100.64.0.1", 80), False),
        (("0.0.0.0", 80), False),  # noqa: S104 - called, not listened on
        (("240.0.0.1", 80), False),
        (("224.0.0.1", 80), False),
        (("::1", 80, 0, 0), False),
        (("fd00::1", 80, 0, 0), False),
        (("fec0::1", 80, 0, 0), False),
        (("fe80::1%eth0", 80, 0, 2), False),
        (("ff02::1", 80, 0, 0), False),
        # IPv6 addresses that carry one of IPv4.
        (("::ffff:127.0.0.1", 80, 0, 0), False),
        (("::7f00:1", 80, 0, 0), False),
        (("64:ff9b::a01:203", 80, 0, 0), False),
        (("64:ff9b::808:808", 80, 0, 0), True),
        (("2002:7f00:1::", 80, 0, 0), False),
        (("localhost", 80), False),
        (("::ffff:10.0.0.5", 80, 0, 0), True),
        (("10.0.0.5", 80), True),
        ("/run/some.socket", False),
    ],
)
def test_where_a_call_may_lead(address: Any, *, reached: bool) -> None:
    with public_only(["10.0.0.5"]) as watched:
        if reached:
            sys.audit("socket.connect", None, address)
        else:
            with pytest.raises(InternalAddressError):
                sys.audit("socket.connect", None, address)

    assert watched.is_inside is not reached


def test_other_work_of_the_process_connects_where_it_likes() -> None:
    with public_only([]):
        pass

    sys.audit("socket.connect", None, ("10.0.0.9", 5432))
