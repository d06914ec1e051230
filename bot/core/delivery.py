"""Delivers the outbox to Discord: every message once, whatever breaks in between."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import aiohttp
import discord

from bot.core.components import Message
from bot.core.forum_posts import OPENING_TIMEOUT, ForumPosts, PostsHidden
from bot.core.shards import serves
from bot.state.database import StateLock, StateUnusable
from bot.state.outbox import Outbox, OutboxItem
from bot.state_locks import lock_held
from embeddings.errors import VerbatimError

log = logging.getLogger(__name__)

NONCE_WINDOW = 60.0
"""Seconds in which Discord surely recognizes a nonce. It says "the past few minutes"
(https://docs.discord.com/developers/resources/message#create-message)."""
GIVE_UP_AFTER = 7 * 24 * 3600.0  # seconds: what is as old as that is no news

SETTLED_AFTER = 3 * OPENING_TIMEOUT
"""Seconds after which a request that opens a post of a forum was carried out or never will be."""

_CHANNELS_AT_A_TIME = 8
_FIRST_PAUSE, _LONGEST_PAUSE = 30.0, 3600.0  # seconds
_CLOCKS_DIFFER = timedelta(minutes=10)  # at most, this machine's and Discord's
_MAX_SEARCHED = 1000  # messages of a channel
# https://docs.discord.com/developers/topics/opcodes-and-status-codes
_ALREADY_PUBLISHED = 40033
_UNKNOWN_CHANNEL, _UNKNOWN_USER, _CANNOT_SEND, _NO_MUTUAL_SERVER = 10003, 10013, 50007, 50278

Render = Callable[[OutboxItem], Awaitable[Message | None]]
"""What an item says; None if there is nothing left to say. May raise `VerbatimError`: not now."""

Refused = Callable[[int], Awaitable[None]]
"""Called with the channel of direct messages of a person who cannot be written to any more."""


def is_refusal(error: Exception) -> bool:
    """Whether an error says that a person takes no direct messages from the bot, or is gone."""
    return isinstance(error, discord.HTTPException) and error.code in (
        _UNKNOWN_CHANNEL,
        _UNKNOWN_USER,
        _CANNOT_SEND,
        _NO_MUTUAL_SERVER,
    )


class Delivery:
    """Takes what is due from the outbox, step by step.

    A step that was tried before may have succeeded, although no answer came or it was not recorded.
    It is made again all the same: Discord edits and publishes a message once or twice to the same
    effect, and returns a message that it has already if one with the same nonce is sent again soon.
    Later than that, the channel is searched for the message before it is sent again. A forum knows
    no nonces: there nobody tries again before the first request must have arrived, and the forum is
    searched before every further try. Of several processes, one at a time delivers in a channel,
    as long as it has a connection to the state; what another one has tried, it tries again like its
    own.

    Args:
        client: a client that is logged in.
        outbox: what to deliver.
        render: what an item says.
        clock: the time, in seconds since 1970.
        refused: called when a person takes no direct messages, or is gone.
    """

    def __init__(
        self,
        client: discord.Client,
        outbox: Outbox,
        render: Render,
        clock: Callable[[], float] = time.time,
        *,
        refused: Refused | None = None,
    ) -> None:
        self._client = client
        self._outbox = outbox
        self._render = render
        self._clock = clock
        self._refused = refused
        self._posts = ForumPosts(client)
        self._lock = asyncio.Lock()

    async def deliver(self) -> None:
        """Deliver all that is due. What fails is due again later. Raises `StateUnusable`."""
        async with self._lock:
            served = partial(serves, self._client)
            due = await asyncio.to_thread(self._outbox.due_channels, self._clock(), served)
            room = asyncio.Semaphore(_CHANNELS_AT_A_TIME)
            # All of them end before an error is raised: none goes on beside the next call.
            results = await asyncio.gather(
                *(self._deliver_in(channel, room) for channel in due), return_exceptions=True
            )
            for each in results:
                if isinstance(each, BaseException):
                    raise each

    async def _deliver_in(self, channel: int, room: asyncio.Semaphore) -> None:
        async with room, lock_held(partial(self._outbox.try_lock, channel)) as lock:
            if lock:  # or another process delivers there
                await self._deliver_all(channel, lock)

    async def _deliver_all(self, channel: int, lock: StateLock) -> None:
        while item := await asyncio.to_thread(self._next, channel, lock):
            try:
                await self._step(item)
            except StateUnusable:
                raise
            except discord.RateLimited as error:
                await self._postpone(item, error, error.retry_after)
            except discord.HTTPException as error:
                await self._failed(item, error)
            except (aiohttp.ClientError, OSError, TimeoutError, PostsHidden) as error:
                await self._postpone(item, error)
            except VerbatimError as error:
                log.debug("cannot say yet what is announced in %s: %s", _place(item), error)
                await self._postpone(item, None)
            except Exception as error:
                log.exception("unexpected error")
                await self._postpone(item, error)

    def _next(self, channel: int, lock: StateLock) -> OutboxItem | None:
        return self._outbox.next_due(channel, self._clock()) if lock.is_held() else None

    async def _step(self, item: OutboxItem) -> None:
        """Take the next step of an item."""
        if item.message is None:
            await self._send(item)
        elif item.shown < item.revision:
            await self._edit(item, item.message)
        else:
            await self._publish(item, item.message)

    async def _send(self, item: OutboxItem) -> None:
        if item.server and (forum := await self._posts.forum(item.channel)):
            await self._open_post(item, forum)
            return
        channel = self._channel(item)
        was_past = self._is_past_nonce(item)
        if was_past and (found := await self._find(item)):
            await self._record_sent(item, found)
            return
        message = await self._render(item)
        if message is None:
            await asyncio.to_thread(self._outbox.end, item)
            return
        if not await self._begin(item) or self._is_past_nonce(item) is not was_past:
            return  # somebody else has begun, or that took too long: it is looked at again
        sent = await channel.send(
            view=_marked_view(message, item),
            files=message.files(),
            nonce=item.nonce,
            allowed_mentions=message.mentions(),
        )
        await self._record_sent(item, sent)

    async def _open_post(self, item: OutboxItem, forum: discord.ForumChannel) -> None:
        if item.first_tried is not None and (
            found := await self._posts.find(forum, item.nonce, _earliest(item))
        ):
            await self._record_post(item, found)
            return
        message = await self._render(item)
        if message is None:
            await asyncio.to_thread(self._outbox.end, item)
            return
        now = self._clock()
        if await asyncio.to_thread(self._outbox.claim, item, now, now + SETTLED_AFTER):
            post = await self._posts.open(forum, message, _marked_view(message, item))
            await self._record_post(item, post)

    async def _edit(self, item: OutboxItem, id: int) -> None:
        message = await self._render(item)
        if message is not None:
            if not await self._begin(item):
                return
            if item.post:
                await self._posts.prepare(id, message)
            partial = self._channel(item).get_partial_message(id)
            await partial.edit(
                view=_marked_view(message, item),
                attachments=message.files(),
                # Not the client's: discord.py leaves them out of an edit that has no content.
                allowed_mentions=discord.AllowedMentions.none(),
            )
        await asyncio.to_thread(self._outbox.edited, item, self._clock())

    async def _publish(self, item: OutboxItem, id: int) -> None:
        if not await self._begin(item):
            return
        try:
            await self._channel(item).get_partial_message(id).publish()
        except discord.HTTPException as error:
            if error.status >= 500 or error.status == 429:
                raise
            if error.code != _ALREADY_PUBLISHED:
                log.warning("cannot publish message %d in channel %d: %s", id, item.channel, error)
        await asyncio.to_thread(self._outbox.published, item, self._clock())

    async def _find(self, item: OutboxItem) -> discord.Message | None:
        """The message of an item, if the channel has it already."""
        history = self._channel(item).history(
            limit=_MAX_SEARCHED, after=_earliest(item), oldest_first=True
        )
        async for message in history:
            is_own = self._client.user is not None and message.author.id == self._client.user.id
            if is_own and any(
                getattr(part, "id", None) == item.nonce for part in message.components
            ):
                return message
        return None

    def _is_past_nonce(self, item: OutboxItem) -> bool:
        """Whether sending was tried so long ago that Discord may have forgotten the nonce."""
        return item.first_tried is not None and not (
            0 <= self._clock() - item.first_tried <= NONCE_WINDOW
        )

    def _channel(self, item: OutboxItem) -> discord.PartialMessageable:
        # The first message of a post is in the thread that has its id.
        id = item.message if item.post and item.message else item.channel
        return self._client.get_partial_messageable(id, guild_id=item.server or None)

    def _has_followers(self, item: OutboxItem) -> bool:
        known = self._client.get_channel(item.channel)
        return isinstance(known, discord.TextChannel) and known.is_news()

    # -- what comes of a step -----------------------------------------------------------------

    async def _begin(self, item: OutboxItem) -> bool:
        return await asyncio.to_thread(self._outbox.begin, item, self._clock())

    async def _record_sent(self, item: OutboxItem, message: discord.Message) -> None:
        publish = self._has_followers(item) and not message.flags.crossposted
        await asyncio.to_thread(self._outbox.sent, item, message.id, self._clock(), publish=publish)

    async def _record_post(self, item: OutboxItem, post: int) -> None:
        now = self._clock()
        await asyncio.to_thread(self._outbox.sent, item, post, now, publish=False, post=True)

    async def _failed(self, item: OutboxItem, error: discord.HTTPException) -> None:
        """Try again what Discord may accept another time, and give up what it refuses."""
        if error.status == 429:
            await self._postpone(item, error, _retry_after(error))
        elif error.status >= 500 or error.status == 401:
            await self._postpone(item, error)
        elif item.subscriptions and is_refusal(error):
            if self._refused:
                await self._refused(item.channel)
            await asyncio.to_thread(self._outbox.end, item)
        elif item.message is None and not item.subscriptions and error.status in (403, 404):
            ended = await asyncio.to_thread(self._outbox.end_channel, item.channel)
            log.warning(
                "cannot announce in channel %d, given up %d messages: %s. Choose a channel where"
                " I may write, in /settings or /announcements",
                *(item.channel, ended, error),
            )
        else:
            await asyncio.to_thread(self._outbox.end, item)
            log.warning("given up a message in %s: %s", _place(item), error)

    async def _postpone(
        self, item: OutboxItem, error: Exception | None, at_least: float = 0.0
    ) -> None:
        """Let an item wait, longer each time, or give it up where it is too old."""
        now = self._clock()
        if now - item.queued > GIVE_UP_AFTER:
            log.error("given up a message in %s after a week: %s", _place(item), error)
            await asyncio.to_thread(self._outbox.end, item)
            return
        pause = min(_FIRST_PAUSE * 2.0 ** min(item.attempts, 10), _LONGEST_PAUSE)
        await asyncio.to_thread(self._outbox.postpone, item, now + max(pause, at_least))
        if error is not None:
            # Once is enough while it goes on.
            level = logging.DEBUG if item.attempts else logging.WARNING
            log.log(level, "cannot announce in %s yet: %s", _place(item), error)


def _place(item: OutboxItem) -> str:
    """Where an item is sent, for the log, which never says who has subscribed."""
    return "direct messages" if item.subscriptions else f"channel {item.channel}"


def _earliest(item: OutboxItem) -> datetime:
    """When the message of an item can have been sent first, by Discord's clock."""
    tried = datetime.fromtimestamp(item.first_tried or item.queued, UTC)
    return tried - _CLOCKS_DIFFER


def _marked_view(message: Message, item: OutboxItem) -> discord.ui.LayoutView:
    """A message whose first component has the nonce for its id.

    Discord keeps the ids of components, but not the nonces of messages
    (https://docs.discord.com/developers/components/reference#anatomy-of-a-component).
    """
    view = message.view()
    view.children[0].id = item.nonce
    return view


def _retry_after(error: discord.HTTPException) -> float:
    """The seconds to wait for after a 429 that discord.py does not wait for."""
    try:
        return float(error.response.headers.get("Retry-After", 0))
    except ValueError:
        return 0.0
