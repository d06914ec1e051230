"""The gateway: the WebSocket on which clients get events (/events/gateway)."""

from __future__ import annotations

import asyncio
import json
import secrets
import zlib
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from . import payloads
from .models import Json
from .rate_limits import SlidingWindow
from .rules import STATE_RULES
from .world import World

GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
"""Intents (/events/gateway#gateway-intents)."""
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
"""Intents that must be enabled for a bot: members, presences, message content."""

EVENTS_PER_MINUTE = 120
HEARTBEAT_TOLERANCE = 0.25
"""How late a heartbeat may be, as a fraction of the interval, where a test says nothing else."""
ENDED_SESSION = frozenset({4007, 4009})
"""Close codes that end the session (/topics/opcodes-and-status-codes#gateway)."""

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT = 0, 1, 2, 3, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11


class Connection:
    """One WebSocket, compressed with ``zlib-stream`` if the client asked for that."""

    def __init__(self, socket: web.WebSocketResponse, *, compressed: bool) -> None:
        self._socket = socket
        self._deflate = zlib.compressobj() if compressed else None
        self._sending = asyncio.Lock()
        self.closed_here = False
        self.received = SlidingWindow(EVENTS_PER_MINUTE, 60.0)
        self.heartbeat = asyncio.Event()

    async def send(self, payload: Json) -> None:
        """Send a payload, unless the connection is closed."""
        await self.send_text(json.dumps(payload))

    async def send_text(self, text: str) -> None:
        """Send a text, be it JSON or not, unless the connection is closed."""
        async with self._sending:
            if self._socket.closed:
                return  # the session keeps the event for a RESUME
            try:
                if self._deflate is None:
                    await self._socket.send_str(text)
                else:
                    data = self._deflate.compress(text.encode())
                    await self._socket.send_bytes(data + self._deflate.flush(zlib.Z_SYNC_FLUSH))
            except ConnectionError:
                return

    async def send_broken(self) -> None:
        """Send a frame that breaks the compressed stream."""
        async with self._sending:
            await self._socket.send_bytes(b"\xff" * 8 + b"\x00\x00\xff\xff")

    async def close(self, code: int) -> None:
        """Close the connection from the server's side."""
        self.closed_here = True
        await self._socket.close(code=code)


class Session:
    """Numbered events that outlive a connection, to be replayed on RESUME."""

    def __init__(self, intents: int, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        """The shard's number and how many there are (/events/gateway#sharding)."""
        self.connection: Connection | None = None
        self.ready = False
        self.may_resume = False
        """Whether the loopback itself ended the connection, so that the client should resume."""
        self._log: list[Json] = []

    @property
    def is_live(self) -> bool:
        """Whether the client gets new events, now or on RESUME."""
        return self.ready and (self.connection is not None or self.may_resume)

    @property
    def sequence(self) -> int:
        """The number of the last event, 0 before the first."""
        return len(self._log)

    def serves(self, guild_id: int) -> bool:
        """Whether this shard gets the events of a guild (0: events outside guilds)."""
        number, count = self.shard
        return number == (guild_id >> 22) % count

    async def dispatch(self, event: str, data: Any) -> None:
        """Number an event, keep it for RESUME, and send it if there is a connection."""
        payload = {"op": DISPATCH, "t": event, "s": self.sequence + 1, "d": data}
        self._log.append(payload)
        if self.connection is not None:
            await self.connection.send(payload)

    async def repeat(self, event: str) -> None:
        """Send the last event of a name again."""
        data = [each["d"] for each in self._log if each["t"] == event]
        if data:
            await self.dispatch(event, data[-1])

    async def resume_on(self, connection: Connection, after: int) -> None:
        """Continue on a new connection with the events after that number."""
        while after < self.sequence:
            await connection.send(self._log[after])
            after += 1
        self.connection, self.may_resume = connection, False


class Gateway:
    """Accepts clients, and sends them the events that their intents ask for.

    The counters and lists are public, for tests to check how a client behaved.
    """

    def __init__(
        self,
        world: World,
        token: str,
        *,
        privileged_intents: int,
        heartbeat_interval: float,
        heartbeat_tolerance: float | None = None,
    ) -> None:
        self.heartbeat_times: list[float] = []
        """When each heartbeat arrived, by the loopback's clock."""
        self.identifies: list[Json] = []
        """The data of every IDENTIFY, without the token."""
        self.resumes = 0
        """How many RESUMEs succeeded."""
        self.undelivered: list[str] = []
        """The names of events that no session's intents asked for."""
        self._world = world
        self._token = token
        self._granted = privileged_intents
        self._heartbeat_interval = heartbeat_interval
        if heartbeat_tolerance is None:
            heartbeat_tolerance = heartbeat_interval * HEARTBEAT_TOLERANCE
        self._heartbeat_within = heartbeat_interval + heartbeat_tolerance
        self._sessions: dict[str, Session] = {}
        self._sockets: set[web.WebSocketResponse] = set()

    @property
    def open_sockets(self) -> int:
        """How many connections are open."""
        return len(self._sockets)

    @property
    def heartbeats(self) -> int:
        """How many heartbeats arrived."""
        return len(self.heartbeat_times)

    @property
    def is_ready(self) -> bool:
        """Whether a client is connected, with all of its shards."""
        ready = {each.shard for each in self._sessions.values() if each.ready and each.connection}
        return any(len(ready) == count for _, count in ready)

    @property
    def has_session(self) -> bool:
        """Whether any client gets new events, now or on RESUME."""
        return any(each.is_live for each in self._sessions.values())

    async def dispatch(self, event: str, data: Any, intent: int = 0) -> None:
        """Send an event to every session that asked for ``intent`` (0: to all sessions).

        Only the shard that serves the event's guild gets it. A session without a connection keeps
        it for RESUME.
        """
        self._world.events[event] += 1
        names_guild = event in ("GUILD_CREATE", "GUILD_DELETE")
        guild_id = int(data["id"] if names_guild else data.get("guild_id") or 0)
        sessions = [s for s in self._sessions.values() if s.ready and s.serves(guild_id)]
        asking = [each for each in sessions if not intent or each.intents & intent]
        if not any(each.is_live for each in asking):
            self.undelivered.append(event)
        for session in asking:
            await session.dispatch(event, data)

    # -- faults -------------------------------------------------------------------------------

    async def drop(self, code: int = WSCloseCode.GOING_AWAY) -> None:
        """Close every connection with that code; most codes let the client resume."""
        for session in list(self._sessions.values()):
            if session.connection is not None:
                session.may_resume = code not in ENDED_SESSION
                await self._end(session.connection, code)

    async def repeat(self, event: str) -> None:
        """Send the last event of a name once more, as Discord may when a client has resumed."""
        for session in self._sessions.values():
            await session.repeat(event)

    async def send_text(self, text: str) -> None:
        """Send a text that need not be JSON, nor an event that there is."""
        for session in self._sessions.values():
            if session.connection is not None:
                await session.connection.send_text(text)

    async def send_broken(self) -> None:
        """Send what cannot be decompressed, and nor can all that follows on the connection."""
        for session in self._sessions.values():
            if session.connection is not None:
                session.may_resume = True
                await session.connection.send_broken()

    async def ask_to_reconnect(self) -> None:
        """Send opcode 7: the client should reconnect and resume."""
        for session in self._sessions.values():
            if session.connection is not None:
                session.may_resume = True
                await session.connection.send({"op": RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool) -> None:
        """Send opcode 9: the session is invalid; it may be resumed if ``resumable``."""
        for session in list(self._sessions.values()):
            if session.connection is not None:
                session.may_resume = resumable
                await session.connection.send({"op": INVALID_SESSION, "d": resumable})
            if not resumable:
                del self._sessions[session.id]

    async def close(self) -> None:
        """Close every connection, as the loopback stops."""
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    # -- one connection -----------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection."""
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise web.HTTPNotFound
        socket = web.WebSocketResponse(max_msg_size=4096)  # /events/gateway#sending-events
        await socket.prepare(request)
        self._sockets.add(socket)
        connection = Connection(socket, compressed=request.query.get("compress") == "zlib-stream")
        session: Session | None = None
        watching = asyncio.create_task(self._watch(connection))
        try:
            interval = int(self._heartbeat_interval * 1000)
            await connection.send({"op": HELLO, "d": {"heartbeat_interval": interval}})
            async for frame in socket:
                if frame.type is not WSMsgType.TEXT:
                    await connection.close(4002)
                    break
                if not await self._is_within_rate(connection):
                    break
                session = await self._receive(json.loads(frame.data), connection, session)
        finally:
            watching.cancel()
            self._sockets.discard(socket)
            if session is not None and session.connection is connection:
                session.connection = None
                if socket.close_code in (1000, 1001) and not connection.closed_here:
                    # The client meant it: the session ends (/events/gateway#disconnecting).
                    self._sessions.pop(session.id, None)
        return socket

    async def _watch(self, connection: Connection) -> None:
        """Close the connection once a heartbeat is overdue."""
        within = self._heartbeat_within
        while True:
            self._world.count_rules("heartbeat")
            connection.heartbeat.clear()
            try:
                await asyncio.wait_for(connection.heartbeat.wait(), within)
            except TimeoutError:
                detail = f"none within {within:.1f} s"
                self._world.violate("heartbeat", detail, STATE_RULES["heartbeat"])
                await self._end(connection, 4009)
                return

    async def _is_within_rate(self, connection: Connection) -> bool:
        self._world.count_rules("gateway-rate")
        if not connection.received.take(self._world.clock()):
            return True
        detail = f"more than {EVENTS_PER_MINUTE} events within 60 s"
        self._world.violate("gateway-rate", detail, STATE_RULES["gateway-rate"])
        await connection.close(4008)
        return False

    async def _end(self, connection: Connection, code: int) -> None:
        """Close a connection, and end its session if the code says so."""
        if code in ENDED_SESSION:
            ended = [each for each in self._sessions.values() if each.connection is connection]
            for session in ended:
                del self._sessions[session.id]
        await connection.close(code)

    async def _receive(
        self, frame: Json, connection: Connection, session: Session | None
    ) -> Session | None:
        op: Any = frame.get("op")
        data: Any = frame.get("d")
        self._world.count_rules("gateway-op")
        if op == HEARTBEAT:
            self.heartbeat_times.append(self._world.clock())
            connection.heartbeat.set()
            await connection.send({"op": HEARTBEAT_ACK})
        elif op in (IDENTIFY, RESUME) and session is not None:
            await connection.close(4005)
        elif op == IDENTIFY:
            return await self._identify(data, connection)
        elif op == RESUME:
            return await self._resume(data, connection)
        elif session is None:
            await connection.close(4003)
        elif op == REQUEST_MEMBERS:
            await session.dispatch("GUILD_MEMBERS_CHUNK", self._members(data))
        elif op not in (PRESENCE, 4):
            self._world.violate("gateway-op", f"opcode {op}", STATE_RULES["gateway-op"])
            await connection.close(4001)
        return session

    async def _identify(self, data: Json, connection: Connection) -> Session | None:
        if data.get("token") != self._token:
            await connection.close(4004)
            return None
        intents = data["intents"]
        self._world.intents = intents
        self.identifies.append({key: value for key, value in data.items() if key != "token"})
        if intents & PRIVILEGED & ~self._granted:
            await connection.close(4014)
            return None
        number, count = data.get("shard") or (0, 1)
        if not 0 <= number < count:
            await connection.close(4010)
            return None
        session = Session(intents, (number, count))
        session.connection = connection
        has_guild = self._world.has_bot and session.serves(self._world.guild_id)
        self._sessions[session.id] = session
        guilds = [{"id": str(self._world.guild_id), "unavailable": True}] if has_guild else []
        await session.dispatch(
            "READY",
            {
                "v": 10,
                "user": payloads.current_user(self._world.bot),
                "guilds": guilds,
                "session_id": session.id,
                "resume_gateway_url": "wss://gateway-resume.discord.gg",
                "shard": [number, count],
                "application": {"id": str(self._world.application_id), "flags": 0},
                "private_channels": [],
                "relationships": [],
            },
        )
        if intents & GUILDS and has_guild:
            await session.dispatch("GUILD_CREATE", payloads.guild_create(self._world))
        session.ready = True
        self._world.signal.notify()
        return session

    async def _resume(self, data: Json, connection: Connection) -> Session | None:
        session = self._sessions.get(data.get("session_id", ""))
        if data.get("token") != self._token or session is None:
            await connection.send({"op": INVALID_SESSION, "d": False})
            return None
        if not 0 <= data["seq"] <= session.sequence:
            del self._sessions[session.id]
            await connection.close(4007)
            return None
        self.resumes += 1
        await session.resume_on(connection, after=data["seq"])
        await session.dispatch("RESUMED", {})
        self._world.signal.notify()
        return session

    def _members(self, request: Json) -> Json:
        ids = request.get("user_ids") or []
        wanted = {str(id_) for id_ in (ids if isinstance(ids, list) else [ids])}
        query = request.get("query")
        found = [
            user
            for user in self._world.users.values()
            if str(user.id) in wanted or (query is not None and user.name.startswith(query))
        ]
        return {
            "guild_id": str(self._world.guild_id),
            "members": [payloads.member(user) for user in found],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [],
            "nonce": request.get("nonce"),
        }
