"""Records as the JSON that Discord sends."""

from __future__ import annotations

import mimetypes
from typing import Any

from .recording import COMMAND, COMPONENT, MODAL_SUBMIT, Interaction
from .records import (
    COMPONENTS_V2,
    FILE,
    GROUP_DM,
    SELECTS,
    Attachment,
    Channel,
    Json,
    Message,
    Person,
    walk_components,
)
from .rules import ATTACHMENT, pings
from .world import ADMINISTRATOR, EVERYBODY, MANAGE_GUILD, World

JOINED = "2024-01-01T00:00:00+00:00"
MESSAGE_CONTENT = 1 << 15
"""The gateway intent without which most messages arrive blank."""
ELSEWHERE_PERMISSIONS = 1 << 14 | 1 << 15 | 1 << 17
"""Of an app where its bot is not: embed links, attach files, mention everyone."""
DM_PERMISSIONS = ELSEWHERE_PERMISSIONS | 1 << 18
"""Of an app in a DM with its bot: external emojis as well."""
HAS_THREAD = 1 << 5
"""Message flag: a thread was started from the message."""


def user(person: Person) -> Json:
    payload = {
        "id": str(person.id),
        "username": person.name,
        "discriminator": "0000" if person.bot else "0",
        "global_name": None if person.bot else person.name.title(),
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    return {**payload, "bot": True} if person.bot else payload


def current_user(person: Person) -> Json:
    return {
        **user(person),
        "mfa_enabled": True,
        "locale": "en-US",
        "verified": True,
        "email": None,
        "premium_type": 0,
    }


def member(person: Person, *, with_user: bool = True, with_permissions: bool = False) -> Json:
    payload: Json = {
        "roles": [str(role) for role in person.roles],
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
        payload["user"] = user(person)
    if with_permissions:
        payload["permissions"] = str(person.permissions)
    return payload


def role(id_: int, name: str, permissions: int, position: int) -> Json:
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


def channel(world: World, place: Channel) -> Json:
    payload: Json = {
        "id": str(place.id),
        "type": place.kind,
        "flags": 0,
        "last_message_id": None,
    }
    if place.recipient is not None:
        return {**payload, "recipients": [user(place.recipient)]}
    if place.kind == GROUP_DM:
        owner = world.people[place.owner_id or 0]
        group = {"name": place.name, "icon": None, "owner_id": str(owner.id)}
        return {**payload, **group, "recipients": [user(owner)]}
    payload |= {"guild_id": str(place.guild_id), "name": place.name, "rate_limit_per_user": 0}
    if place.is_thread:
        return {**payload, **_thread(world, place)}
    return {
        **payload,
        "position": 0,
        "permission_overwrites": _overwrites(world, place),
        "nsfw": False,
        "topic": None,
        "parent_id": None,
    }


def _thread(world: World, place: Channel) -> Json:
    said = len(world.messages_in(place.id))
    return {
        "parent_id": str(place.parent_id),
        "owner_id": str(place.owner_id),
        "message_count": said,
        "total_message_sent": said,
        "member_count": 1,
        "thread_metadata": {
            "archived": False,
            "archive_timestamp": place.created,
            "auto_archive_duration": 1440,
            "create_timestamp": place.created,
            "locked": False,
        },
    }


def _overwrites(world: World, place: Channel) -> list[Json]:
    denied = world.forbidden.get(place.id)
    if denied is None:
        return []
    return [{"id": str(world.bot.id), "type": 1, "allow": "0", "deny": str(denied)}]


def chosen_channel(world: World, place: Channel, chooser: Person) -> Json:
    """A channel among the resolved data of an interaction."""
    parts = {key: each for key, each in channel(world, place).items() if key in _CHOSEN_CHANNEL}
    return {**parts, "permissions": str(chooser.permissions)}


# /interactions/receiving-and-responding#interaction-object-resolved-data-structure, and what
# discord.py 2.7 expects of a thread there.
_CHOSEN_CHANNEL = frozenset(
    "id name type last_message_id nsfw parent_id guild_id flags rate_limit_per_user topic "
    "position thread_metadata owner_id message_count member_count total_message_sent".split()
)


def guild(world: World) -> Json:
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
            role(world.guild_id, "@everyone", EVERYBODY, 0),
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
    """A guild as the gateway sends it: with channels, and of the members the bot alone."""
    places = [each for each in world.channels.values() if each.guild_id == world.guild_id]
    return {
        **guild(world),
        "joined_at": JOINED,
        "large": False,
        "unavailable": False,
        "member_count": len(world.people),
        "members": [member(world.bot)],
        "channels": [channel(world, each) for each in places if not each.is_thread],
        "threads": [channel(world, each) for each in places if each.is_thread],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application(world: World) -> Json:
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


def mentioned(world: World, note: Message) -> list[Person]:
    """Whom a message mentions: a person's message whom it names, the bot's whom it notifies."""
    names = note.pings if note.author == world.bot else pings(note.content, None)
    found = [
        person
        for person in world.people.values()
        if person.mention in names or f"<@!{person.id}>" in names
    ]
    replied_to = world.find_message(note.reference)
    if note.pings_author and replied_to is not None and replied_to.author not in found:
        found.append(replied_to.author)
    return found


def content_is_visible(world: World, note: Message) -> bool:
    """Whether the bot gets a message's content (/events/gateway#message-content-intent)."""
    return (
        bool((world.intents or 0) & MESSAGE_CONTENT)
        or note.author == world.bot
        or world.channels[note.channel_id].is_dm
        or world.bot in mentioned(world, note)
    )


def message(
    world: World, note: Message, *, nested: bool = False, always_visible: bool = False
) -> Json:
    """A message as the bot sees it: blank where it has no right to the content."""
    visible = always_visible or content_is_visible(world, note)
    payload: Json = {
        "id": str(note.id),
        "type": _message_type(world, note),
        "channel_id": str(note.channel_id),
        "author": user(note.author),
        "content": note.content if visible else "",
        "embeds": [_embed(each) for each in note.embeds] if visible else [],
        "components": [_shown(note, each) for each in note.components] if visible else [],
        "attachments": _attachments(note) if visible else [],
        "mentions": [user(person) for person in mentioned(world, note)],
        "mention_roles": [],
        "mention_everyone": any(ping.startswith("@") for ping in note.pings),
        "timestamp": note.created,
        "edited_timestamp": note.edited,
        "flags": note.flags,
        "pinned": False,
        "tts": False,
    }
    if note.id in world.channels:
        payload["thread"] = channel(world, world.channels[note.id])
        payload["flags"] |= HAS_THREAD
    if note.nonce is not None:
        payload["nonce"] = note.nonce
    if note.reference is not None:
        payload["message_reference"] = {
            "type": 0,
            "message_id": str(note.reference),
            "channel_id": str(note.channel_id),
        }
        if not nested:
            target = world.find_message(note.reference)
            shown = None if target is None or target.deleted else target
            payload["referenced_message"] = shown and message(world, shown, nested=True)
    interaction_ = _interaction_of(world, note)
    if interaction_ is not None:
        payload["application_id"] = payload["webhook_id"] = str(world.application_id)
        payload["interaction_metadata"] = _metadata(world, interaction_)
    return payload


def message_event(world: World, note: Message) -> Json:
    """A message as MESSAGE_CREATE and MESSAGE_UPDATE carry it."""
    payload = message(world, note)
    if (guild_id := world.channels[note.channel_id].guild_id) is not None:
        payload["guild_id"] = str(guild_id)
        payload["member"] = member(note.author, with_user=False)
        payload["mentions"] = [
            {**user(person), "member": member(person, with_user=False)}
            for person in mentioned(world, note)
        ]
    return payload


def interaction(world: World, event: Interaction, data: Json) -> Json:
    """INTERACTION_CREATE (/interactions/receiving-and-responding#interaction-object)."""
    payload: Json = {
        "id": str(event.id),
        "application_id": str(world.application_id),
        "type": event.kind,
        "data": data,
        "token": event.token,
        "version": 1,
        "channel_id": str(event.channel.id),
        "channel": channel(world, event.channel),
        "locale": event.user.locale,
        "context": event.channel.context,
        "app_permissions": str(_app_permissions(world, event.channel)),
        "authorizing_integration_owners": _owners(event),
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
    if event.source is not None and event.kind in (COMPONENT, MODAL_SUBMIT):
        payload["message"] = message(world, event.source)
    return payload


def _owners(event: Interaction) -> dict[str, str]:
    """By whose installation the app is there (…#authorizing-integration-owners-object)."""
    if event.installer is not None:
        return {"1": str(event.installer.id)}
    return {"0": str(event.channel.guild_id or 0)}


def _app_permissions(world: World, place: Channel) -> int:
    if place.guild_id == world.guild_id:
        return world.bot_permissions(place)
    return DM_PERMISSIONS if place.is_dm else ELSEWHERE_PERMISSIONS


def command(world: World, given: Json, id_: int, guild_id: int | None) -> Json:
    """A registered command with what Discord fills in."""
    permissions = given.get("default_member_permissions")
    payload: Json = {
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
        "dm_permission": True,
        **{key: value for key, value in given.items() if value is not None},
        "id": str(id_),
        "application_id": str(world.application_id),
        "version": str(world.new_id()),
        "type": given.get("type") or 1,
        "description": given.get("description") or "",
        "default_member_permissions": None if permissions is None else str(permissions),
    }
    if guild_id is not None:
        payload["guild_id"] = str(guild_id)
        del payload["dm_permission"]
    return payload


def complete_components(components: list[Json]) -> tuple[Json, ...]:
    """Components with the ids and defaults that Discord fills in."""
    numbered = [_copy(item) for item in components]
    taken = {item["id"] for item in walk_components(numbered) if item.get("id")}
    free = (number for number in range(1, 1000) if number not in taken)
    for item in walk_components(numbered):
        if not item.get("id"):
            item["id"] = next(free)
        if item["type"] in SELECTS:
            item.setdefault("min_values", 1)
            item.setdefault("max_values", 1)
            for each in item.get("default_values") or ():
                each["id"] = str(each["id"])
        if item.get("emoji"):
            # One of Unicode has no id (/resources/emoji#emoji-object).
            given = item["emoji"].items()
            item["emoji"] = {key: value for key, value in given if value is not None}
    return tuple(numbered)


def all_text(content: str, components: list[Json], flags: int) -> str:
    """The text in which a mention can notify: the content, or the text displays of a layout."""
    if not flags & COMPONENTS_V2:
        return content
    return "\n".join(item.get("content") or "" for item in walk_components(components))


def _copy(item: Json) -> Json:
    copied = dict(item)
    if item.get("default_values"):
        copied["default_values"] = [dict(each) for each in item["default_values"]]
    if isinstance(item.get("components"), list):
        copied["components"] = [_copy(each) for each in item["components"]]
    for key in ("accessory", "component"):
        if isinstance(item.get(key), dict):
            copied[key] = _copy(item[key])
    return copied


def _embed(embed: Json) -> Json:
    payload = {"type": "rich", **embed}
    if embed.get("fields"):
        payload["fields"] = [{"inline": False, **each} for each in embed["fields"]]
    return payload


def _shown(note: Message, item: Json) -> Json:
    """A component as Discord gives it back: with its media at their addresses there."""
    shown = {"description": None, "spoiler": False, **item} if "media" in item else dict(item)
    for key in ("components", "items"):
        if key in item:
            shown[key] = [_shown(note, each) for each in item[key]]
    if "accessory" in item:
        shown["accessory"] = _shown(note, item["accessory"])
    for key in ("media", "file"):
        if key in item:
            shown[key] = _unfurled(note, item[key]["url"])
    if item.get("type") == FILE:
        file = _attachment(note, item["file"]["url"])
        shown |= {"name": file and file.filename, "size": file and len(file.data)}
    return shown


def _unfurled(note: Message, url: str) -> Json:
    file = _attachment(note, url)
    if file is None:
        return {"id": str(note.id), "url": url, "proxy_url": url}
    address = _address(note, file)
    return {
        "id": str(file.id),
        "attachment_id": str(file.id),
        "url": address,
        "proxy_url": address,
        "content_type": mimetypes.guess_type(file.filename)[0],
    }


def _attachment(note: Message, url: str) -> Attachment | None:
    name = url.removeprefix(ATTACHMENT) if url.startswith(ATTACHMENT) else None
    return next((each for each in note.attachments if each.filename == name), None)


def _address(note: Message, file: Attachment) -> str:
    return f"https://cdn.discordapp.com/attachments/{note.channel_id}/{file.id}/{file.filename}"


def _attachments(note: Message) -> list[Json]:
    payloads = []
    for each in note.attachments:
        url = _address(note, each)
        payload: Json = {
            "id": str(each.id),
            "filename": each.filename,
            "size": len(each.data),
            "url": url,
            "proxy_url": url,
        }
        if each.description is not None:
            payload["description"] = each.description
        payloads.append(payload)
    return payloads


def _interaction_of(world: World, note: Message) -> Interaction | None:
    if note.interaction_id is None:
        return None
    every = world.interactions.values()
    return next(each for each in every if each.id == note.interaction_id)


def _message_type(world: World, note: Message) -> int:
    event = _interaction_of(world, note)
    if event is not None and event.kind == COMMAND:
        return 23 if event.source is not None else 20
    return 0 if note.reference is None else 19


def _metadata(world: World, event: Interaction) -> dict[str, Any]:
    payload: Json = {
        "id": str(event.id),
        "type": event.kind,
        "user": user(event.user),
        "authorizing_integration_owners": _owners(event),
    }
    if event.kind == COMPONENT and event.source is not None:
        payload["interacted_message_id"] = str(event.source.id)
    if event.parent is not None:
        payload["triggering_interaction_metadata"] = _metadata(world, event.parent)
    return payload
