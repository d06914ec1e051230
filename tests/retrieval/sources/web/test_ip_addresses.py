"""Which IP addresses may be connected to."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.ip_addresses import IpAddress, is_public, is_public_or_private

PRIVATE = [
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "::1",
    "fd12:3456::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::192.168.1.1",
    "2002:a00:1::1",  # 6to4 of 10.0.0.1
]
SPECIAL = [
    "0.0.0.0",
    "0.1.2.3",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::ffff:169.254.169.254",
    "::127.0.0.1",  # compatible with IPv4, as it was called once
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::a00:1",
    "2002:a9fe:a9fe::1",  # 6to4 of 169.254.169.254
    "100::1",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "fd00:ec2::254",
    "fd00:ec2::254%1",
    "2606:4700::1111%eth0",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.167.1.1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
    "2606:4700::1111",
    "2a00:1450:4001::200e",
]

_ANY = st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address)


@pytest.mark.parametrize("ip", PUBLIC)
def test_public_addresses_may_be_connected_to(ip: str) -> None:
    assert is_public(ip_address(ip))
    assert is_public_or_private(ip_address(ip))


@pytest.mark.parametrize("ip", PRIVATE)
def test_private_addresses_only_where_that_is_allowed(ip: str) -> None:
    assert not is_public(ip_address(ip))
    assert is_public_or_private(ip_address(ip))


@pytest.mark.parametrize("ip", SPECIAL)
def test_metadata_link_local_and_reserved_addresses_never(ip: str) -> None:
    assert not is_public(ip_address(ip))
    assert not is_public_or_private(ip_address(ip))


def test_a_teredo_address_is_judged_by_both_that_it_leads_to() -> None:
    # Server 8.8.8.8, client 10.0.0.1 with its bits inverted (RFC 4380).
    assert not is_public(IPv6Address("2001:0:808:808:0:0:f5ff:fffe"))


@given(_ANY)
def test_what_python_knows_not_to_be_global_is_not_public(ip: IpAddress) -> None:
    if not ip.is_global and not (isinstance(ip, IPv6Address) and (ip.ipv4_mapped or ip.teredo)):
        assert not is_public(ip)


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_ipv4_address_is_as_public_in_ipv6(ip: IPv4Address) -> None:
    assert is_public(IPv6Address(f"::ffff:{ip}")) == is_public(ip)
    assert is_public_or_private(IPv6Address(f"64:ff9b::{ip}")) == is_public_or_private(ip)
