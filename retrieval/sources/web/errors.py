"""Why an address could not be fetched or used, and what to do."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from embeddings.errors import VerbatimError
from retrieval.sources.web.ip_addresses import IpAddress, is_public_or_private

_WHAT_ONE_CAN_DO = (
    "Ask the site's owner to allow {agent!r}, use the site's feed if it has one, "
    "or save its pages into a folder"
)
_LONGEST_QUOTED = 200  # characters of what somebody typed or a page linked

Failure = Literal["name", "connection", "timeout", "certificate"]
"""Why a server was not reached: no such name, no connection, none in time, or no secure one."""


class FetchError(VerbatimError):
    """An address that could not be fetched. Its subclasses say why.

    Attributes:
        address: what was being fetched.
        text: the message without the address.
        asked: the address that was asked for; another one where that led here by redirects.
        passing: whether the same may well succeed later.
        retried: whether it may well succeed within seconds, so that it is tried again at once.
        retry_after: for how many seconds the server asks to be left alone, if it does.
    """

    passing: bool = False
    retried: bool = False

    def __init__(self, address: str, text: str) -> None:
        super().__init__(address, text)
        self.address = address
        self.text = text
        self.asked = address
        self.retry_after: float | None = None

    def __str__(self) -> str:
        came_from = f" (redirected from {self.asked})" if self.asked != self.address else ""
        return f"{self._shown()}{came_from}: {self.text}"

    def _shown(self) -> str:
        return self.address


class BadAddress(FetchError):
    """What somebody typed, or what a page linked, is not the address of a web page."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(address, f"{reason}. Give an address such as https://www.example.org/news")
        self.reason = reason

    def _shown(self) -> str:
        # It may have line breaks and control characters, and be of any length.
        is_short = len(self.address) <= _LONGEST_QUOTED
        return repr(self.address if is_short else f"{self.address[:_LONGEST_QUOTED]}…")


class ForbiddenAddress(FetchError):
    """An address that leads into a private or special network; ``ip`` is where it leads."""

    def __init__(self, address: str, ip: IpAddress) -> None:
        remedy = (
            "If it is a server of your own network, set VERBATIM_PRIVATE_ADDRESSES=yes"
            if is_public_or_private(ip)
            else "Name the address of a public web site"
        )
        # Not what it is: people in Discord need not know the names of the host's network.
        super().__init__(address, f"where it leads is not a public address. {remedy}")
        self.ip = ip


class ForbiddenByRobots(FetchError):
    """The site's robots.txt does not allow the page to be fetched."""

    def __init__(self, address: str, agent: str) -> None:
        remedy = _WHAT_ONE_CAN_DO.format(agent=agent)
        super().__init__(address, f"the site's robots.txt forbids it. {remedy}")
        self.agent = agent


class RobotsUnavailable(FetchError):
    """The site's robots.txt cannot be read now, so it is not known what it forbids."""

    passing = True

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            address,
            "it is not fetched for now, because the site's robots.txt cannot be read "
            f"({reason}). Try again later",
        )
        self.reason = reason


class Blocked(FetchError):
    """The server does not let programs read the page.

    ``wall`` names the protection that it uses, where that is known; otherwise it is empty.
    """

    def __init__(self, address: str, status: int, wall: str, agent: str) -> None:
        by = f" by {wall}" if wall else ""
        remedy = _WHAT_ONE_CAN_DO.format(agent=agent)
        super().__init__(address, f"the site blocks Verbatim{by} (HTTP {status}). {remedy}")
        self.status = status
        self.wall = wall
        self.agent = agent


class TooManyRequests(Blocked):
    """The server asks for fewer requests, and goes on asking: 429."""

    passing = True
    retried = True


class LoginRequired(FetchError):
    """The page is only for people who log in: 401 or 407."""

    def __init__(self, address: str, status: int) -> None:
        super().__init__(
            address,
            f"the page asks for a log-in (HTTP {status}), which Verbatim does not have. "
            "Name a public page, or save its pages into a folder",
        )
        self.status = status


class NotFound(FetchError):
    """The server has no such page: 404 or 410."""

    def __init__(self, address: str, status: int) -> None:
        super().__init__(
            address, f"there is no such page (HTTP {status}). Check the address in a browser"
        )
        self.status = status


class Refused(FetchError):
    """The server did not accept the request: any other status that is no success."""

    def __init__(self, address: str, status: int) -> None:
        super().__init__(
            address,
            f"the server refused the request (HTTP {status}). Check the address in a browser",
        )
        self.status = status


class ServerError(FetchError):
    """The server failed: a status of 500 or more."""

    passing = True
    retried = True

    def __init__(self, address: str, status: int) -> None:
        super().__init__(address, f"the server failed (HTTP {status}). Try again later")
        self.status = status


class Unreachable(FetchError):
    """No server answered."""

    _TEXTS: ClassVar[dict[Failure, str]] = {
        "name": "no server has this name ({}). Check the address and the network",
        "connection": "the server cannot be reached ({}). Try again later",
        "timeout": "the server cannot be reached ({}). Try again later",
        "certificate": "no secure connection to the server ({}). Its owner must mend that",
    }

    def __init__(self, address: str, failure: Failure, reason: str) -> None:
        super().__init__(address, self._TEXTS[failure].format(reason))
        self.failure = failure
        self.reason = reason
        self.passing = failure != "certificate"
        self.retried = failure == "connection"


class TooSlow(FetchError):
    """The server took longer than ``seconds``."""

    passing = True

    def __init__(self, address: str, seconds: float) -> None:
        super().__init__(
            address, f"the server took longer than {seconds:g} seconds. Try again later"
        )
        self.seconds = seconds


class TooLarge(FetchError):
    """The page has more than ``limit`` bytes, decompressed."""

    def __init__(self, address: str, limit: int) -> None:
        super().__init__(
            address,
            f"it is larger than {limit / 1e6:g} MB, which no page of a release is. "
            "Name the page of a release, a feed or a list of releases",
        )
        self.limit = limit


class CutOff(FetchError):
    """The connection ended before the page did."""

    passing = True
    retried = True

    def __init__(self, address: str) -> None:
        super().__init__(address, "the connection ended before the page did. Try again later")


class BadResponse(FetchError):
    """What the server sent is not HTTP, or not encoded as it says."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            address,
            f"the server's response cannot be read: {reason}. Save the page into a folder",
        )
        self.reason = reason


class NotText(FetchError):
    """The address has a picture, a film, a sound or a typeface instead of a page."""

    def __init__(self, address: str, media_type: str) -> None:
        super().__init__(
            address,
            f"it is not a web page but {media_type}. Name the page of a release or of a newsroom",
        )
        self.media_type = media_type


class NotPdf(FetchError):
    """What a release links to as a PDF is something else."""

    def __init__(self, address: str, media_type: str) -> None:
        what = f" but {media_type}" if media_type else ""
        super().__init__(
            address, f"it is not a PDF{what}, though a release links to it as one. Check the link"
        )
        self.media_type = media_type


class TooManyRedirects(FetchError):
    """The address leads from one address to the next without an end.

    ``chain`` are the addresses in order; ``loop`` is whether the last one is one of those before.
    """

    def __init__(self, address: str, chain: Sequence[str], *, loop: bool) -> None:
        how = "in a circle" if loop else f"on and on ({len(chain) - 1} times)"
        super().__init__(
            address, f"the server redirects {how}. Name the page where a browser ends up"
        )
        self.chain = tuple(chain)
        self.loop = loop
