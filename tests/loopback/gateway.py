"""The gateway: the WebSocket that brings events (/events/gateway)."""

from __future__ import annotations

import asyncio
import json
import secrets
import zlib
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from . import payloads
from .limits import Window
from .records import Json
from .rules import STATE_RULES
from .world import World

GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
"""Intents (/events/gateway#gateway-intents)."""
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
"""Intents that Discord gives only where they were switched on: members, presences, content."""

EVENTS_PER_MINUTE = 120
HEARTBEAT_TOLERANCE = 0.25
"""How much later than agreed a heartbeat may come, as a part of the interval."""
ENDED_SESSION = frozenset({4007, 4009})
"""Close codes after which a new session is needed (/topics/opcodes-and-status-codes#gateway)."""

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT = 0, 1, 2, 3, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11


class Connection:
    """One WebSocket; ``zlib-stream`` where the client asked for it, plain text otherwise."""

    def __init__(self, socket: web.WebSocketResponse, *, compressed: bool) -> None:
        self._socket = socket
        self._deflate = zlib.compressobj() if compressed else None
        self._turn = asyncio.Lock()
        self.closed_here = False
        self.received = Window(EVENTS_PER_MINUTE, 60.0)
        self.heartbeat = asyncio.Event()

    async def send(self, payload: Json) -> None:
        text = json.dumps(payload)
        async with self._turn:
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

    async def close(self, code: int) -> None:
        self.closed_here = True
        await self._socket.close(code=code)


class Session:
    """What outlives a connection: numbered events, to be replayed on RESUME."""

    def __init__(self, intents: int, shard: tuple[int, int]) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.shard = shard
        """Which one of how many (/events/gateway#sharding)."""
        self.connection: Connection | None = None
        self.ready = False
        self.expected_back = False
        """Whether the connection ended, or soon will, by the loopback's doing."""
        self._log: list[Json] = []

    @property
    def is_live(self) -> bool:
        return self.ready and (self.connection is not None or self.expected_back)

    @property
    def sequence(self) -> int:
        """The number of the last event."""
        return len(self._log)

    def serves(self, guild_id: int) -> bool:
        """Whether events of that guild (0: of none) go to this shard."""
        number, of = self.shard
        return number == (guild_id >> 22) % of

    async def dispatch(self, event: str, data: Any) -> None:
        payload = {"op": DISPATCH, "t": event, "s": self.sequence + 1, "d": data}
        self._log.append(payload)
        if self.connection is not None:
            await self.connection.send(payload)

    async def resume_on(self, connection: Connection, after: int) -> None:
        """Send what came after that number, and what comes meanwhile, before anything new."""
        while after < self.sequence:
            await connection.send(self._log[after])
            after += 1
        self.connection, self.expected_back = connection, False


class Gateway:
    """Accepts clients, and sends them the events that their intents ask for."""

    def __init__(
        self,
        world: World,
        token: str,
        *,
        privileged_intents: int,
        heartbeat_interval: float,
        shards: int,
    ) -> None:
        self.shards = shards
        self.heartbeat_times: list[float] = []
        """When each heartbeat came, by the loopback's clock."""
        self.identifies: list[Json] = []
        """The data of every IDENTIFY, with the token left out."""
        self.resumes = 0
        self.undelivered: list[str] = []
        """Events that no session's intents asked for."""
        self._world = world
        self._token = token
        self._granted = privileged_intents
        self._heartbeat_interval = heartbeat_interval
        self._sessions: dict[str, Session] = {}
        self._sockets: set[web.WebSocketResponse] = set()

    @property
    def open_sockets(self) -> int:
        return len(self._sockets)

    @property
    def heartbeats(self) -> int:
        return len(self.heartbeat_times)

    @property
    def is_ready(self) -> bool:
        """Whether a client is there, with every one of its shards."""
        ready = {each.shard for each in self._sessions.values() if each.ready and each.connection}
        return any(len(ready) == of for _, of in ready)

    @property
    def has_session(self) -> bool:
        """Whether somebody will get an event, if only after a RESUME."""
        return any(each.is_live for each in self._sessions.values())

    async def dispatch(self, event: str, data: Any, intent: int = 0) -> None:
        """Send an event to every session that asked for ``intent`` (0: to all).

        Of several shards only one serves the event's guild. A session without a connection keeps
        the event for a RESUME.
        """
        self._world.events[event] += 1
        guild_id = int(data.get("guild_id") or 0)
        sessions = [s for s in self._sessions.values() if s.ready and s.serves(guild_id)]
        asking = [each for each in sessions if not intent or each.intents & intent]
        if not any(each.is_live for each in asking):
            self.undelivered.append(event)
        for session in asking:
            await session.dispatch(event, data)

    # -- faults that a test may ask for -------------------------------------------------------

    async def drop(self, code: int = WSCloseCode.GOING_AWAY) -> None:
        """Close every connection with that code; after most codes, sessions can be resumed."""
        for session in list(self._sessions.values()):
            if session.connection is not None:
                session.expected_back = code not in ENDED_SESSION
                await self._end(session.connection, code)

    async def ask_to_reconnect(self) -> None:
        """Opcode 7: the client shall reconnect and resume."""
        for session in self._sessions.values():
            if session.connection is not None:
                session.expected_back = True
                await session.connection.send({"op": RECONNECT, "d": None})

    async def invalidate(self, *, resumable: bool) -> None:
        """Opcode 9: the session is not valid, though it may be ``resumable``."""
        for session in list(self._sessions.values()):
            if session.connection is not None:
                session.expected_back = resumable
                await session.connection.send({"op": INVALID_SESSION, "d": resumable})
            if not resumable:
                del self._sessions[session.id]

    async def close(self) -> None:
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    # -- one connection -----------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.StreamResponse:
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
                if not await self._is_slow_enough(connection):
                    break
                session = await self._receive(json.loads(frame.data), connection, session)
        finally:
            watching.cancel()
            self._sockets.discard(socket)
            if session is not None and session.connection is connection:
                session.connection = None
                if socket.close_code in (1000, 1001) and not connection.closed_here:
                    # The client closed for good: the session ends (/events/gateway#disconnecting).
                    self._sessions.pop(session.id, None)
        return socket

    async def _watch(self, connection: Connection) -> None:
        """Close a connection on which a heartbeat is overdue."""
        within = self._heartbeat_interval * (1 + HEARTBEAT_TOLERANCE)
        while True:
            self._world.ask("heartbeat")
            connection.heartbeat.clear()
            try:
                await asyncio.wait_for(connection.heartbeat.wait(), within)
            except TimeoutError:
                detail = f"none within {within:.1f} s"
                self._world.violate("heartbeat", detail, STATE_RULES["heartbeat"])
                await self._end(connection, 4009)
                return

    async def _is_slow_enough(self, connection: Connection) -> bool:
        self._world.ask("gateway-rate")
        if not connection.received.take(self._world.clock()):
            return True
        detail = f"more than {EVENTS_PER_MINUTE} events within 60 s"
        self._world.violate("gateway-rate", detail, STATE_RULES["gateway-rate"])
        await connection.close(4008)
        return False

    async def _end(self, connection: Connection, code: int) -> None:
        """Close a connection, and its session with it where the code says so."""
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
        self._world.ask("gateway-op")
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
        number, of = data.get("shard") or (0, 1)
        if not 0 <= number < of:
            await connection.close(4010)
            return None
        session = Session(intents, (number, of))
        session.connection = connection
        here = session.serves(self._world.guild_id)
        self._sessions[session.id] = session
        await session.dispatch(
            "READY",
            {
                "v": 10,
                "user": payloads.current_user(self._world.bot),
                "guilds": [{"id": str(self._world.guild_id), "unavailable": True}] if here else [],
                "session_id": session.id,
                "resume_gateway_url": "wss://gateway-resume.discord.gg",
                "shard": [number, of],
                "application": {"id": str(self._world.application_id), "flags": 0},
                "private_channels": [],
                "relationships": [],
            },
        )
        if intents & GUILDS and here:
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

    def _members(self, asked: Json) -> Json:
        ids = asked.get("user_ids") or []
        wanted = {str(one) for one in (ids if isinstance(ids, list) else [ids])}
        query = asked.get("query")
        found = [
            person
            for person in self._world.people.values()
            if str(person.id) in wanted or (query is not None and person.name.startswith(query))
        ]
        return {
            "guild_id": str(self._world.guild_id),
            "members": [payloads.member(person) for person in found],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [],
            "nonce": asked.get("nonce"),
        }
