"""Which IP addresses may be connected to: public ones, and private ones where that is allowed.

The networks are those of IANA's registries of special-purpose addresses
(https://www.iana.org/assignments/iana-ipv4-special-registry and ``iana-ipv6-special-registry``).
They are listed here because `ipaddress` knows different ones in different versions of Python, and
none of the addresses at which clouds tell a machine its secrets.
"""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TypeAlias

IpAddress: TypeAlias = IPv4Address | IPv6Address

Allowed: TypeAlias = Callable[[IpAddress], bool]
"""Whether an IP address may be connected to."""

_PRIVATE_V4 = tuple(
    IPv4Network(network)
    for network in (
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by the customers of a provider
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
    )
)
_PRIVATE_V6 = (IPv6Network("::1/128"), IPv6Network("fc00::/7"))
_SPECIAL_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # "this host"
        "169.254.0.0/16",  # link-local, and the metadata of most clouds
        "192.0.0.0/24",  # protocol assignments, and the metadata of Oracle's
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and the broadcast address
    )
)
_SPECIAL_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# Where clouds tell a machine its secrets, in networks that are otherwise public or private.
_METADATA = frozenset(
    {
        IPv4Address("100.100.100.200"),  # Alibaba
        IPv4Address("168.63.129.16"),  # Azure
        IPv6Address("fd00:ec2::254"),  # Amazon
        IPv6Address("fd20:ce::254"),  # Google
    }
)


def is_public(ip: IpAddress) -> bool:
    """Whether everybody on the internet reaches the same machine at this address.

    An IPv6 address that leads to an IPv4 address (mapped, NAT64, 6to4, Teredo) is judged by that
    one: through a translator it is where a connection ends up.
    """
    if _is_never_allowed(ip):
        return False
    if isinstance(ip, IPv4Address):
        return not _within(ip, (*_PRIVATE_V4, *_SPECIAL_V4))
    if embedded := _embedded(ip):
        return all(is_public(each) for each in embedded)
    return ip in _GLOBAL_UNICAST and not _within(ip, _SPECIAL_V6)


def is_public_or_private(ip: IpAddress) -> bool:
    """As `is_public`, or this machine's own address, or one of a private network.

    Link-local addresses, the metadata of clouds, multicast and reserved ones are neither.
    """
    if _is_never_allowed(ip):
        return False
    if isinstance(ip, IPv4Address):
        return is_public(ip) or _within(ip, _PRIVATE_V4)
    if embedded := _embedded(ip):
        return all(is_public_or_private(each) for each in embedded)
    return is_public(ip) or _within(ip, _PRIVATE_V6)


def _is_never_allowed(ip: IpAddress) -> bool:
    # An address with a scope (fe80::1%eth0) is equal to none without one.
    return ip in _METADATA or (isinstance(ip, IPv6Address) and ip.scope_id is not None)


def _embedded(ip: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address leads to."""
    if ip.ipv4_mapped:
        return (ip.ipv4_mapped,)
    if ip in _NAT64:
        return (IPv4Address(int(ip) & 0xFFFFFFFF),)
    if ip.sixtofour:
        return (ip.sixtofour,)
    return ip.teredo or ()


def _within(ip: IpAddress, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(ip in network for network in networks)
