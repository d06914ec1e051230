"""What the features share."""

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

import discord

from bot.archive_service import ArchiveService
from bot.core.ask_context import AskContext
from bot.core.deliveries import Deliveries
from bot.core.in_flight import InFlight
from bot.core.rate_limit import RateLimiter
from bot.i18n import Language, Languages
from bot.metrics import QuestionCounts
from bot.source_service import SourceService
from bot.state import State


@dataclass(frozen=True)
class Services:
    """The archive, its sources, the bot's state, and the limits that apply to everyone.

    Answers are deleted after ``keep_days`` days; ``keep_names`` says whether an answer is stored
    with the user who asked. Hours that managers choose are in the ``timezone``. What became of the
    questions is counted in ``questions``.
    """

    archive: ArchiveService
    sources: SourceService
    state: State
    languages: Languages
    rate_limiter: RateLimiter
    in_flight: InFlight
    deliveries: Deliveries
    keep_days: int
    keep_names: bool
    timezone: tzinfo = UTC
    questions: QuestionCounts = field(default_factory=QuestionCounts)

    def language(self, interaction: discord.Interaction) -> Language:
        """The language of the user who caused an interaction."""
        return self.languages.for_locale(interaction.locale.value)

    def ask_context(self, interaction: discord.Interaction) -> AskContext:
        """Who asks by an interaction, and where."""
        return AskContext(
            user=interaction.user.id,
            server=interaction.guild_id,
            channel=interaction.channel_id,
            parent=getattr(interaction.channel, "parent_id", None),
            settings=self.state.servers.get(interaction.guild_id),
            language=self.language(interaction),
        )

    def message_context(self, message: discord.Message) -> AskContext:
        """Who asks by a message, and where; the language is the server's."""
        server = message.guild.id if message.guild else None
        return AskContext(
            user=message.author.id,
            server=server,
            channel=message.channel.id,
            parent=getattr(message.channel, "parent_id", None),
            settings=self.state.servers.get(server),
            language=self.languages.for_locale(
                message.guild.preferred_locale.value if message.guild else None
            ),
        )


def services_of(interaction: discord.Interaction[Any]) -> Services:
    """The services of the bot that received an interaction."""
    services: Services = interaction.client.services
    return services
