"""Addresses of web pages: as people type them and pages link them, in one canonical form.

The canonical form is that of the URL Standard (https://url.spec.whatwg.org) as far as it concerns
http and https: ASCII only, a name in lower case, an IPv4 address in four decimal numbers however it
was written, no default port, at least ``/`` for a path. It has neither a fragment nor a user name.
"""

import ipaddress
import re
import socket
from urllib.parse import urljoin

from yarl import URL

from retrieval.sources.web.errors import BadAddress
from retrieval.sources.web.ip_addresses import IpAddress

_LONGEST = 4096  # characters
_LONGEST_NAME = 253
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d)", re.IGNORECASE)  # a port is no scheme's rest
_SCHEMES = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f]")
_REMOVED_IN_LINKS = str.maketrans("", "", "\t\r\n")


def typed_address(text: str) -> str:
    """The canonical form of an address that somebody typed; without a scheme it is https.

    Raises `BadAddress`.
    """
    address = text.strip()
    scheme = _SCHEME.match(address)
    if not address:
        raise BadAddress(text, "this is empty")
    if not scheme:
        address = f"https://{address.removeprefix('//')}"
    return _canonical(address, text)


def linked_address(link: str, base: str) -> str:
    """The canonical address of a link on the page ``base``, or of a redirect from there.

    Raises `BadAddress`.
    """
    # A link may be broken over lines in the page's source; browsers join it.
    try:
        address = urljoin(base, link.strip().translate(_REMOVED_IN_LINKS))
    except ValueError as error:
        raise BadAddress(link, "this is not an address") from error
    return _canonical(address, link)


def origin(address: str) -> str:
    """Scheme, host and port of a canonical address, as ``https://www.example.org``."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def host(address: str) -> str:
    """The name or IP address of the server of a canonical address, without brackets."""
    return URL(address, encoded=True).host or ""


def literal_ip(address: str) -> IpAddress | None:
    """The IP address of a canonical address that has one in place of a name."""
    try:
        return ipaddress.ip_address(host(address))
    except ValueError:
        return None


def _canonical(address: str, given: str) -> str:
    if len(address) > _LONGEST:
        raise BadAddress(given, f"it has more than {_LONGEST:,} characters")
    if _INVISIBLE.search(address):
        raise BadAddress(given, "it has control characters")
    try:
        url = URL(address)
        port = url.explicit_port
    except (ValueError, IndexError) as error:  # yarl raises the latter for "http://[]@"
        raise BadAddress(given, "this is not an address") from error
    if url.scheme not in _SCHEMES:
        raise BadAddress(given, "only http and https are read")
    if url.user is not None or url.password is not None:
        raise BadAddress(given, "an address with a user name or password is not read")
    if port == 0:
        raise BadAddress(given, "there is no port 0")
    name = _canonical_host(url.raw_host or "", given)
    suffix = f":{port}" if port and port != _SCHEMES[url.scheme] else ""
    return f"{url.scheme}://{name}{suffix}{url.raw_path_qs or '/'}"


def _canonical_host(name: str, given: str) -> str:
    """The name in canonical form, an IPv6 address in brackets."""
    if ":" in name:
        try:
            ip = ipaddress.IPv6Address(name)
        except ValueError as error:
            raise BadAddress(given, "its IP address is not valid") from error
        if ip.scope_id:
            raise BadAddress(given, "an IP address of one network interface is not read")
        return f"[{ip.compressed}]"
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadAddress(given, "it has no valid host name")
    if _NUMBER.fullmatch(labels[-1]):
        return _canonical_ipv4(name, given)
    return name


def _canonical_ipv4(name: str, given: str) -> str:
    """Four decimal numbers, for an address in decimal, octal or hexadecimal ones, one to four."""
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError as error:
        raise BadAddress(given, "its IP address is not valid") from error
