"""The camera: what it says without a browser, and the pictures where there is one."""

import struct
from pathlib import Path

import pytest

from tests.screenshots.chromium import NoBrowser, browser, find_browser
from tests.screenshots.png import smaller
from tests.screenshots.samples import picture


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


def test_without_a_browser_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoBrowser) as caught:
        find_browser()
    assert "apt-get install chromium" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_it_takes_the_first_program_that_there_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "google-chrome"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() == str(program)


def test_a_smaller_picture_is_the_same_size() -> None:
    before = picture(90, 40)
    after = smaller(before)
    assert len(after) <= len(before)
    assert size(after) == (90, 40)


async def test_a_picture_is_as_wide_as_asked_and_as_high_as_the_page(tmp_path: Path) -> None:
    try:
        find_browser()
    except NoBrowser as error:
        pytest.skip(str(error))
    page = '<!doctype html><body style="margin: 0"><div style="height: {}px"></div>'
    async with browser() as camera:
        for width, height in ((390, 1200), (720, 30)):
            await camera.screenshot(page.format(height), tmp_path / "page.png", width)
            assert size((tmp_path / "page.png").read_bytes()) == (2 * width, 2 * height)
