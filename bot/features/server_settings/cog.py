"""``/settings``: how the bot behaves in a server, for managers."""

import asyncio
from dataclasses import replace

import discord
from discord import app_commands

from bot.core.actions import ChangeSetting
from bot.core.channel_warnings import tag_warning, writing_warning
from bot.core.cog import Handlers, ManagerCog, for_managers, server_id
from bot.core.inputs import selected_channels, selected_values
from bot.core.reply import Reply, defer_message, defer_update
from bot.core.services import Services
from bot.features.announcements.tags import tag_keys
from bot.features.server_settings.messages import ALL_NEWSROOMS, Setting, settings_message
from bot.state.servers import MAX_PASSAGES, ServerSettings
from embeddings.errors import VerbatimError
from retrieval.text.keys import text_checksum


class ServerSettingsCog(ManagerCog):
    """The settings of a server, as controls that take effect at once."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._changing = asyncio.Lock()  # the settings of a server are stored as a whole

    def handlers(self) -> Handlers:
        """The controls."""
        return {ChangeSetting: self.change}

    @app_commands.command(description="Choose how I behave in this server")
    @for_managers
    async def settings(self, interaction: discord.Interaction) -> None:
        """Show the settings of the server."""
        reply = await defer_message(interaction, private=True)
        await self._show(reply, self.services.state.servers.get(interaction.guild_id))

    async def change(self, interaction: discord.Interaction, action: ChangeSetting) -> None:
        """Change a setting."""
        reply = await defer_update(interaction)
        server, servers = server_id(interaction), self.services.state.servers
        async with self._changing:
            settings = await self._changed(servers.get(server), action.setting, interaction)
            await asyncio.to_thread(servers.set, server, settings)
        await self._show(reply, settings)

    async def _changed(
        self, settings: ServerSettings, setting: str, interaction: discord.Interaction
    ) -> ServerSettings:
        match setting:
            case Setting.CHANNELS:
                return replace(settings, channels=tuple(selected_channels(interaction)))
            case Setting.ANNOUNCE:
                return replace(settings, announce=next(iter(selected_channels(interaction)), None))
            case Setting.MANAGERS:
                return replace(settings, managers=next(iter(selected_channels(interaction)), None))
            case Setting.NEWSROOM:
                (value,) = selected_values(interaction)
                by_checksum = {text_checksum(name): name for name in await self._newsrooms()}
                known = by_checksum.get(value, settings.newsroom)
                return replace(settings, newsroom=None if value == ALL_NEWSROOMS else known)
            case Setting.PASSAGES:
                (value,) = selected_values(interaction)
                return replace(settings, passages=min(max(int(value), 1), MAX_PASSAGES))
            case Setting.PRIVATE:
                return replace(settings, private=not settings.private)
        return settings

    async def _show(self, reply: Reply, settings: ServerSettings) -> None:
        warning = _warning(reply, settings)
        newsrooms = await self._newsrooms()
        await reply.edit(settings_message(settings, newsrooms, reply.language, warning))

    async def _newsrooms(self) -> list[str]:
        """The names of all newsrooms; none while there is no index."""
        try:
            return [name for name, _ in await self.services.archive.newsrooms()]
        except VerbatimError:
            return []


def _warning(reply: Reply, settings: ServerSettings) -> str | None:
    """What keeps the bot from writing in the channels that were chosen, or from tagging there."""
    guild, language = reply.interaction.guild, reply.language
    tags = tag_keys([settings.newsroom], [])
    warnings = [
        writing_warning(guild, settings.announce, language),
        writing_warning(guild, settings.managers, language),
        tag_warning(guild, settings.announce, tags, language),
    ]
    return "\n".join(dict.fromkeys(filter(None, warnings))) or None
