"""Old answers are deleted."""

from datetime import UTC, datetime, timedelta

from bot.state import open_state
from bot.state.answers import AnswerRecord
from retrieval.archive import Archive
from tests.bot.online import Run, until


async def test_answers_are_deleted_after_the_days_in_the_settings(
    run: Run, newsrooms_archive: Archive
) -> None:
    answer = AnswerRecord("Who?", "Who?", True, 0.9, "g000001", (), server=1, channel=2)
    now = datetime.now(UTC)
    state = open_state(newsrooms_archive.data)
    old = state.answers.add(answer, now - timedelta(days=8))
    recent = state.answers.add(answer, now - timedelta(days=6))
    state.close()
    async with run(archive=newsrooms_archive, keep_days=7) as it:
        answers = it.bot.services.state.answers
        await until(lambda: answers.get(old) is None)
        assert answers.get(recent)
