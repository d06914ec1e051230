"""Posts of forums, each of which is a thread whose first message says what the post is about.

A forum takes no nonce: it opens a second post if the same request is made again
(https://docs.discord.com/developers/resources/channel#start-thread-in-forum-or-media-channel). So
the request is made once, and a post is looked for before it is opened again.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import datetime

import discord

from bot.core.components import Message, cut
from bot.core.markdown import visible
from bot.core.single_request import single_request
from embeddings.errors import VerbatimError
from retrieval.text.tokens import words

OPENING_TIMEOUT = 30.0
"""Seconds after which nobody waits for an answer to the request that opens a post."""

_MAX_NAME = 100  # characters of a post's name
_MAX_TAGS = 5  # of a post


def tag_key(text: str) -> str:
    """What the names of tags are compared by: its words, whatever their case and accents."""
    return " ".join(words(text))


def fitting_tags(forum: discord.ForumChannel, wanted: Collection[str]) -> list[discord.ForumTag]:
    """The tags of a forum whose `tag_key` is ``wanted``, as many as a post may have.

    Tags that only moderators may apply are left out.
    """
    open_to_all = [tag for tag in forum.available_tags if not tag.moderated]
    return [tag for tag in open_to_all if tag_key(tag.name) in wanted][:_MAX_TAGS]


def applied_tags(forum: discord.ForumChannel, wanted: Collection[str]) -> list[discord.ForumTag]:
    """The tags for a post: those that fit; the first one where none does and one is required."""
    fitting = fitting_tags(forum, wanted)
    if fitting or not forum.flags.require_tag:
        return fitting
    return sorted(forum.available_tags, key=lambda tag: tag.moderated)[:1]


class PostsHidden(VerbatimError):
    """The bot may not read the posts of a forum: it cannot tell whether one is there already."""

    def __init__(self, forum: int) -> None:
        super().__init__(
            f"the posts of the forum {forum} cannot be read. Allow the bot to read its history"
        )
        self.forum = forum


class ForumPosts:
    """Opens, finds and changes the bot's posts.

    Args:
        client: a client that is logged in. Without a gateway it knows no channel, and asks Discord.
    """

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._asked: dict[int, discord.ForumChannel | None] = {}

    async def forum(self, channel: int) -> discord.ForumChannel | None:
        """The forum with an id; None if that is another channel."""
        if known := self._client.get_channel(channel):
            return known if isinstance(known, discord.ForumChannel) else None
        if channel not in self._asked:
            found = await self._client.fetch_channel(channel)
            self._asked[channel] = found if isinstance(found, discord.ForumChannel) else None
        return self._asked[channel]

    async def open(
        self, forum: discord.ForumChannel, message: Message, view: discord.ui.LayoutView
    ) -> int:
        """Open a post, and return its id, which is also that of its first message.

        Raises:
            RepeatedRequest: if the first try did not succeed. It may have been carried out.
            TimeoutError: if there is no answer. The same holds.
        """
        async with asyncio.timeout(OPENING_TIMEOUT):
            with single_request():
                opened = await forum.create_thread(
                    name=_name(message),
                    view=view,
                    files=message.files(),
                    applied_tags=applied_tags(forum, message.tags),
                    allowed_mentions=message.mentions(),
                )
        return opened.thread.id

    async def find(
        self, forum: discord.ForumChannel, component: int, since: datetime
    ) -> int | None:
        """The id of the bot's post that was opened since then with a component of this id.

        Raises:
            PostsHidden: if the bot may not look through the forum.
        """
        try:
            async for thread in self._threads(forum, since):
                if self._client.user is None or thread.owner_id != self._client.user.id:
                    continue
                try:
                    first = await thread.fetch_message(thread.id)
                except discord.NotFound:  # somebody deleted it
                    continue
                if any(getattr(part, "id", None) == component for part in first.components):
                    return thread.id
        except discord.Forbidden as error:
            raise PostsHidden(forum.id) from error
        return None

    async def _threads(
        self, forum: discord.ForumChannel, since: datetime
    ) -> AsyncIterator[discord.Thread]:
        """The posts that were opened since then."""
        for thread in await forum.guild.active_threads():
            if thread.parent_id == forum.id and _opened(thread) >= since:
                yield thread
        # Those that were archived last come first.
        async for thread in forum.archived_threads(limit=None):
            if thread.archive_timestamp < since:
                break
            if _opened(thread) >= since:
                yield thread

    async def prepare(self, post: int, message: Message) -> None:
        """Let the first message of a post be edited to this one: see to its name and its state."""
        thread = self._client.get_channel(post) or await self._client.fetch_channel(post)
        name = _name(message)
        # Nothing in an archived thread can be edited, and names may be changed only now and then.
        if isinstance(thread, discord.Thread) and (thread.archived or thread.name != name):
            await thread.edit(name=name, archived=False)


def _name(message: Message) -> str:
    return cut(visible(message.title), _MAX_NAME) or "–"


def _opened(thread: discord.Thread) -> datetime:
    return discord.utils.snowflake_time(thread.id)
