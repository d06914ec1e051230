"""python -m tests.screenshots [NAME ...]: draw the scenes into docs/screenshots/."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from PIL.PngImagePlugin import PngInfo

from .browser import BrowserFailed, NoBrowser, find_browser, picture

OUT = Path(__file__).parents[2] / "docs" / "screenshots"
WORDS = "Description"
"""The text of a picture that has its words: a keyword of the PNG specification."""


def main() -> int:
    """Return the exit status: 1, with a line on stderr, where Chromium is missing or failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="pictures to draw; all by default")
    parser.add_argument("--out", type=Path, default=OUT, help="folder for the pictures")
    arguments = parser.parse_args()
    try:
        find_browser()  # before the models are loaded, which takes seconds
        asyncio.run(draw(set(arguments.names), arguments.out))
    except (NoBrowser, BrowserFailed, LookupError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def draw(names: set[str], out: Path) -> None:
    """Run the scenes and write their pictures. Raises LookupError for an unknown name."""
    from .page import page_html
    from .scenes import SCENES, running_bot

    known = [name for scene in SCENES for name in scene.pictures]
    if unknown := names.difference(known):
        raise LookupError(f"no picture {', '.join(sorted(unknown))}, only {', '.join(known)}")
    out.mkdir(parents=True, exist_ok=True)
    async with running_bot() as session:
        for scene in SCENES:
            wanted = names.intersection(scene.pictures) if names else set(scene.pictures)
            if not wanted:
                continue
            post = await scene.run(session)
            for name in sorted(wanted):
                html = page_html(post, session.discord.names, scene.pictures[name])
                image = await asyncio.to_thread(picture, html, scene.pictures[name])
                words = PngInfo()
                words.add_itxt(WORDS, post.words)  # a test tells by them whether it is still true
                image.save(out / f"{name}.png", optimize=True, pnginfo=words)
                print(out / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
