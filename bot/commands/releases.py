"""What was published: ``/releases``, ``/release``, ``/timeline`` and ``/status``."""

import asyncio
import re

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.commands.options import (
    NEWSROOM,
    SINCE,
    UNTIL,
    Day,
    Name,
    everywhere,
    for_everyone,
    narrowing,
    since_day,
    until_day,
)
from bot.commands.serving import Serving
from bot.desk import Listing
from bot.markdown import visible
from bot.messages.message import cut, said
from bot.messages.releases import PAGE, choose_message, list_message, release_message
from bot.messages.running import status_message
from bot.messages.timeline import LATEST, timeline_chart, timeline_message
from bot.presses import MOST_SEARCHED, PickRelease, ShowRelease, TurnList
from bot.router import Handlers, asker, chosen
from bot.sending import answer_with
from embeddings.errors import VerbatimError
from retrieval.references import release_key
from retrieval.terms import folded

_KEY = re.compile(r"[0-9a-f]{12}")
_SUGGESTED = 25
_CHOICES = 10
_TOPIC = 200


class Published(Serving):
    """Lists of what there is, and what stands in them."""

    def handlers(self) -> Handlers:
        """What the buttons and menus of lists and releases do."""
        return {TurnList: self.turn, ShowRelease: self.show_release, PickRelease: self.pick}

    @app_commands.command(description="List recent press releases, newest first")
    @app_commands.describe(
        search="Only releases with these words in the title",
        since=SINCE,
        until=UNTIL,
        newsroom=NEWSROOM,
    )
    @narrowing
    @everywhere
    @for_everyone
    async def releases(
        self,
        interaction: discord.Interaction,
        search: app_commands.Range[str, 1, MOST_SEARCHED] | None = None,
        since: Day | None = None,
        until: Day | None = None,
        newsroom: Name | None = None,
    ) -> None:
        """List the newest releases that match."""
        await interaction.response.defer(thinking=True)
        named = await self.services.desk.newsroom(newsroom)
        listing = Listing(search, since_day(since), until_day(until), named)
        page = await self.services.desk.page(listing, 0, PAGE)
        await answer_with(interaction, list_message(page, self.services.language(interaction)))

    @app_commands.command(description="Read one press release, whole")
    @app_commands.describe(title="A part of its title; typing errors do not matter")
    @everywhere
    @for_everyone
    async def release(self, interaction: discord.Interaction, title: Name) -> None:
        """Show a release, only to who wants to read it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        language, desk = self.services.language(interaction), self.services.desk
        if _KEY.fullmatch(title):
            message = release_message(await desk.release(title), 0, language)
        else:
            found = await desk.titled(title, _CHOICES)
            same = [each for each in found if folded(each.title) == folded(title)]
            if len(one := same or found) == 1:
                key = release_key(one[0].id)
                message = release_message(await desk.release(key), 0, language)
            elif found:
                message = choose_message(found, language)
            else:
                message = said(language.say("No release has a title like that."))
        await answer_with(interaction, message)

    @release.autocomplete("title")
    async def suggest_title(
        self, interaction: discord.Interaction, typed: str
    ) -> list[Choice[str]]:
        """Titles like what was typed; none where there is no index to look in."""
        try:
            found = await self.services.desk.titled(typed, _SUGGESTED)
        except VerbatimError:
            return []
        return [
            Choice(name=cut(visible(each.title), 100) or "–", value=release_key(each.id))
            for each in found
        ]

    @app_commands.command(description="Show when releases about a topic were published")
    @app_commands.describe(
        topic="What the releases are about", since=SINCE, until=UNTIL, newsroom=NEWSROOM
    )
    @narrowing
    @everywhere
    @for_everyone
    async def timeline(
        self,
        interaction: discord.Interaction,
        topic: app_commands.Range[str, 1, _TOPIC],
        since: Day | None = None,
        until: Day | None = None,
        newsroom: Name | None = None,
    ) -> None:
        """Draw how many releases were about a topic over time."""
        self.services.admit(interaction)
        await interaction.response.defer(thinking=True)
        listing = Listing(None, since_day(since), until_day(until), newsroom)
        language = self.services.language(interaction)
        found, latest = await self.services.desk.timeline(topic, listing, LATEST)
        chart = await asyncio.to_thread(timeline_chart, found, language)
        await answer_with(interaction, timeline_message(found, latest, chart, language))

    @app_commands.command(description="How many releases I have read, and when")
    @everywhere
    @for_everyone
    async def status(self, interaction: discord.Interaction) -> None:
        """Say what the index holds."""
        await interaction.response.defer(thinking=True)
        status = await self.services.desk.status()
        await answer_with(interaction, status_message(status, self.services.language(interaction)))

    # -- buttons and menus --------------------------------------------------------------------

    async def turn(self, interaction: discord.Interaction, press: TurnList) -> None:
        """Another part of a list: in place for who asked for it, beside it for others."""
        if asker(interaction.message) in (None, interaction.user.id):
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)
        names = [name for name, _ in await self.services.desk.newsrooms()]
        page = await self.services.desk.page(press.listing(names), press.first, PAGE)
        await answer_with(interaction, list_message(page, self.services.language(interaction)))

    async def show_release(self, interaction: discord.Interaction, press: ShowRelease) -> None:
        """A page of a whole release, only to who wants to read it."""
        if press.here:
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)
        await self._show(interaction, press.release, press.page)

    async def pick(self, interaction: discord.Interaction, press: PickRelease) -> None:
        """The release that was chosen from a menu, only to who chose it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._show(interaction, next(iter(chosen(interaction)), ""), 0)

    async def _show(self, interaction: discord.Interaction, key: str, page: int) -> None:
        release = await self.services.desk.release(key)
        language = self.services.language(interaction)
        await answer_with(interaction, release_message(release, page, language))
