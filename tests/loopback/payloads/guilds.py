"""The guild, its channels, and the bot's application."""

from __future__ import annotations

from ..models import FORUM, GROUP_DM, Channel, ForumTag, Json, User
from ..world import ADMINISTRATOR, EVERYONE, MANAGE_GUILD, World
from .users import JOINED, member, role, user


def channel(world: World, target: Channel) -> Json:
    """Return a channel object (/resources/channel#channel-object)."""
    payload: Json = {
        "id": str(target.id),
        "type": target.type,
        "flags": 0,
        "last_message_id": None,
    }
    if target.recipient is not None:
        return {**payload, "recipients": [user(target.recipient)]}
    if target.type == GROUP_DM:
        owner = world.users[target.owner_id or 0]
        group = {"name": target.name, "icon": None, "owner_id": str(owner.id)}
        return {**payload, **group, "recipients": [user(owner)]}
    payload |= {"guild_id": str(target.guild_id), "name": target.name, "rate_limit_per_user": 0}
    if target.is_thread:
        return {**payload, **_thread(world, target)}
    if target.type == FORUM:
        payload |= _forum(target)
    return {
        **payload,
        "position": 0,
        "permission_overwrites": _overwrites(world, target),
        "nsfw": False,
        "topic": None,
        "parent_id": None,
    }


REQUIRE_TAG = 1 << 4
"""Channel flag: a post in the forum needs a tag."""


def _forum(target: Channel) -> Json:
    return {
        "flags": REQUIRE_TAG if target.requires_tag else 0,
        "available_tags": [_tag(each) for each in target.tags],
        "default_reaction_emoji": None,
        "default_sort_order": None,
        "default_forum_layout": 0,
        "default_auto_archive_duration": 4320,
    }


def _tag(tag: ForumTag) -> Json:
    return {
        "id": str(tag.id),
        "name": tag.name,
        "moderated": tag.moderated,
        "emoji_id": None,
        "emoji_name": None,
    }


def _thread(world: World, target: Channel) -> Json:
    count = len(world.messages_in(target.id))
    tags = {"applied_tags": [str(each) for each in target.applied_tags]}
    return {
        **(tags if world.channels[target.parent_id or 0].type == FORUM else {}),
        "parent_id": str(target.parent_id),
        "owner_id": str(target.owner_id),
        "message_count": count,
        "total_message_sent": count,
        "member_count": 1,
        "thread_metadata": {
            "archived": target.archived is not None,
            "archive_timestamp": target.archived or target.created,
            "auto_archive_duration": 1440,
            "create_timestamp": target.created,
            "locked": False,
        },
    }


def _overwrites(world: World, target: Channel) -> list[Json]:
    denied = world.denied_permissions.get(target.id)
    if denied is None:
        return []
    return [{"id": str(world.bot.id), "type": 1, "allow": "0", "deny": str(denied)}]


def resolved_channel(world: World, target: Channel, chooser: User) -> Json:
    """Return a channel as the resolved data of an interaction has it."""
    parts = {key: value for key, value in channel(world, target).items() if key in _RESOLVED_KEYS}
    return {**parts, "permissions": str(chooser.permissions)}


# /interactions/receiving-and-responding#interaction-object-resolved-data-structure, and what
# discord.py 2.7 expects of a thread there.
_RESOLVED_KEYS = frozenset(
    "id name type last_message_id nsfw parent_id guild_id flags rate_limit_per_user topic "
    "position thread_metadata owner_id message_count member_count total_message_sent".split()
)


def guild(world: World) -> Json:
    """Return the guild (/resources/guild#guild-object)."""
    return {
        "id": str(world.guild_id),
        "name": "Newsroom",
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": str(world.administrator.id),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [
            role(world.guild_id, "@everyone", EVERYONE, 0),
            role(world.role_manager, "manager", MANAGE_GUILD, 1),
            role(world.role_administrator, "administrator", ADMINISTRATOR, 2),
        ],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": world.guild_locale,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_create(world: World) -> Json:
    """Return the guild as the gateway sends it: with its channels, and the bot as only member."""
    channels = [each for each in world.channels.values() if each.guild_id == world.guild_id]
    return {
        **guild(world),
        "joined_at": JOINED,
        "large": False,
        "unavailable": False,
        "member_count": len(world.users),
        "members": [member(world.bot)],
        "channels": [channel(world, each) for each in channels if not each.is_thread],
        "threads": [
            channel(world, each) for each in channels if each.is_thread and not each.archived
        ],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application(world: World) -> Json:
    """Return the bot's application (/resources/application#application-object)."""
    return {
        "id": str(world.application_id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot": user(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(world.administrator),
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }
