"""``/timeline``: how many releases were about a topic over time."""

import asyncio

import discord
from discord import app_commands

from bot.core.cog import FeatureCog, for_everyone
from bot.core.options import Day, Name, date_bounds, filter_options
from bot.core.reply import defer_message
from bot.features.timeline.messages import LATEST, timeline_chart, timeline_message
from retrieval.release import Filter

_MAX_TOPIC = 200  # characters


class TimelineCog(FeatureCog):
    """The releases about a topic over time, as a chart."""

    @app_commands.command(description="Show when releases about a topic were published")
    @app_commands.describe(topic="What the releases are about")
    @filter_options
    @for_everyone
    async def timeline(
        self,
        interaction: discord.Interaction,
        topic: app_commands.Range[str, 1, _MAX_TOPIC],
        since: Day | None = None,
        until: Day | None = None,
        newsroom: Name | None = None,
    ) -> None:
        """Draw how many releases were about a topic over time, and show the latest."""
        self.services.rate_limiter.admit(self.services.ask_context(interaction))
        reply = await defer_message(interaction)
        allowed = Filter(*date_bounds(since, until, reply.language), newsroom)
        timeline, latest = await self.services.archive.timeline(topic, allowed, LATEST)
        chart = await asyncio.to_thread(timeline_chart, timeline, reply.language)
        await reply.edit(timeline_message(timeline, latest, chart, reply.language))
