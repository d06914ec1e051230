"""A client that delivers an outbox to a loopback Discord, and how its answers are lost."""

from collections.abc import Callable
from dataclasses import replace

import discord
from aiohttp import web
from discord import ui

from bot.core.components import Message, text_message
from bot.core.delivery import Delivery
from bot.core.single_request import request_trace
from bot.state import State
from bot.state.outbox import NewItem, OutboxItem
from embeddings.errors import VerbatimError
from tests.loopback import Channel, ConnectionCut, LoopbackDiscord, Request

SEND = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
LIST = "GET /channels/{channel_id}/messages"
PUBLISH = "POST /channels/{channel_id}/messages/{message_id}/crosspost"
OPEN = "POST /channels/{channel_id}/threads"
MINUTE, HOUR = 60.0, 3600.0


class NotYet(VerbatimError):
    """What is to be sent cannot be said yet."""


class Sender:
    """A client that delivers an outbox. The clock is the loopback's and moves only on demand."""

    def __init__(self, server: LoopbackDiscord, state: State) -> None:
        self.server = server
        self.state = state
        self.now = 1_700_000_000.0
        self.texts: dict[str, str] = {}
        self.tags = frozenset[str]()
        self.client: discord.Client | None = None
        self.refusing: list[int] = []

    async def start(self) -> None:
        """Start a client, in place of one that runs already."""
        await self.close()
        client = discord.Client(
            intents=discord.Intents(guilds=True),
            connector=self.server.connector(),
            max_ratelimit_timeout=30.0,
            http_trace=request_trace(),
        )
        await client.login(self.server.token)
        self.client = client
        self.delivery = Delivery(
            client, self.state.outbox, self.render, lambda: self.now, refused=self.refuse
        )

    async def close(self) -> None:
        """Stop the client."""
        if self.client:
            await self.client.close()

    async def render(self, item: OutboxItem) -> Message | None:
        """A text for each release, in the order of their ids, with a mark if it has changed."""
        texts = [
            self.texts[id] + (" (changed)" if changed else "")
            for id, changed in sorted(item.releases.items())
            if id in self.texts
        ]
        if "not yet" in texts:
            raise NotYet("it is not yet there")
        if "unexpected" in texts:
            raise ValueError("unexpected")
        if "invalid" in texts:
            return Message((ui.TextDisplay(" "),))
        if not texts:
            return None
        return replace(text_message("\n".join(texts)), title=texts[0], tags=self.tags)

    async def refuse(self, channel: int) -> None:
        """Note who takes no direct messages."""
        self.refusing.append(channel)

    def queue_direct(self, id: str) -> Channel:
        """Queue a release for somebody who has subscribed; return the direct messages."""
        self.texts[id] = f"about {id}"
        dm = self.server.dm(self.server.member)
        item = NewItem(0, dm.id, {id: self.texts[id]}, 1, subscriptions=(1,))
        assert self.state.outbox.record([id], [item], {}, self.now)
        return dm

    def queue(self, id: str, channel: Channel | None = None, text: str | None = None) -> None:
        """Queue a release."""
        self.texts[id] = text or f"about {id}"
        where = (channel or self.server.channel).id
        item = NewItem(self.server.world.guild_id, where, {id: self.texts[id]}, 1)
        assert self.state.outbox.record([id], [item], {}, self.now)

    def correct(self, id: str, text: str) -> None:
        """Queue a correction."""
        self.texts[id] = text
        assert self.state.outbox.record([id], [], {id: text}, self.now)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, here and at Discord."""
        self.now += seconds
        self.server.clock.advance(seconds)

    async def deliver(self) -> list[str]:
        """Deliver what is due; return the texts of all messages then."""
        await self.delivery.deliver()
        return [message.text for message in self.server.messages]

    def requests(self, route: str) -> int:
        """How many requests of a kind there were."""
        return self.server.report().routes.get(route, 0)


def losing(status: int | None, *, after: str = SEND) -> Callable[..., object]:
    """Answers that are lost: the request was carried out, and the client is told otherwise."""

    async def lose(request: Request, answer: web.Response) -> web.Response:
        if f"{request.method} {request.route}" != after:
            return answer
        return ConnectionCut() if status is None else web.Response(status=status)

    return lose
