"""Messages and reactions of channels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .. import payloads
from ..events import Events
from ..models import CROSSPOSTED, FORUM, NEWS, Json, Message
from ..rules import Denied, Problem, Refused
from ..world import World
from .access import Access
from .call import Call, Reply, Route
from .composer import Composer

NONCE_WINDOW = 180.0
"""Seconds for which a nonce is remembered: "the past few minutes" of the documentation."""


class MessageRoutes:
    """The routes of channels."""

    def __init__(self, world: World, access: Access, events: Events, composer: Composer) -> None:
        self._world = world
        self._access = access
        self._events = events
        self._composer = composer
        self._nonces: dict[tuple[int, Any], tuple[int, float]] = {}
        """The message with a nonce in a channel, and when it was sent by the clock."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        channel = "/channels/{channel_id}"
        message = f"{channel}/messages/{{message_id}}"
        return [
            ("GET", channel, self._get_channel),
            ("POST", f"{channel}/typing", self._type),
            ("GET", f"{channel}/messages", self._list_messages),
            ("POST", f"{channel}/messages", self._send),
            ("GET", message, self._get_message),
            ("PATCH", message, self._edit_message),
            ("DELETE", message, self._delete_message),
            ("POST", f"{message}/crosspost", self._crosspost),
            ("PUT", f"{message}/reactions/{{emoji_name}}/@me", self._react),
            ("DELETE", f"{message}/reactions/{{emoji_name}}/@me", self._unreact),
        ]

    async def _get_channel(self, call: Call) -> Reply:
        return 200, payloads.channel(self._world, self._access.channel(call))

    async def _type(self, call: Call) -> Reply:
        self._world.typing.append(self._access.channel(call).id)
        self._world.signal.notify()
        return 204, None

    async def _list_messages(self, call: Call) -> Reply:
        channel = self._access.channel(call)
        found = [each for each in self._world.messages_in(channel.id) if not each.ephemeral]
        limit = int(call.query.get("limit", "50"))
        if before := call.query.get("before"):
            found = [each for each in found if each.id < int(before)]
        if after := call.query.get("after"):
            # Those that follow it, and not the newest of all.
            found = [each for each in found if each.id > int(after)][:limit]
        return 200, [self._fetched(each) for each in found[::-1][:limit]]

    async def _send(self, call: Call) -> Reply:
        channel = self._access.channel(call, writing=True)
        self._world.count_rules("no-text-channel")
        if channel.type == FORUM:
            text = "Cannot send messages in a non-text channel"
            raise Refused("no-text-channel", 400, 50008, text)
        reference = self._reference(call.body.get("message_reference"), channel.id)
        nonce = call.body.get("nonce")
        if call.body.get("enforce_nonce") and (sent := self._sent_with(nonce, channel.id)):
            return 200, payloads.message(self._world, sent)
        message = self._composer.send(
            call.body, call.files, channel_id=channel.id, reference=reference
        )
        if nonce:
            self._nonces[channel.id, nonce] = message.id, self._world.clock()
        await self._events.message_changed(message)
        return 200, payloads.message(self._world, message)

    def _sent_with(self, nonce: Any, channel: int) -> Message | None:
        """Return the message that was sent with this nonce (/resources/message#create-message)."""
        id_, sent = self._nonces.get((channel, nonce), (0, 0.0))
        is_known = id_ and self._world.clock() - sent <= NONCE_WINDOW
        return self._world.find_message(id_) if is_known else None

    def _fetched(self, message: Message) -> Json:
        """Return a message as it is fetched later: nothing promises that its nonce is kept."""
        return payloads.message(self._world, replace(message, nonce=None))

    async def _get_message(self, call: Call) -> Reply:
        return 200, self._fetched(self._access.message(call))

    async def _edit_message(self, call: Call) -> Reply:
        before = self._access.own_message(call)
        self._world.count_rules("thread-archived")
        if self._world.channels[before.channel_id].archived:
            raise Refused("thread-archived", 400, 50083, "Thread is archived")
        edited = self._composer.edit(before, call.body, call.files)
        await self._events.message_changed(edited)
        return 200, payloads.message(self._world, edited)

    async def _delete_message(self, call: Call) -> Reply:
        await self._events.delete_message(self._access.own_message(call))
        return 204, None

    async def _react(self, call: Call) -> Reply:
        reaction = (self._access.message(call).id, call.params["emoji_name"])
        self._world.reactions.append(reaction)
        self._world.signal.notify()
        return 204, None

    async def _unreact(self, call: Call) -> Reply:
        reaction = (self._access.message(call).id, call.params["emoji_name"])
        if reaction in self._world.reactions:
            self._world.reactions.remove(reaction)
        return 204, None

    async def _crosspost(self, call: Call) -> Reply:
        self._access.channel_of_type(call, NEWS)
        message = self._access.own_message(call)
        self._world.count_rules("crosspost-once")
        if message.flags & CROSSPOSTED:
            text = "This message has already been crossposted"
            raise Denied("crosspost-once", 400, 40033, text)
        after = replace(message, flags=message.flags | CROSSPOSTED, revision=message.revision + 1)
        await self._events.message_changed(self._world.record(after))
        return 200, payloads.message(self._world, after)

    def _reference(self, reference: Json | None, channel_id: int) -> int | None:
        """Return the id of the message that is replied to. Raises `Refused` if there is none."""
        if not reference:
            return None
        self._world.count_rules("unknown-reference")
        target = self._world.find_message(int(reference["message_id"]))
        if target is not None and not target.deleted and target.channel_id == channel_id:
            return target.id
        if reference.get("fail_if_not_exists") is False:
            return None
        problem = Problem(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        raise Refused("unknown-reference", 400, 50035, "Invalid Form Body", problems=[problem])
