"""What a request names, and whether the bot may see or change it."""

from __future__ import annotations

from ..models import Channel, Message
from ..rules import Denied, Refused
from ..world import SEND_MESSAGES, World
from .call import Call


class Access:
    """Finds what the path of a request names. Each method raises `Refused` where it may not."""

    def __init__(self, world: World) -> None:
        self._world = world

    def guild(self, call: Call) -> int:
        """Return the id of the guild, which must be the bot's."""
        self._world.count_rules("unknown-guild")
        if call.id("guild_id") != self._world.guild_id:
            raise Refused("unknown-guild", 404, 10004, "Unknown Guild")
        if not self._world.has_bot:
            raise Denied("no-access", 403, 50001, "Missing Access")
        return self._world.guild_id

    def channel(self, call: Call, *, writing: bool = False) -> Channel:
        """Return a channel that the bot sees and, if ``writing``, may write in."""
        channel = self._world.channel_by_id(call.id("channel_id"))
        self._world.count_rules("no-access")
        if not self._world.bot_sees(channel):
            raise Denied("no-access", 403, 50001, "Missing Access")
        if writing and not self._world.bot_permissions(channel) & SEND_MESSAGES:
            if channel.is_dm:
                raise Denied("no-access", 403, 50007, "Cannot send messages to this user")
            raise Denied("no-access", 403, 50013, "Missing Permissions")
        return channel

    def channel_of_type(self, call: Call, *types: int) -> Channel:
        """Return a channel of one of these types that the bot may write in."""
        channel = self.channel(call, writing=True)
        self._world.count_rules("channel-type")
        if channel.type not in types:
            text = "Cannot execute action on this channel type"
            raise Refused("channel-type", 400, 50024, text)
        return channel

    def message(self, call: Call) -> Message:
        """Return a message of a channel that the bot sees."""
        channel = self.channel(call)
        message = self._world.message(call.id("message_id"))
        if message.channel_id != channel.id or message.ephemeral:
            raise Refused("unknown-message", 404, 10008, "Unknown Message")
        return message

    def own_message(self, call: Call) -> Message:
        """Return a message of a channel that the bot wrote itself."""
        message = self.message(call)
        self._world.count_rules("foreign-message")
        if message.author != self._world.bot:
            text = "Cannot edit a message authored by another user"
            raise Refused("foreign-message", 403, 50005, text)
        return message
