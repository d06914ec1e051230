"""How the bot behaves in a server: ``/settings``, for managers."""

import asyncio
from dataclasses import replace

import discord
from discord import app_commands

from bot.core.actions import ChangeSetting
from bot.core.router import FeatureCog, Handlers, chosen
from bot.core.sending import edit_reply
from bot.core.services import Services
from bot.features.reindex.cog import require_manager
from bot.features.server_settings.messages import ANY, Setting, settings_message
from bot.i18n import Language
from bot.state.servers import MOST_PASSAGES, ServerSettings
from embeddings.errors import VerbatimError
from retrieval.text.keys import text_checksum


class ServerSettingsCog(FeatureCog):
    """The settings of a server."""

    def __init__(self, client: discord.Client, services: Services) -> None:
        super().__init__(services)
        self._client = client

    def handlers(self) -> Handlers:
        """What the controls do."""
        return {ChangeSetting: self.change}

    @app_commands.command(description="How I behave in this server")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def settings(self, interaction: discord.Interaction) -> None:
        """Show the settings as controls."""
        require_manager(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._show(interaction, self.services.state.servers.of(interaction.guild_id))

    async def change(self, interaction: discord.Interaction, action: ChangeSetting) -> None:
        """Change one setting, at once."""
        require_manager(interaction)
        await interaction.response.defer()
        server, servers = interaction.guild_id or 0, self.services.state.servers
        settings = await self._changed(servers.of(server), action.setting, chosen(interaction))
        await asyncio.to_thread(servers.set, server, settings)
        await self._show(interaction, settings)

    async def _changed(
        self, settings: ServerSettings, setting: str, values: list[str]
    ) -> ServerSettings:
        value = next(iter(values), "")
        match setting:
            case Setting.CHANNELS:
                return replace(settings, channels=tuple(map(int, values)))
            case Setting.ANNOUNCE:
                return replace(settings, announce=int(value) if value else None)
            case Setting.NEWSROOM:
                named = {text_checksum(name): name for name in await self._newsrooms()}
                known = None if value == ANY else named.get(value, settings.newsroom)
                return replace(settings, newsroom=known)
            case Setting.PASSAGES:
                return replace(settings, passages=min(max(int(value), 1), MOST_PASSAGES))
            case Setting.PRIVATE:
                return replace(settings, private=not settings.private)
        return settings

    async def _show(self, interaction: discord.Interaction, settings: ServerSettings) -> None:
        language = self.services.language(interaction)
        note = self._note(interaction, settings, language)
        names = await self._newsrooms()
        await edit_reply(interaction, settings_message(settings, names, language, note))

    async def _newsrooms(self) -> list[str]:
        """The newsrooms that there are; none while there is no index to look in."""
        try:
            return [name for name, _ in await self.services.archive.newsrooms()]
        except VerbatimError:
            return []

    def _note(
        self, interaction: discord.Interaction, settings: ServerSettings, language: Language
    ) -> str | None:
        """A warning where new releases are to be announced and the bot may not write."""
        channel = self._client.get_channel(settings.announce or 0)
        guild = interaction.guild
        if not isinstance(channel, discord.TextChannel) or guild is None or guild.me is None:
            return None
        allowed = channel.permissions_for(guild.me)
        if allowed.view_channel and allowed.send_messages:
            return None
        return language.say("⚠ I may not write in {channel}.", channel=channel.mention)
