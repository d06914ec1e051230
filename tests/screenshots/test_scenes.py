"""The scenes are those whose pictures the documentation shows."""

import re
from pathlib import Path

from tests.screenshots.scenes import SCENES

ROOT = Path(__file__).parents[2]


def test_each_picture_is_in_the_documentation_and_the_other_way_round() -> None:
    drawn = {name for scene in SCENES for name in scene.pictures}
    kept = {path.stem for path in (ROOT / "docs" / "screenshots").glob("*.png")}
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")]
    shown = set(re.findall(r"screenshots/([\w-]+)\.png", "".join(texts)))
    assert drawn == kept == shown
