"""What was published: ``/releases``, ``/release``, ``/timeline`` and ``/status``."""

import asyncio
import re

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.archive_service import ReleaseQuery
from bot.core.actions import MOST_SEARCHED, ListReleases, PickRelease, ShowRelease
from bot.core.components import cut, text_message
from bot.core.markdown import visible
from bot.core.options import (
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
from bot.core.router import FeatureCog, Handlers, asker, chosen
from bot.core.sending import edit_reply
from bot.features.reindex.messages import status_message
from bot.features.releases.messages import PAGE, choose_message, list_message, release_message
from bot.features.timeline.messages import LATEST, timeline_chart, timeline_message
from embeddings.errors import VerbatimError
from retrieval.text.keys import release_key
from retrieval.text.tokens import folded

_KEY = re.compile(r"[0-9a-f]{12}")
_SUGGESTED = 25
_CHOICES = 10
_TOPIC = 200


class ReleasesCog(FeatureCog):
    """Lists of what there is, and what stands in them."""

    def handlers(self) -> Handlers:
        """What the buttons and menus of lists and releases do."""
        return {ListReleases: self.turn, ShowRelease: self.show_release, PickRelease: self.pick}

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
        named = await self.services.archive.newsroom(newsroom)
        listing = ReleaseQuery(search, since_day(since), until_day(until), named)
        page = await self.services.archive.page(listing, 0, PAGE)
        await edit_reply(interaction, list_message(page, self.services.language(interaction)))

    @app_commands.command(description="Read one press release, whole")
    @app_commands.describe(title="A part of its title; typing errors do not matter")
    @everywhere
    @for_everyone
    async def release(self, interaction: discord.Interaction, title: Name) -> None:
        """Show a release, only to who wants to read it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        language, archive = self.services.language(interaction), self.services.archive
        if _KEY.fullmatch(title):
            message = release_message(await archive.release(title), 0, language)
        else:
            found = await archive.titled(title, _CHOICES)
            same = [each for each in found if folded(each.title) == folded(title)]
            if len(one := same or found) == 1:
                key = release_key(one[0].id)
                message = release_message(await archive.release(key), 0, language)
            elif found:
                message = choose_message(found, language)
            else:
                message = text_message(language.say("No release has a title like that."))
        await edit_reply(interaction, message)

    @release.autocomplete("title")
    async def suggest_title(
        self, interaction: discord.Interaction, typed: str
    ) -> list[Choice[str]]:
        """Titles like what was typed; none where there is no index to look in."""
        try:
            found = await self.services.archive.titled(typed, _SUGGESTED)
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
        listing = ReleaseQuery(None, since_day(since), until_day(until), newsroom)
        language = self.services.language(interaction)
        found, latest = await self.services.archive.timeline(topic, listing, LATEST)
        chart = await asyncio.to_thread(timeline_chart, found, language)
        await edit_reply(interaction, timeline_message(found, latest, chart, language))

    @app_commands.command(description="How many releases I have read, and when")
    @everywhere
    @for_everyone
    async def status(self, interaction: discord.Interaction) -> None:
        """Say what the index holds."""
        await interaction.response.defer(thinking=True)
        status = await self.services.archive.status()
        await edit_reply(interaction, status_message(status, self.services.language(interaction)))

    # -- buttons and menus --------------------------------------------------------------------

    async def turn(self, interaction: discord.Interaction, action: ListReleases) -> None:
        """Another part of a list: in place for who asked for it, beside it for others."""
        if asker(interaction.message) in (None, interaction.user.id):
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)
        names = [name for name, _ in await self.services.archive.newsrooms()]
        page = await self.services.archive.page(action.listing(names), action.first, PAGE)
        await edit_reply(interaction, list_message(page, self.services.language(interaction)))

    async def show_release(self, interaction: discord.Interaction, action: ShowRelease) -> None:
        """A page of a whole release, only to who wants to read it."""
        if action.here:
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)
        await self._show(interaction, action.release, action.page)

    async def pick(self, interaction: discord.Interaction, action: PickRelease) -> None:
        """The release that was chosen from a menu, only to who chose it."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._show(interaction, next(iter(chosen(interaction)), ""), 0)

    async def _show(self, interaction: discord.Interaction, key: str, page: int) -> None:
        release = await self.services.archive.release(key)
        language = self.services.language(interaction)
        await edit_reply(interaction, release_message(release, page, language))
