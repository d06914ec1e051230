"""``/releases`` and ``/release``: what was published."""

import asyncio
import re

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.archive_service import ReleaseQuery
from bot.core.actions import (
    MAX_SEARCH,
    ListReleases,
    PickRelease,
    ShowChanges,
    ShowContext,
    ShowRelease,
)
from bot.core.cog import FeatureCog, Handlers, for_everyone
from bot.core.components import Message, cut, text_message
from bot.core.inputs import selected_values
from bot.core.markdown import visible
from bot.core.offered import invoker_id
from bot.core.options import Day, Name, date_bounds, filter_options
from bot.core.reply import defer_message, defer_page
from bot.features.releases.changes import changed_passage_blocks, changes_message
from bot.features.releases.messages import (
    PAGE,
    context_message,
    list_message,
    matches_message,
    release_message,
)
from bot.i18n import Language
from bot.quoted_passages import ChangedPassage
from embeddings.errors import VerbatimError
from retrieval.text.keys import release_key
from retrieval.text.tokens import folded

_KEY = re.compile(r"[0-9a-f]{12}")
_MAX_CHOICES = 25
_MAX_CHOICE = 100  # characters
_MAX_MATCHES = 10


class ReleasesCog(FeatureCog):
    """Lists of releases, and single releases."""

    def handlers(self) -> Handlers:
        """The buttons and menus of lists, releases and quotations."""
        return {
            ListReleases: self.show_page,
            ShowRelease: self.show_release,
            ShowContext: self.show_context,
            ShowChanges: self.show_changes,
            PickRelease: self.show_selected,
        }

    @app_commands.command(description="List recent press releases, newest first")
    @app_commands.describe(search="Only releases with these words in the title")
    @filter_options
    @for_everyone
    async def releases(
        self,
        interaction: discord.Interaction,
        search: app_commands.Range[str, 1, MAX_SEARCH] | None = None,
        since: Day | None = None,
        until: Day | None = None,
        newsroom: Name | None = None,
    ) -> None:
        """List the releases that match, newest first."""
        reply = await defer_message(interaction)
        query = ReleaseQuery(search, *date_bounds(since, until, reply.language), newsroom)
        page = await self.services.archive.page(query, 0, PAGE)
        await reply.edit(list_message(page, reply.language))

    @app_commands.command(description="Read a whole press release")
    @app_commands.describe(title="Part of its title; typing errors do not matter")
    @for_everyone
    async def release(self, interaction: discord.Interaction, title: Name) -> None:
        """Show a release to the user alone, given its key or a part of its title."""
        reply = await defer_message(interaction, private=True)
        await reply.edit(await self._release_or_matches(title, reply.language))

    @release.autocomplete("title")
    async def suggest_title(
        self, interaction: discord.Interaction, typed: str
    ) -> list[Choice[str]]:
        """Suggest titles that resemble what was typed; none while there is no index."""
        try:
            infos = await self.services.archive.match_titles(typed, _MAX_CHOICES)
        except VerbatimError:
            return []
        return [
            Choice(name=cut(visible(info.title), _MAX_CHOICE) or "–", value=release_key(info.id))
            for info in infos
        ]

    # -- components ---------------------------------------------------------------------------

    async def show_page(self, interaction: discord.Interaction, action: ListReleases) -> None:
        """Show another page of a list, to other users in a private message of their own."""
        is_own = invoker_id(interaction.message) in (None, interaction.user.id)
        reply = await defer_page(interaction, in_place=is_own)
        newsrooms = [name for name, _ in await self.services.archive.newsrooms()]
        page = await self.services.archive.page(action.query(newsrooms), action.first, PAGE)
        await reply.edit(list_message(page, reply.language))

    async def show_release(self, interaction: discord.Interaction, action: ShowRelease) -> None:
        """Show a page of a release, to the user alone."""
        reply = await defer_page(interaction, in_place=bool(action.in_place))
        release = await self.services.archive.release(action.release)
        await reply.edit(release_message(release, action.page, reply.language))

    async def show_context(self, interaction: discord.Interaction, action: ShowContext) -> None:
        """Show a quoted paragraph among its neighbours, or what became of it, to the user alone."""
        reply = await defer_message(interaction, private=True)
        found = await self.services.archive.find_paragraph(
            action.release, action.paragraph, action.check
        )
        if isinstance(found, ChangedPassage):
            await reply.edit(Message(tuple(changed_passage_blocks([found], reply.language))))
        else:
            await reply.edit(context_message(*found, reply.language))

    async def show_changes(self, interaction: discord.Interaction, action: ShowChanges) -> None:
        """Show a page of what changed in a release, to the user alone."""
        reply = await defer_page(interaction, in_place=bool(action.in_place))
        history = await self.services.archive.release(action.release)
        # In a thread: all pages are made to know how many there are.
        message = await asyncio.to_thread(changes_message, history, action.page, reply.language)
        await reply.edit(message)

    async def show_selected(self, interaction: discord.Interaction, action: PickRelease) -> None:
        """Show the release selected from a menu, to the user alone."""
        reply = await defer_message(interaction, private=True)
        (key,) = selected_values(interaction)
        release = await self.services.archive.release(key)
        await reply.edit(release_message(release, 0, reply.language))

    async def _release_or_matches(self, title: str, language: Language) -> Message:
        """The release that is meant, or those that could be."""
        archive = self.services.archive
        key = title if _KEY.fullmatch(title) else None
        if key is None:
            infos = await archive.match_titles(title, _MAX_MATCHES)
            exact = [info for info in infos if folded(info.title) == folded(title)]
            candidates = exact or infos
            if not candidates:
                return text_message(language.gettext("No release has a title like that."))
            if len(candidates) > 1:
                return matches_message(candidates, language)
            key = release_key(candidates[0].id)
        return release_message(await archive.release(key), 0, language)
