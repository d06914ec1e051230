"""``/announcements``: what is announced where in a server, for managers."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

import discord
from discord import app_commands
from discord.app_commands import AppCommandChannel

from bot.core.actions import DropAnnouncement, KeepAnnouncement, RemoveAnnouncement
from bot.core.channel_warnings import tag_warning, writing_warning
from bot.core.cog import Handlers, ManagerCog, for_managers, server_id
from bot.core.components import text_message
from bot.core.errors import AnnouncementGone, EveryoneNotMentioned, TooManyAnnouncements
from bot.core.inputs import selected_values
from bot.core.options import Name, suggest_newsroom
from bot.core.reply import Reply, defer_message, defer_update
from bot.core.services import Services
from bot.features.announcements.management import announcements_message, preview_message
from bot.features.announcements.tags import tag_keys
from bot.i18n import Language
from bot.state.announcements import MAX_ANNOUNCEMENTS, Announcement
from retrieval.scope import Scope
from retrieval.standing import MAX_CHARACTERS

Hour = app_commands.Range[int, 0, 23]
StandingText = app_commands.Range[str, 1, MAX_CHARACTERS]


class WrittenChannel(app_commands.Transformer):
    """A channel to announce in: one for text, for announcements, or a forum."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """The type of the option."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Not all that discord.py takes for a forum: one for media takes no text alone."""
        return [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum]

    async def transform(
        self, interaction: discord.Interaction, value: AppCommandChannel, /
    ) -> AppCommandChannel:
        """The channel as it was chosen."""
        return value


class AnnouncementsCog(ManagerCog):
    """Lists, adds and removes announcements."""

    def __init__(self, services: Services, clock: Callable[[], float] = time.time) -> None:
        super().__init__(services)
        self._clock = clock

    def handlers(self) -> Handlers:
        """The buttons, and the menu."""
        return {
            KeepAnnouncement: self.keep,
            DropAnnouncement: self.drop,
            RemoveAnnouncement: self.remove,
        }

    @app_commands.command(description="See what I announce, or announce more")
    @app_commands.describe(
        channel="Where to announce; this channel if you leave it out",
        question="Only releases about this, in whatever words: anything about veterans’ health",
        words="Only releases with all of these words in the title",
        newsroom="Only releases by this newsroom",
        role="Whom to mention; nobody if you leave it out",
        digest="Once a day at this hour, 0 to 23, in one message; at once if you leave it out",
    )
    @app_commands.autocomplete(newsroom=suggest_newsroom)
    @for_managers
    async def announcements(
        self,
        interaction: discord.Interaction,
        channel: app_commands.Transform[AppCommandChannel, WrittenChannel] | None = None,
        question: StandingText | None = None,
        words: Name | None = None,
        newsroom: Name | None = None,
        role: discord.Role | None = None,
        digest: Hour | None = None,
    ) -> None:
        """List the announcements without any option; with one, offer another announcement."""
        reply = await defer_message(interaction, private=True)
        if not (channel or question or words or newsroom or role or digest is not None):
            await self._list(reply)
            return
        offered = Announcement(
            server=server_id(interaction),
            channel=channel.id if channel else interaction.channel_id or 0,
            scope=Scope(newsroom, (words or "").strip() or None, question),
            role=role.id if role else None,
            digest=digest,
        )
        if offered.role == offered.server:  # the id of @everyone
            raise EveryoneNotMentioned
        await self._offer(reply, offered, _warning(reply, offered))

    async def _offer(self, reply: Reply, offered: Announcement, warning: str | None) -> None:
        await self._check_room(offered.server)
        preview = await self.services.archive.preview(offered.scope)
        offered = replace(offered, scope=preview.scope, calibration=preview.calibration)
        store = self.services.state.announcements
        number = await asyncio.to_thread(store.offer, offered, self._clock())
        zone = self.services.timezone
        await reply.edit(preview_message(offered, number, preview, zone, reply.language, warning))

    async def keep(self, interaction: discord.Interaction, action: KeepAnnouncement) -> None:
        """Keep an announcement that was offered."""
        reply = await defer_update(interaction)
        server, store = server_id(interaction), self.services.state.announcements
        if not await asyncio.to_thread(store.keep, server, action.announcement, self._clock()):
            await self._check_room(server)
            raise AnnouncementGone
        await self._list(reply)

    async def drop(self, interaction: discord.Interaction, action: DropAnnouncement) -> None:
        """Forget an announcement that was offered."""
        reply = await defer_update(interaction)
        server, store = server_id(interaction), self.services.state.announcements
        await asyncio.to_thread(store.withdraw, server, action.announcement)
        await reply.edit(text_message(reply.language.gettext("I have not added it.")))

    async def remove(self, interaction: discord.Interaction, action: RemoveAnnouncement) -> None:
        """Remove the announcement selected from the menu."""
        reply = await defer_update(interaction)
        server, store = server_id(interaction), self.services.state.announcements
        for id in selected_values(interaction):
            await asyncio.to_thread(store.remove, server, int(id))
        await self._list(reply)

    async def _list(self, reply: Reply) -> None:
        store, server = self.services.state.announcements, server_id(reply.interaction)
        found = await asyncio.to_thread(store.of_server, server)
        await reply.edit(announcements_message(found, self.services.timezone, reply.language))

    async def _check_room(self, server: int) -> None:
        """Raise `TooManyAnnouncements` if a server has as many as it may."""
        found = await asyncio.to_thread(self.services.state.announcements.of_server, server)
        if sum(each.id is not None for each in found) >= MAX_ANNOUNCEMENTS:
            raise TooManyAnnouncements(MAX_ANNOUNCEMENTS)


def _warning(reply: Reply, announcement: Announcement) -> str | None:
    """What keeps the bot from writing in the channel, from mentioning the role, or from tagging."""
    guild, channel, language = reply.interaction.guild, announcement.channel, reply.language
    tags = tag_keys([], [announcement.scope])
    warnings = [
        writing_warning(guild, channel, language),
        _role_warning(guild, announcement, language),
        tag_warning(guild, channel, tags, language),
    ]
    return "\n".join(filter(None, warnings)) or None


def _role_warning(
    guild: discord.Guild | None, announcement: Announcement, language: Language
) -> str | None:
    channel = guild.get_channel(announcement.channel) if guild else None
    if guild is None or guild.me is None or channel is None:
        return None
    role = guild.get_role(announcement.role or 0)
    if role and not (role.mentionable or channel.permissions_for(guild.me).mention_everyone):
        return language.gettext(
            "⚠ Nobody would be notified: {role} may not be mentioned by everyone, and I lack the "
            "permission to mention all roles.",
            role=role.mention,
        )
    return None
