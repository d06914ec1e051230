"""New releases for those who subscribed to them, as direct messages."""

import asyncio
import logging
from collections.abc import Iterable, Sequence

from bot.archive_service import ReleaseSummary
from bot.core.components import Message
from bot.core.services import Services
from bot.features.announcements.matching import releases_in_scope
from bot.features.announcements.messages import item_message
from bot.features.announcements.planning import PlannedMessage, message_groups
from bot.features.subscriptions.messages import with_end_buttons
from bot.state.outbox import OutboxItem
from bot.state.subscriptions import Subscription
from retrieval.errors import BadQuestion
from retrieval.release import ReleaseInfo

log = logging.getLogger(__name__)


class Subscribers:
    """What is sent to people who subscribed. Its methods raise `StateUnusable`.

    Nothing that it logs says who they are, or what they subscribed to.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = services.state.subscriptions

    async def plan(
        self, subscriptions: Sequence[Subscription], newest_first: Sequence[ReleaseInfo]
    ) -> list[PlannedMessage]:
        """The direct messages about new releases, for each person in the order of sending."""
        found = [(each, await self._wanted(each, newest_first)) for each in subscriptions]
        return plan_direct_messages(found, newest_first)

    async def message(self, item: OutboxItem, releases: Sequence[ReleaseSummary]) -> Message | None:
        """What an item says about its releases; None if all of its subscriptions have ended.

        It is in the language in which its person subscribed last.
        """
        store = self._store
        kept = await asyncio.to_thread(store.of_channel, item.channel, item.subscriptions)
        if not kept:
            return None
        language = self._services.languages.for_locale(kept[-1].locale)
        scopes = dict.fromkeys(each.scope for each in kept)
        message = item_message(item, releases, language, list(scopes))
        return with_end_buttons(message, kept, language)

    async def end_refused(self, channel: int) -> None:
        """End the subscriptions of a person who takes no direct messages, or is gone."""
        ended = await asyncio.to_thread(self._store.end_channel, channel)
        log.warning("somebody takes no direct messages any more: ended %d subscriptions", ended)

    async def _wanted(
        self, subscription: Subscription, releases: Sequence[ReleaseInfo]
    ) -> list[ReleaseInfo]:
        """Those of some releases that a person is to be told of."""
        zone = self._services.timezone
        covered = [each for each in releases if subscription.covers(each, zone)]
        known = subscription.calibration
        try:
            wanted, calibration = await releases_in_scope(
                self._services.archive, subscription.scope, known, covered
            )
        except BadQuestion as error:  # to this version, unlike the one that accepted it
            log.error("a subscription matches nothing: %s", error)
            return []
        if calibration and calibration != known and subscription.id is not None:
            await asyncio.to_thread(self._store.calibrate, subscription.id, calibration)
        return wanted


def plan_direct_messages(
    found: Sequence[tuple[Subscription, Sequence[ReleaseInfo]]], newest_first: Sequence[ReleaseInfo]
) -> list[PlannedMessage]:
    """The messages about new releases, for each person in the order of sending.

    A release for which a person has several subscriptions is told of once, for all of them.

    Args:
        found: the releases that each subscription has.
        newest_first: the new releases in their order.
    """
    by_channel: dict[int, dict[str, list[int]]] = {}
    for subscription, releases in found:
        if subscription.channel is not None and subscription.id is not None:
            wanted = by_channel.setdefault(subscription.channel, {})
            for release in releases:
                wanted.setdefault(release.id, []).append(subscription.id)
    return [
        _planned(channel, group, {id for release in group for id in wanted[release.id]})
        for channel, wanted in by_channel.items()
        for group in message_groups([each for each in newest_first if each.id in wanted])
    ]


def _planned(channel: int, releases: Sequence[ReleaseInfo], ids: Iterable[int]) -> PlannedMessage:
    return PlannedMessage(
        server=0,
        channel=channel,
        releases=releases,
        roles=(),
        scopes=(),
        subscriptions=tuple(sorted(ids)),
    )
