"""``/timeline`` in Discord."""

import json
from pathlib import Path

from tests.bot.online import Run

PNG = b"\x89PNG"


async def test_a_timeline_has_a_chart_and_the_latest_releases(run: Run, tmp_path: Path) -> None:
    rows = [
        {
            "id": str(number),
            "title": f"Harbor Bridge Update {number}",
            "date": f"2024-{1 + number % 12:02}-{1 + number:02}",
            "text": f"The harbor bridge saw {number + 3} repairs.\n\nWork on the harbor bridge "
            f"goes on until week {number}, says the office.",
        }
        for number in range(20)
    ]
    file = tmp_path / "bridge.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    async with run(file) as it:
        await it.indexed()
        shown = await it.slash("timeline", {"topic": "harbor bridge since March 2024"})
        assert shown.text.startswith("### harbor bridge since March 2024\n16 releases, ")
        picture = shown.attachments[0]
        assert picture.filename == "timeline.png"
        assert picture.data.startswith(PNG)
        assert picture.description is not None
        assert picture.description.startswith("Bar chart: releases over time. The most, 2, in")
        assert "Harbor Bridge Update 11" in shown.text
        nothing = await it.slash("timeline", {"topic": "the moons of Jupiter"})
        assert nothing.text == "No release is about “the moons of Jupiter”."
        assert not nothing.attachments
