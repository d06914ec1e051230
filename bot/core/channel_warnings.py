"""What keeps the bot from writing in a channel that a manager chooses."""

import discord

from bot.core.forum_posts import applied_tags, fitting_tags
from bot.core.markdown import shortened
from bot.i18n import Language

_MAX_TAG = 40  # characters


def writing_warning(
    guild: discord.Guild | None, channel: int | None, language: Language
) -> str | None:
    """A warning if the bot may not write in a channel of a server.

    None if it may, or if that cannot be told.
    """
    found = guild.get_channel(channel or 0) if guild else None
    if guild is None or guild.me is None or found is None:
        return None
    permissions = found.permissions_for(guild.me)
    if not (permissions.view_channel and permissions.send_messages):
        return language.gettext("⚠ I am not allowed to write in {channel}.", channel=found.mention)
    if isinstance(found, discord.ForumChannel) and not permissions.read_message_history:
        return language.gettext(
            "⚠ I am not allowed to read the message history of {channel}. I need it so as not "
            "to post anything twice.",
            channel=found.mention,
        )
    return None


def tag_warning(
    guild: discord.Guild | None, channel: int | None, tags: frozenset[str], language: Language
) -> str | None:
    """A warning if a channel is a forum whose posts need a tag, and none has one of these keys."""
    forum = guild.get_channel(channel or 0) if guild else None
    if not isinstance(forum, discord.ForumChannel) or fitting_tags(forum, tags):
        return None
    names = [shortened(tag.name, _MAX_TAG) or "–" for tag in applied_tags(forum, tags)]
    if not names:
        return None
    return language.gettext(
        "⚠ {channel} requires a tag on every post. A post gets “{tag}” if no tag is named like the "
        "newsroom or like words of what I announce.",
        channel=forum.mention,
        tag=names[0],
    )
