"""Users, members and roles."""

from __future__ import annotations

from ..models import Json, User

JOINED = "2024-01-01T00:00:00+00:00"


def user(account: User) -> Json:
    """Return a user object (/resources/user#user-object)."""
    payload = {
        "id": str(account.id),
        "username": account.name,
        "discriminator": "0000" if account.bot else "0",
        "global_name": None if account.bot else account.display_name,
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    return {**payload, "bot": True} if account.bot else payload


def current_user(account: User) -> Json:
    """Return the user object that the bot gets for itself."""
    return {
        **user(account),
        "mfa_enabled": True,
        "locale": "en-US",
        "verified": True,
        "email": None,
        "premium_type": 0,
    }


def member(account: User, *, with_user: bool = True, with_permissions: bool = False) -> Json:
    """Return a guild member object (/resources/guild#guild-member-object)."""
    payload: Json = {
        "roles": [str(role) for role in account.roles],
        "joined_at": JOINED,
        "nick": None,
        "avatar": None,
        "banner": None,
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
    if with_user:
        payload["user"] = user(account)
    if with_permissions:
        payload["permissions"] = str(account.permissions)
    return payload


def role(id_: int, name: str, permissions: int, position: int) -> Json:
    """Return a role object (/topics/permissions#role-object)."""
    return {
        "id": str(id_),
        "name": name,
        "permissions": str(permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
