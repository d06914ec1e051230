"""The JSON that Discord sends, made from the recorded values."""

from .components import complete_components, mentionable_text
from .guilds import application, channel, guild, guild_create, resolved_channel
from .interactions import command, interaction
from .messages import message, message_event
from .users import current_user, member, user

__all__ = [
    "application",
    "channel",
    "command",
    "complete_components",
    "current_user",
    "guild",
    "guild_create",
    "interaction",
    "member",
    "mentionable_text",
    "message",
    "message_event",
    "resolved_channel",
    "user",
]
