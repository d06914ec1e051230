"""``/subscribe`` and ``/subscriptions``: new releases by direct message, for everybody."""

import asyncio
import time
from collections.abc import Callable

import discord
from discord import app_commands

from bot.core.actions import (
    DropSubscription,
    EndAllSubscriptions,
    EndSelectedSubscription,
    EndSubscription,
    KeepSubscription,
)
from bot.core.cog import FeatureCog, Handlers, for_members
from bot.core.components import text_message
from bot.core.delivery import is_refusal
from bot.core.errors import (
    SEND_ERRORS,
    AlreadySubscribed,
    DirectMessageNotSent,
    SubscriptionGone,
    TooManySubscriptions,
)
from bot.core.inputs import selected_values
from bot.core.options import Name, suggest_newsroom
from bot.core.reply import Reply, defer_message, defer_update
from bot.core.sending import send_message
from bot.core.services import Services
from bot.features.subscriptions.messages import (
    confirmation,
    subscription_offer,
    subscriptions_message,
)
from bot.state.subscriptions import MAX_SUBSCRIPTIONS, Subscription
from retrieval.scope import Scope
from retrieval.standing import MAX_CHARACTERS


class SubscriptionsCog(FeatureCog):
    """Offers, lists and ends the subscriptions of whoever uses it, and tells nobody else."""

    def __init__(self, services: Services, clock: Callable[[], float] = time.time) -> None:
        super().__init__(services)
        self._clock = clock
        self._store = services.state.subscriptions

    def handlers(self) -> Handlers:
        """The buttons, and the menu."""
        return {
            KeepSubscription: self.keep,
            DropSubscription: self.drop,
            EndSubscription: self.end,
            EndSelectedSubscription: self.end_selected,
            EndAllSubscriptions: self.end_all,
        }

    @app_commands.command(description="Be told of new releases by direct message")
    @app_commands.describe(
        question="Only releases about this, in whatever words: anything about veterans’ health",
        words="Only releases with all of these words in the title",
        newsroom="Only releases by this newsroom",
    )
    @app_commands.autocomplete(newsroom=suggest_newsroom)
    @for_members
    async def subscribe(
        self,
        interaction: discord.Interaction,
        question: app_commands.Range[str, 1, MAX_CHARACTERS] | None = None,
        words: Name | None = None,
        newsroom: Name | None = None,
    ) -> None:
        """Offer a subscription to all releases that meet the conditions."""
        self.services.rate_limiter.admit(self.services.ask_context(interaction))
        reply = await defer_message(interaction, private=True)
        user = interaction.user.id
        await self._check_room(user)
        scope = Scope(newsroom, (words or "").strip() or None, question)
        preview = await self.services.archive.preview(scope)
        kept = await asyncio.to_thread(self._store.of_user, user)
        if any(each.scope == preview.scope for each in kept):
            raise AlreadySubscribed
        locale, calibration = interaction.locale.value, preview.calibration
        offered = Subscription(user, preview.scope, locale, calibration)
        number = await asyncio.to_thread(self._store.offer, offered, self._clock())
        await reply.edit(subscription_offer(number, preview, reply.language))

    @app_commands.command(description="See what I write to you about, and end it")
    @for_members
    async def subscriptions(self, interaction: discord.Interaction) -> None:
        """List the subscriptions of whoever asks."""
        await self._list(await defer_message(interaction, private=True))

    async def keep(self, interaction: discord.Interaction, action: KeepSubscription) -> None:
        """Keep a subscription that was offered, if its user can be written to.

        It is kept before that is tried: what is confirmed is never lost, and what Discord refuses
        after the process was killed is ended with the first message.
        """
        reply = await defer_update(interaction)
        user, number = interaction.user, action.subscription
        unannounced = await self._unannounced()
        try:
            channel = await user.create_dm()
        except SEND_ERRORS as error:
            raise DirectMessageNotSent(refused=is_refusal(error)) from error
        store, now = self._store, self._clock()
        kept = await asyncio.to_thread(store.keep, user.id, number, channel.id, unannounced, now)
        if kept is None:
            if await asyncio.to_thread(store.has_the_same, user.id, number):
                raise AlreadySubscribed
            await self._check_room(user.id)
            raise SubscriptionGone
        try:
            await send_message(channel, confirmation(kept, reply.language))
        except SEND_ERRORS as error:
            await asyncio.to_thread(store.withhold, user.id, number)
            raise DirectMessageNotSent(refused=is_refusal(error)) from error
        await self._list(reply)

    async def drop(self, interaction: discord.Interaction, action: DropSubscription) -> None:
        """Forget a subscription that was offered."""
        reply = await defer_update(interaction)
        await asyncio.to_thread(self._store.withdraw, interaction.user.id, action.subscription)
        await reply.edit(text_message(reply.language.gettext("I have not added it.")))

    async def end(self, interaction: discord.Interaction, action: EndSubscription) -> None:
        """End one of the subscriptions of whoever presses the button."""
        reply = await defer_message(interaction, private=True)
        _, user = reply.language.gettext, interaction.user.id
        ended = await asyncio.to_thread(self._store.end, user, action.subscription)
        text = _("I will not write to you about that any more.") if ended else _("That has ended.")
        await reply.edit(text_message(text))

    async def end_selected(
        self, interaction: discord.Interaction, action: EndSelectedSubscription
    ) -> None:
        """End the subscription selected from the menu."""
        reply = await defer_update(interaction)
        for id in selected_values(interaction):
            await asyncio.to_thread(self._store.end, interaction.user.id, int(id))
        await self._list(reply)

    async def end_all(self, interaction: discord.Interaction, action: EndAllSubscriptions) -> None:
        """Delete all that is stored about the subscriptions of whoever presses the button."""
        reply = await defer_update(interaction)
        await asyncio.to_thread(self._store.end_all, interaction.user.id)
        text = reply.language.gettext("I have deleted all of it, and what was still to be sent.")
        await reply.edit(text_message(text))

    async def _list(self, reply: Reply) -> None:
        found = await asyncio.to_thread(self._store.of_user, reply.interaction.user.id)
        await reply.edit(subscriptions_message(found, reply.language))

    async def _check_room(self, user: int) -> None:
        """Raise `TooManySubscriptions` if a person has as many as one may."""
        if len(await asyncio.to_thread(self._store.of_user, user)) >= MAX_SUBSCRIPTIONS:
            raise TooManySubscriptions(MAX_SUBSCRIPTIONS)

    async def _unannounced(self) -> set[str]:
        """The ids of the releases in the index that are not announced yet."""
        releases = await self.services.archive.release_ids()
        ids = set().union(*releases.values())
        return await asyncio.to_thread(self.services.state.seen.unseen, ids)
