"""A timeline is valid, whatever its topic and its releases are."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk import Summed
from bot.language import ENGLISH, Language
from bot.messages.timeline import LATEST, timeline_chart, timeline_message
from retrieval.search import Understood
from retrieval.timeline import Timeline, binned
from tests.bot.messages.hostile import LANGUAGE, TEXT, heading, summed, understandings
from tests.bot.messages.judge import Shown, assert_valid, places, texts_of


def timeline(topic: str, understood: Understood, releases: list[Summed]) -> Timeline:
    found = tuple(each.heading for each in releases)
    dates = [each.date for each in found if each.date]
    step, bins = binned(dates)
    return Timeline(topic, "g000001", understood, found, bins, step, len(found) - len(dates))


@settings(deadline=None, max_examples=40)
@given(TEXT, understandings(), summed(0, LATEST), LANGUAGE)
def test_any_timeline_is_valid(
    topic: str, understood: Understood, releases: list[Summed], language: Language
) -> None:
    found = timeline(topic, understood, releases)
    picture = b"PNG" if found.bins else None
    message = timeline_message(found, releases, picture, language)
    assert_valid(message)
    if releases:
        title = Shown(texts_of(message)[0].split("\n")[0]).text
        assert places(title, topic) or title == "–"


@settings(deadline=None, max_examples=1)
@given(understandings())
def test_a_drawn_timeline_is_valid(understood: Understood) -> None:
    releases = [Summed(heading(number, date=date(2024, 1 + number, 1)), "") for number in (0, 1)]
    found = timeline("bridges", understood, releases)
    message = timeline_message(found, releases, timeline_chart(found, ENGLISH), ENGLISH)
    assert_valid(message)
    assert message.attachments[0].about == (
        "Bars: releases over time. The most, 1, in January 2024."
    )


@settings(deadline=None, max_examples=1)
@given(understandings(), st.just("C#"))
def test_a_topic_keeps_its_last_number_sign(understood: Understood, topic: str) -> None:
    releases = [Summed(heading(), "")]
    message = timeline_message(timeline(topic, understood, releases), releases, None, ENGLISH)
    assert Shown(texts_of(message)[0].split("\n")[0]).text == topic
