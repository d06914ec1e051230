"""The scenes are those whose pictures the documentation shows."""

import re
from pathlib import Path

from PIL import Image

from tests.screenshots.__main__ import OUT, WORDS
from tests.screenshots.scenes import SCENES, running_bot

ROOT = Path(__file__).parents[2]


def test_each_picture_is_in_the_documentation_and_the_other_way_round() -> None:
    drawn = {name for scene in SCENES for name in scene.pictures}
    kept = {path.stem for path in OUT.glob("*.png")}
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")]
    shown = set(re.findall(r"screenshots/([\w-]+)\.png", "".join(texts)))
    assert drawn == kept == shown


async def test_each_picture_shows_what_the_bot_sends() -> None:
    async with running_bot() as session:
        for scene in SCENES:
            post = await scene.run(session)
            for name in scene.pictures:
                with Image.open(OUT / f"{name}.png") as picture:
                    drawn = str(picture.info.get(WORDS, ""))
                assert untimed(drawn) == untimed(post.words), f"python -m tests.screenshots {name}"


def untimed(words: str) -> str:
    """Words without how long a build took."""
    return re.sub(r"in \d+\.\d s\b", "in 0.0 s", words)
