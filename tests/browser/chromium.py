"""Chromium without a window, driven through the DevTools protocol.

Source: https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

from tests.screenshots.browser import BrowserFailed, find_browser

WIDTH, HEIGHT = 1000, 700
"""Of the window, in CSS pixels."""

_START_TIMEOUT = 30.0  # seconds
_ANSWER_TIMEOUT = 60.0
_SWITCHES = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    f"--window-size={WIDTH},{HEIGHT}",
    # Nothing but this machine is reached: what a page loads from elsewhere fails at once.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
    "--remote-debugging-address=127.0.0.1",
)


class Tab:
    """A tab of a browser. Scripts of its pages do not run; those of `evaluate` do."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._loaded = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def open(self, url: str) -> None:
        """Navigate, as from the address bar, and wait until the page is loaded."""
        self._loaded.clear()
        result = await self.call("Page.navigate", url=url)
        if error := result.get("errorText"):
            raise BrowserFailed(f"{url}: {error}")
        await asyncio.wait_for(self._loaded.wait(), _ANSWER_TIMEOUT)

    async def evaluate(self, script: str) -> Any:
        """The value, as JSON, of an expression in the page; a promise is waited for."""
        result = await self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            raise BrowserFailed(f"a script failed: {result['exceptionDetails']}")
        return result["result"].get("value")

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a method of the protocol. Raises `BrowserFailed`."""
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        message = await asyncio.wait_for(answer, _ANSWER_TIMEOUT)
        if "error" in message:
            raise BrowserFailed(f"{method}: {message['error']}")
        result: dict[str, Any] = message["result"]
        return result

    async def close(self) -> None:
        """Let go of the tab."""
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader
        await self._socket.close()

    async def _read(self) -> None:
        async for frame in self._socket:
            message: Mapping[str, Any] = frame.json()
            if answer := self._answers.pop(message.get("id", 0), None):
                answer.set_result(dict(message))
            elif message.get("method") == "Page.loadEventFired":
                self._loaded.set()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(BrowserFailed("Chromium closed the connection"))


@asynccontextmanager
async def open_tab() -> AsyncIterator[Tab]:
    """A tab of a fresh browser with an empty profile. Raises `NoBrowser` and `BrowserFailed`."""
    program = find_browser()
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as profile:
        command = [program, *_SWITCHES, f"--user-data-dir={profile}", "about:blank"]
        if os.geteuid() == 0:  # Chromium refuses its sandbox to root, as in most containers
            command.insert(1, "--no-sandbox")
        process = await asyncio.create_subprocess_exec(
            *command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            port = await _port(Path(profile), process)
            async with aiohttp.ClientSession() as session:
                tab = Tab(await session.ws_connect(await _address(session, port), max_msg_size=0))
                await tab.call("Page.enable")
                await tab.call("Emulation.setScriptExecutionDisabled", value=True)
                yield tab
                await tab.close()
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _port(profile: Path, process: asyncio.subprocess.Process) -> int:
    """The port of the protocol, which the browser writes into its profile."""
    file = profile / "DevToolsActivePort"
    deadline = asyncio.get_running_loop().time() + _START_TIMEOUT
    while asyncio.get_running_loop().time() < deadline and process.returncode is None:
        if file.exists() and (lines := file.read_text().splitlines()):
            return int(lines[0])
        await asyncio.sleep(0.05)
    raise BrowserFailed(f"Chromium did not start (exit status {process.returncode})")


async def _address(session: aiohttp.ClientSession, port: int) -> str:
    """The address of the one tab's end of the protocol."""
    async with session.get(f"http://127.0.0.1:{port}/json/list") as response:
        tabs = await response.json(content_type=None)
    address: str = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
    return address
