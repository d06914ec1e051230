"""Names to IP addresses, of which only those that may be connected to are handed on."""

import socket
from ipaddress import ip_address

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

from retrieval.sources.web.ip_addresses import Allowed, IpAddress


class NoAllowedAddress(Exception):
    """A name that has IP addresses, of which none may be connected to; ``ip`` is one of them."""

    def __init__(self, host: str, ip: IpAddress) -> None:
        super().__init__(f"{host} leads to {ip}")
        self.host = host
        self.ip = ip


class CheckingResolver(AbstractResolver):
    """Resolves a name once, when a connection is opened, and checks what is then connected to.

    A check before that would be worth nothing: a name may have another address a moment later.

    Args:
        allowed: which addresses may be connected to.
        resolver: what resolves; by default the operating system.
    """

    def __init__(self, allowed: Allowed, resolver: AbstractResolver | None = None) -> None:
        self._allowed = allowed
        self._resolver = resolver or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name that may be connected to.

        Raises:
            NoAllowedAddress: If there are only others.
            OSError: If the name has none.
        """
        found = await self._resolver.resolve(host, port, family)
        allowed = [result for result in found if self._allowed(ip_address(result["host"]))]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
        if not allowed:
            raise NoAllowedAddress(host, ip_address(found[0]["host"]))
        return allowed

    async def close(self) -> None:
        """Close what resolves."""
        await self._resolver.close()
