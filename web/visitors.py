"""From where a request comes, as far as the network says."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from flask import request

NETWORK_BITS = 64
"""What one IPv6 subscriber is given: its addresses are one network."""


def network_of(address: str) -> str:
    """The network to which an address belongs: an IPv4 address itself, of an IPv6 address the first half."""
    known = _known(address)
    if known is None or isinstance(known, IPv4Address):
        return str(known or address)
    return str(int(known) >> NETWORK_BITS)


def logging_in_from() -> str:
    """The network from which somebody logs in; empty for this machine itself.

    From there a proxy speaks that `MOTCUA_TRUSTED_PROXIES` does not name, for everybody: nobody must be locked out for
    what others type.
    """
    known = _known(request.remote_addr or "")
    return "" if known is None or known.is_loopback else network_of(str(known))


def _known(address: str) -> IPv4Address | IPv6Address | None:
    """The address; an IPv4 address however it is written."""
    try:
        known = ip_address(address)
    except ValueError:
        return None
    return (known.ipv4_mapped or known) if isinstance(known, IPv6Address) else known
