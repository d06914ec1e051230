"""Pictures of HTML pages, by Chromium without a window."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

SCALE = 2
"""Pixels per CSS pixel."""
TALLEST = 3000
"""CSS pixels. What is higher does not fit into the window."""
BACKDROP = (255, 0, 255)
"""The colour of the page around its ``main`` element."""

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_TIMEOUT = 60.0  # seconds


class NoBrowser(RuntimeError):
    """There is no Chromium on PATH."""

    def __init__(self) -> None:
        super().__init__(
            f"none of {', '.join(_PROGRAMS)} is on PATH; on Debian: apt-get install "
            "chromium fonts-noto-core fonts-noto-mono fonts-noto-color-emoji"
        )


class BrowserFailed(RuntimeError):
    """Chromium drew no picture, or not all of the page."""


def find_browser() -> str:
    """Return the path of a Chromium. Raises `NoBrowser`."""
    for program in _PROGRAMS:
        if found := shutil.which(program):
            return found
    raise NoBrowser


def picture(html: str, width: int) -> Image.Image:
    """Return a picture of the page's ``main`` element, which is ``width`` CSS pixels wide.

    It has 256 colours, which nobody sees on a page of text and which saves half of the bytes.
    Raises `NoBrowser` and `BrowserFailed`.
    """
    with tempfile.TemporaryDirectory(prefix="shots-", ignore_cleanup_errors=True) as name:
        page, shot = Path(name, "page.html"), Path(name, "shot.png")
        page.write_text(html, encoding="utf-8")
        command = [
            find_browser(),
            "--headless",
            "--disable-gpu",
            "--hide-scrollbars",
            "--font-render-hinting=none",  # letters as on a high-resolution screen
            f"--force-device-scale-factor={SCALE}",
            f"--window-size={width + 200},{TALLEST}",
            f"--user-data-dir={name}/profile",
            f"--screenshot={shot}",
            page.as_uri(),
        ]
        if os.geteuid() == 0:  # Chromium refuses its sandbox to root, as in most containers
            command.insert(1, "--no-sandbox")
        try:
            subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=True)
            with Image.open(shot) as opened:
                image = cropped(opened.convert("RGB"))
        except (subprocess.SubprocessError, FileNotFoundError) as error:
            raise BrowserFailed(f"Chromium drew no picture: {error}") from error
    # Of Pillow's methods this one keeps the colour of a small coloured word best.
    return image.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)


def cropped(image: Image.Image) -> Image.Image:
    """Cut the backdrop off around a picture.

    Raises `BrowserFailed` if there is nothing else, or none below, where the page may go on.
    """
    box = ImageChops.difference(image, Image.new("RGB", image.size, BACKDROP)).getbbox()
    if box is None or box[3] == image.height:
        raise BrowserFailed(f"the page is empty, or higher than {TALLEST} pixels")
    return image.crop(box)
