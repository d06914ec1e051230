"""Messages made from the bodies of requests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .. import payloads
from ..models import (
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    Attachment,
    Channel,
    Json,
    Message,
    Upload,
)
from ..rules import MESSAGES, Draft, Problem, Refused, pings
from ..world import World, timestamp

SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 12
SETTABLE_FLAGS = EPHEMERAL | SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2


class Composer:
    """Checks message bodies, and records the messages they make.

    Each method that takes a body raises `Refused` for a message that Discord would refuse;
    ``prefix`` is the path to the message within the request.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def respond(
        self,
        body: Json,
        files: tuple[Upload, ...],
        *,
        channel_id: int,
        interaction_id: int,
        prefix: tuple[str, ...] = (),
    ) -> Message:
        """Record a new message that responds to an interaction."""
        message = self._new_message(channel_id, interaction_id=interaction_id)
        return self._world.record(self._composed(message, body, files, prefix))

    def defer(self, *, ephemeral: bool, channel_id: int, interaction_id: int) -> Message:
        """Record a deferred response."""
        flags = LOADING | (EPHEMERAL if ephemeral else 0)
        message = self._new_message(channel_id, interaction_id=interaction_id)
        return self._world.record(replace(message, flags=flags))

    def send(
        self, body: Json, files: tuple[Upload, ...], *, channel_id: int, reference: int | None
    ) -> Message:
        """Record a new message in a channel; ``reference`` is the message it replies to."""
        mentions = body.get("allowed_mentions")
        replies_with_ping = mentions is None or bool(mentions.get("replied_user"))
        message = replace(
            self._new_message(channel_id),
            reference=reference,
            pings_author=reference is not None and replies_with_ping,
            nonce=body.get("nonce"),
        )
        return self._world.record(self._composed(message, body, files))

    def open_post(
        self, body: Json, files: tuple[Upload, ...], forum: Channel, tags: tuple[int, ...]
    ) -> tuple[Channel, Message]:
        """Record a new post of a forum and its first message, which has the same id."""
        message = self._composed(self._new_message(forum.id), body["message"], files, ("message",))
        post = self._world.add_post(forum, body["name"], tags)
        return post, self._world.record(replace(message, id=post.id, channel_id=post.id))

    def edit(
        self,
        before: Message,
        body: Json,
        files: tuple[Upload, ...],
        prefix: tuple[str, ...] = (),
    ) -> Message:
        """Record the next state of a message."""
        after = self._composed(before, body, files, prefix, before=before)
        return self._world.record(replace(after, revision=before.revision + 1, edited=timestamp()))

    def _new_message(self, channel_id: int, *, interaction_id: int | None = None) -> Message:
        return Message(
            self._world.new_id(),
            channel_id,
            self._world.bot,
            interaction_id=interaction_id,
            created=timestamp(),
        )

    def _composed(
        self,
        message: Message,
        body: Json,
        files: tuple[Upload, ...],
        prefix: tuple[str, ...] = (),
        *,
        before: Message | None = None,
    ) -> Message:
        """Return the message with the body merged into it. Raises `Refused`."""
        attachments = self._attachments(body, files, message)
        draft = _draft(body, attachments, before)
        MESSAGES.check(draft, self._world.rule_counts, prefix)
        mentions = body.get("allowed_mentions")
        text = payloads.mentionable_text(draft.content, draft.components, draft.flags)
        return replace(
            message,
            content=draft.content,
            embeds=tuple(draft.embeds),
            components=payloads.complete_components(draft.components),
            attachments=tuple(
                each if each.id else replace(each, id=self._world.new_id()) for each in attachments
            ),
            flags=draft.flags,
            allowed_mentions=mentions,
            pings=pings(text, mentions),
        )

    def _attachments(
        self, body: Json, files: tuple[Upload, ...], message: Message
    ) -> tuple[Attachment, ...]:
        """Return the uploads and, of the old files, those that ``attachments`` still lists."""
        kept = {each.id: each for each in message.attachments}
        uploads = {each.index: each for each in files}
        listed = body.get("attachments")
        if listed is None:
            new = [Attachment(0, each.filename, each.data) for each in files]
            return (*kept.values(), *new)
        self._world.count_rules("unknown-upload")
        found = []
        for item in listed:
            id_ = int(item["id"])
            if id_ in kept:
                found.append(kept[id_])
            elif id_ in uploads:
                name = item.get("filename") or uploads[id_].filename
                found.append(Attachment(0, name, uploads[id_].data, item.get("description")))
            else:
                problem = Problem(("attachments",), "ATTACHMENT_NOT_FOUND", f"No file {id_}.")
                raise Refused("unknown-upload", 400, 50035, "Invalid Form Body", problems=[problem])
        return tuple(found)


def _draft(body: Json, attachments: tuple[Attachment, ...], before: Message | None) -> Draft:
    def merged(key: str, kept: Any) -> Any:
        return (body[key] or type(kept)()) if key in body else kept

    flags = body.get("flags") or 0
    if before is None:
        flags &= SETTABLE_FLAGS
    else:
        flags = (before.flags & ~LOADING) | (flags & (SUPPRESS_EMBEDS | COMPONENTS_V2))
    return Draft(
        body=body,
        content=merged("content", before.content if before else ""),
        embeds=merged("embeds", list(before.embeds) if before else []),
        components=merged("components", list(before.components) if before else []),
        attachments=tuple(each.filename for each in attachments),
        flags=flags,
        flags_before=before.flags if before else 0,
    )
