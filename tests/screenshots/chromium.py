"""Pictures of HTML pages, by a Chromium without a window.

It is steered over its DevTools protocol, because the command line's ``--screenshot`` knows no
width below 500 px and no height that fits. See https://chromedevtools.github.io/devtools-protocol/.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from .png import smaller

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_START = 30.0  # seconds that Chromium may take to listen
_ANSWER = 30.0  # and to answer


class NoBrowser(RuntimeError):
    """There is no Chromium on PATH."""

    def __init__(self) -> None:
        super().__init__(
            f"none of {', '.join(_PROGRAMS)} is on PATH; on Debian: apt-get install "
            "chromium fonts-noto-core fonts-noto-mono fonts-noto-color-emoji"
        )


class BrowserFailed(RuntimeError):
    """Chromium did not do what it was asked to."""


def find_browser() -> str:
    """The path of the first of the known programs that is on PATH. Raises `NoBrowser`."""
    for program in _PROGRAMS:
        if found := shutil.which(program):
            return found
    raise NoBrowser


async def screenshot(html: str, path: Path, width: int, scale: float = 2) -> None:
    """One picture with a browser of its own; `browser` takes several with one."""
    async with browser() as it:
        await it.screenshot(html, path, width, scale)


class Browser:
    """A running Chromium, with one tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, folder: Path) -> None:
        self._socket = socket
        self._page = folder / "page.html"
        self._serial = 0

    async def screenshot(self, html: str, path: Path, width: int, scale: float = 2) -> None:
        """Write the page as PNG, ``width`` × ``scale`` pixels wide and as high as it is.

        Raises `BrowserFailed`.
        """
        # A height of one pixel first: a page is at least as high as its window.
        window = {"width": width, "height": 1, "deviceScaleFactor": scale, "mobile": False}
        await self._call("Emulation.setDeviceMetricsOverride", **window)
        await asyncio.to_thread(self._page.write_text, html, encoding="utf-8")
        await self._call("Page.enable")
        await self._call("Page.navigate", until="Page.loadEventFired", url=self._page.as_uri())
        size = (await self._call("Page.getLayoutMetrics"))["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": width, "height": size["height"], "scale": 1}
        taken = await self._call(
            "Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip
        )
        picture = await asyncio.to_thread(smaller, base64.b64decode(taken["data"]))
        await asyncio.to_thread(path.write_bytes, picture)

    async def _call(self, method: str, *, until: str | None = None, **params: Any) -> Any:
        """The result of a call, after the event ``until`` if one is named."""
        self._serial += 1
        await self._socket.send_json({"id": self._serial, "method": method, "params": params})
        result: Any = None
        seen = until is None
        async with asyncio.timeout(_ANSWER):
            while result is None or not seen:
                answer = await self._socket.receive_json()
                seen = seen or answer.get("method") == until
                if answer.get("id") != self._serial:
                    continue
                if "error" in answer:
                    raise BrowserFailed(f"{method}: {answer['error']['message']}")
                result = answer["result"]
        if result.get("errorText"):
            raise BrowserFailed(f"{method}: {result['errorText']}")
        return result


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A Chromium with a profile of its own that is gone afterwards. Raises `NoBrowser`."""
    program = find_browser()
    with tempfile.TemporaryDirectory(prefix="shots-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        process = await asyncio.create_subprocess_exec(
            program,
            *_arguments(folder / "profile"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            port = await _port(folder / "profile", process)
            async with (
                aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
                session.get("/json/list") as listed,
            ):
                tabs = await listed.json(content_type=None)
                address = next(tab for tab in tabs if tab["type"] == "page")
                # A picture in base64 may be larger than what aiohttp takes by default.
                async with session.ws_connect(
                    address["webSocketDebuggerUrl"], max_msg_size=0
                ) as socket:
                    yield Browser(socket, folder)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _arguments(profile: Path) -> list[str]:
    arguments = [
        "--headless",
        "--disable-gpu",
        "--hide-scrollbars",
        "--no-first-run",
        "--font-render-hinting=none",  # letters as a high-resolution screen has them
        "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
        "about:blank",
    ]
    # Chromium refuses its sandbox to root, which is who one is in most containers.
    return ["--no-sandbox", *arguments] if os.geteuid() == 0 else arguments


async def _port(profile: Path, process: asyncio.subprocess.Process) -> int:
    """The port that Chromium chose; it writes it down when it listens."""
    try:
        async with asyncio.timeout(_START):
            while process.returncode is None:
                if port := _written_port(profile):
                    return port
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise BrowserFailed(f"Chromium did not listen within {_START:.0f} s") from None
    raise BrowserFailed(f"Chromium ended with status {process.returncode} before it listened")


def _written_port(profile: Path) -> int | None:
    try:
        lines = (profile / "DevToolsActivePort").read_text().splitlines()
    except FileNotFoundError:
        return None
    return int(lines[0]) if len(lines) > 1 else None  # with one line it is still being written
