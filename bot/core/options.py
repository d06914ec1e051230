"""The options that several commands take, and their suggestions."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.core.components import cut
from bot.core.markdown import visible
from bot.core.services import services_of
from bot.dates import named_spans, parse_date_bound
from bot.i18n import Language
from bot.phrases import span_line
from embeddings.errors import VerbatimError
from retrieval.text.tokens import folded

T = TypeVar("T")

Day = app_commands.Range[str, 1, 40]
Name = app_commands.Range[str, 1, 100]

_MAX_CHOICES = 25
_MAX_CHOICE = 100  # characters of a name or value


def filter_options(command: T) -> T:
    """Describe the options ``since``, ``until`` and ``newsroom``, and suggest their values."""
    command = app_commands.describe(
        since="Only releases from this day on: 2025-09-08, last month, May 2024",
        until="Only releases up to this day: 2025-12-31, last month, May 2024",
        newsroom="Only releases by this newsroom",
    )(command)
    return app_commands.autocomplete(
        since=suggest_since, until=suggest_until, newsroom=suggest_newsroom
    )(command)


def date_bounds(
    since: str | None, until: str | None, language: Language
) -> tuple[date | None, date | None]:
    """The first day of one text and the last day of another, as a user typed them.

    Raises:
        InvalidDate: if one of them is no time.
    """
    today, code = date.today(), language.code
    return (
        parse_date_bound(since, today, end=False, language=code) if since else None,
        parse_date_bound(until, today, end=True, language=code) if until else None,
    )


def date_choices(typed: str, today: date, language: Language, *, end: bool) -> list[Choice[str]]:
    """The named spans whose name contains what was typed; their values are ISO dates."""
    choices = []
    for span in named_spans(today):
        name = language.gettext(span.name)
        if folded(typed) in folded(name):
            day = span.last if end else span.first
            label = f"{name} ({span_line(span.first, span.last, language)})"
            choices.append(Choice(name=cut(label, _MAX_CHOICE), value=day.isoformat()))
    return choices[:_MAX_CHOICES]


def newsroom_choices(typed: str, newsrooms: Sequence[tuple[str, int]]) -> list[Choice[str]]:
    """The newsrooms whose name contains what was typed, in the given order."""
    # The value must be the whole name.
    names = [
        name
        for name, _ in newsrooms
        if folded(typed) in folded(name) and 0 < len(name) <= _MAX_CHOICE
    ]
    return [Choice(name=visible(name) or name, value=name) for name in names[:_MAX_CHOICES]]


async def suggest_since(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
    """Suggest values of ``since``."""
    language = services_of(interaction).language(interaction)
    return date_choices(typed, date.today(), language, end=False)


async def suggest_until(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
    """Suggest values of ``until``."""
    language = services_of(interaction).language(interaction)
    return date_choices(typed, date.today(), language, end=True)


async def suggest_newsroom(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
    """Suggest newsrooms; none while there is no index."""
    try:
        return newsroom_choices(typed, await services_of(interaction).archive.newsrooms())
    except VerbatimError:
        return []
