"""Where a link to a passage scrolls to in a browser, and what it marks there."""

from __future__ import annotations

import asyncio
import base64
import gzip
import io
import json
import re
import unicodedata
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from aiohttp import web
from PIL import Image

from tests.browser.chromium import HEIGHT, WIDTH, Tab

_TRIES = 12  # a text directive is looked for once more half a second after the page is loaded
_PAUSE = 0.1  # seconds between them
_SLACK = 14  # pixels, less than a line
# Room above and below, so that every passage can be scrolled to the middle, and a colour for marks
# that no page has.
_STYLE = (
    "<style>html { padding: 1500px 0 !important }"
    "::target-text { background: #f0f !important; color: #f0f !important }</style>"
)
# The letters and digits of the page's text that is shown, one node after the other.
_READ = """(() => {
  const skipped = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "TITLE", "TEXTAREA"]);
  globalThis.nodes = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!skipped.has(parent.tagName) && parent.checkVisibility({visibilityProperty: true}))
      nodes.push(node);
  }
  return nodes.map(node => node.data);
})()"""
_BOX = """(([first, start, last, end]) => {
  const range = document.createRange();
  range.setStart(nodes[first], start);
  range.setEnd(nodes[last], end);
  const boxes = [...range.getClientRects()].filter(box => box.width > 1 && box.height > 1);
  if (!boxes.length) return null;
  return [Math.min(...boxes.map(box => box.top)), Math.max(...boxes.map(box => box.bottom))];
})(%s)"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a link.

    Attributes:
        scrolled: whether the passage is in the window, or at least its beginning in the upper half.
        alone: whether the passage is marked from its first line to its last, and nothing else.
    """

    scrolled: bool
    alone: bool


class PageServer:
    """Serves one page at a time on this machine, never twice under the same address."""

    def __init__(self, site: web.TCPSite) -> None:
        self._site = site
        self._visits = 0
        self.html = ""

    def address(self) -> str:
        """A new address of the page."""
        self._visits += 1
        return f"{self._site.name}/page?visit={self._visits}"


@asynccontextmanager
async def page_server() -> AsyncIterator[PageServer]:
    """A server on a free port."""

    async def respond(request: web.Request) -> web.Response:
        if request.path != "/page":
            return web.Response(status=404)
        return web.Response(text=_styled(server.html), content_type="text/html")

    application = web.Application()
    application.router.add_get("/{path:.*}", respond)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sockets = site._server.sockets if isinstance(site._server, asyncio.Server) else ()
    site._port = sockets[0].getsockname()[1]  # which its name then has
    server = PageServer(site)
    try:
        yield server
    finally:
        await runner.cleanup()


def read_page(path: Path) -> str:
    """A saved page, as text."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return data.decode("utf-8", "replace")


async def follow(tab: Tab, link: str, paragraphs: Sequence[str], number: int) -> Outcome | None:
    """Open a link to the paragraph with a number, from 1, and see where it leads.

    None if the page's own text does not have the paragraph, so that nothing can be said.
    """
    await _open(tab, link)
    place = _place(await tab.evaluate(_READ), paragraphs, number)
    box = await tab.evaluate(_BOX % json.dumps(place)) if place else None
    return await _outcome(tab, *box) if box else None


async def follow_to_element(tab: Tab, link: str, id: str) -> Outcome:
    """Open a link to what is in the element with an id, and see where it leads."""
    await _open(tab, link)
    box = await tab.evaluate(
        f"document.getElementById({json.dumps(id)}).getBoundingClientRect().toJSON()"
    )
    return await _outcome(tab, box["top"], box["bottom"])


async def _open(tab: Tab, link: str) -> None:
    await tab.open(link)
    for _ in range(_TRIES):
        if await tab.evaluate("scrollY"):
            return
        await asyncio.sleep(_PAUSE)


async def _outcome(tab: Tab, high: float, low: float) -> Outcome:
    """What became of a link to a passage that is so high and so low in the window."""
    scrolled = (
        await tab.evaluate("scrollY") > 0
        and high >= -_SLACK
        and high < HEIGHT
        and (low <= HEIGHT + _SLACK or high < HEIGHT / 2)
    )
    marked = await _marked_rows(tab)
    alone = (
        marked is not None
        and abs(marked[0] - max(high, 0)) <= _SLACK
        and abs(marked[1] - min(low, HEIGHT)) <= _SLACK
    )
    return Outcome(scrolled, scrolled and alone)


async def _marked_rows(tab: Tab) -> tuple[int, int] | None:
    """The first and the last row of pixels in the window that has a mark."""
    shot = await tab.call("Page.captureScreenshot", format="png", optimizeForSpeed=True)
    with Image.open(io.BytesIO(base64.b64decode(shot["data"]))) as image:
        pixels = np.asarray(image.convert("RGB"))
    assert pixels.shape[1] == WIDTH
    rows = np.flatnonzero((pixels == (255, 0, 255)).all(axis=2).any(axis=1))
    return (int(rows[0]), int(rows[-1])) if len(rows) else None


def _styled(html: str) -> str:
    """The page with `_STYLE`, and in the encoding that it is served in."""
    html = re.sub(r"(?i)<meta[^>]+http-equiv[^>]*>", "", html)  # redirections, and rules of safety
    return re.sub(r"(?i)(</body>|</html>|\Z)", lambda end: _STYLE + end[0], html, count=1)


def _place(
    nodes: Sequence[str], paragraphs: Sequence[str], number: int
) -> tuple[int, int, int, int] | None:
    """Where a paragraph is in the page: (first node, offset, last node, offset after its end)."""
    letters, places = [], []
    for at, data in enumerate(nodes):
        for offset, letter in _letters(data):
            letters.append(letter)
            places.append((at, offset))
    page, wanted = "".join(letters), _folded(paragraphs[number - 1])
    starts = [match.start() for match in re.finditer(f"(?={re.escape(wanted)})", page)]
    if not wanted or not starts:
        return None
    if len(starts) > 1:
        before = "".join(map(_folded, paragraphs[max(0, number - 4) : number - 1]))
        after = "".join(map(_folded, paragraphs[number : number + 3]))
        starts.sort(
            key=lambda start: (
                -_shared_end(page[:start], before)
                - _shared_end(page[start + len(wanted) :][: len(after)][::-1], after[::-1])
            )
        )
    first, last = places[starts[0]], places[starts[0] + len(wanted) - 1]
    return (*first, last[0], _utf16(nodes[last[0]], last[1]) + 1)


def _shared_end(one: str, other: str) -> int:
    """How many characters at the end two texts share."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _folded(text: str) -> str:
    return "".join(letter for _, letter in _letters(text))


def _letters(text: str) -> Iterator[tuple[int, str]]:
    """The letters and digits of a text without case and accents, each with its offset."""
    for offset, character in enumerate(text):
        for letter in unicodedata.normalize("NFKD", character).casefold():
            if letter.isalnum():
                yield offset, letter


def _utf16(text: str, offset: int) -> int:
    return len(text[:offset].encode("utf-16-le")) // 2
