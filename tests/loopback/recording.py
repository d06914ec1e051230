"""What a test holds while the bot answers: an interaction, or something said in a channel."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

from .records import Attachment, Callback, Channel, Json, Message, Person
from .world import World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
"""Kinds of interaction (/interactions/receiving-and-responding#interaction-object)."""


# Types of response (/interactions/receiving-and-responding#interaction-response-object).
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES_RESULT, MODAL = 4, 5, 6, 7, 8, 9


class NotOffered(LookupError):
    """Discord's own client would not let this person do that: no interaction was sent."""


class Interaction:
    """One interaction, from the moment it was sent, and all that the bot did with it."""

    def __init__(
        self,
        world: World,
        kind: int,
        name: str,
        user: Person,
        channel: Channel,
        source: Message | None = None,
        *,
        parent: Interaction | None = None,
        installer: Person | None = None,
    ) -> None:
        self.id = world.new_id()
        self.token = secrets.token_urlsafe(24)
        self.kind = kind
        self.name = name
        """The command's name, or the component's or the modal's custom_id."""
        self.user = user
        self.channel = channel
        self.source = source
        """The message that a component was clicked on (if that showed a modal, also of that),
        or from whose menu a command was used, as it was then."""
        self.parent = parent
        """The interaction that was answered with the modal which this submits."""
        self.installer = installer
        """Who installed the app for themselves, where no guild's installation brought it there."""
        self.created = world.clock()
        self.response: Callback | None = None
        self.refused_late = False
        """Whether a response came after the deadline, and so was none."""
        self.history: list[Message] = []
        """Every state that the original response took by way of this interaction."""
        self.edits: list[Message] = []
        """The part of the history that came after the first response."""
        self.original_id: int | None = None
        self.followup_ids: list[int] = []
        self._world = world

    def __repr__(self) -> str:
        return f"<Interaction {self.name!r} by {self.user.name}: {self._state()}>"

    # -- what there is ------------------------------------------------------------------------

    @property
    def acknowledged_after(self) -> float | None:
        """Seconds until the bot acknowledged, None as long as it has not."""
        return None if self.response is None else self.response.after

    @property
    def message(self) -> Message | None:
        """The original response as it is now, whoever changed it."""
        return self._world.find_message(self.original_id)

    @property
    def ephemeral(self) -> bool:
        """Whether only the person who caused it sees the original response."""
        return self.message is not None and self.message.ephemeral

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        return () if self.message is None else self.message.attachments

    @property
    def followups(self) -> list[Message]:
        """The follow-up messages as they are now."""
        return [self._world.histories[id_][-1] for id_ in self.followup_ids]

    @property
    def choices(self) -> list[Json]:
        """The suggestions of an autocomplete response."""
        return list((self.response.data.get("choices") if self.response else None) or ())

    @property
    def modal(self) -> Json | None:
        """The modal of the response: ``title``, ``custom_id`` and ``components``."""
        if self.response is None or self.response.type != MODAL:
            return None
        return self.response.data

    # -- what there will be -------------------------------------------------------------------

    async def acknowledged(self, within: float = 4.0) -> float:
        """Wait for the first response; the seconds that it took."""
        response = await self._world.signal.until(
            lambda: self.response, within, lambda: f"{self!r} was not acknowledged"
        )
        return response.after

    async def answer(self, within: float = 10.0) -> Message:
        """Wait for an original response with something to see; that first state of it."""
        return await self._until(lambda message: not message.empty, within, "no answer")

    async def wait_for(self, predicate: Callable[[Message], bool], within: float = 10.0) -> Message:
        """Wait for a state of the original response that fits; progress edits are not missed.

        States that this interaction's response has had already count too.
        """
        return await self._until(predicate, within, "no fitting state")

    async def followup(self, number: int = 1, within: float = 10.0) -> Message:
        """Wait for the n-th follow-up."""
        return await self._world.signal.until(
            lambda: self.followups[number - 1] if len(self.followup_ids) >= number else None,
            within,
            lambda: f"{self!r} has {len(self.followup_ids)} follow-ups, not {number}",
        )

    async def _until(
        self, predicate: Callable[[Message], bool], within: float, failing: str
    ) -> Message:
        return await self._world.signal.until(
            lambda: next(filter(predicate, self._states()), None),
            within,
            lambda: f"{failing}: {self!r}",
        )

    def _states(self) -> Iterator[Message]:
        """Every state that its own edits gave the response, and the one now, whoever gave it."""
        yield from self.history
        if self.message:
            yield self.message

    def _state(self) -> str:
        if self.response is None:
            return "not acknowledged"
        shown = self.message.text if self.message else ""
        return f"response type {self.response.type}, text {shown[:300]!r}"


class Said:
    """Something that a person said in a channel, and what the bot answered there."""

    def __init__(self, world: World, message: Message) -> None:
        self.message = message
        self._world = world

    def __repr__(self) -> str:
        return f"<Said {self.message.content!r}: replies {[r.text[:300] for r in self.replies]}>"

    @property
    def replies(self) -> list[Message]:
        """The bot's messages that reply to this, or that came after it without replying."""
        return [history[-1] for history in self._histories() if not history[-1].deleted]

    async def reply(self, within: float = 10.0) -> Message:
        """Wait for the bot's first answer; that first state of it."""
        return await self.wait_for(lambda message: not message.empty, within)

    async def wait_for(self, predicate: Callable[[Message], bool], within: float = 10.0) -> Message:
        """Wait for a state of one of the replies that fits."""
        return await self._world.signal.until(
            lambda: next(filter(predicate, (s for h in self._histories() for s in h)), None),
            within,
            lambda: f"no fitting reply: {self!r}",
        )

    def _histories(self) -> Iterator[list[Message]]:
        for history in list(self._world.histories.values()):
            first = history[0]
            if (
                first.author == self._world.bot
                and first.channel_id == self.message.channel_id
                and first.interaction_id is None
                and first.id > self.message.id
                and first.reference in (None, self.message.id)
            ):
                yield history
