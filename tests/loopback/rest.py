"""The HTTP routes of API v10: each request is recorded, checked, answered, and checked again."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import BodyPartReader, web

from . import payloads
from .description import Description
from .gateway import DIRECT_MESSAGES, GUILD_MESSAGES, GUILDS, Gateway
from .limits import Refusal, Window, json_response, rate_limited
from .recording import (
    AUTOCOMPLETE,
    CHOICES_RESULT,
    COMMAND,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    MESSAGE,
    MODAL,
    MODAL_SUBMIT,
    UPDATE,
    Interaction,
)
from .records import (
    COMPONENTS_V2,
    CROSSPOSTED,
    EPHEMERAL,
    LOADING,
    NEWS,
    TEXT,
    Attachment,
    Callback,
    Channel,
    Json,
    Message,
    Person,
    Request,
    Upload,
)
from .rules import (
    CHOICES,
    COMMANDS,
    DEFERS,
    MESSAGES,
    MODALS,
    STATE_RULES,
    Denied,
    Draft,
    Problem,
    Refused,
    pings,
)
from .world import SEND_MESSAGES, World, timestamp

API = "/api/v10"
SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 12
ACKNOWLEDGE_WITHIN = 3.0
TOKEN_LIVES = 15 * 60.0
FOLLOWUPS_BY_USER_INSTALL = 5
REQUESTS_PER_SECOND, COMMAND_CREATES_PER_DAY = 50, 200

RESPONSES = {
    COMMAND: {MESSAGE, DEFER, MODAL},
    COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES_RESULT},
    MODAL_SUBMIT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE},
}

Faults = Callable[[Request], Awaitable[web.Response | None]]


@dataclass(frozen=True)
class Call:
    """A request as a handler sees it."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    files: tuple[Upload, ...]

    def id(self, name: str) -> int:
        """A snowflake of the path; 0 (which nothing has) where it is not a number."""
        return int(self.params[name]) if self.params[name].isdigit() else 0


Reply = tuple[int, Any]
Handler = Callable[[Call], Awaitable[Reply]]


class Rest:
    """The routes, over the state and the gateway that tells clients of changes."""

    def __init__(
        self, world: World, gateway: Gateway, token: str, description: Description | None
    ) -> None:
        self.faults: Faults | None = None
        """Called for each request; an answer it gives goes out instead of the ordinary one."""
        self._refusals: list[Refusal] = []
        self._world = world
        self._gateway = gateway
        self._token = token
        self._description = description
        self._routes: set[str] = set()
        self._served = Window(REQUESTS_PER_SECOND, 1.0)
        self._created: defaultdict[int | None, Window] = defaultdict(
            lambda: Window(COMMAND_CREATES_PER_DAY, 24 * 3600.0)
        )

    def refuse_once(
        self, where: str | Callable[[Request], bool], status: int, retry_after: float, scope: str
    ) -> Refusal:
        """Do not serve the next request to that route (perhaps with its method in front)."""
        matches = where if callable(where) else self._matcher(where)
        refusal = Refusal(matches, status, retry_after, scope)
        self._refusals.append(refusal)
        return refusal

    def _matcher(self, where: str) -> Callable[[Request], bool]:
        *methods, route = where.split()
        if route not in self._routes:
            raise LookupError(f"no route {route!r} among {sorted(self._routes)}")
        return lambda request: request.route == route and (not methods or request.method in methods)

    def add_routes(self, app: web.Application) -> None:
        hook = "/webhooks/{webhook_id}/{webhook_token}"
        message = "/channels/{channel_id}/messages/{message_id}"
        commands = "/applications/{application_id}/commands"
        guild = "/applications/{application_id}/guilds/{guild_id}/commands"
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/users/@me", self._get_me),
            ("POST", "/users/@me/channels", self._open_dm),
            ("GET", "/users/{user_id}", self._get_user),
            ("GET", "/oauth2/applications/@me", self._get_application),
            ("GET", "/applications/@me", self._get_application),
            ("GET", "/gateway", self._get_gateway),
            ("GET", "/gateway/bot", self._get_gateway),
            ("GET", "/guilds/{guild_id}", self._get_guild),
            ("GET", "/guilds/{guild_id}/members/{user_id}", self._get_member),
            ("POST", "/interactions/{interaction_id}/{interaction_token}/callback", self._callback),
            ("POST", hook, self._follow_up),
            ("GET", f"{hook}/messages/@original", self._get_response),
            ("PATCH", f"{hook}/messages/@original", self._edit_response),
            ("DELETE", f"{hook}/messages/@original", self._delete_response),
            ("GET", f"{hook}/messages/{{message_id}}", self._get_response),
            ("PATCH", f"{hook}/messages/{{message_id}}", self._edit_response),
            ("DELETE", f"{hook}/messages/{{message_id}}", self._delete_response),
            ("GET", "/channels/{channel_id}", self._get_channel),
            ("POST", "/channels/{channel_id}/typing", self._type),
            ("GET", "/channels/{channel_id}/messages", self._list_messages),
            ("POST", "/channels/{channel_id}/messages", self._send),
            ("GET", message, self._get_message),
            ("PATCH", message, self._edit_message),
            ("DELETE", message, self._delete_message),
            ("POST", f"{message}/threads", self._start_thread),
            ("POST", f"{message}/crosspost", self._crosspost),
            ("PUT", f"{message}/reactions/{{emoji_name}}/@me", self._react),
            ("DELETE", f"{message}/reactions/{{emoji_name}}/@me", self._unreact),
        ]
        for base in (commands, guild):
            table += [
                ("GET", base, self._list_commands),
                ("PUT", base, self._put_commands),
                ("POST", base, self._post_command),
                ("GET", f"{base}/{{command_id}}", self._get_command),
                ("PATCH", f"{base}/{{command_id}}", self._patch_command),
                ("DELETE", f"{base}/{{command_id}}", self._delete_command),
            ]
        for method, route, handler in table:
            self._routes.add(route)
            app.router.add_route(method, API + route, self._serving(route, handler))
        app.router.add_route("*", "/{anything:.*}", self._serving(None, self._unknown))

    # -- one request --------------------------------------------------------------------------

    def _serving(
        self, route: str | None, handler: Handler
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def serve(http: web.Request) -> web.Response:
            world = self._world
            what = f"{http.method} {route or http.path}"
            world.routes[what] += 1
            world.ask("unknown-route", "unreadable-body")
            try:
                body, files = await _read_body(http)
            except Refused as refused:
                return self._refuse(refused, what)
            request = Request(http.method, http.path, route, http.host, body, world.clock(), files)
            world.requests.append(request)
            if (refusal := self._refusal(request)) is not None:
                return refusal.answer()
            if self.faults is not None and (answer := await self.faults(request)) is not None:
                return answer
            by_token = route is not None and route.startswith(("/interactions", "/webhooks"))
            if not by_token and http.headers.get("Authorization") != f"Bot {self._token}":
                return json_response(401, {"message": "401: Unauthorized", "code": 0})
            if not by_token and (wait := self._wait(what)):
                return rate_limited(wait, "global")
            try:
                self._check_request(http.method, route, body)
                call = Call(http.match_info, http.query, body, files)
                status, answered = await handler(call)
            except Refused as refused:
                return self._refuse(refused, what)
            self._check_answer(http.method, route, status, answered)
            return json_response(status, answered)

        return serve

    def _check_request(self, method: str, route: str | None, body: Any) -> None:
        if self._description is None or route is None:
            return
        if self._description.check_request(method, route, body):
            self._world.ask("schema")

    def _refusal(self, request: Request) -> Refusal | None:
        for refusal in self._refusals:
            if refusal.request is None and refusal.matches(request):
                refusal.request = request
                return refusal
        return None

    def _wait(self, request: str) -> float:
        """The seconds for which a request with the bot's token has to wait, usually none."""
        self._world.ask("global-rate")
        wait = self._served.take(self._world.clock())
        if wait:
            detail = f"more than {REQUESTS_PER_SECOND} requests in a second"
            self._world.violate("global-rate", detail, STATE_RULES["global-rate"], request)
        return wait

    def _refuse(self, refused: Refused, request: str) -> web.Response:
        if not isinstance(refused, Denied):
            self._world.violate(refused.rule, refused.detail, refused.source, request)
        return json_response(refused.status, refused.body())

    def _check_answer(self, method: str, route: str | None, status: int, body: Any) -> None:
        if self._description is None or route is None or body is None:
            return
        self._world.ask("loopback-answer")
        for problem in self._description.answer_problems(method, route, status, body):
            where = ".".join(map(str, problem.path))
            self._world.violate(
                "loopback-answer",
                f"{where}: {problem.message[:500]}",
                STATE_RULES["loopback-answer"],
                f"{method} {route}",
            )

    async def _unknown(self, call: Call) -> Reply:
        raise Refused("unknown-route", 404, 0, "404: Not Found")

    # -- who and where ------------------------------------------------------------------------

    async def _get_me(self, call: Call) -> Reply:
        return 200, payloads.current_user(self._world.bot)

    async def _get_user(self, call: Call) -> Reply:
        return 200, payloads.user(self._world.person(call.id("user_id")))

    async def _get_member(self, call: Call) -> Reply:
        self._check_guild(call)
        return 200, payloads.member(self._world.person(call.id("user_id")))

    async def _get_application(self, call: Call) -> Reply:
        return 200, payloads.application(self._world)

    async def _get_gateway(self, call: Call) -> Reply:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return 200, {
            "url": "wss://gateway.discord.gg",
            "shards": self._gateway.shards,
            "session_start_limit": limit,
        }

    async def _get_guild(self, call: Call) -> Reply:
        self._check_guild(call)
        return 200, payloads.guild(self._world)

    async def _get_channel(self, call: Call) -> Reply:
        return 200, payloads.channel(self._world, self._channel(call))

    async def _open_dm(self, call: Call) -> Reply:
        person = self._world.person(int(call.body["recipient_id"]))
        return 200, payloads.channel(self._world, self._world.dm(person))

    # -- interactions -------------------------------------------------------------------------

    async def _callback(self, call: Call) -> Reply:
        world = self._world
        world.ask("unknown-interaction")
        event = world.interactions.get(call.params["interaction_token"])
        if event is None or event.id != call.id("interaction_id"):
            raise Refused("unknown-interaction", 404, 10062, "Unknown interaction")
        after = world.clock() - event.created
        kind, data = call.body["type"], call.body.get("data") or {}
        world.ask("ack-once", "ack-deadline", "callback-type")
        if event.response is not None:
            message = "Interaction has already been acknowledged."
            raise Refused("ack-once", 400, 40060, message)
        if after > ACKNOWLEDGE_WITHIN:
            event.refused_late = True
            raise Refused("ack-deadline", 404, 10062, "Unknown interaction")
        if kind not in RESPONSES[event.kind]:
            problem = Problem(
                ("type",),
                "INTERACTION_RESPONSE_TYPE",
                f"Type {kind} does not answer an interaction of type {event.kind}.",
            )
            raise Refused("callback-type", 400, 50035, "Invalid Form Body", problems=[problem])

        changed: Message | None = None
        if kind == MESSAGE:
            draft = self._draft(data, call.files, prefix=("data",))
            changed = self._compose(draft, call.files, event=event)
        elif kind == DEFER:
            DEFERS.check(data, world.rule_counts, ("data",))
            flags = LOADING | ((data.get("flags") or 0) & EPHEMERAL)
            changed = self._new_message(event.channel.id, flags=flags, interaction_id=event.id)
        elif kind in (UPDATE, DEFER_UPDATE):
            if event.source is None:
                raise Refused("unknown-message", 404, 10008, "Unknown Message")
            before = world.message(event.source.id)
            event.original_id = before.id
            if kind == UPDATE:
                draft = self._draft(data, call.files, before=before, prefix=("data",))
                changed = self._revise(before, draft, call.files)
        elif kind == CHOICES_RESULT:
            CHOICES.check(data.get("choices") or [], world.rule_counts, ("data",))
        elif kind == MODAL:
            MODALS.check(data, world.rule_counts, ("data",))

        event.response = Callback(kind, data, after)
        if changed is not None:
            event.original_id = changed.id
            event.history.append(changed)
            await self.announce(changed)
        world.signal.notify()
        if call.query.get("with_response") not in ("1", "true"):
            return 204, None
        return 200, self._callback_answer(event, kind, changed)

    def _callback_answer(self, event: Interaction, kind: int, changed: Message | None) -> Json:
        answer: Json = {"interaction": {"id": str(event.id), "type": event.kind}}
        if event.original_id is not None:
            shown = self._world.message(event.original_id)
            answer["interaction"] |= {
                "response_message_id": str(shown.id),
                "response_message_loading": shown.loading,
                "response_message_ephemeral": shown.ephemeral,
            }
        if kind in (MESSAGE, UPDATE) and changed is not None:
            message = payloads.message(self._world, changed)
            answer["resource"] = {"type": kind, "message": message}
        return answer

    async def _follow_up(self, call: Call) -> Reply:
        event = self._acknowledged(call)
        original = self._world.find_message(event.original_id)
        if original is not None and original.loading and not original.deleted:
            # The first follow-up after a defer fills the deferred response, and keeps its
            # ephemeral flag (/interactions/receiving-and-responding#create-followup-message).
            edited = await self._edit(event, original, call)
            return 200, payloads.message(self._world, edited)
        if event.installer is not None:
            self._world.ask("followup-limit")
            if len(event.followup_ids) >= FOLLOWUPS_BY_USER_INSTALL:
                text = "This interaction has reached the maximum number of follow-up messages."
                raise Refused("followup-limit", 400, 40094, text)
        draft = self._draft(call.body, call.files)
        message = self._compose(draft, call.files, event=event)
        event.followup_ids.append(message.id)
        await self.announce(message)
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
        message = self._response_message(call, event)
        gone = await self.delete(message)
        if gone.id == event.original_id:
            event.history.append(gone)
            self._world.signal.notify()
        return 204, None

    def _acknowledged(self, call: Call) -> Interaction:
        """The interaction of a webhook route; refused before the response and too late."""
        world = self._world
        world.ask("unknown-interaction", "ack-first", "token-lifetime")
        event = world.interactions.get(call.params["webhook_token"])
        if event is None or call.id("webhook_id") != world.application_id:
            raise Refused("unknown-interaction", 404, 10015, "Unknown Webhook")
        if world.clock() - event.created > TOKEN_LIVES:
            raise Refused("token-lifetime", 401, 50027, "Invalid Webhook Token")
        if event.response is None:
            raise Refused("ack-first", 404, 10015, "Unknown Webhook")
        return event

    def _response_message(self, call: Call, event: Interaction) -> Message:
        id_ = call.id("message_id") if "message_id" in call.params else event.original_id
        own = {event.original_id, *event.followup_ids}
        if event.source is not None and event.kind in (COMPONENT, MODAL_SUBMIT):
            own.add(event.source.id)
        if id_ is None or id_ not in own:
            raise Refused("unknown-message", 404, 10008, "Unknown Message")
        return self._world.message(id_)

    async def _edit(self, event: Interaction, before: Message, call: Call) -> Message:
        draft = self._draft(call.body, call.files, before=before)
        edited = self._revise(before, draft, call.files)
        if edited.id == event.original_id:
            event.history.append(edited)
            event.edits.append(edited)
            self._world.signal.notify()
        await self.announce(edited)
        return edited

    # -- messages of a channel ----------------------------------------------------------------

    async def _type(self, call: Call) -> Reply:
        self._world.typing.append(self._channel(call).id)
        self._world.signal.notify()
        return 204, None

    async def _list_messages(self, call: Call) -> Reply:
        place = self._channel(call)
        found = [each for each in self._world.messages_in(place.id) if not each.ephemeral]
        if before := call.query.get("before"):
            found = [each for each in found if each.id < int(before)]
        newest = found[::-1][: int(call.query.get("limit", "50"))]
        return 200, [payloads.message(self._world, each) for each in newest]

    async def _send(self, call: Call) -> Reply:
        place = self._channel(call, writing=True)
        reference = self._reference(call.body.get("message_reference"), place.id)
        draft = self._draft(call.body, call.files)
        if call.body.get("enforce_nonce") and (sent := self._sent_with(draft.body.get("nonce"))):
            return 200, payloads.message(self._world, sent)
        message = self._compose(draft, call.files, channel_id=place.id, reference=reference)
        await self.announce(message)
        return 200, payloads.message(self._world, message)

    def _sent_with(self, nonce: Any) -> Message | None:
        """The message that has that nonce already (/resources/message#create-message)."""
        current = (history[-1] for history in self._world.histories.values())
        return next((each for each in current if nonce and each.nonce == nonce), None)

    async def _get_message(self, call: Call) -> Reply:
        return 200, payloads.message(self._world, self._message(call))

    async def _edit_message(self, call: Call) -> Reply:
        before = self._own_message(call)
        draft = self._draft(call.body, call.files, before=before)
        edited = self._revise(before, draft, call.files)
        await self.announce(edited)
        return 200, payloads.message(self._world, edited)

    async def _delete_message(self, call: Call) -> Reply:
        await self.delete(self._own_message(call))
        return 204, None

    async def _react(self, call: Call) -> Reply:
        self._world.reactions.append((self._message(call).id, call.params["emoji_name"]))
        self._world.signal.notify()
        return 204, None

    async def _unreact(self, call: Call) -> Reply:
        reaction = (self._message(call).id, call.params["emoji_name"])
        if reaction in self._world.reactions:
            self._world.reactions.remove(reaction)
        return 204, None

    async def _start_thread(self, call: Call) -> Reply:
        parent, message = self._channel(call, writing=True), self._message(call)
        self._check_kind(parent, (TEXT, NEWS))
        self._world.ask("thread-once")
        if message.id in self._world.channels:
            text = "A thread has already been created for this message"
            raise Refused("thread-once", 400, 160004, text)
        thread = await self.start_thread(message, call.body["name"], self._world.bot)
        return 201, payloads.channel(self._world, thread)

    async def start_thread(self, message: Message, name: str, owner: Person) -> Channel:
        """Start a thread from a message, and tell the clients."""
        thread = self._world.add_thread(message, name, owner)
        payload = {**payloads.channel(self._world, thread), "newly_created": True}
        await self._gateway.dispatch("THREAD_CREATE", payload, GUILDS)
        return thread

    async def _crosspost(self, call: Call) -> Reply:
        place, message = self._channel(call, writing=True), self._own_message(call)
        self._check_kind(place, (NEWS,))
        self._world.ask("crosspost-once")
        if message.flags & CROSSPOSTED:
            text = "This message has already been crossposted"
            raise Refused("crosspost-once", 400, 40033, text)
        after = replace(message, flags=message.flags | CROSSPOSTED, revision=message.revision + 1)
        await self.announce(self._world.record(after))
        return 200, payloads.message(self._world, after)

    def _check_kind(self, place: Channel, kinds: tuple[int, ...]) -> None:
        self._world.ask("channel-kind")
        if place.kind not in kinds:
            text = "Cannot execute action on this channel type"
            raise Refused("channel-kind", 400, 50024, text)

    def _channel(self, call: Call, *, writing: bool = False) -> Channel:
        """The channel of the path, if the bot sees it and, for ``writing``, may write there."""
        place = self._world.channel_of(call.id("channel_id"))
        self._world.ask("no-access")
        if not self._world.sees(place):
            raise Denied("no-access", 403, 50001, "Missing Access")
        if writing and not self._world.bot_permissions(place) & SEND_MESSAGES:
            if place.is_dm:
                raise Denied("no-access", 403, 50007, "Cannot send messages to this user")
            raise Denied("no-access", 403, 50013, "Missing Permissions")
        return place

    def _message(self, call: Call) -> Message:
        place = self._channel(call)
        message = self._world.message(call.id("message_id"))
        if message.channel_id != place.id or message.ephemeral:
            raise Refused("unknown-message", 404, 10008, "Unknown Message")
        return message

    def _own_message(self, call: Call) -> Message:
        message = self._message(call)
        self._world.ask("foreign-message")
        if message.author != self._world.bot:
            text = "Cannot edit a message authored by another user"
            raise Refused("foreign-message", 403, 50005, text)
        return message

    def _reference(self, reference: Json | None, channel_id: int) -> int | None:
        if not reference:
            return None
        self._world.ask("unknown-reference")
        target = self._world.find_message(int(reference["message_id"]))
        if target is not None and not target.deleted and target.channel_id == channel_id:
            return target.id
        if reference.get("fail_if_not_exists") is False:
            return None
        problem = Problem(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        raise Refused("unknown-reference", 400, 50035, "Invalid Form Body", problems=[problem])

    # -- composing ----------------------------------------------------------------------------

    def _draft(
        self,
        body: Json,
        files: tuple[Upload, ...],
        *,
        before: Message | None = None,
        prefix: tuple[str, ...] = (),
    ) -> Draft:
        """The message as it would be, once all rules have taken it."""

        def merged(key: str, kept: Any) -> Any:
            return (body[key] or type(kept)()) if key in body else kept

        asked = body.get("flags") or 0
        if before is None:
            known = EPHEMERAL | SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
            flags = asked & known
        else:
            flags = (before.flags & ~LOADING) | (asked & (SUPPRESS_EMBEDS | COMPONENTS_V2))
        draft = Draft(
            body=body,
            content=merged("content", before.content if before else ""),
            embeds=merged("embeds", list(before.embeds) if before else []),
            components=merged("components", list(before.components) if before else []),
            attachments=tuple(file.filename for file in self._attached(body, files, before)),
            flags=flags,
            flags_before=before.flags if before else 0,
        )
        MESSAGES.check(draft, self._world.rule_counts, prefix)
        return draft

    def _attached(
        self, body: Json, files: tuple[Upload, ...], before: Message | None
    ) -> tuple[Attachment, ...]:
        """What hangs on the message: of the old what ``attachments`` still lists, and uploads."""
        kept = {each.id: each for each in (before.attachments if before else ())}
        uploads = {each.index: each for each in files}
        listed = body.get("attachments")
        if listed is None:
            new = [Attachment(0, each.filename, each.data) for each in files]
            return (*kept.values(), *new)
        self._world.ask("unknown-upload")
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

    def _compose(
        self,
        draft: Draft,
        files: tuple[Upload, ...],
        *,
        event: Interaction | None = None,
        channel_id: int = 0,
        reference: int | None = None,
    ) -> Message:
        """Record a new message of the bot."""
        blank = Message(self._world.new_id(), channel_id, self._world.bot)
        fields: Json = {"created": timestamp(), "reference": reference}
        fields["nonce"] = draft.body.get("nonce")
        if reference is not None:
            mentions = draft.body.get("allowed_mentions")
            fields["pings_author"] = mentions is None or bool(mentions.get("replied_user"))
        if event is not None:
            fields |= {"channel_id": event.channel.id, "interaction_id": event.id}
        return self._world.record(replace(self._filled(blank, draft, files), **fields))

    def _new_message(self, channel_id: int, *, flags: int, interaction_id: int) -> Message:
        return self._world.record(
            Message(
                self._world.new_id(),
                channel_id,
                self._world.bot,
                flags=flags,
                interaction_id=interaction_id,
                created=timestamp(),
            )
        )

    def _revise(self, before: Message, draft: Draft, files: tuple[Upload, ...]) -> Message:
        """Record another state of a message."""
        after = self._filled(before, draft, files)
        return self._world.record(replace(after, revision=before.revision + 1, edited=timestamp()))

    def _filled(self, message: Message, draft: Draft, files: tuple[Upload, ...]) -> Message:
        mentions = draft.body.get("allowed_mentions")
        text = payloads.all_text(draft.content, draft.components, draft.flags)
        attached = self._attached(draft.body, files, message)
        return replace(
            message,
            content=draft.content,
            embeds=tuple(draft.embeds),
            components=payloads.complete_components(draft.components),
            attachments=tuple(
                each if each.id else replace(each, id=self._world.new_id()) for each in attached
            ),
            flags=draft.flags,
            allowed_mentions=mentions,
            pings=pings(text, mentions),
        )

    async def delete(self, message: Message) -> Message:
        """Delete a message, and tell the clients."""
        gone = self._world.record(replace(message, deleted=True, revision=message.revision + 1))
        payload = {"id": str(gone.id), "channel_id": str(gone.channel_id)}
        if (guild_id := self._world.channels[gone.channel_id].guild_id) is not None:
            payload["guild_id"] = str(guild_id)
        await self._tell("MESSAGE_DELETE", gone, payload)
        return gone

    async def announce(self, message: Message) -> None:
        """Tell the clients of a message, new or edited."""
        event = "MESSAGE_UPDATE" if message.revision else "MESSAGE_CREATE"
        await self._tell(event, message, payloads.message_event(self._world, message))

    async def announce_channel(self, place: Channel) -> None:
        """Tell the clients of a new channel."""
        await self._gateway.dispatch("CHANNEL_CREATE", payloads.channel(self._world, place), GUILDS)

    async def _tell(self, event: str, message: Message, payload: Json) -> None:
        """Send an event about a message; ephemeral ones, and those of other places, go unseen."""
        place = self._world.channels[message.channel_id]
        if self._world.sees(place) and not message.ephemeral:
            intent = DIRECT_MESSAGES if place.is_dm else GUILD_MESSAGES
            await self._gateway.dispatch(event, payload, intent)

    # -- application commands -----------------------------------------------------------------

    async def _list_commands(self, call: Call) -> Reply:
        return 200, list(self._world.commands.get(self._scope(call), {}).values())

    async def _put_commands(self, call: Call) -> Reply:
        scope, given = self._scope(call), call.body or []
        COMMANDS.check(given, self._world.rule_counts)
        ids = {
            (each["name"], each["type"]): id_
            for id_, each in self._world.commands.get(scope, {}).items()
        }
        self._count_creates(
            scope, sum((each["name"], each.get("type") or 1) not in ids for each in given)
        )
        registered = {}
        for each in given:
            id_ = ids.get((each["name"], each.get("type") or 1)) or self._world.new_id()
            registered[id_] = payloads.command(self._world, each, id_, scope)
        self._world.commands[scope] = registered
        self._world.signal.notify()
        return 200, list(registered.values())

    async def _post_command(self, call: Call) -> Reply:
        scope = self._scope(call)
        known = self._world.commands.get(scope, {})
        key = (call.body.get("name"), call.body.get("type") or 1)
        same = [id_ for id_, each in known.items() if (each["name"], each["type"]) == key]
        self._count_creates(scope, 0 if same else 1)
        id_ = same[0] if same else self._world.new_id()
        return (200 if same else 201), self._register(scope, id_, call.body)

    async def _get_command(self, call: Call) -> Reply:
        return 200, self._command(call)

    async def _patch_command(self, call: Call) -> Reply:
        before = self._command(call)
        return 200, self._register(self._scope(call), int(before["id"]), {**before, **call.body})

    async def _delete_command(self, call: Call) -> Reply:
        command = self._command(call)
        del self._world.commands[self._scope(call)][int(command["id"])]
        return 204, None

    def _count_creates(self, scope: int | None, count: int) -> None:
        self._world.ask("command-creates")
        if self._created[scope].take(self._world.clock(), count):
            text = "Max number of daily application command creates has been reached (200)"
            raise Refused("command-creates", 400, 30034, text)

    def _register(self, scope: int | None, id_: int, given: Json) -> Json:
        known = self._world.commands.get(scope, {})
        others = [each for other, each in known.items() if other != id_]
        COMMANDS.check([*others, given], self._world.rule_counts)
        command = payloads.command(self._world, given, id_, scope)
        self._world.commands.setdefault(scope, {})[id_] = command
        self._world.signal.notify()
        return command

    def _command(self, call: Call) -> Json:
        self._world.ask("unknown-command")
        command = self._world.commands.get(self._scope(call), {}).get(call.id("command_id"))
        if command is None:
            raise Refused("unknown-command", 404, 10063, "Unknown application command")
        return command

    def _scope(self, call: Call) -> int | None:
        """The guild that the commands belong to, None for those of everywhere."""
        self._world.ask("unknown-application")
        if call.id("application_id") != self._world.application_id:
            raise Refused("unknown-application", 404, 10002, "Unknown Application")
        return self._check_guild(call) if "guild_id" in call.params else None

    def _check_guild(self, call: Call) -> int:
        self._world.ask("unknown-guild")
        if call.id("guild_id") != self._world.guild_id:
            raise Refused("unknown-guild", 404, 10004, "Unknown Guild")
        return self._world.guild_id


async def _read_body(http: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    """The JSON of a request, and the files of a multipart one (/reference#uploading-files)."""
    if not http.can_read_body:
        return None, ()
    if http.content_type == "multipart/form-data":
        body: Any = {}
        files = []
        async for part in await http.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            data = bytes(await part.read())
            if part.name == "payload_json":
                body = _parse(data)
            elif match := re.fullmatch(r"files\[(\d+)\]", part.name or ""):
                files.append(Upload(int(match[1]), part.filename or "", data))
        return body, tuple(files)
    data = await http.read()
    if not data:
        return None, ()
    if http.headers.get("Content-Type") != "application/json":
        raise Refused("unreadable-body", 400, 50035, "Expected application/json")
    return _parse(data), ()


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        raise Refused(
            "unreadable-body", 400, 50109, "The request body contains invalid JSON."
        ) from None
