"""What serves a request, as a message."""

from discord import ui

from bot.archive_service import Served
from bot.core.components import Block, Message, container, gallery
from bot.core.markdown import shortened
from bot.features.releases.messages import release_lines, release_menu
from bot.features.timeline.messages import chart_picture
from bot.i18n import Language
from bot.request_phrases import request_line, understood_line
from retrieval.query.requests import RequestKind

LATEST = 5  # releases in the message

# In characters:
_MAX_QUESTION = 200
_MAX_TOPIC = 150
_MAX_QUERY = 300


def request_message(
    served: Served, chart: bytes | None, language: Language, *, echo: bool = False
) -> Message:
    """What serves a request: a line, or the newest releases that it asks for.

    Args:
        served: the request, and the newest of its releases.
        chart: a picture of the releases over time, if there is one.
        language: the language of everything but titles and sentences of releases.
        echo: whether to repeat the request above.
    """
    found = served.answer
    head = [f"-# {shortened(found.question.text, _MAX_QUESTION) or '–'}"] if echo else []
    line = request_line(found, language, shortened(found.topic, _MAX_TOPIC))
    if not served.latest:
        return Message(tuple(map(ui.TextDisplay, [*head, line])))
    title = f"### {line}"
    if understood := understood_line(found, language):
        title += f"\n-# {shortened(understood, _MAX_QUERY)}"
    blocks: list[Block] = [ui.TextDisplay(title)]
    attachments = []
    if chart and found.timeline:
        picture = chart_picture(chart, found.timeline, language)
        attachments.append(picture)
        blocks.append(gallery(picture))
    blocks += [ui.TextDisplay(release_lines(each, language)) for each in served.latest]
    blocks.append(ui.TextDisplay(f"-# {_further(served, language)}"))
    menu = release_menu([each.info for each in served.latest], language)
    return Message((*map(ui.TextDisplay, head), container(*blocks), menu), tuple(attachments))


def _further(served: Served, language: Language) -> str:
    """How to see the other releases."""
    if served.answer.request.kind is RequestKind.NEWEST:
        return language.gettext("All of them: /releases")
    shown = language.gettext(
        "The newest {first} of {total}.",
        first=language.number(len(served.latest)),
        total=language.number(len(served.answer.releases)),
    )
    further = language.gettext(
        "/timeline narrows a topic to dates and a newsroom, and /releases searches the titles."
    )
    return f"{shown} {further}"
