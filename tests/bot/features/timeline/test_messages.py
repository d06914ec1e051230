"""Timelines are valid messages, whatever the topic and the releases contain."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.archive_service import ReleaseSummary
from bot.features.timeline.messages import LATEST, timeline_chart, timeline_message
from bot.i18n import ENGLISH, Language
from retrieval.ranking.searcher import ParsedQuery
from retrieval.timeline import Timeline, binned
from tests.bot.features.rendering import Rendered, assert_valid, possible_spans, texts_of
from tests.bot.features.strategies import LANGUAGE, TEXT, info, parsed_queries, summaries


def timeline(topic: str, parsed: ParsedQuery, releases: list[ReleaseSummary]) -> Timeline:
    found = tuple(each.info for each in releases)
    dates = [each.date for each in found if each.date]
    step, bins = binned(dates)
    return Timeline(topic, "g000001", parsed, found, bins, step, len(found) - len(dates))


@settings(deadline=None, max_examples=40)
@given(TEXT, parsed_queries(), summaries(0, LATEST), LANGUAGE)
def test_any_timeline_is_valid(
    topic: str, parsed: ParsedQuery, releases: list[ReleaseSummary], language: Language
) -> None:
    found = timeline(topic, parsed, releases)
    picture = b"PNG" if found.bins else None
    message = timeline_message(found, releases, picture, language)
    assert_valid(message)
    if releases:
        title = Rendered(texts_of(message)[0].split("\n")[0]).text
        assert possible_spans(title, topic) or title == "–"


@settings(deadline=None, max_examples=1)
@given(parsed_queries())
def test_a_drawn_timeline_is_valid(parsed: ParsedQuery) -> None:
    releases = [
        ReleaseSummary(info(number, date=date(2024, 1 + number, 1)), "") for number in (0, 1)
    ]
    found = timeline("bridges", parsed, releases)
    message = timeline_message(found, releases, timeline_chart(found, ENGLISH), ENGLISH)
    assert_valid(message)
    assert message.attachments[0].description == (
        "Bar chart: releases over time. The most, 1, in January 2024."
    )


@settings(deadline=None, max_examples=1)
@given(parsed_queries(), st.just("C#"))
def test_a_topic_keeps_its_last_number_sign(parsed: ParsedQuery, topic: str) -> None:
    releases = [ReleaseSummary(info(), "")]
    message = timeline_message(timeline(topic, parsed, releases), releases, None, ENGLISH)
    assert Rendered(texts_of(message)[0].split("\n")[0]).text == topic
