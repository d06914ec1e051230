"""Responses to interactions: the callback, and the webhook that an interaction's token opens."""

from __future__ import annotations

from .. import payloads
from ..events import Events
from ..interactions import Interaction
from ..models import (
    AUTOCOMPLETE,
    CHOICES_RESULT,
    COMMAND,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    EPHEMERAL,
    MESSAGE,
    MODAL,
    MODAL_SUBMIT,
    UPDATE,
    Json,
    Message,
    Response,
)
from ..rules import CHOICES, DEFERS, MODALS, Problem, Refused
from ..world import World
from .call import Call, Reply, Route
from .composer import Composer

ACKNOWLEDGE_WITHIN = 3.0
TOKEN_LIFETIME = 15 * 60.0
FOLLOWUPS_OF_USER_INSTALL = 5

RESPONSE_TYPES = {
    COMMAND: {MESSAGE, DEFER, MODAL},
    COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES_RESULT},
    MODAL_SUBMIT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE},
}


class InteractionRoutes:
    """The routes for responses to interactions."""

    def __init__(self, world: World, events: Events, composer: Composer) -> None:
        self._world = world
        self._events = events
        self._composer = composer

    def routes(self) -> list[Route]:
        """Return the routes."""
        callback = "/interactions/{interaction_id}/{interaction_token}/callback"
        webhook = "/webhooks/{webhook_id}/{webhook_token}"
        table: list[Route] = [
            ("POST", callback, self._callback),
            ("POST", webhook, self._follow_up),
        ]
        for message in ("@original", "{message_id}"):
            path = f"{webhook}/messages/{message}"
            table += [
                ("GET", path, self._get_response),
                ("PATCH", path, self._edit_response),
                ("DELETE", path, self._delete_response),
            ]
        return table

    async def _callback(self, call: Call) -> Reply:
        event = self._pending(call)
        after = self._world.clock() - event.created
        type_, data = call.body["type"], call.body.get("data") or {}
        if type_ not in RESPONSE_TYPES[event.type]:
            problem = Problem(
                ("type",),
                "INTERACTION_RESPONSE_TYPE",
                f"Type {type_} does not answer an interaction of type {event.type}.",
            )
            raise Refused("callback-type", 400, 50035, "Invalid Form Body", problems=[problem])
        changed = self._respond(event, type_, data, call)
        event.response = Response(type_, data, after)
        if changed is not None:
            event.original_id = changed.id
            event.history.append(changed)
            await self._events.message_changed(changed)
        self._world.signal.notify()
        if call.query.get("with_response") not in ("1", "true"):
            return 204, None
        return 200, self._callback_reply(event, type_, changed)

    def _pending(self, call: Call) -> Interaction:
        """Return the interaction of a callback. Raises `Refused` if it was answered or is old."""
        world = self._world
        world.count_rules("unknown-interaction")
        event = world.interactions.get(call.params["interaction_token"])
        if event is None or event.id != call.id("interaction_id"):
            raise Refused("unknown-interaction", 404, 10062, "Unknown interaction")
        world.count_rules("ack-once", "ack-deadline", "callback-type")
        if event.response is not None:
            message = "Interaction has already been acknowledged."
            raise Refused("ack-once", 400, 40060, message)
        if world.clock() - event.created > ACKNOWLEDGE_WITHIN:
            event.expired = True
            raise Refused("ack-deadline", 404, 10062, "Unknown interaction")
        return event

    def _respond(self, event: Interaction, type: int, data: Json, call: Call) -> Message | None:
        """Do what the response says; return the message that it creates or changes."""
        where = {"channel_id": event.channel.id, "interaction_id": event.id}
        if type == MESSAGE:
            return self._composer.respond(data, call.files, prefix=("data",), **where)
        if type == DEFER:
            DEFERS.check(data, self._world.rule_counts, ("data",))
            ephemeral = bool((data.get("flags") or 0) & EPHEMERAL)
            return self._composer.defer(ephemeral=ephemeral, **where)
        if type in (UPDATE, DEFER_UPDATE):
            if event.source is None:
                raise Refused("unknown-message", 404, 10008, "Unknown Message")
            before = self._world.message(event.source.id)
            event.original_id = before.id
            if type == UPDATE:
                return self._composer.edit(before, data, call.files, ("data",))
        elif type == CHOICES_RESULT:
            CHOICES.check(data.get("choices") or [], self._world.rule_counts, ("data",))
        elif type == MODAL:
            MODALS.check(data, self._world.rule_counts, ("data",))
        return None

    def _callback_reply(self, event: Interaction, type: int, changed: Message | None) -> Json:
        reply: Json = {"interaction": {"id": str(event.id), "type": event.type}}
        if event.original_id is not None:
            shown = self._world.message(event.original_id)
            reply["interaction"] |= {
                "response_message_id": str(shown.id),
                "response_message_loading": shown.loading,
                "response_message_ephemeral": shown.ephemeral,
            }
        if type in (MESSAGE, UPDATE) and changed is not None:
            message = payloads.message(self._world, changed)
            reply["resource"] = {"type": type, "message": message}
        return reply

    async def _follow_up(self, call: Call) -> Reply:
        event = self._acknowledged(call)
        original = self._world.find_message(event.original_id)
        if original is not None and original.loading and not original.deleted:
            # The first follow-up after a defer fills the deferred response, and keeps its
            # ephemeral flag (/interactions/receiving-and-responding#create-followup-message).
            edited = await self._edit(event, original, call)
            return 200, payloads.message(self._world, edited)
        if event.installer is not None:
            self._world.count_rules("followup-limit")
            if len(event.followup_ids) >= FOLLOWUPS_OF_USER_INSTALL:
                text = "This interaction has reached the maximum number of follow-up messages."
                raise Refused("followup-limit", 400, 40094, text)
        message = self._composer.respond(
            call.body, call.files, channel_id=event.channel.id, interaction_id=event.id
        )
        event.followup_ids.append(message.id)
        await self._events.message_changed(message)
        return 200, payloads.message(self._world, message)

    async def _get_response(self, call: Call) -> Reply:
        message = self._response_message(call, self._acknowledged(call))
        return 200, payloads.message(self._world, message)

    async def _edit_response(self, call: Call) -> Reply:
        event = self._acknowledged(call)
        edited = await self._edit(event, self._response_message(call, event), call)
        return 200, payloads.message(self._world, edited)

    async def _delete_response(self, call: Call) -> Reply:
        event = self._acknowledged(call)
        deleted = await self._events.delete_message(self._response_message(call, event))
        if deleted.id == event.original_id:
            event.history.append(deleted)
            self._world.signal.notify()
        return 204, None

    def _acknowledged(self, call: Call) -> Interaction:
        """Return the interaction of a webhook. Raises `Refused` before the response or too late."""
        world = self._world
        world.count_rules("unknown-interaction", "ack-first", "token-lifetime")
        event = world.interactions.get(call.params["webhook_token"])
        if event is None or call.id("webhook_id") != world.application_id:
            raise Refused("unknown-interaction", 404, 10015, "Unknown Webhook")
        if world.clock() - event.created > TOKEN_LIFETIME:
            raise Refused("token-lifetime", 401, 50027, "Invalid Webhook Token")
        if event.response is None:
            raise Refused("ack-first", 404, 10015, "Unknown Webhook")
        return event

    def _response_message(self, call: Call, event: Interaction) -> Message:
        id_ = call.id("message_id") if "message_id" in call.params else event.original_id
        own = {event.original_id, *event.followup_ids}
        if event.source is not None and event.type in (COMPONENT, MODAL_SUBMIT):
            own.add(event.source.id)
        if id_ is None or id_ not in own:
            raise Refused("unknown-message", 404, 10008, "Unknown Message")
        return self._world.message(id_)

    async def _edit(self, event: Interaction, before: Message, call: Call) -> Message:
        edited = self._composer.edit(before, call.body, call.files)
        if edited.id == event.original_id:
            event.history.append(edited)
            event.edits.append(edited)
            self._world.signal.notify()
        await self._events.message_changed(edited)
        return edited
