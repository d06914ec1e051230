"""The loopback Discord itself, with a small discord.py client that is not patched."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import discord as dpy
import pytest
from discord import app_commands
from discord.ext import commands

from tests.loopback import Interaction, LoopbackDiscord, NotOffered, Totals

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
        for command in (
            ask,
            secret,
            pages,
            shout,
            twice,
            long,
            upload,
            reindex,
            silent,
            later,
            feedback,
            where,
            anywhere,
            mine,
        ):
            self.tree.add_command(command)
        self.tree.add_command(dpy.app_commands.ContextMenu(name="Find it", callback=find_it))
        self.tree.add_command(group)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait the 5 seconds that are due before another IDENTIFY."""

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


class Shards(TinyBot, commands.AutoShardedBot):
    """The same on as many connections as Discord asks for."""


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


class Feedback(dpy.ui.Modal, title="Feedback"):
    """One input of each kind that a person can fill in."""

    note = dpy.ui.TextDisplay("Tell us")
    words = dpy.ui.Label(
        text="What",
        description="In a few words",
        component=dpy.ui.TextInput(custom_id="words", min_length=2, max_length=10),
    )
    mark = dpy.ui.Label(
        text="How good",
        component=dpy.ui.Select(
            custom_id="mark", options=[dpy.SelectOption(label=each) for each in ("good", "bad")]
        ),
    )
    who = dpy.ui.Label(
        text="Whom it is about",
        component=dpy.ui.UserSelect(custom_id="who", required=False, min_values=0),
    )
    old = dpy.ui.TextInput(custom_id="old", label="In a row", required=False, default="as before")

    async def on_submit(self, interaction: dpy.Interaction) -> None:
        people = [str(user) for user in self.who.component.values]
        heard = [self.words.component.value, *self.mark.component.values, *people, self.old.value]
        await interaction.response.send_message(" ".join(heard))


class Rename(dpy.ui.Modal, title="Rename"):
    name = dpy.ui.Label(text="Name", component=dpy.ui.TextInput(custom_id="name"))

    async def on_submit(self, interaction: dpy.Interaction) -> None:
        await interaction.response.edit_message(content=f"named {self.name.component.value}")


class Renaming(dpy.ui.View):
    @dpy.ui.button(label="Rename", custom_id="rename")
    async def rename(self, interaction: dpy.Interaction, button: dpy.ui.Button) -> None:
        await interaction.response.send_modal(Rename(custom_id="rename"))


@app_commands.command(description="With a modal")
async def feedback(interaction: dpy.Interaction) -> None:
    await interaction.response.send_modal(Feedback(custom_id="feedback"))


@app_commands.command(description="Where, and in which languages")
async def where(
    interaction: dpy.Interaction, place: dpy.TextChannel | dpy.Thread | None = None
) -> None:
    chosen = f"{place.mention} of {place.type}" if place else "nowhere"
    here = interaction.channel
    told = f"{chosen}, from {here} of {here.type}, {interaction.locale}"
    may_write = interaction.app_permissions.send_messages
    await interaction.response.send_message(f"{told}/{interaction.guild_locale}, {may_write}")


@app_commands.command(description="Tells by whose installation it is there")
@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
async def anywhere(interaction: dpy.Interaction, more: int = 0) -> None:
    by_guild = interaction.is_guild_integration()
    told = f"{interaction.channel} of {interaction.guild_id}, by {'guild' if by_guild else 'user'}"
    view = dpy.ui.View()
    view.add_item(dpy.ui.Button(label="Again", custom_id="again"))
    await interaction.response.send_message(told, view=view)
    for number in range(more):
        await interaction.followup.send(f"and {number}", ephemeral=True)


@app_commands.command(description="For those who installed it only")
@app_commands.allowed_installs(guilds=False, users=True)
async def mine(interaction: dpy.Interaction) -> None:
    by_user = interaction.is_user_integration()
    await interaction.response.send_message(f"mine {by_user}")


group = app_commands.Group(name="list", description="Lists")


@group.command(name="newest", description="The newest")
async def newest(interaction: dpy.Interaction, count: int) -> None:
    await interaction.response.send_message(f"newest {count}")


async def find_it(interaction: dpy.Interaction, message: dpy.Message) -> None:
    await interaction.response.send_message(f"found: {message.content}", ephemeral=True)


@contextlib.asynccontextmanager
async def running(
    discord: LoopbackDiscord, kind: type[TinyBot] = TinyBot, **options: object
) -> AsyncIterator[TinyBot]:
    """A client that has logged in and is stopped in the end."""
    bot = kind(discord.connector(), **options)
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


async def eventually(look: Callable[[], Any], failing: str = "nothing came of it") -> Any:
    """What ``look`` finds before 2 seconds have passed."""
    for _ in range(200):
        if found := look():
            return found
        await asyncio.sleep(0.01)
    raise AssertionError(failing)


async def finished(interaction: Interaction, bot: TinyBot) -> Exception:
    """The error with which a command ended."""
    return await eventually(lambda: bot.errors and bot.errors[-1], f"no error from {interaction!r}")


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


async def test_reports_add_up():
    totals = Totals()
    for _ in range(2):
        async with LoopbackDiscord(totals=totals) as discord, running(discord):
            await (await discord.slash("secret")).answer()
    one, both = totals.reports[0], totals.report
    assert (one.syncs, both.syncs, both.violations) == (1, 2, 0)
    assert both.requests == sum(report.requests for report in totals.reports)
    assert "modal-size" in one.unasked
    assert "ack-once" not in one.unasked
    lines = totals.lines()
    assert lines[:2] == ["runs: 2", f"requests: {both.requests}, of them 2 command syncs"]
    assert "  POST /interactions/{interaction_id}/{interaction_token}/callback: 2" in lines
    assert any(line.startswith("  never modal-size (/interactions/") for line in lines)


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


@pytest.mark.parametrize("code", [1000, 4000, 4001, 4008])
async def test_what_came_meanwhile_is_replayed(discord, code):
    async with running(discord) as bot:
        await bot.wait_until_ready()
        await discord.gateway.drop(code)
        said = [await discord.say(text, channel="dm") for text in ("one", "two", "three")]
        heard = [(await each.reply()).content for each in said]
        assert heard == ["heard: one", "heard: two", "heard: three"]
        assert (discord.gateway.resumes, len(discord.gateway.identifies)) == (1, 1)


@pytest.mark.parametrize("code", [4007, 4009])
async def test_some_codes_end_the_session(discord, code):
    async with running(discord) as bot:
        await discord.gateway.drop(code)
        await discord.ready()
        assert (discord.gateway.resumes, len(discord.gateway.identifies)) == (0, 2)
        assert (await (await discord.slash("secret")).answer()).content == "psst"
        assert not bot.is_closed()


async def test_an_invalid_session_is_identified_anew(discord):
    async with running(discord):
        await discord.gateway.invalidate(resumable=False)
        await discord.ready()
        assert (discord.gateway.resumes, len(discord.gateway.identifies)) == (0, 2)
        assert (await (await discord.slash("secret")).answer()).content == "psst"


async def test_heartbeats_are_kept_up():
    async with LoopbackDiscord(heartbeat_interval=0.8) as discord, running(discord):
        await eventually(lambda: discord.gateway.heartbeats >= 3)
        times = discord.gateway.heartbeat_times
        assert all(0.6 < later - earlier < 1 for earlier, later in pairwise(times))


async def test_a_missed_heartbeat_ends_the_session():
    async with LoopbackDiscord(heartbeat_interval=0.8) as discord, running(discord) as bot:
        bot.ws._keep_alive.stop()
        violation = await discord.violated("heartbeat")
        assert violation.source == "/events/gateway#sending-heartbeats"
        await discord.ready()
        assert len(discord.gateway.identifies) == 2


async def test_a_wrong_sequence_is_not_resumed(discord):
    async with requesting(discord) as session:

        async def connect(op: int, **data: object) -> aiohttp.ClientWebSocketResponse:
            socket = await session.ws_connect("wss://gateway.discord.gg/?v=10&encoding=json")
            await socket.receive_json()
            await socket.send_json({"op": op, "d": {"token": discord.token, **data}})
            return socket

        socket = await connect(2, intents=0)
        ready = (await socket.receive_json())["d"]
        await socket.close(code=4000)
        again = await connect(6, session_id=ready["session_id"], seq=7)
        assert (await again.receive()).data == 4007
        gone = await connect(6, session_id=ready["session_id"], seq=1)
        assert await gone.receive_json() == {"op": 9, "d": False}
        wrong = await connect(2, intents=0, shard=[2, 2])
        assert (await wrong.receive()).data == 4010


async def test_several_shards():
    async with LoopbackDiscord(shards=2) as discord, running(discord, Shards) as bot:
        await bot.wait_until_ready()
        assert [each["shard"] for each in discord.gateway.identifies] == [[0, 2], [1, 2]]
        (guild,) = bot.guilds
        assert guild.shard_id == (guild.id >> 22) % 2
        assert (await (await discord.slash("secret")).answer()).content == "psst"
        assert (await (await discord.slash("secret", channel="dm")).answer()).content == "psst"
        assert (await (await discord.mention("hello")).reply()).content.endswith("hello")
        assert (await (await discord.say("hello", channel="dm")).reply()).content == "heard: hello"
        await discord.gateway.drop(4000)
        assert (await (await discord.slash("secret")).answer()).content == "psst"
        await eventually(lambda: discord.gateway.resumes == 2)


async def test_nothing_is_left_behind():
    async with LoopbackDiscord() as discord:
        directory = Path(discord.socket_path).parent
        async with running(discord) as bot:
            await bot.wait_until_ready()
            assert discord.gateway.open_sockets == 1
        await eventually(lambda: not discord.gateway.open_sockets)
    assert not directory.exists()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_leaving_closes_open_connections():
    async with LoopbackDiscord() as discord:
        session = aiohttp.ClientSession(connector=discord.connector())
        socket = await session.ws_connect("wss://gateway.discord.gg/?v=10&encoding=json")
        assert (await socket.receive_json())["op"] == 10
        closing = asyncio.create_task(socket.receive())
    assert (await closing).type is aiohttp.WSMsgType.CLOSE
    assert not os.path.exists(discord.socket_path)
    await session.close()


async def test_nobody_to_send_to(discord):
    with pytest.raises(LookupError, match="no command 'ask'"):
        await discord.slash("ask")
    async with running(discord):
        pass
    await eventually(lambda: not discord.gateway.has_session)
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


async def test_a_layout_with_media(discord):
    def layout() -> dpy.ui.LayoutView:
        picture = dpy.ui.MediaGallery(dpy.MediaGalleryItem("attachment://chart.png"))
        thumbnail = dpy.ui.Thumbnail("attachment://chart.png", description="a chart")
        section = dpy.ui.Section(dpy.ui.TextDisplay("the chart"), accessory=thumbnail)
        file = dpy.ui.File("attachment://table.csv")
        box = dpy.ui.Container(section, picture, accent_color=dpy.Color.blue())
        view = dpy.ui.LayoutView()
        return view.add_item(box).add_item(file)

    async with running(discord) as bot:
        asked = await discord.slash("later")
        held = await bot.held.get()
        files = [dpy.File(io.BytesIO(b"x"), name) for name in ("chart.png", "table.csv")]
        sent = await held.edit_original_response(view=layout(), attachments=files)
        gallery = sent.components[0].children[1]
        assert gallery.items[0].media.url == sent.attachments[0].url
        assert gallery.items[0].media.content_type == "image/png"
        assert (sent.components[1].name, sent.components[1].size) == ("table.csv", 1)
        assert asked.message.text == "the chart"
        again = await held.edit_original_response(view=layout())
        assert len(again.attachments) == 2
        with pytest.raises(dpy.HTTPException, match=r"chart\.png' was not found"):
            await held.edit_original_response(view=layout(), attachments=[])
    discord.expect_violation("media-urls")


async def test_a_modal_is_filled_in(discord):
    async with running(discord):
        asked = await discord.slash("feedback")
        await asked.acknowledged()
        assert (asked.modal["title"], asked.modal["custom_id"]) == ("Feedback", "feedback")
        sent = await discord.submit(
            asked, {"words": "well done", "mark": "good", "who": [discord.manager]}
        )
        assert (await sent.answer()).content == "well done good max as before"
        assert sent.parent is asked
        with pytest.raises(NotOffered, match="sent already"):
            await discord.submit(asked, {"words": "again", "mark": "bad"})
        another = await discord.slash("feedback")
        sent = await discord.submit(another, {"words": "no", "mark": "bad", "old": ""})
        assert (await sent.answer()).text == "no bad "


async def test_a_modal_that_cannot_be_sent(discord):
    async with running(discord):
        plain = await discord.slash("secret")
        with pytest.raises(NotOffered, match="shows no modal"):
            await discord.submit(plain, {})
        asked = await discord.slash("feedback")
        for answers, problem in [
            ({"mark": "good"}, "needs 'words'"),
            ({"words": "x", "mark": "good"}, "2 to 10 characters"),
            ({"words": "x" * 11, "mark": "good"}, "2 to 10 characters"),
            ({"words": "fine"}, "takes 1 to 1 values, not 0"),
            ({"words": "fine", "mark": "middling"}, "has no"),
            ({"words": "fine", "mark": "good", "other": "x"}, "the modal has no"),
        ]:
            with pytest.raises(NotOffered, match=problem):
                await discord.submit(asked, answers)
        with pytest.raises(NotOffered, match="does not see this modal"):
            await discord.submit(asked, {"words": "a b", "mark": "bad"}, user=discord.manager)
        forged = await discord.submit(asked, {"words": "x" * 11, "mark": "bad"}, forged=True)
        assert (await forged.answer()).content == "xxxxxxxxxxx bad as before"


async def test_a_modal_of_a_button_edits_its_message(discord):
    async with running(discord) as bot:
        asked = await discord.slash("later")
        held = await bot.held.get()
        await held.edit_original_response(content="unnamed", view=Renaming())
        clicked = await discord.click(asked.message, label="Rename")
        sent = await discord.submit(clicked, {"name": "Ada"})
        assert (await sent.answer()).content == "named Ada"
        assert (sent.response.type, asked.message.content) == (7, "named Ada")


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


# -- people and places ------------------------------------------------------------------------


async def test_people_with_languages(discord):
    discord.guild_locale = "fr"
    async with running(discord) as bot:
        await bot.wait_until_ready()
        assert bot.guilds[0].preferred_locale is dpy.Locale.french
        berta = discord.new_person("berta", locale="de")
        asked = await discord.slash("where", user=berta)
        assert (await asked.answer()).content == "nowhere, from general of text, de/fr, True"
        with pytest.raises(NotOffered):
            await discord.slash("reindex", user=berta)
        ruler = discord.new_person("rosa", permissions=dpy.Permissions.all().value)
        assert (await (await discord.slash("reindex", user=ruler)).answer()).content == "done"


async def test_another_channel(discord):
    async with running(discord) as bot:
        await bot.wait_until_ready()
        news = await discord.new_channel("news", kind="news")
        plain = await discord.new_channel("plain")
        asked = await discord.slash("where", {"place": plain}, channel=news)
        expected = f"{plain.mention} of text, from news of news, en-US/en-US, True"
        assert (await asked.answer()).content == expected
        with pytest.raises(NotOffered, match="not of option type 7"):
            await discord.slash("where", {"place": "plain"})
        assert {each.name for each in bot.guilds[0].channels} == {"general", "news", "plain"}


async def test_a_thread(discord):
    async with running(discord) as bot:
        await bot.wait_until_ready()
        heard = await (await discord.mention("hello")).reply()
        thread = await discord.start_thread(heard, "About it")
        assert (thread.id, thread.parent_id) == (heard.id, discord.channel.id)
        asked = await discord.slash("where", {"place": thread}, channel=thread)
        expected = f"{thread.mention} of public_thread, from About it of public_thread"
        assert expected in (await asked.answer()).content
        reply = await (await discord.mention("here?", channel=thread)).reply()
        assert reply.channel_id == thread.id
        answer = await discord.say("yes", reply_to=reply)
        assert (await answer.reply()).content == "heard: yes"
        fetched = await bot.get_channel(discord.channel.id).fetch_message(heard.id)
        assert (fetched.thread.id, fetched.flags.has_thread) == (thread.id, True)
        with pytest.raises(NotOffered, match="no thread can be started"):
            await discord.start_thread(heard, "Again")
        with pytest.raises(NotOffered, match="no thread can be started"):
            await discord.start_thread(reply, "A thread in a thread")


async def test_threads_and_crossposts_of_the_bot(discord):
    async with running(discord) as bot:
        await bot.wait_until_ready()
        made = await discord.new_channel("news", kind="news")
        news = await eventually(lambda: bot.get_channel(made.id))
        sent = await news.send("a release")
        assert (await sent.create_thread(name="Talk")).type is dpy.ChannelType.news_thread
        with pytest.raises(dpy.HTTPException, match="already been created"):
            await sent.create_thread(name="Again")
        discord.expect_violation("thread-once")
        await sent.publish()
        assert discord.messages[0].crossposted
        with pytest.raises(dpy.HTTPException, match="already been crossposted"):
            await sent.publish()
        discord.expect_violation("crosspost-once")
        plain = await bot.get_channel(discord.channel.id).send("not news")
        with pytest.raises(dpy.HTTPException, match="channel type"):
            await plain.publish()
        discord.expect_violation("channel-kind")


async def test_a_select_of_channels(discord):
    class Choosing(dpy.ui.View):
        @dpy.ui.select(
            cls=dpy.ui.ChannelSelect, custom_id="to", channel_types=[dpy.ChannelType.text]
        )
        async def to(self, interaction: dpy.Interaction, select: dpy.ui.ChannelSelect) -> None:
            (chosen,) = select.values
            told = f"{chosen.name} of {chosen.type}, {chosen.permissions.send_messages}"
            await interaction.response.edit_message(content=told)

    async with running(discord) as bot:
        asked = await discord.slash("later")
        held = await bot.held.get()
        await held.edit_original_response(content="where to?", view=Choosing())
        news = await discord.new_channel("news", kind="news")
        with pytest.raises(NotOffered, match="'news' is of type 5"):
            await discord.click(asked.message, "to", values=[str(news.id)])
        with pytest.raises(NotOffered, match="takes 1 to 1 values"):
            await discord.click(asked.message, "to", values=[])
        with pytest.raises(NotOffered, match="does not offer"):
            await discord.click(asked.message, "to", values=["7"])
        forged = await discord.click(asked.message, "to", values=["7"], forged=True)
        picked = await discord.click(asked.message, "to", values=[str(discord.channel.id)])
        assert forged.response is None
        assert (await picked.answer()).content == "general of text, True"


async def test_deleted_messages(discord):
    async with running(discord) as bot:
        said = await discord.mention("hello")
        heard = await said.wait_for(lambda message: message.content.endswith("!"))
        gone = asyncio.create_task(bot.wait_for("raw_message_delete", timeout=5))
        await asyncio.sleep(0)
        await discord.delete(heard)
        assert (await gone).message_id == heard.id
        assert said.replies == []
        with pytest.raises(dpy.NotFound):
            await bot.get_channel(discord.channel.id).fetch_message(heard.id)
    discord.expect_violation("unknown-message")


async def test_somebody_who_takes_no_messages(discord):
    async with running(discord) as bot:
        discord.forbid(discord.dm(discord.member))
        someone = await bot.fetch_user(discord.member.id)
        with pytest.raises(dpy.Forbidden) as caught:
            await someone.send("hello")
        assert caught.value.code == 50007


@pytest.mark.parametrize(("hidden", "code"), [(False, 50013), (True, 50001)])
async def test_where_the_bot_may_not_write(discord, hidden, code):
    async with running(discord) as bot:
        await bot.wait_until_ready()
        discord.forbid(discord.channel, hidden=hidden)
        place = bot.get_channel(discord.channel.id)
        with pytest.raises(dpy.Forbidden) as caught:
            await place.send("hello")
        assert caught.value.code == code
        asked = await discord.slash("where")
        assert (await asked.answer()).content.endswith("True" if hidden else "False")
        discord.allow(discord.channel)
        await place.send("hello")
    assert discord.violations == []


async def test_an_app_that_people_install(discord):
    async with running(discord) as bot:
        at_home = await discord.slash("anywhere")
        assert (await at_home.answer()).content == f"general of {bot.guilds[0].id}, by guild"
        away = await discord.slash("anywhere", {"more": 5}, channel=discord.elsewhere)
        answer = await away.answer()
        assert answer.content == f"elsewhere of {discord.elsewhere.guild_id}, by user"
        assert (await away.followup(5)).content == "and 4"
        clicked = asyncio.create_task(bot.wait_for("interaction", timeout=5))
        await asyncio.sleep(0)
        another = await discord.click(answer, label="Again", user=discord.manager)
        received = await clicked
        assert received.user.name == discord.manager.name
        assert not received.is_guild_integration()
        assert another.installer == discord.member
        await received.response.defer()
        private = await discord.slash("anywhere", channel="group")
        assert (await private.answer()).content == "friends of None, by user"
        direct = await discord.slash("anywhere", channel="dm")
        assert "Direct Message with mia" in (await direct.answer()).content
        assert direct.installer is None
        own = await discord.slash("mine", channel="dm")
        assert (await own.answer()).content == "mine True"
        for place in ("elsewhere", "group"):
            with pytest.raises(NotOffered, match="'secret' is not installed"):
                await discord.slash("secret", channel=place)
        with pytest.raises(NotOffered, match="'mine' is not installed in 'general'"):
            await discord.slash("mine")
        assert not bot.get_channel(discord.elsewhere.id)


async def test_the_bot_itself_is_not_elsewhere(discord):
    async with running(discord) as bot:
        asked = await discord.slash("anywhere", {"more": 6}, channel="elsewhere")
        error = await finished(asked, bot)
        assert (error.status, error.code) == (400, 40094)
        discord.expect_violation("followup-limit")
        with pytest.raises(dpy.Forbidden, match="Missing Access"):
            await bot.get_partial_messageable(discord.elsewhere.id).send("hello")
        overheard = await discord.mention("hello", channel="elsewhere")
        told = await discord.mention("hello")
        await told.reply()
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


@pytest.mark.parametrize("scope", ["user", "global", "shared"])
async def test_rate_limited_once(discord, scope):
    async with running(discord) as bot:
        await bot.wait_until_ready()
        route = "POST /channels/{channel_id}/messages"
        refusal = discord.refuse_once(route, 429, retry_after=0.1, scope=scope)
        await bot.get_channel(discord.channel.id).send("patience")
        assert [message.content for message in discord.messages] == ["patience"]
        assert discord.report().routes[route] == 2
        assert refusal.request.body["content"] == "patience"
        hook = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
        discord.refuse_once(hook, 429, retry_after=0.1, scope=scope)
        asked = await discord.slash("ask", {"question": "who?"})
        assert (await asked.wait_for(lambda message: bool(message.embeds))).embeds


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_refused_once(discord, status):
    async with running(discord) as bot:
        await bot.wait_until_ready()
        place = bot.get_channel(discord.channel.id)
        discord.refuse_once("/channels/{channel_id}/messages", status)
        if status == 503:
            with pytest.raises(dpy.DiscordServerError):
                await place.send("at once")
        else:
            await place.send("at the second attempt")
            assert len(discord.messages) == 1
        discord.refuse_once(lambda request: request.path.endswith("/callback"), status)
        asked = await discord.slash("secret")
        assert (await asked.answer()).content == "psst"
        assert 1 < asked.acknowledged_after < 3
        with pytest.raises(LookupError, match="no route '/channels'"):
            discord.refuse_once("/channels")


# -- how much Discord takes -------------------------------------------------------------------


@contextlib.asynccontextmanager
async def requesting(discord: LoopbackDiscord) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that is less careful than discord.py."""
    async with aiohttp.ClientSession(
        "https://discord.com/api/v10/",
        connector=discord.connector(),
        headers={"Authorization": f"Bot {discord.token}"},
    ) as session:
        yield session


async def test_more_than_50_requests_in_a_second(discord):
    async with requesting(discord) as session:
        for _ in range(50):
            async with session.get("users/@me") as answer:
                assert answer.status == 200
        async with session.get("users/@me") as answer:
            assert answer.status == 429
            assert answer.headers["X-RateLimit-Global"] == "true"
            assert 0 < (await answer.json())["retry_after"] <= 1
        discord.expect_violation("global-rate")
        async with session.post(f"webhooks/{discord.bot.id}/unknown", json={}) as answer:
            assert answer.status == 404
        discord.expect_violation("unknown-interaction")
        discord.clock.advance(1)
        async with session.get("users/@me") as answer:
            assert answer.status == 200


async def test_more_than_200_new_commands_a_day(discord):
    async with requesting(discord) as session:

        async def put(first: int) -> dict:
            names = [f"c{number}" for number in range(first, first + 80)]
            body = [{"name": name, "description": "x", "type": 1} for name in names]
            async with session.put(f"applications/{discord.bot.id}/commands", json=body) as answer:
                return await answer.json()

        assert len(await put(0)) == len(await put(0)) == len(await put(80)) == 80
        assert (await put(160))["code"] == 30034
        discord.expect_violation("command-creates")
        discord.clock.advance(24 * 3600)
        assert len(await put(160)) == 80


async def test_more_than_120_events_in_a_minute(discord):
    async with requesting(discord) as session:
        socket = await session.ws_connect("wss://gateway.discord.gg/?v=10&encoding=json")
        for _ in range(121):
            await socket.send_json({"op": 1, "d": None})
        while not socket.closed:
            await socket.receive()
        assert socket.close_code == 4008
    discord.expect_violation("gateway-rate")
