"""What Discord would refuse fails the test; and failures that a test asks for."""

from __future__ import annotations

import asyncio

import aiohttp
import aiohttp.web
import discord
import pytest

from .. import LoopbackDiscord
from .bots import command_error, running


async def test_acknowledging_twice_is_a_violation(server):
    async with running(server) as bot:
        error = await command_error(await server.slash("twice"), bot)
        assert isinstance(error, discord.HTTPException)
        assert (error.status, error.code) == (400, 40060)
    assert server.expect_violation("ack-once").source.startswith("/topics")
    assert server.violations == []


async def test_too_long_a_message_fails_the_test():
    async def run() -> None:
        async with LoopbackDiscord() as server, running(server) as bot:
            error = await command_error(await server.slash("long", {"length": 2001}), bot)
            assert (error.status, error.code) == (400, 50035)
            assert "content" in str(error)

    with pytest.raises(AssertionError, match=r"Discord would have refused this:\n.*2000"):
        await run()


async def test_the_bodys_error_is_kept_and_violations_are_added_to_it():
    async def run() -> None:
        async with LoopbackDiscord() as server, running(server) as bot:
            await command_error(await server.slash("twice"), bot)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        await run()
    assert "ack-once" in caught.value.__notes__[0]


async def test_late_acknowledgement(server):
    async with running(server) as bot:
        late = asyncio.Event()

        async def check(_: discord.Interaction) -> bool:
            await late.wait()
            return True

        bot.tree.interaction_check = check
        asked = await server.slash("secret")
        server.clock.advance(3.1)
        late.set()
        error = await command_error(asked, bot)
        assert isinstance(error, discord.NotFound)
        assert error.code == 10062
        await server.violated("ack-deadline")


async def test_no_acknowledgement_at_all():
    async def run() -> None:
        async with LoopbackDiscord() as server, running(server):
            await server.slash("silent")
            server.clock.advance(4)

    with pytest.raises(AssertionError, match=r"ack-deadline.*silent"):
        await run()


async def test_token_of_15_minutes(server):
    async with running(server) as bot:
        asked = await server.slash("later")
        held = await bot.held.get()
        server.clock.advance(14 * 60)
        await held.edit_original_response(content="just so")
        server.clock.advance(61)
        with pytest.raises(discord.HTTPException) as caught:
            await held.edit_original_response(content="too late")
        assert (caught.value.status, caught.value.code) == (401, 50027)
        assert asked.message.content == "just so"
        assert asked.ephemeral
    server.expect_violation("token-lifetime")


async def test_unknown_routes_are_violations(server):
    async with running(server) as bot:
        await bot.wait_until_ready()
        with pytest.raises(discord.NotFound):
            await bot.guilds[0].fetch_emojis()
    assert "/emojis" in server.expect_violation("unknown-route").request


async def test_the_description_is_used_where_it_is_there(server):
    if not server.schema_checked:
        pytest.skip(
            "needs Discord's API description: name a copy of its openapi.json in DISCORD_OPENAPI"
        )
    async with running(server) as bot:
        await server.slash("later")
        held = await bot.held.get()
        embed = discord.Embed(title="t" * 257)
        with pytest.raises(discord.HTTPException, match=r"embeds\.0\.title"):
            await held.edit_original_response(embed=embed)
        assert server.expect_violation("schema").detail.startswith("embeds.0.title")
        label = discord.ui.View().add_item(discord.ui.Button(label="x" * 81))
        with pytest.raises(discord.HTTPException, match="components"):
            await held.edit_original_response(content="x", view=label)
        assert "components.0.components.0.label" in server.expect_violation("schema").detail


async def test_faults_can_answer_instead(server):
    async def faults(request):
        if request.route and request.route.endswith("/callback"):
            body = {"message": "Missing Access", "code": 50001}
            return aiohttp.web.json_response(body, status=403)
        return None

    async with running(server) as bot:
        server.intercept = faults
        error = await command_error(await server.slash("secret"), bot)
        assert isinstance(error, discord.Forbidden)


@pytest.mark.parametrize("scope", ["user", "global", "shared"])
async def test_rate_limited_once(server, scope):
    async with running(server) as bot:
        await bot.wait_until_ready()
        route = "POST /channels/{channel_id}/messages"
        refusal = server.fail_once(route, 429, retry_after=0.1, scope=scope)
        await bot.get_channel(server.channel.id).send("patience")
        assert [message.content for message in server.messages] == ["patience"]
        assert server.report().routes[route] == 2
        assert refusal.request.body["content"] == "patience"
        hook = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
        server.fail_once(hook, 429, retry_after=0.1, scope=scope)
        asked = await server.slash("ask", {"question": "who?"})
        assert (await asked.wait_for(lambda message: bool(message.embeds))).embeds


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_refused_once(server, status):
    async with running(server) as bot:
        await bot.wait_until_ready()
        place = bot.get_channel(server.channel.id)
        server.fail_once("/channels/{channel_id}/messages", status)
        if status == 503:
            with pytest.raises(discord.DiscordServerError):
                await place.send("at once")
        else:
            await place.send("at the second attempt")
            assert len(server.messages) == 1
        server.fail_once(lambda request: request.path.endswith("/callback"), status)
        asked = await server.slash("secret")
        assert (await asked.answer()).content == "psst"
        assert 1 < asked.acknowledged_after < 3
        with pytest.raises(LookupError, match="no route '/channels'"):
            server.fail_once("/channels")
