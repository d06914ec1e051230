"""What the cogs of the features have in common."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from bot.core.actions import Action
from bot.core.services import Services

T = TypeVar("T")

Handler = Callable[[discord.Interaction, Any], Awaitable[None]]
"""Called with the interaction and its `Action`; it acknowledges the interaction first."""

Handlers = Mapping[type[Action], Handler]


class FeatureCog(commands.Cog):
    """The commands of a feature, and the handlers of the components in its messages."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def handlers(self) -> Handlers:
        """The handler of each action of the feature; none by default."""
        return {}


class ManagerCog(FeatureCog):
    """A feature for people who may manage the server."""

    def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Raise `discord.app_commands.MissingPermissions` for everybody else.

        discord.py calls this before a command, and the router before a handler. That Discord hides
        the command proves nothing, because a request may be forged. Nor is it enough to manage a
        server where somebody uses the bot that is not in it: everybody manages a server of theirs.
        """
        if not (interaction.is_guild_integration() and interaction.permissions.manage_guild):
            raise app_commands.MissingPermissions(["manage_guild"])
        return True


def server_id(interaction: discord.Interaction) -> int:
    """The server of an interaction that a `ManagerCog` has checked: there is one."""
    return interaction.guild_id or 0


def for_everyone(command: T) -> T:
    """Offer a command in servers, direct messages and group chats, and as a user-installed app."""
    command = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)(command)
    return app_commands.allowed_installs(guilds=True, users=True)(command)


def for_members(command: T) -> T:
    """Offer a command where the bot itself is: in its servers, and in direct messages with it."""
    command = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)(command)
    return app_commands.allowed_installs(guilds=True, users=False)(command)


def for_managers(command: T) -> T:
    """Offer a command in servers, to people who may manage them."""
    return app_commands.default_permissions(manage_guild=True)(app_commands.guild_only(command))
