"""Announcements are valid messages, whatever the releases contain."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.archive_service import ReleaseSummary
from bot.features.announcements.messages import MAX_LISTED, announcement_message
from bot.i18n import ENGLISH, Language
from tests.bot.features.rendering import assert_valid, texts_of
from tests.bot.features.strategies import LANGUAGE, info, summaries


@settings(deadline=None, max_examples=30)
@given(summaries(1, MAX_LISTED + 2), st.integers(0, 30_000), LANGUAGE)
def test_any_announcement_is_valid(
    releases: list[ReleaseSummary], more: int, language: Language
) -> None:
    assert_valid(announcement_message(releases, len(releases) + more, language))


def test_the_first_releases_are_listed_and_the_others_counted() -> None:
    releases = [ReleaseSummary(info(number, title=f"Title {number}"), "") for number in range(7)]
    title, *named, more = texts_of(announcement_message(releases, 20, ENGLISH))
    assert title == "### 20 new releases"
    assert [text.split("\n")[0] for text in named] == [
        f"**Title {at}**" for at in range(MAX_LISTED)
    ]
    assert more == "-# and 15 more: /releases"
