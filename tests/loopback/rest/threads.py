"""Threads: those of messages, and the posts of forums."""

from __future__ import annotations

from dataclasses import replace

from .. import payloads
from ..events import Events
from ..models import FORUM, NEWS, TEXT, THREADS, Channel, Json
from ..rules import Refused
from ..world import World
from .access import Access
from .call import Call, Reply, Route
from .composer import Composer


class ThreadRoutes:
    """The routes that start, list and change threads."""

    def __init__(self, world: World, access: Access, events: Events, composer: Composer) -> None:
        self._world = world
        self._access = access
        self._events = events
        self._composer = composer

    def routes(self) -> list[Route]:
        """Return the routes."""
        channel = "/channels/{channel_id}"
        return [
            ("POST", f"{channel}/messages/{{message_id}}/threads", self._start),
            ("POST", f"{channel}/threads", self._open_post),
            ("PATCH", channel, self._change),
            ("GET", f"{channel}/threads/archived/public", self._list_archived),
            ("GET", "/guilds/{guild_id}/threads/active", self._list_active),
        ]

    async def _start(self, call: Call) -> Reply:
        self._access.channel_of_type(call, TEXT, NEWS)
        message = self._access.message(call)
        self._world.count_rules("thread-once")
        if message.id in self._world.channels:
            text = "A thread has already been created for this message"
            raise Refused("thread-once", 400, 160004, text)
        thread = await self._events.start_thread(message, call.body["name"], self._world.bot)
        return 201, payloads.channel(self._world, thread)

    async def _open_post(self, call: Call) -> Reply:
        forum = self._access.channel_of_type(call, FORUM)
        tags = tuple(int(each) for each in call.body.get("applied_tags") or ())
        self._check_tags(forum, tags)
        post, message = self._composer.open_post(call.body, call.files, forum, tags)
        await self._events.thread_created(post)
        await self._events.message_changed(message)
        answer = payloads.channel(self._world, post)
        return 201, {**answer, "message": payloads.message(self._world, message)}

    def _check_tags(self, forum: Channel, tags: tuple[int, ...]) -> None:
        """Raise `Refused` unless the bot may open a post with these tags."""
        self._world.count_rules("tag-required", "unknown-tag")
        if forum.requires_tag and not tags:
            text = "A tag is required to create a forum post in this channel"
            raise Refused("tag-required", 400, 40067, text)
        # The bot is no moderator here.
        if not set(tags) <= {each.id for each in forum.tags if not each.moderated}:
            raise Refused("unknown-tag", 400, 10087, "Unknown tag")

    async def _change(self, call: Call) -> Reply:
        thread = self._access.channel_of_type(call, *THREADS)
        if thread.archived and call.body.get("archived") is not False:
            raise Refused("thread-archived", 400, 50083, "Thread is archived")
        changed = replace(thread, name=call.body.get("name", thread.name), archived=None)
        await self._events.thread_changed(changed)
        return 200, payloads.channel(self._world, changed)

    async def _list_active(self, call: Call) -> Reply:
        guild = self._access.guild(call)
        found = self._world.threads_of(guild, archived=False)
        seen = [each for each in found if self._world.bot_sees(each)]
        return 200, {**self._listed(seen[::-1]), "has_more": False}

    async def _list_archived(self, call: Call) -> Reply:
        parent = self._access.channel_of_type(call, TEXT, NEWS, FORUM)
        before = call.query.get("before", "9999")
        found = sorted(
            (
                each
                for each in self._world.threads_of(self._world.guild_id, archived=True)
                if each.parent_id == parent.id and (each.archived or "") < before
            ),
            key=lambda each: each.archived or "",
            reverse=True,
        )
        limit = int(call.query.get("limit", "50"))
        return 200, {**self._listed(found[:limit]), "has_more": len(found) > limit}

    def _listed(self, threads: list[Channel]) -> Json:
        return {
            "threads": [payloads.channel(self._world, each) for each in threads],
            "members": [],
        }
