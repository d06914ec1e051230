"""What is kept for a time only is deleted then, whether or not anything else happens."""

import os
from datetime import timedelta
from pathlib import Path

from bot.retention import KEPT
from bot.state.outbox import NewItem
from retrieval.archive import Archive
from tests.bot.features.announcements.publishing import JUNE
from tests.bot.online import Run
from tests.conftest import SEEDS
from tests.retrieval.sources.web.clocks import ManualClock

DAY = 24 * 3600.0


async def test_each_is_deleted_at_its_time(run: Run, newsrooms_archive: Archive) -> None:
    clock, now = ManualClock(JUNE), JUNE.timestamp()
    async with run(archive=newsrooms_archive, clock=clock) as it:
        await it.indexed()
        state, aside = it.bot.services.state, newsrooms_archive.data / "state.damaged"
        state.sources.add_offer("{}", JUNE)
        state.outbox.record(["x"], [NewItem(0, 30, {"x": "sum"}, 1, subscriptions=(1,))], {}, now)
        item = state.outbox.next_due(30, now)
        assert item
        state.outbox.begin(item, now)
        state.outbox.sent(item, 99, now, publish=False)
        aside.write_text("damaged")
        os.utime(aside, (now, now))

        def left() -> tuple[int, int, bool]:
            it.bot.retention.delete_old()
            counts = [state.database.read(f"SELECT count(*) FROM {t}") for t in ("offer", "outbox")]
            return counts[0][0][0], counts[1][0][0], aside.exists()

        clock.advance(DAY - 60)
        assert left() == (1, 1, True)
        clock.advance(120)
        assert left() == (0, 0, True)
        clock.advance(timedelta(days=30).total_seconds())
        assert left() == (0, 0, False)


def test_the_document_says_what_is_kept_for_how_long() -> None:
    text = Path(SEEDS.parent, "docs", "privacy.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows == [
        "| what | until |",
        "| --- | --- |",
        *(f"| {each.what} | {each.until} |" for each in KEPT),
    ]
