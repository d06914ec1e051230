"""The loopback Discord itself, with a small discord.py client that is not patched."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import discord as dpy
import pytest
from discord import app_commands
from discord.ext import commands

from tests.loopback import Interaction, LoopbackDiscord, NotOffered

MESSAGE_CONTENT = 1 << 15


class Pages(dpy.ui.View):
    """A view whose one button counts."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.page = 1

    @dpy.ui.button(label="Next", custom_id="next")
    async def turn(self, interaction: dpy.Interaction, button: dpy.ui.Button) -> None:
        self.page += 1
        await interaction.response.edit_message(content=f"page {self.page}", view=self)


class TinyBot(commands.Bot):
    """Enough commands to touch every part of the loopback."""

    def __init__(self, connector: aiohttp.BaseConnector, **options: object) -> None:
        intents = dpy.Intents(guilds=True, guild_messages=True, dm_messages=True)
        options = {"intents": intents, "allowed_mentions": dpy.AllowedMentions.none(), **options}
        super().__init__(
            commands.when_mentioned,
            connector=connector,
            guild_ready_timeout=0.05,
            help_command=None,
            **options,
        )
        self.errors: list[Exception] = []
        self.held: asyncio.Queue[dpy.Interaction] = asyncio.Queue()
        self.tree.on_error = self.note_error
        for command in (ask, secret, pages, shout, twice, long, upload, reindex, silent, later):
            self.tree.add_command(command)
        self.tree.add_command(dpy.app_commands.ContextMenu(name="Find it", callback=find_it))
        self.tree.add_command(group)

    async def note_error(self, interaction: dpy.Interaction, error: Exception) -> None:
        self.errors.append(getattr(error, "original", error))

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_message(self, message: dpy.Message) -> None:
        if message.author == self.user or not message.content:
            return
        async with message.channel.typing():
            await message.add_reaction("👀")
            sent = await message.reply(f"heard: {message.content}", mention_author=False)
            await sent.edit(content=f"{sent.content}!")


@app_commands.command(description="Ask")
@app_commands.describe(question="What", limit="How many")
async def ask(interaction: dpy.Interaction, question: str, limit: int = 5) -> None:
    await interaction.response.defer()
    await interaction.edit_original_response(content="searching")
    embed = dpy.Embed(title=question, description=f"{limit} of them", url="https://example.org/1")
    embed.add_field(name="who", value=str(interaction.user))
    await interaction.edit_original_response(content=None, embed=embed)
    await interaction.followup.send("and more", ephemeral=True)


@ask.autocomplete("question")
async def suggest(_: dpy.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"{typed}?", value=typed)]


@app_commands.command(description="Only for you")
async def secret(interaction: dpy.Interaction) -> None:
    await interaction.response.send_message("psst", ephemeral=True)


@app_commands.command(name="pages", description="With a button")
async def pages(interaction: dpy.Interaction) -> None:
    await interaction.response.send_message("page 1", view=Pages())


@app_commands.command(description="Mentions everybody")
async def shout(interaction: dpy.Interaction, loud: bool) -> None:
    mentions = dpy.AllowedMentions.all() if loud else dpy.AllowedMentions.none()
    await interaction.response.send_message("@everyone hear", allowed_mentions=mentions)


@app_commands.command(description="Acknowledges twice")
async def twice(interaction: dpy.Interaction) -> None:
    await interaction.response.send_message("one")
    response = dpy.InteractionResponse(interaction)
    await response.send_message("two")


@app_commands.command(description="Says too much")
async def long(interaction: dpy.Interaction, length: int) -> None:
    await interaction.response.defer()
    await interaction.followup.send("x" * length)


@app_commands.command(description="Sends a file")
async def upload(interaction: dpy.Interaction) -> None:
    file = dpy.File(io.BytesIO(b"the report"), "report.txt")
    await interaction.response.send_message("here", file=file)


@app_commands.command(description="For managers")
@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
async def reindex(interaction: dpy.Interaction) -> None:
    allowed = interaction.permissions.manage_guild
    await interaction.response.send_message("done" if allowed else "not allowed")


@app_commands.command(description="Never answers")
async def silent(interaction: dpy.Interaction) -> None:
    pass


@app_commands.command(description="Defers, and answers when told")
async def later(interaction: dpy.Interaction) -> None:
    await interaction.response.defer(ephemeral=True)
    interaction.client.held.put_nowait(interaction)


group = app_commands.Group(name="list", description="Lists")


@group.command(name="newest", description="The newest")
async def newest(interaction: dpy.Interaction, count: int) -> None:
    await interaction.response.send_message(f"newest {count}")


async def find_it(interaction: dpy.Interaction, message: dpy.Message) -> None:
    await interaction.response.send_message(f"found: {message.content}", ephemeral=True)


@contextlib.asynccontextmanager
async def running(discord: LoopbackDiscord, **options: object) -> AsyncIterator[TinyBot]:
    """A client that has logged in and is stopped in the end."""
    bot = TinyBot(discord.connector(), **options)
    task = asyncio.create_task(bot.start(discord.token))
    try:
        waiting = asyncio.create_task(discord.ready())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            waiting.cancel()
            await task
        await waiting
        yield bot
    finally:
        await bot.close()
        with contextlib.suppress(Exception):
            await task


@pytest.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as loopback:
        yield loopback


async def finished(interaction: Interaction, bot: TinyBot) -> Exception:
    """The error with which a command ended."""
    for _ in range(200):
        if bot.errors:
            return bot.errors[-1]
        await asyncio.sleep(0.01)
    raise AssertionError(f"no error from {interaction!r}")


# -- connecting -------------------------------------------------------------------------------


async def test_login_and_commands(discord):
    async with running(discord) as bot:
        assert bot.user.id == discord.bot.id
        registered = await discord.commands_registered()
        assert {"ask", "reindex", "Find it", "list"} <= {each["name"] for each in registered}
        assert discord.command("ask")["id"].isdigit()
        assert discord.intents & MESSAGE_CONTENT == 0
        await bot.wait_until_ready()
        assert bot.guilds[0].text_channels[0].name == "general"
    report = discord.report()
    assert report.routes["PUT /applications/{application_id}/commands"] == 1
    assert report.schema_checked == discord.schema_checked


async def test_wrong_token_fails_the_login(discord):
    async with TinyBot(discord.connector()) as bot:
        with pytest.raises(dpy.LoginFailure):
            await bot.start("another")
    assert discord.violations == []


async def test_https_goes_unencrypted_into_the_socket(discord):
    """aiohttp does not promise that a UnixConnector does no TLS, and all of this rests on it."""
    async with aiohttp.ClientSession(connector=discord.connector()) as session:
        url = "https://discord.com/api/v10/gateway"
        async with session.get(url, headers={"Authorization": f"Bot {discord.token}"}) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"] == "application/json"
    assert discord.requests[0].host == "discord.com"


async def test_privileged_intents_are_not_given_unasked(discord):
    bot = TinyBot(discord.connector(), intents=dpy.Intents.all())
    async with bot:
        with pytest.raises(dpy.PrivilegedIntentsRequired):
            await bot.start(discord.token)
    assert discord.intents & MESSAGE_CONTENT


async def test_a_dropped_session_is_resumed(discord):
    async with running(discord) as bot:
        await discord.gateway.drop(4000)
        said = await discord.mention("while you were away")
        assert "while you were away" in (await said.reply()).content
        assert discord.gateway.resumes == 1
        assert len(discord.gateway.identifies) == 1
        await discord.gateway.ask_to_reconnect()
        assert "opcode 7" in (await (await discord.mention("opcode 7")).reply()).content
        await discord.gateway.invalidate(resumable=True)
        assert "opcode 9" in (await (await discord.mention("opcode 9")).reply()).content
        assert discord.gateway.resumes == 3
        assert not bot.is_closed()


async def test_nothing_is_left_behind():
    async with LoopbackDiscord() as discord:
        directory = Path(discord.socket_path).parent
        async with running(discord) as bot:
            await bot.wait_until_ready()
            assert discord.gateway.open_sockets == 1
        for _ in range(100):
            if not discord.gateway.open_sockets:
                break
            await asyncio.sleep(0.01)
        assert discord.gateway.open_sockets == 0
    assert not directory.exists()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_leaving_closes_open_connections():
    async with LoopbackDiscord() as discord:
        session = aiohttp.ClientSession(connector=discord.connector())
        socket = await session.ws_connect("wss://gateway.discord.gg/?v=10&encoding=json")
        assert (await socket.receive_json())["op"] == 10
        closing = asyncio.create_task(socket.receive())
    assert (await closing).type is aiohttp.WSMsgType.CLOSE
    assert not os.path.exists(discord.socket_path)  # noqa: ASYNC240
    await session.close()


async def test_nobody_to_send_to(discord):
    with pytest.raises(LookupError, match="no command 'ask'"):
        await discord.slash("ask")
    async with running(discord):
        pass
    for _ in range(100):
        if not discord.gateway.has_session:
            break
        await asyncio.sleep(0.01)
    with pytest.raises(RuntimeError, match="no client has identified"):
        await discord.slash("secret")


def test_a_path_too_long_for_a_socket_is_refused_clearly():
    with pytest.raises(ValueError, match="too long for a Unix socket"):
        LoopbackDiscord("/tmp/" + "x" * 110)


# -- interactions -----------------------------------------------------------------------------


async def test_slash_command_defers_then_edits(discord):
    async with running(discord):
        asked = await discord.slash("ask", {"question": "who?", "limit": 2})
        assert await asked.acknowledged() < 3
        assert asked.response.type == 5
        progress = await asked.wait_for(lambda message: message.content == "searching")
        assert progress.revision == 1
        answer = await asked.wait_for(lambda message: bool(message.embeds))
        assert answer.text == f"who?\n2 of them\nwho\n{discord.member.name}"
        assert answer.content == ""
        assert [edit.content for edit in asked.edits] == ["searching", ""]
        assert not asked.ephemeral
        assert (await asked.followup()).ephemeral
        assert asked.message == answer
        assert discord.messages == []


async def test_first_followup_fills_a_deferred_response(discord):
    async with running(discord):
        said = await discord.slash("long", {"length": 3})
        assert (await said.answer()).content == "xxx"
        assert said.followups == []


async def test_ephemeral_and_dm(discord):
    async with running(discord):
        told = await discord.slash("secret", channel="dm", user=discord.manager)
        assert (await told.answer()).content == "psst"
        assert told.ephemeral
        with pytest.raises(TimeoutError, match="no fitting state"):
            await told.wait_for(lambda message: message.content == "never", 0.05)


async def test_subcommand_and_typed_options(discord):
    async with running(discord):
        listed = await discord.slash("list newest", {"count": 3})
        assert (await listed.answer()).content == "newest 3"
        with pytest.raises(NotOffered, match="not of option type"):
            await discord.slash("list newest", {"count": "3"})
        with pytest.raises(NotOffered, match="needs 'count'"):
            await discord.slash("list newest")
        with pytest.raises(NotOffered, match="no option 'nothing'"):
            await discord.slash("list newest", {"count": 3, "nothing": 1})


async def test_permissions_are_a_hint_that_can_be_forged(discord):
    async with running(discord):
        with pytest.raises(NotOffered, match="not offered to mia"):
            await discord.slash("reindex")
        with pytest.raises(NotOffered, match="not offered in DMs"):
            await discord.slash("reindex", user=discord.manager, channel="dm")
        forged = await discord.slash("reindex", forged=True)
        assert (await forged.answer()).content == "not allowed"
        for user in (discord.manager, discord.administrator):
            allowed = await discord.slash("reindex", user=user)
            assert (await allowed.answer()).content == "done"


async def test_autocomplete(discord):
    async with running(discord):
        choices = await discord.autocomplete("ask", "question", "wh")
        assert choices == [{"name": "wh?", "value": "wh"}]
        with pytest.raises(NotOffered):
            await discord.autocomplete("ask", "limit", "1")


async def test_buttons(discord):
    async with running(discord):
        shown = await discord.slash("pages")
        message = await shown.answer()
        assert [button.label for button in message.buttons] == ["Next"]
        clicked = await discord.click(message, "next")
        assert (await clicked.answer()).content == "page 2"
        assert clicked.response.type == 7
        again = await discord.click(shown.message, label="Next", user=discord.manager)
        assert (await again.wait_for(lambda m: m.content == "page 3")).revision == 2
        assert shown.message.content == "page 3"
        with pytest.raises(LookupError, match="no component 'other'"):
            await discord.click(message, "other")


async def test_buttons_that_outlive_a_restart(discord):
    async with running(discord):
        shown = await discord.slash("pages")
        await shown.answer()
    async with running(discord) as restarted:
        restarted.add_view(Pages())
        clicked = await discord.click(shown.message, "next")
        assert (await clicked.answer()).content == "page 2"


async def test_select_ephemeral_and_disabled(discord):
    class Choosing(dpy.ui.View):
        @dpy.ui.select(custom_id="pick", options=[dpy.SelectOption(label="One", value="1")])
        async def pick(self, interaction: dpy.Interaction, select: dpy.ui.Select) -> None:
            select.disabled = True
            await interaction.response.edit_message(content=select.values[0], view=self)

    async with running(discord) as bot:
        asked = await discord.slash("later")
        held = await bot.held.get()
        await held.edit_original_response(content="which?", view=Choosing())
        with pytest.raises(NotOffered, match="does not see"):
            await discord.click(asked.message, "pick", values=["1"], user=discord.manager)
        picked = await discord.click(asked.message, "pick", values=["1"])
        assert (await picked.answer()).content == "1"
        with pytest.raises(NotOffered, match="disabled"):
            await discord.click(asked.message, "pick", values=["1"])
        await held.delete_original_response()
        assert asked.message.deleted


async def test_a_layout_of_components(discord):
    class Layout(dpy.ui.LayoutView):
        box = dpy.ui.Container(dpy.ui.TextDisplay("hello <@1>"), dpy.ui.Separator())
        row = dpy.ui.ActionRow(dpy.ui.Button(label="Open", url="https://example.org"))

    async with running(discord) as bot:
        asked = await discord.slash("later")
        held = await bot.held.get()
        await held.edit_original_response(view=Layout())
        assert asked.message.text == "hello <@1>"
        assert asked.message.button("Open").url == "https://example.org"
        with pytest.raises(dpy.HTTPException, match="content"):
            await held.edit_original_response(content="and text")
    discord.expect_violation("components-v2-alone")


async def test_many_at_once(discord):
    async with running(discord):
        sent = [await discord.slash("secret") for _ in range(200)]
        answers = await asyncio.gather(*(one.answer() for one in sent))
        assert {answer.content for answer in answers} == {"psst"}
        assert max(one.acknowledged_after for one in sent) < 3


async def test_message_menu_gives_the_content(discord):
    async with running(discord):
        said = await discord.say("between us")
        found = await discord.menu("Find it", said)
        assert (await found.answer()).content == "found: between us"
        assert said.replies == []


async def test_uploads(discord):
    async with running(discord):
        sent = await discord.slash("upload")
        await sent.answer()
        (attachment,) = sent.attachments
        assert (attachment.filename, attachment.text) == ("report.txt", "the report")


async def test_pings_are_seen(discord):
    async with running(discord):
        quiet = await discord.slash("shout", {"loud": False})
        assert (await quiet.answer()).pings == ()
        loud = await discord.slash("shout", {"loud": True})
        assert (await loud.answer()).pings == ("@everyone",)


# -- messages ---------------------------------------------------------------------------------


async def test_mention_and_reply(discord):
    async with running(discord):
        said = await discord.mention("hello")
        heard = await said.reply()
        assert heard.content == f"heard: {discord.bot.mention} hello"
        assert heard.reference == said.message.id
        assert not heard.pings_author
        edited = await said.wait_for(lambda message: message.content.endswith("!"))
        assert edited.revision == 1
        assert discord.messages == [edited]
        assert discord.typing == [discord.channel.id]
        assert discord.reactions == [(said.message.id, "👀")]
        answer = await discord.say("go on", reply_to=edited)
        assert (await answer.reply()).content == "heard: go on"


async def test_content_is_blank_without_a_mention(discord):
    async with running(discord):
        overheard = await discord.say("not for the bot")
        direct = await discord.say("for the bot", channel="dm")
        assert (await direct.reply()).content == "heard: for the bot"
        assert overheard.replies == []


# -- what Discord refuses ---------------------------------------------------------------------


async def test_acknowledging_twice_is_a_violation(discord):
    async with running(discord) as bot:
        error = await finished(await discord.slash("twice"), bot)
        assert isinstance(error, dpy.HTTPException)
        assert (error.status, error.code) == (400, 40060)
    assert discord.expect_violation("ack-once").source.startswith("/topics")
    assert discord.violations == []


async def test_too_long_a_message_fails_the_test():
    async def run() -> None:
        async with LoopbackDiscord() as discord, running(discord) as bot:
            error = await finished(await discord.slash("long", {"length": 2001}), bot)
            assert (error.status, error.code) == (400, 50035)
            assert "content" in str(error)

    with pytest.raises(AssertionError, match=r"Discord would not take this:\n.*2000"):
        await run()


async def test_the_bodys_error_is_kept_and_violations_are_added_to_it():
    async def run() -> None:
        async with LoopbackDiscord() as discord, running(discord) as bot:
            await finished(await discord.slash("twice"), bot)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        await run()
    assert "ack-once" in caught.value.__notes__[0]


async def test_late_acknowledgement(discord):
    async with running(discord) as bot:
        late = asyncio.Event()

        async def check(_: dpy.Interaction) -> bool:
            await late.wait()
            return True

        bot.tree.interaction_check = check
        asked = await discord.slash("secret")
        discord.clock.advance(3.1)
        late.set()
        error = await finished(asked, bot)
        assert isinstance(error, dpy.NotFound)
        assert error.code == 10062
        await discord.violated("ack-deadline")


async def test_no_acknowledgement_at_all():
    async def run() -> None:
        async with LoopbackDiscord() as discord, running(discord):
            await discord.slash("silent")
            discord.clock.advance(4)

    with pytest.raises(AssertionError, match=r"ack-deadline.*silent"):
        await run()


async def test_token_of_15_minutes(discord):
    async with running(discord) as bot:
        asked = await discord.slash("later")
        held = await bot.held.get()
        discord.clock.advance(14 * 60)
        await held.edit_original_response(content="just so")
        discord.clock.advance(61)
        with pytest.raises(dpy.HTTPException) as caught:
            await held.edit_original_response(content="too late")
        assert (caught.value.status, caught.value.code) == (401, 50027)
        assert asked.message.content == "just so"
        assert asked.ephemeral
    discord.expect_violation("token-lifetime")


async def test_unknown_routes_are_violations(discord):
    async with running(discord) as bot:
        await bot.wait_until_ready()
        with pytest.raises(dpy.NotFound):
            await bot.guilds[0].fetch_emojis()
    assert "/emojis" in discord.expect_violation("unknown-route").request


async def test_the_description_is_used_where_it_is_there(discord):
    if not discord.schema_checked:
        pytest.skip("no API description (DISCORD_OPENAPI)")
    async with running(discord) as bot:
        await discord.slash("later")
        held = await bot.held.get()
        embed = dpy.Embed(title="t" * 257)
        with pytest.raises(dpy.HTTPException, match=r"embeds\.0\.title"):
            await held.edit_original_response(embed=embed)
        assert discord.expect_violation("schema").detail.startswith("embeds.0.title")
        label = dpy.ui.View().add_item(dpy.ui.Button(label="x" * 81))
        with pytest.raises(dpy.HTTPException, match="components"):
            await held.edit_original_response(content="x", view=label)
        assert "components.0.components.0.label" in discord.expect_violation("schema").detail


async def test_faults_can_answer_instead(discord):
    async def faults(request):
        if request.route and request.route.endswith("/callback"):
            body = {"message": "Missing Access", "code": 50001}
            return aiohttp.web.json_response(body, status=403)
        return None

    async with running(discord) as bot:
        discord.faults = faults
        error = await finished(await discord.slash("secret"), bot)
        assert isinstance(error, dpy.Forbidden)
