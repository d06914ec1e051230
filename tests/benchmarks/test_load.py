"""A short form of the load benchmark: nothing is lost, and what has no room is told when."""

import pytest

from bot.search_queue import MAX_QUEUED
from tests.benchmarks.load import run


def test_more_questions_than_can_be_answered_are_answered_or_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DISCORD_OPENAPI", raising=False)
    # More than the queue holds, in less time than it takes to answer half of them.
    found = run(None, ["What legislation did Takano introduce?"], rate=100.0, seconds=2.5)
    assert len(found.acknowledged) == 250
    assert len(found.answered) + len(found.told) == 250
    assert not found.lost
    assert len(found.answered) >= MAX_QUEUED
    assert found.told
    assert found.lines()[0] == "asked: 250"
