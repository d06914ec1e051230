"""Pictures of pages: what is cut off, and what is said without a browser."""

from pathlib import Path

import pytest
from PIL import Image

from tests.screenshots.__main__ import main
from tests.screenshots.browser import (
    BACKDROP,
    BrowserFailed,
    NoBrowser,
    cropped,
    find_browser,
    picture,
)


def test_the_backdrop_is_cut_off() -> None:
    window = Image.new("RGB", (900, 600), BACKDROP)
    window.paste(Image.new("RGB", (720, 400), "black"), (0, 0))
    assert cropped(window).size == (720, 400)


@pytest.mark.parametrize("height", [0, 600])
def test_a_page_that_is_empty_or_too_high_is_an_error(height: int) -> None:
    window = Image.new("RGB", (900, 600), BACKDROP)
    window.paste(Image.new("RGB", (720, height), "black"), (0, 0))
    with pytest.raises(BrowserFailed, match="empty, or higher than"):
        cropped(window)


def test_without_a_browser_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.argv", ["screenshots"])
    assert main() == 1
    assert "apt-get install chromium" in capsys.readouterr().err


def test_a_browser_that_draws_nothing_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "google-chrome"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() == str(program)
    with pytest.raises(BrowserFailed, match="exit status 3"):
        picture("<p>hello", 720)


def test_a_picture_has_twice_the_pixels_of_the_page() -> None:
    try:
        find_browser()
    except NoBrowser as missing:
        pytest.skip(str(missing))
    style = "html { background: #ff00ff } body { margin: 0 } main { width: 390px; height: 700px }"
    page = f"<!doctype html><style>{style} main {{ background: #123 }}</style><main></main>"
    assert picture(page, 390).size == (780, 1400)
