"""Announcements are valid, whatever the new releases hold."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk import Summed
from bot.language import ENGLISH, Language
from bot.messages.announcement import MOST, announcement_message
from tests.bot.messages.hostile import LANGUAGE, heading, summed
from tests.bot.messages.judge import assert_valid, texts_of


@settings(deadline=None, max_examples=30)
@given(summed(1, MOST + 2), st.integers(0, 30_000), LANGUAGE)
def test_any_announcement_is_valid(releases: list[Summed], more: int, language: Language) -> None:
    assert_valid(announcement_message(releases, len(releases) + more, language))


def test_the_first_are_named_and_the_others_counted() -> None:
    releases = [Summed(heading(number, title=f"Title {number}"), "") for number in range(7)]
    title, *named, more = texts_of(announcement_message(releases, 20, ENGLISH))
    assert title == "### 20 new releases"
    assert [text.split("\n")[0] for text in named] == [f"**Title {at}**" for at in range(MOST)]
    assert more == "-# and 15 more: /releases"
