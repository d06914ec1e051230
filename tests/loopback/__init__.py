"""A Discord on loopback: enough of Discord's API, on a Unix socket, to test a real client.

The client under test is not patched. It gets an ``aiohttp.UnixConnector`` and believes that it
speaks with discord.com; every request it makes is checked against Discord's own API description
and against the rules that the description does not express.

A test with it:

    async with LoopbackDiscord() as discord:
        client = build_bot(settings, connector=discord.connector)
        running = asyncio.create_task(client.start(discord.token))
        await discord.ready()
        asked = await discord.slash("ask", {"question": "When does it open?"})
        answer = await asked.answer()
        assert "in May" in answer.text
        await client.close()
        await running

The modules:

    server.py       LoopbackDiscord: starts, stops, and is what a test talks to
    offering.py     what Discord's own client lets people do, and how it sends it
    modals.py       what Discord refuses of a modal, and how one is filled in
    gateway.py      the WebSocket: IDENTIFY, heartbeats, RESUME, events
    rest.py         the HTTP routes
    limits.py       rate limits, and requests that are not served
    rules.py        what Discord refuses and its API description does not say
    description.py  bodies against Discord's API description
    world.py        the state: people, channels, messages, commands, the clock
    recording.py    what a test holds after an interaction or a message
    records.py      the values that are recorded
    payloads.py     records as Discord's JSON
    report.py       what was covered
"""

from .recording import Interaction, NotOffered, Said
from .records import Attachment, Button, Channel, Message, Person, Request, Violation
from .report import Report, Totals
from .server import LoopbackDiscord
from .world import Clock

__all__ = [
    "Attachment",
    "Button",
    "Channel",
    "Clock",
    "Interaction",
    "LoopbackDiscord",
    "Message",
    "NotOffered",
    "Person",
    "Report",
    "Request",
    "Said",
    "Totals",
    "Violation",
]
