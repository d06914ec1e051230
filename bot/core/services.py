"""What the commands share."""

from dataclasses import dataclass
from typing import Any

import discord

from bot.archive_service import ArchiveService
from bot.core.in_flight import InFlight
from bot.core.rate_limit import RateLimiter
from bot.i18n import Language, Languages
from bot.state import State


@dataclass(frozen=True)
class Services:
    """The archive, what is remembered, and the rules of the house.

    ``keep_names`` says whether who asked is remembered with an answer.
    """

    archive: ArchiveService
    state: State
    languages: Languages
    rate_limiter: RateLimiter
    in_flight: InFlight
    keep_names: bool

    def language(self, interaction: discord.Interaction) -> Language:
        """The language of who acts."""
        return self.languages.of(interaction.locale.value)

    def admit(self, interaction: discord.Interaction) -> None:
        """Let a question in. Raises `ChannelNotAllowed` or `RateLimited`."""
        parent = getattr(interaction.channel, "parent_id", None)
        self.rate_limiter.admit(
            interaction.user.id, interaction.guild_id, interaction.channel_id, parent
        )


def services_of(interaction: discord.Interaction[Any]) -> Services:
    """The services of the bot that an interaction came to."""
    services: Services = interaction.client.services
    return services
