"""Answers, lists and reports as Discord messages.

A message here is a value within Discord's limits
(https://discord.com/developers/docs/resources/message#embed-object-embed-limits): sending it is
somebody else's business.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.desk import Page, Status
from bot.markdown import escaped, quotation
from bot.wording import (
    also_line,
    citation,
    counted,
    long_date,
    progress_line,
    published,
    understood_line,
)
from retrieval.answer import Answer, CitedPassage
from retrieval.links import is_web_address
from retrieval.report import IndexReport

PAGE = 10  # releases in a list
_SHOWN = 3  # passages of an answer
_QUOTED = (1800, 1000, 1000)  # characters of the first, second and third; 6,000 over all embeds
_TITLE = 250
_FOOTER = 300
_UNDERSTOOD = 300
_URL = 512  # of a link button, the narrowest of Discord's limits for an address
_REFUSED = 8

_ANSWER = discord.Colour(0x2B6CB0)
_NO_ANSWER = discord.Colour(0x718096)


@dataclass(frozen=True)
class Message:
    """What to send: a line of text, embeds, and links as (label, url) for buttons below."""

    content: str | None = None
    embeds: Sequence[discord.Embed] = ()
    links: Sequence[tuple[str, str]] = ()

    def view(self) -> discord.ui.View | None:
        """The links as buttons. Call it inside the event loop."""
        if not self.links:
            return None
        view = discord.ui.View(timeout=None)
        for label, url in self.links:
            view.add_item(discord.ui.Button(label=label, url=url))
        view.stop()  # link buttons call nothing back
        return view


def answer_message(answer: Answer) -> Message:
    """The passages that answer, each with its source; or the word that nothing does."""
    shown = answer.passages[:_SHOWN]
    lines = []
    if understood := understood_line(answer.ranking.understood):
        lines.append(f"-# {escaped(_cut(understood, _UNDERSTOOD))}")
    if not answer.answered:
        nearest = " The nearest passages, which may be on something else:" if shown else ""
        lines.append(f"**{str(answer.reason).capitalize()}.**{nearest}")
    embeds = [
        _passage_embed(passage, limit, answered=answer.answered)
        for passage, limit in zip(shown, _QUOTED, strict=False)
    ]
    linked: set[str] = set()
    for embed in embeds:
        # Discord shows only the first of several embeds with one address.
        if embed.url in linked:
            embed.url = None
        elif embed.url:
            linked.add(embed.url)
    links = [
        (f"Read passage {passage.rank}" if len(shown) > 1 else "Read the passage", url)
        for passage in shown
        if (url := _address(passage))
    ]
    return Message("\n".join(lines) or None, embeds, links)


def releases_message(page: Page) -> Message:
    """The newest releases of those that were asked for."""
    if not page.headings:
        return Message("No release matches.")
    lines = []
    for heading in page.headings:
        title = escaped(_cut(heading.title, _TITLE))
        url = _web_address(heading.url)
        # A closing parenthesis would end the link early.
        name = f"[{title}]({url.replace(')', '%29')})" if url else f"**{title}**"
        lines.append(f"{name}\n{escaped(published(heading))}")
    embed = discord.Embed(
        title="Releases", description=_fit(lines, "\n\n", 4096), colour=_ANSWER
    ).set_footer(text=f"{len(page.headings):,} of {page.total:,}, newest first")
    return Message(embeds=[embed])


def status_message(status: Status) -> Message:
    """What the archive holds."""
    manifest = status.manifest
    embed = discord.Embed(title="What I have read", colour=_ANSWER)
    embed.add_field(name="Releases", value=f"{manifest.releases:,}")
    embed.add_field(name="Paragraphs", value=f"{manifest.paragraphs:,}")
    if status.first and status.last:
        embed.add_field(
            name="Published", value=f"{long_date(status.first)} to {long_date(status.last)}"
        )
    embed.add_field(name="Read", value=discord.utils.format_dt(manifest.created, "R"))
    embed.add_field(name="Model", value=escaped(_cut(manifest.model, _TITLE)))
    if status.newsrooms:
        named = [f"{escaped(_cut(name, _TITLE))} ({count:,})" for name, count in status.newsrooms]
        embed.add_field(name="Newsrooms", value=_fit(named, ", ", 1024), inline=False)
    if status.building:
        embed.add_field(name="Now", value=progress_line(status.building), inline=False)
    return Message(embeds=[embed])


def report_message(report: IndexReport) -> Message:
    """What a reindex did."""
    embed = discord.Embed(
        title="Reindexed",
        description=f"{counted(report.releases, 'release')}, "
        f"{counted(report.paragraphs, 'paragraph')}, "
        f"in {report.seconds:,.1f} s.",
        colour=_ANSWER,
    )
    for name, count in (
        ("Added", report.added),
        ("Changed", report.changed),
        ("Removed", report.removed),
        ("Unchanged", report.unchanged),
        ("Refused", len(report.refused)),
    ):
        embed.add_field(name=name, value=f"{count:,}")
    if report.refused:
        lines = [
            f"**{escaped(each.source)}**: {escaped(each.reason)}"
            for each in report.refused[:_REFUSED]
        ]
        if (more := len(report.refused) - _REFUSED) > 0:
            lines.append(f"and {more:,} more")
        embed.add_field(name="Not read", value=_fit(lines, "\n", 1024), inline=False)
    return Message(embeds=[embed])


def _passage_embed(passage: CitedPassage, limit: int, *, answered: bool) -> discord.Embed:
    release = passage.release
    footer = (published(release), citation(passage), also_line(passage))
    return discord.Embed(
        title=_title(release.title),
        url=_web_address(release.url),
        description=quotation(passage.text, passage.highlight if answered else None, limit),
        colour=_ANSWER if answered else _NO_ANSWER,
    ).set_footer(text=_cut(" · ".join(filter(None, footer)), _FOOTER))


def _title(text: str) -> str:
    """A release's title, escaped; shorter where the escapes would take it over the limit."""
    title = escaped(_cut(text, _TITLE))
    return title if len(title) <= _TITLE else escaped(_cut(text, _TITLE // 2))


def _address(passage: CitedPassage) -> str | None:
    """The link to the very passage; to its page where that link is too long for a button."""
    return _web_address(passage.link) or _web_address(passage.release.url)


def _web_address(url: str | None) -> str | None:
    """``url`` if Discord takes it as a link: a web address, and not too long."""
    return url if url and len(url) <= _URL and is_web_address(url) else None


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 2].rstrip() + " …"


def _fit(lines: Sequence[str], separator: str, limit: int) -> str:
    """As many whole lines as have room, and a mark where some have not."""
    shown = list(lines)
    while (
        len(joined := separator.join([*shown, *(["…"] if len(shown) < len(lines) else [])])) > limit
    ):
        shown.pop()
    return joined
