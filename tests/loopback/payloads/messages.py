"""Messages, as the bot sees them."""

from __future__ import annotations

from ..interactions import Interaction
from ..models import COMMAND, Json, Message, User
from ..rules import pings
from ..world import World
from .components import attachment_url, shown_component
from .guilds import channel
from .metadata import interaction_metadata
from .users import member, user

MESSAGE_CONTENT = 1 << 15
"""The gateway intent without which most messages arrive blank."""
HAS_THREAD = 1 << 5
"""Message flag: a thread was started from the message."""


def mentioned(world: World, recorded: Message) -> list[User]:
    """Return the users a message mentions; for a message of the bot, those it notifies."""
    names = recorded.pings if recorded.author == world.bot else pings(recorded.content, None)
    found = [
        account
        for account in world.users.values()
        if account.mention in names or f"<@!{account.id}>" in names
    ]
    replied_to = world.find_message(recorded.reference)
    if recorded.pings_author and replied_to is not None and replied_to.author not in found:
        found.append(replied_to.author)
    return found


def content_is_visible(world: World, recorded: Message) -> bool:
    """Whether the bot gets the message's content (/events/gateway#message-content-intent)."""
    return (
        bool((world.intents or 0) & MESSAGE_CONTENT)
        or recorded.author == world.bot
        or world.channels[recorded.channel_id].is_dm
        or world.bot in mentioned(world, recorded)
    )


def message(
    world: World, recorded: Message, *, nested: bool = False, always_visible: bool = False
) -> Json:
    """Return a message as the bot gets it: blank unless it may see the content."""
    visible = always_visible or content_is_visible(world, recorded)
    payload: Json = {
        "id": str(recorded.id),
        "type": _message_type(world, recorded),
        "channel_id": str(recorded.channel_id),
        "author": user(recorded.author),
        "content": recorded.content if visible else "",
        "embeds": [_embed(each) for each in recorded.embeds] if visible else [],
        "components": [shown_component(recorded, each) for each in recorded.components]
        if visible
        else [],
        "attachments": _attachments(recorded) if visible else [],
        "mentions": [user(account) for account in mentioned(world, recorded)],
        "mention_roles": [],
        "mention_everyone": any(ping.startswith("@") for ping in recorded.pings),
        "timestamp": recorded.created,
        "edited_timestamp": recorded.edited,
        "flags": recorded.flags,
        "pinned": False,
        "tts": False,
    }
    if recorded.id in world.channels:
        payload["thread"] = channel(world, world.channels[recorded.id])
        payload["flags"] |= HAS_THREAD
    if recorded.nonce is not None:
        payload["nonce"] = recorded.nonce
    if recorded.reference is not None:
        payload["message_reference"] = {
            "type": 0,
            "message_id": str(recorded.reference),
            "channel_id": str(recorded.channel_id),
        }
        if not nested:
            target = world.find_message(recorded.reference)
            shown = None if target is None or target.deleted else target
            payload["referenced_message"] = shown and message(world, shown, nested=True)
    event = _interaction_of(world, recorded)
    if event is not None:
        payload["application_id"] = payload["webhook_id"] = str(world.application_id)
        payload["interaction_metadata"] = interaction_metadata(event)
    return payload


def message_event(world: World, recorded: Message) -> Json:
    """Return a message as MESSAGE_CREATE and MESSAGE_UPDATE carry it."""
    payload = message(world, recorded)
    if (guild_id := world.channels[recorded.channel_id].guild_id) is not None:
        payload["guild_id"] = str(guild_id)
        payload["member"] = member(recorded.author, with_user=False)
        payload["mentions"] = [
            {**user(account), "member": member(account, with_user=False)}
            for account in mentioned(world, recorded)
        ]
    return payload


def _embed(embed: Json) -> Json:
    payload = {"type": "rich", **embed}
    if embed.get("fields"):
        payload["fields"] = [{"inline": False, **each} for each in embed["fields"]]
    return payload


def _attachments(message: Message) -> list[Json]:
    listed = []
    for each in message.attachments:
        url = attachment_url(message, each)
        payload: Json = {
            "id": str(each.id),
            "filename": each.filename,
            "size": len(each.data),
            "url": url,
            "proxy_url": url,
        }
        if each.description is not None:
            payload["description"] = each.description
        listed.append(payload)
    return listed


def _interaction_of(world: World, message: Message) -> Interaction | None:
    if message.interaction_id is None:
        return None
    return world.interactions_by_id[message.interaction_id]


def _message_type(world: World, message: Message) -> int:
    event = _interaction_of(world, message)
    if event is not None and event.type == COMMAND:
        return 23 if event.source is not None else 20
    return 0 if message.reference is None else 19
