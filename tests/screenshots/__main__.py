"""python -m tests.screenshots [NAME ...]: draw the scenes into docs/screenshots/."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from .chromium import BrowserFailed, NoBrowser, browser, find_browser
from .page import message_html

OUT = Path(__file__).parents[2] / "docs" / "screenshots"
WIDTHS: Mapping[str, int] = {"": 720, "-phone": 390}
"""What is added to a scene's name, and the width of the page in CSS pixels."""


def main() -> int:
    """The exit status: 1 with a line on stderr where there is no browser, or it failed."""
    # Loading torch takes seconds: a wrong name or a missing browser should be said before.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="scenes to draw; all by default")
    parser.add_argument("--out", type=Path, default=OUT, help="folder for the pictures")
    wanted = parser.parse_args()
    try:
        find_browser()
        wanted.out.mkdir(parents=True, exist_ok=True)
        asyncio.run(draw(wanted.names, wanted.out))
    except (NoBrowser, BrowserFailed, UnknownScene) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


class UnknownScene(LookupError):
    """There is no scene of that name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"no scene {name!r}, only {', '.join(known)}")

    def __str__(self) -> str:
        return str(self.args[0])


async def draw(names: list[str], out: Path) -> None:
    """Play the scenes and write their pictures into the folder ``out``."""
    from .scenes import SCENES
    from .stage import stage

    known = [name for name, _ in SCENES]
    for name in names:
        if name not in known:
            raise UnknownScene(name, known)
    async with stage() as played, browser() as camera:
        for name, scene in SCENES:
            if names and name not in names:
                continue
            html = message_html(await scene(played))
            for suffix, width in WIDTHS.items():
                path = out / f"{name}{suffix}.png"
                await camera.screenshot(html, path, width)
                print(path)


if __name__ == "__main__":
    sys.exit(main())
