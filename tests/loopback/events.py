"""Changes that the clients are told of by gateway events."""

from __future__ import annotations

from dataclasses import replace

from . import payloads
from .gateway import DIRECT_MESSAGES, GUILD_MESSAGES, GUILDS, Gateway
from .models import Channel, Json, Message, User
from .world import World


class Events:
    """Sends the events that belong to a change of the state."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self._world = world
        self._gateway = gateway

    async def message_changed(self, message: Message) -> None:
        """Announce a new or edited message."""
        event = "MESSAGE_UPDATE" if message.revision else "MESSAGE_CREATE"
        await self._send(event, message, payloads.message_event(self._world, message))

    async def delete_message(self, message: Message) -> Message:
        """Delete a message and announce it; return its last state."""
        deleted = replace(message, deleted=True, revision=message.revision + 1)
        self._world.record(deleted)
        payload = {"id": str(deleted.id), "channel_id": str(deleted.channel_id)}
        if (guild_id := self._world.channels[deleted.channel_id].guild_id) is not None:
            payload["guild_id"] = str(guild_id)
        await self._send("MESSAGE_DELETE", deleted, payload)
        return deleted

    async def bot_removed(self) -> None:
        """Remove the bot from the guild, and tell it."""
        self._world.has_bot = False
        guild = {"id": str(self._world.guild_id)}
        await self._gateway.dispatch("GUILD_DELETE", guild, GUILDS)

    async def bot_added(self) -> None:
        """Add the bot to the guild again, and tell it."""
        self._world.has_bot = True
        guild = payloads.guild_create(self._world)
        del guild["unavailable"]  # it is there where an outage ends
        await self._gateway.dispatch("GUILD_CREATE", guild, GUILDS)

    async def outage(self, *, ends: bool) -> None:
        """Tell the bot that the guild is not available, or is again."""
        if ends:
            await self._gateway.dispatch("GUILD_CREATE", payloads.guild_create(self._world), GUILDS)
        else:
            guild = {"id": str(self._world.guild_id), "unavailable": True}
            await self._gateway.dispatch("GUILD_DELETE", guild, GUILDS)

    async def channel_created(self, channel: Channel) -> None:
        """Announce a new channel of the guild."""
        payload = payloads.channel(self._world, channel)
        await self._gateway.dispatch("CHANNEL_CREATE", payload, GUILDS)

    async def start_thread(self, message: Message, name: str, owner: User) -> Channel:
        """Start a thread from a message, and announce it."""
        thread = self._world.add_thread(message, name, owner)
        await self.thread_created(thread)
        return thread

    async def thread_created(self, thread: Channel) -> None:
        """Announce a new thread."""
        payload = {**payloads.channel(self._world, thread), "newly_created": True}
        await self._gateway.dispatch("THREAD_CREATE", payload, GUILDS)

    async def thread_changed(self, thread: Channel) -> None:
        """Announce that a thread was renamed or archived, or is no longer archived."""
        payload = payloads.channel(self._world, self._world.update_channel(thread))
        await self._gateway.dispatch("THREAD_UPDATE", payload, GUILDS)

    async def _send(self, event: str, message: Message, payload: Json) -> None:
        """Send an event about a message, unless it is ephemeral or the bot is not there."""
        channel = self._world.channels[message.channel_id]
        if self._world.bot_sees(channel) and not message.ephemeral:
            intent = DIRECT_MESSAGES if channel.is_dm else GUILD_MESSAGES
            await self._gateway.dispatch(event, payload, intent)
