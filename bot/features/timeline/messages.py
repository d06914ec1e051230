"""A timeline as a message: a chart, and the latest releases."""

from collections.abc import Sequence

from discord import ui

from bot.archive_service import ReleaseSummary
from bot.core.components import (
    Attachment,
    Block,
    Message,
    container,
    gallery,
    heading_line,
    text_message,
)
from bot.core.markdown import shortened
from bot.features.releases.messages import release_lines, release_menu
from bot.features.timeline.chart import timeline_png
from bot.i18n import Language
from bot.phrases import query_line, release_count, span_line, timeline_span
from retrieval.timeline import Bin, Timeline

LATEST = 4  # releases below the chart

_MAX_TOPIC = 150  # characters
_MAX_QUERY = 300  # characters of how the topic was understood


def timeline_chart(timeline: Timeline, language: Language) -> bytes | None:
    """The chart as PNG; None if no release has a date. It takes a while: call it in a thread."""
    if not timeline.bins:
        return None
    return timeline_png(timeline, lambda bar: _label(timeline, bar, language))


def timeline_message(
    timeline: Timeline, latest: Sequence[ReleaseSummary], chart: bytes | None, language: Language
) -> Message:
    """How many releases were about a topic over time, and the latest of them."""
    if not timeline.releases:
        topic = shortened(timeline.topic, _MAX_TOPIC)
        return text_message(language.gettext("No release is about “{topic}”.", topic=topic))
    lines = [heading_line(timeline.topic, _MAX_TOPIC), _counts(timeline, language)]
    if understood := query_line(timeline.query, language):
        lines.append(f"-# {shortened(understood, _MAX_QUERY)}")
    blocks: list[Block] = [ui.TextDisplay("\n".join(lines))]
    attachments = []
    if chart:
        picture = chart_picture(chart, timeline, language)
        attachments.append(picture)
        blocks.append(gallery(picture))
    blocks += [ui.TextDisplay(release_lines(release, language)) for release in latest]
    menu = release_menu([release.info for release in latest], language)
    return Message((container(*blocks), menu), tuple(attachments))


def _counts(timeline: Timeline, language: Language) -> str:
    releases = release_count(len(timeline.releases), language)
    return f"{releases}, {timeline_span(timeline, language)}"


def chart_picture(chart: bytes, timeline: Timeline, language: Language) -> Attachment:
    """The chart as a picture, with an alternative text."""
    most = max(timeline.bins, key=lambda bar: bar.count)
    description = language.gettext(
        "Bar chart: releases over time. The most, {count}, in {when}.",
        count=language.number(most.count),
        when=span_line(most.first, most.last, language),
    )
    return Attachment("timeline.png", chart, description)


def _label(timeline: Timeline, bar: Bin, language: Language) -> str:
    return str(bar.first.year) if timeline.step == "year" else language.month(bar.first)
