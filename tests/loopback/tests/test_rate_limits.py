"""How much Discord takes."""

from __future__ import annotations


async def test_more_than_50_requests_in_a_second(server, session):
    for _ in range(50):
        async with session.get("users/@me") as answer:
            assert answer.status == 200
    async with session.get("users/@me") as answer:
        assert answer.status == 429
        assert answer.headers["X-RateLimit-Global"] == "true"
        assert 0 < (await answer.json())["retry_after"] <= 1
    server.expect_violation("global-rate")
    async with session.post(f"webhooks/{server.bot.id}/unknown", json={}) as answer:
        assert answer.status == 404
    server.expect_violation("unknown-interaction")
    server.clock.advance(1)
    async with session.get("users/@me") as answer:
        assert answer.status == 200


async def test_more_than_200_new_commands_a_day(server, session):

    async def put(first: int) -> dict:
        names = [f"c{number}" for number in range(first, first + 80)]
        body = [{"name": name, "description": "x", "type": 1} for name in names]
        async with session.put(f"applications/{server.bot.id}/commands", json=body) as answer:
            return await answer.json()

    assert len(await put(0)) == len(await put(0)) == len(await put(80)) == 80
    assert (await put(160))["code"] == 30034
    server.expect_violation("command-creates")
    server.clock.advance(24 * 3600)
    assert len(await put(160)) == 80


async def test_more_than_120_events_in_a_minute(server, session):
    socket = await session.ws_connect("wss://gateway.discord.gg/?v=10&encoding=json")
    for _ in range(121):
        await socket.send_json({"op": 1, "d": None})
    while not socket.closed:
        await socket.receive()
    assert socket.close_code == 4008
    server.expect_violation("gateway-rate")
