"""discord.py clients that touch every part of the loopback. They are not patched."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from .. import Interaction, LoopbackDiscord


class Pages(discord.ui.View):
    """A view whose one button counts."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.page = 1

    @discord.ui.button(label="Next", custom_id="next")
    async def turn(self, interaction: discord.Interaction, button: discord.ui.Button) -> None:
        self.page += 1
        await interaction.response.edit_message(content=f"page {self.page}", view=self)


class TinyBot(commands.Bot):
    """Enough commands to touch every part of the loopback."""

    def __init__(self, connector: aiohttp.BaseConnector, **options: object) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        super().__init__(
            commands.when_mentioned,
            connector=connector,
            guild_ready_timeout=0.05,
            help_command=None,
            allowed_mentions=discord.AllowedMentions.none(),
            **{"intents": intents, **options},
        )
        self.errors: list[Exception] = []
        self.held: asyncio.Queue[discord.Interaction] = asyncio.Queue()
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
            whom,
            anywhere,
            mine,
        ):
            self.tree.add_command(command)
        self.tree.add_command(discord.app_commands.ContextMenu(name="Find it", callback=find_it))
        self.tree.add_command(group)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait the 5 seconds that are due before another IDENTIFY."""

    async def note_error(self, interaction: discord.Interaction, error: Exception) -> None:
        self.errors.append(getattr(error, "original", error))

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
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
async def ask(interaction: discord.Interaction, question: str, limit: int = 5) -> None:
    await interaction.response.defer()
    await interaction.edit_original_response(content="searching")
    embed = discord.Embed(
        title=question, description=f"{limit} of them", url="https://example.org/1"
    )
    embed.add_field(name="who", value=str(interaction.user))
    await interaction.edit_original_response(content=None, embed=embed)
    await interaction.followup.send("and more", ephemeral=True)


@ask.autocomplete("question")
async def suggest(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"{typed}?", value=typed)]


@app_commands.command(description="Only for you")
async def secret(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("psst", ephemeral=True)


@app_commands.command(name="pages", description="With a button")
async def pages(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("page 1", view=Pages())


@app_commands.command(description="Mentions everybody")
async def shout(interaction: discord.Interaction, loud: bool) -> None:
    mentions = discord.AllowedMentions.all() if loud else discord.AllowedMentions.none()
    await interaction.response.send_message("@everyone hear", allowed_mentions=mentions)


@app_commands.command(description="Acknowledges twice")
async def twice(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("one")
    response = discord.InteractionResponse(interaction)
    await response.send_message("two")


@app_commands.command(description="Says too much")
async def long(interaction: discord.Interaction, length: int) -> None:
    await interaction.response.defer()
    await interaction.followup.send("x" * length)


@app_commands.command(description="Sends a file")
async def upload(interaction: discord.Interaction) -> None:
    file = discord.File(io.BytesIO(b"the report"), "report.txt")
    await interaction.response.send_message("here", file=file)


@app_commands.command(description="For managers")
@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
async def reindex(interaction: discord.Interaction) -> None:
    allowed = interaction.permissions.manage_guild
    await interaction.response.send_message("done" if allowed else "not allowed")


@app_commands.command(description="Never answers")
async def silent(interaction: discord.Interaction) -> None:
    pass


@app_commands.command(description="Defers, and answers when told")
async def later(interaction: discord.Interaction) -> None:
    await interaction.response.defer(ephemeral=True)
    interaction.client.held.put_nowait(interaction)


class Feedback(discord.ui.Modal, title="Feedback"):
    """One input of each kind that a person can fill in."""

    note = discord.ui.TextDisplay("Tell us")
    words = discord.ui.Label(
        text="What",
        description="In a few words",
        component=discord.ui.TextInput(custom_id="words", min_length=2, max_length=10),
    )
    mark = discord.ui.Label(
        text="How good",
        component=discord.ui.Select(
            custom_id="mark",
            options=[discord.SelectOption(label="good"), discord.SelectOption(label="bad")],
        ),
    )
    who = discord.ui.Label(
        text="Whom it is about",
        component=discord.ui.UserSelect(custom_id="who", required=False, min_values=0),
    )
    old = discord.ui.TextInput(
        custom_id="old", label="In a row", required=False, default="as before"
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        people = [str(user) for user in self.who.component.values]
        heard = [self.words.component.value, *self.mark.component.values, *people, self.old.value]
        await interaction.response.send_message(" ".join(heard))


class Rename(discord.ui.Modal, title="Rename"):
    name = discord.ui.Label(text="Name", component=discord.ui.TextInput(custom_id="name"))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content=f"named {self.name.component.value}")


class Renaming(discord.ui.View):
    @discord.ui.button(label="Rename", custom_id="rename")
    async def rename(self, interaction: discord.Interaction, button: discord.ui.Button) -> None:
        await interaction.response.send_modal(Rename(custom_id="rename"))


@app_commands.command(description="With a modal")
async def feedback(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(Feedback(custom_id="feedback"))


@app_commands.command(description="Where, and in which languages")
async def where(
    interaction: discord.Interaction, place: discord.TextChannel | discord.Thread | None = None
) -> None:
    chosen = f"{place.mention} of {place.type}" if place else "nowhere"
    here = interaction.channel
    told = f"{chosen}, from {here} of {here.type}, {interaction.locale}"
    may_write = interaction.app_permissions.send_messages
    await interaction.response.send_message(f"{told}/{interaction.guild_locale}, {may_write}")


@app_commands.command(description="Names a role")
async def whom(interaction: discord.Interaction, role: discord.Role) -> None:
    await interaction.response.send_message(f"{role.name} {role.permissions.manage_guild}")


@app_commands.command(description="Tells by whose installation it is there")
@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
async def anywhere(interaction: discord.Interaction, more: int = 0) -> None:
    by_guild = interaction.is_guild_integration()
    told = f"{interaction.channel} of {interaction.guild_id}, by {'guild' if by_guild else 'user'}"
    view = discord.ui.View()
    view.add_item(discord.ui.Button(label="Again", custom_id="again"))
    await interaction.response.send_message(told, view=view)
    for number in range(more):
        await interaction.followup.send(f"and {number}", ephemeral=True)


@app_commands.command(description="For those who installed it only")
@app_commands.allowed_installs(guilds=False, users=True)
async def mine(interaction: discord.Interaction) -> None:
    by_user = interaction.is_user_integration()
    await interaction.response.send_message(f"mine {by_user}")


group = app_commands.Group(name="list", description="Lists")


@group.command(name="newest", description="The newest")
async def newest(interaction: discord.Interaction, count: int) -> None:
    await interaction.response.send_message(f"newest {count}")


async def find_it(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"found: {message.content}", ephemeral=True)


def running(
    server: LoopbackDiscord, bot_class: type[TinyBot] = TinyBot, **options: object
) -> AbstractAsyncContextManager[TinyBot]:
    """Run a bot that is logged in, and close it at the end."""
    return server.running(bot_class(server.connector(), **options))


async def eventually(look: Callable[[], Any], failing: str = "nothing came of it") -> Any:
    """Return what ``look`` finds before 2 seconds have passed."""
    for _ in range(200):
        if found := look():
            return found
        await asyncio.sleep(0.01)
    raise AssertionError(failing)


async def command_error(interaction: Interaction, bot: TinyBot) -> Exception:
    """Wait for the error with which a command ended."""
    return await eventually(lambda: bot.errors and bot.errors[-1], f"no error from {interaction!r}")
