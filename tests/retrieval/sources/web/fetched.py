"""Pages as servers send them, and a `Fetch` over a dict of them."""

from collections.abc import Mapping

from retrieval.sources.web.errors import NotFound
from retrieval.sources.web.page import Page


def fetched(
    body: str | bytes,
    address: str = "https://roe.example/",
    *,
    media_type: str = "text/html",
    charset: str = "",
    **headers: str,
) -> Page:
    """A page that was sent; ``link="…"`` is a header, and "_" in its name stands for "-"."""
    return Page(
        asked=address,
        address=address,
        body=body.encode() if isinstance(body, str) else body,
        media_type=media_type,
        charset=charset,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


class Site:
    """A site that serves pages, and remembers which were asked for."""

    def __init__(self, pages: Mapping[str, str | bytes | Page | Exception]) -> None:
        self.pages = dict(pages)
        self.asked: list[str] = []

    async def fetch(self, address: str) -> Page:
        self.asked.append(address)
        found = self.pages.get(address)
        if found is None:
            raise NotFound(address, 404)
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, Page) else fetched(found, address)
