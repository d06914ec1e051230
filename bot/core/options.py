"""Options that several commands take, and what is suggested for them."""

from collections.abc import Sequence
from datetime import date

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.core.components import cut
from bot.core.markdown import visible
from bot.core.services import services_of
from bot.dates import parse_date_bound, spans
from bot.i18n import Language
from bot.phrases import span_line
from embeddings.errors import VerbatimError
from retrieval.text.tokens import folded

Day = app_commands.Range[str, 1, 40]
Name = app_commands.Range[str, 1, 100]

SINCE = "Only releases from this day on: 2025-09-08, last month, May 2024"
UNTIL = "Only releases up to this day: 2025-12-31, last month, May 2024"
NEWSROOM = "Only releases by this newsroom"

_MOST = 25  # suggestions

# Where a command works: in servers, in direct messages and group chats, and for people who
# installed the bot for themselves.
everywhere = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
for_everyone = app_commands.allowed_installs(guilds=True, users=True)


def since_day(text: str | None) -> date | None:
    """The first day that an option names, if any. Raises `InvalidDate`."""
    return parse_date_bound(text, date.today(), end=False) if text else None


def until_day(text: str | None) -> date | None:
    """The last day that an option names, if any. Raises `InvalidDate`."""
    return parse_date_bound(text, date.today(), end=True) if text else None


def day_choices(typed: str, today: date, language: Language, *, end: bool) -> list[Choice[str]]:
    """Times whose name begins with, or holds, what was typed."""
    found = []
    for span in spans(today):
        name = language.say(span.name)
        if folded(typed) in folded(name):
            day = span.last if end else span.first
            said = span_line(span.first, span.last, language)
            found.append(Choice(name=cut(f"{name} ({said})", 100), value=day.isoformat()))
    return found[:_MOST]


def newsroom_choices(typed: str, newsrooms: Sequence[tuple[str, int]]) -> list[Choice[str]]:
    """Newsrooms that hold what was typed, the most prolific first."""
    sought = folded(typed)
    # A longer name could not be given back whole.
    names = [name for name, _ in newsrooms if sought in folded(name) and 0 < len(name) <= 100]
    return [Choice(name=visible(name) or name, value=name) for name in names[:_MOST]]


async def suggest_since(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
    """First days, while somebody types."""
    language = services_of(interaction).language(interaction)
    return day_choices(typed, date.today(), language, end=False)


async def suggest_until(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
    """Last days, while somebody types."""
    language = services_of(interaction).language(interaction)
    return day_choices(typed, date.today(), language, end=True)


async def suggest_newsroom(interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
    """Newsrooms, while somebody types; none where there is no index to look in."""
    try:
        return newsroom_choices(typed, await services_of(interaction).archive.newsrooms())
    except VerbatimError:
        return []


narrowing = app_commands.autocomplete(
    since=suggest_since, until=suggest_until, newsroom=suggest_newsroom
)
"""For commands with these three options."""
