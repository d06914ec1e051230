"""Names to IP addresses that may be connected to."""

import socket

import pytest

from retrieval.sources.web.ip_addresses import is_public
from retrieval.sources.web.resolver import CheckingResolver, NoAllowedAddress
from tests.retrieval.sources.web.names import FixedNames


async def resolved(*answers: list[str]) -> list[str]:
    resolver = CheckingResolver(is_public, FixedNames({"a.example": answers}))
    return [result["host"] for result in await resolver.resolve("a.example", 80)]


async def test_public_addresses_are_handed_on() -> None:
    assert await resolved(["8.8.8.8", "2606:4700::1111"]) == ["8.8.8.8", "2606:4700::1111"]


async def test_of_a_mixed_answer_only_the_public_ones() -> None:
    assert await resolved(["10.0.0.1", "8.8.8.8", "::1"]) == ["8.8.8.8"]


async def test_a_name_that_leads_only_into_a_private_network_is_refused() -> None:
    with pytest.raises(NoAllowedAddress, match=r"a\.example leads to 10\.0\.0\.1"):
        await resolved(["10.0.0.1", "fe80::1%2"])


async def test_every_answer_is_checked_not_only_the_first() -> None:
    names = FixedNames({"a.example": [["8.8.8.8"], ["169.254.169.254"]]})
    resolver = CheckingResolver(is_public, names)
    assert await resolver.resolve("a.example", 80)
    with pytest.raises(NoAllowedAddress):
        await resolver.resolve("a.example", 80)


async def test_a_name_that_does_not_exist_is_an_error_of_the_operating_system() -> None:
    resolver = CheckingResolver(is_public, FixedNames({}))
    with pytest.raises(socket.gaierror):
        await resolver.resolve("nowhere.example", 80)


async def test_a_name_without_an_address_is_an_error_too() -> None:
    with pytest.raises(socket.gaierror, match="no address"):
        await resolved([])


async def test_the_operating_system_resolves_by_default() -> None:
    resolver = CheckingResolver(lambda ip: ip.is_loopback)
    found = await resolver.resolve("localhost", 80, socket.AF_INET)
    assert [result["host"] for result in found] == ["127.0.0.1"]
    await resolver.close()
