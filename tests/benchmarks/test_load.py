"""A minute of the load benchmark: nothing is lost, and what has no room is told when."""

import pytest

from bot.search_queue import MAX_QUEUED
from tests.benchmarks.load import RATE, run


def test_more_questions_than_can_be_answered_are_answered_or_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DISCORD_OPENAPI", raising=False)
    # More than the queue holds, and more than any two cores answer.
    found = run(None, ["What legislation did Takano introduce?"], rate=RATE, seconds=60.0)
    asked = 60 * int(RATE)
    assert len(found.acknowledged) == asked
    assert len(found.answered) + len(found.told) == asked
    assert not found.lost
    assert len(found.answered) >= MAX_QUEUED
    assert found.told
    assert found.lines()[0] == f"asked: {asked}"
