"""What a test holds after a user acted: an interaction, or a message sent in a channel."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

from .models import MODAL, Attachment, Channel, Json, Message, Response, User
from .world import World


class NotOffered(LookupError):
    """Discord's own client would not let this user do that, so no interaction was sent."""


class Interaction:
    """One interaction, and everything that the bot did in response to it."""

    def __init__(
        self,
        world: World,
        type: int,
        name: str,
        user: User,
        channel: Channel,
        source: Message | None = None,
        *,
        parent: Interaction | None = None,
        installer: User | None = None,
    ) -> None:
        self.id = world.new_id()
        self.token = secrets.token_urlsafe(24)
        self.type = type
        self.name = name
        """The name of the command, or the custom_id of the component or modal."""
        self.user = user
        self.channel = channel
        self.source = source
        """The message, as it was then, on which a component was used (for a modal: on which the
        component was used that opened it) or whose context menu the command came from."""
        self.parent = parent
        """For a submitted modal, the interaction that opened it."""
        self.installer = installer
        """The user who installed the app, where no guild's installation makes it available."""
        self.created = world.clock()
        self.response: Response | None = None
        self.expired = False
        """Whether the bot responded after the deadline, so that Discord refused it."""
        self.history: list[Message] = []
        """Every state that this interaction gave the original response."""
        self.edits: list[Message] = []
        """The states in ``history`` after the first response."""
        self.original_id: int | None = None
        self.followup_ids: list[int] = []
        self._world = world

    def __repr__(self) -> str:
        return f"<Interaction {self.name!r} by {self.user.name}: {self._state()}>"

    # -- what has happened --------------------------------------------------------------------

    @property
    def acknowledged_after(self) -> float | None:
        """Seconds until the bot acknowledged, or None if it has not."""
        return None if self.response is None else self.response.after

    @property
    def message(self) -> Message | None:
        """The current state of the original response, whichever interaction changed it."""
        return self._world.find_message(self.original_id)

    @property
    def ephemeral(self) -> bool:
        """Whether only the user of this interaction sees the original response."""
        return self.message is not None and self.message.ephemeral

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files on the original response."""
        return () if self.message is None else self.message.attachments

    @property
    def followups(self) -> list[Message]:
        """The current state of each follow-up message."""
        return [self._world.histories[id_][-1] for id_ in self.followup_ids]

    @property
    def choices(self) -> list[Json]:
        """The choices of an autocomplete response."""
        return list((self.response.data.get("choices") if self.response else None) or ())

    @property
    def modal(self) -> Json | None:
        """The modal of the response: its ``title``, ``custom_id`` and ``components``."""
        if self.response is None or self.response.type != MODAL:
            return None
        return self.response.data

    # -- waiting for the bot ------------------------------------------------------------------

    async def acknowledged(self, within: float = 4.0) -> float:
        """Wait for the first response; return the seconds it took."""
        response = await self._world.signal.until(
            lambda: self.response, within, lambda: f"{self!r} was not acknowledged"
        )
        return response.after

    async def answer(self, within: float = 10.0) -> Message:
        """Wait until the original response is not empty; return its first such state."""
        return await self._until(lambda message: not message.empty, within, "no answer")

    async def wait_for(self, predicate: Callable[[Message], bool], within: float = 10.0) -> Message:
        """Wait for a state of the original response that satisfies ``predicate``.

        Earlier states count too, so progress edits are not missed.
        """
        return await self._until(predicate, within, "no state of the response fits")

    async def followup(self, number: int = 1, within: float = 10.0) -> Message:
        """Wait for the follow-up message of that number, counted from 1."""
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
        """Every state this interaction gave the response, then the current one."""
        yield from self.history
        if self.message:
            yield self.message

    def _state(self) -> str:
        if self.response is None:
            return "not acknowledged"
        shown = self.message.text if self.message else ""
        return f"response type {self.response.type}, text {shown[:300]!r}"


class UserMessage:
    """A message that a user sent in a channel, and the bot's replies to it."""

    def __init__(self, world: World, message: Message) -> None:
        self.message = message
        self._world = world

    def __repr__(self) -> str:
        texts = [reply.text[:300] for reply in self.replies]
        return f"<UserMessage {self.message.content!r}: replies {texts}>"

    @property
    def replies(self) -> list[Message]:
        """The bot's later messages in the channel that reply to this one or to none."""
        return [history[-1] for history in self._histories() if not history[-1].deleted]

    async def reply(self, within: float = 10.0) -> Message:
        """Wait for the bot's first reply that is not empty; return its first such state."""
        return await self.wait_for(lambda message: not message.empty, within)

    async def wait_for(self, predicate: Callable[[Message], bool], within: float = 10.0) -> Message:
        """Wait for a state of one of the replies that satisfies ``predicate``."""
        return await self._world.signal.until(
            lambda: next(filter(predicate, (s for h in self._histories() for s in h)), None),
            within,
            lambda: f"no reply fits: {self!r}",
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
