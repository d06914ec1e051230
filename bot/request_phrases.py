"""Phrases for requests that are no questions, shared by the terminal and Discord."""

from bot.i18n import ENGLISH, Language
from bot.phrases import filter_line, help_line, query_line, timeline_span
from retrieval.query.requests import RequestKind
from retrieval.request_answers import RequestAnswer


def request_line(
    found: RequestAnswer, language: Language = ENGLISH, topic: str | None = None
) -> str:
    """What is said to a request, above its releases if it has any.

    ``topic`` is its topic as it may be shown, if not as it was typed.
    """
    kind, number = found.request.kind, len(found.releases)
    topic = found.topic if topic is None else topic
    if kind is RequestKind.GREETING:
        return language.gettext("Hello. {help}", help=help_line(language))
    if kind is RequestKind.THANKS:
        return language.gettext("You are welcome. Ask again any time.")
    if kind is RequestKind.HELP:
        more = language.gettext(
            "I also understand “what’s new?”, “how many releases mention …?” and “everything on …”."
        )
        return f"{help_line(language)} {more}"
    if kind is RequestKind.TALK:
        help = help_line(language)
        return language.gettext("I am only a program. {help}", help=help)
    if kind is RequestKind.NEWEST:
        if found.outside:
            return language.gettext("No release is from that time. The newest:")
        if not number:
            return language.gettext("No release matches.")
        return language.gettext("The newest releases")
    if kind is RequestKind.COUNT:
        if not number:
            return language.gettext("No release mentions “{topic}”.", topic=topic)
        counted = language.ngettext(
            "{count} release mentions “{topic}”",
            "{count} releases mention “{topic}”",
            number,
            topic=topic,
        )
    else:
        if not number:
            return language.gettext("No release is about “{topic}”.", topic=topic)
        counted = language.ngettext(
            "{count} release about “{topic}”",
            "{count} releases about “{topic}”",
            number,
            topic=topic,
        )
    assert found.timeline
    return f"{counted}, {timeline_span(found.timeline, language)}"


def understood_line(found: RequestAnswer, language: Language = ENGLISH) -> str | None:
    """How a request was understood: "searched March 2024"; None if that goes without saying."""
    if found.timeline:
        return query_line(found.timeline.query, language)
    return filter_line(found.allowed, language)
