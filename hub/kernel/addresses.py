"""Which network addresses outgoing connections may reach: the guard against server-side request forgery.

What counts is the address that a socket is connected to, never the spelling in the URL: ``127.1``, ``2130706433`` and
``0x7f.1`` are all loopback for the resolver, and a name may resolve to anything.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PUBLIC_PORTS = frozenset({80, 443})

# The only IPv6 space that is handed out for the public Internet (IANA, IPv6 address space registry).
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# RFC 6052 well-known prefix of NAT64, and the obsolete "IPv4-compatible" form of RFC 4291: both carry an IPv4 address.
CARRIES_IPV4 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
# Registered as not globally reachable, but missing in `is_private` of the Python versions we run on.
NEVER_PUBLIC: tuple[Network, ...] = (
    ipaddress.IPv4Network("192.0.0.0/24"),  # IETF protocol assignments, RFC 6890
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    ipaddress.IPv6Network("3fff::/20"),  # documentation, RFC 9637
)
LAST_32_BITS = 0xFFFFFFFF


def unwrap(address: Address) -> Address:
    """The IPv4 address that an IPv6 address leads to (mapped, NAT64, 6to4, Teredo, compatible), or the address itself.

    >>> str(unwrap(ipaddress.ip_address("64:ff9b::a9fe:a9fe")))
    '169.254.169.254'
    """
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inner is None and int(address) > 1 and any(address in network for network in CARRIES_IPV4):
        inner = ipaddress.IPv4Address(int(address) & LAST_32_BITS)
    return inner or address


class Networks:
    """The public Internet on ports 80 and 443, plus the networks that an operator allows, on any port."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self.allowed: tuple[Network, ...] = tuple(ipaddress.ip_network(network) for network in allowed)

    def allows(self, text: str) -> bool:
        """Whether a numeric address lies in a network that the operator allows."""
        address = _parsed(text)
        return address is not None and self._is_allowed(unwrap(address))

    def permits(self, text: str, port: int) -> bool:
        """Whether a socket may be connected to this numeric address and port; anything unreadable is refused."""
        address = _parsed(text)
        if address is None:
            return False
        inner = unwrap(address)
        return self._is_allowed(inner) or (port in PUBLIC_PORTS and is_public(inner))

    def _is_allowed(self, address: Address) -> bool:
        return any(address.version == network.version and address in network for network in self.allowed)


def is_public(address: Address) -> bool:
    """Whether an unwrapped address is an ordinary one of the public Internet."""
    if isinstance(address, ipaddress.IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    never = any(address.version == network.version and address in network for network in NEVER_PUBLIC)
    return address.is_global and not address.is_multicast and not never


def is_private(text: str) -> bool:
    """Whether this is a numeric address that is not of the public Internet (loopback, a town's own network)."""
    address = _parsed(text)
    return address is not None and not is_public(unwrap(address))


def _parsed(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
