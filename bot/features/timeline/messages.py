"""Releases about a topic over time: a picture, and the latest of them."""

from collections.abc import Sequence

import discord
from discord import ui

from bot.archive_service import ReleaseSummary
from bot.core.components import Attachment, Message, frame, heading_line, text_message
from bot.core.markdown import shortened
from bot.features.releases.messages import pick_menu, release_lines
from bot.features.timeline.chart import timeline_png
from bot.i18n import Language
from bot.phrases import query_line, releases_counted, span_line
from retrieval.timeline import Bin, Timeline

LATEST = 4  # releases that are named below the picture

_TOPIC = 150
_UNDERSTOOD = 300


def timeline_chart(timeline: Timeline, language: Language) -> bytes | None:
    """The picture as PNG, None where no release is dated. Call it in a thread: it takes a while."""
    if not timeline.bins:
        return None
    return timeline_png(timeline, lambda each: _label(timeline, each, language))


def timeline_message(
    timeline: Timeline, latest: Sequence[ReleaseSummary], chart: bytes | None, language: Language
) -> Message:
    """How many releases were about a topic when, and the latest of them."""
    if not timeline.releases:
        topic = shortened(timeline.topic, _TOPIC)
        return text_message(language.say("No release is about “{topic}”.", topic=topic))
    lines = [heading_line(timeline.topic, _TOPIC), _counted(timeline, language)]
    if understood := query_line(timeline.query, language):
        lines.append(f"-# {shortened(understood, _UNDERSTOOD)}")
    blocks: list[ui.Item[ui.LayoutView]] = [ui.TextDisplay("\n".join(lines))]
    attachments = []
    if chart:
        picture = Attachment("timeline.png", chart, _described(timeline, language))
        attachments.append(picture)
        item = discord.MediaGalleryItem(f"attachment://{picture.name}", description=picture.about)
        blocks.append(ui.MediaGallery(item))
    blocks += [ui.TextDisplay(release_lines(each, language)) for each in latest]
    menu = pick_menu([each.info for each in latest], language)
    return Message((frame(*blocks), menu), tuple(attachments))


def _counted(timeline: Timeline, language: Language) -> str:
    counted = releases_counted(len(timeline.releases), language)
    if not timeline.bins:
        return f"{counted}, " + language.say("undated")
    span = span_line(timeline.bins[0].first, timeline.bins[-1].last, language)
    undated = language.count("{count} undated", "{count} undated", timeline.undated)
    return f"{counted}, {span}" + (f", {undated}" if timeline.undated else "")


def _described(timeline: Timeline, language: Language) -> str:
    """The picture in words, for who cannot see it."""
    most = max(timeline.bins, key=lambda each: each.count)
    return language.say(
        "Bars: releases over time. The most, {count}, in {when}.",
        count=language.number(most.count),
        when=span_line(most.first, most.last, language),
    )


def _label(timeline: Timeline, each: Bin, language: Language) -> str:
    return str(each.first.year) if timeline.step == "year" else language.month(each.first)
