"""Interactions and registered commands."""

from __future__ import annotations

from ..interactions import Interaction
from ..models import COMPONENT, MODAL_SUBMIT, Channel, Json
from ..world import World
from .guilds import channel
from .messages import message
from .metadata import authorizing_owners
from .users import member, user

USER_INSTALL_PERMISSIONS = 1 << 14 | 1 << 15 | 1 << 17
"""Of an app where its bot is not: embed links, attach files, mention everyone."""
DM_PERMISSIONS = USER_INSTALL_PERMISSIONS | 1 << 18
"""Of an app in a DM with its bot: also use external emojis."""


def interaction(world: World, event: Interaction, data: Json) -> Json:
    """Return an INTERACTION_CREATE (/interactions/receiving-and-responding#interaction-object)."""
    payload: Json = {
        "id": str(event.id),
        "application_id": str(world.application_id),
        "type": event.type,
        "data": data,
        "token": event.token,
        "version": 1,
        "channel_id": str(event.channel.id),
        "channel": channel(world, event.channel),
        "locale": event.user.locale,
        "context": event.channel.context,
        "app_permissions": str(_app_permissions(world, event.channel)),
        "authorizing_integration_owners": authorizing_owners(event),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": 10 * 1024 * 1024,
    }
    if event.channel.guild_id is None:
        payload["user"] = user(event.user)
    else:
        payload["member"] = member(event.user, with_permissions=True)
        payload["channel"]["permissions"] = str(event.user.permissions)
        payload["guild_id"] = str(event.channel.guild_id)
        payload["guild"] = {
            "id": str(event.channel.guild_id),
            "locale": world.guild_locale,
            "features": [],
        }
        payload["guild_locale"] = world.guild_locale
    source = event.source
    if source is not None and not source.deleted and event.type in (COMPONENT, MODAL_SUBMIT):
        payload["message"] = message(world, source)
    return payload


def _app_permissions(world: World, target: Channel) -> int:
    if target.guild_id == world.guild_id:
        return world.bot_permissions(target)
    return DM_PERMISSIONS if target.is_dm else USER_INSTALL_PERMISSIONS


def command(world: World, definition: Json, id_: int, guild_id: int | None) -> Json:
    """Return a registered command with everything that Discord fills in."""
    permissions = definition.get("default_member_permissions")
    payload: Json = {
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
        "dm_permission": True,
        **{key: value for key, value in definition.items() if value is not None},
        "id": str(id_),
        "application_id": str(world.application_id),
        "version": str(world.new_id()),
        "type": definition.get("type") or 1,
        "description": definition.get("description") or "",
        "default_member_permissions": None if permissions is None else str(permissions),
    }
    if guild_id is not None:
        payload["guild_id"] = str(guild_id)
        del payload["dm_permission"]
    return payload
