"""Commands, components and modals, from the user to the reply."""

from __future__ import annotations

import asyncio
import io

import discord
import pytest

from .. import NotOffered
from .bots import Pages, Renaming, running


async def test_slash_command_defers_then_edits(server):
    async with running(server):
        asked = await server.slash("ask", {"question": "who?", "limit": 2})
        assert await asked.acknowledged() < 3
        assert asked.response.type == 5
        progress = await asked.wait_for(lambda message: message.content == "searching")
        assert progress.revision == 1
        answer = await asked.wait_for(lambda message: bool(message.embeds))
        assert answer.text == f"who?\n2 of them\nwho\n{server.member.name}"
        assert answer.content == ""
        assert [edit.content for edit in asked.edits] == ["searching", ""]
        assert not asked.ephemeral
        assert (await asked.followup()).ephemeral
        assert asked.message == answer
        assert server.messages == []


async def test_first_followup_fills_a_deferred_response(server):
    async with running(server):
        sent = await server.slash("long", {"length": 3})
        assert (await sent.answer()).content == "xxx"
        assert sent.followups == []


async def test_ephemeral_and_dm(server):
    async with running(server):
        told = await server.slash("secret", channel="dm", user=server.manager)
        assert (await told.answer()).content == "psst"
        assert told.ephemeral
        with pytest.raises(TimeoutError, match="no state of the response fits"):
            await told.wait_for(lambda message: message.content == "never", 0.05)


async def test_subcommand_and_typed_options(server):
    async with running(server):
        listed = await server.slash("list newest", {"count": 3})
        assert (await listed.answer()).content == "newest 3"
        with pytest.raises(NotOffered, match="not of option type"):
            await server.slash("list newest", {"count": "3"})
        with pytest.raises(NotOffered, match="needs 'count'"):
            await server.slash("list newest")
        with pytest.raises(NotOffered, match="no option 'nothing'"):
            await server.slash("list newest", {"count": 3, "nothing": 1})


async def test_a_role_is_chosen_by_its_id(server):
    async with running(server):
        told = await server.slash("whom", {"role": server.world.role_manager})
        assert (await told.answer()).content == "manager True"
        with pytest.raises(NotOffered, match="no role 7"):
            await server.slash("whom", {"role": 7})
        with pytest.raises(NotOffered, match="not of option type"):
            await server.slash("whom", {"role": "manager"})


async def test_permissions_are_a_hint_that_can_be_forged(server):
    async with running(server):
        with pytest.raises(NotOffered, match="not offered to mia"):
            await server.slash("reindex")
        with pytest.raises(NotOffered, match="not offered in DMs"):
            await server.slash("reindex", user=server.manager, channel="dm")
        forged = await server.slash("reindex", forged=True)
        assert (await forged.answer()).content == "not allowed"
        for user in (server.manager, server.administrator):
            allowed = await server.slash("reindex", user=user)
            assert (await allowed.answer()).content == "done"


async def test_autocomplete(server):
    async with running(server):
        choices = await server.autocomplete("ask", "question", "wh")
        assert choices == [{"name": "wh?", "value": "wh"}]
        with pytest.raises(NotOffered):
            await server.autocomplete("ask", "limit", "1")


async def test_buttons(server):
    async with running(server):
        shown = await server.slash("pages")
        message = await shown.answer()
        assert [button.label for button in message.buttons] == ["Next"]
        clicked = await server.click(message, "next")
        assert (await clicked.answer()).content == "page 2"
        assert clicked.response.type == 7
        again = await server.click(shown.message, label="Next", user=server.manager)
        assert (await again.wait_for(lambda m: m.content == "page 3")).revision == 2
        assert shown.message.content == "page 3"
        with pytest.raises(LookupError, match="no component 'other'"):
            await server.click(message, "other")


async def test_buttons_that_outlive_a_restart(server):
    async with running(server):
        shown = await server.slash("pages")
        await shown.answer()
    async with running(server) as restarted:
        restarted.add_view(Pages())
        clicked = await server.click(shown.message, "next")
        assert (await clicked.answer()).content == "page 2"


async def test_select_ephemeral_and_disabled(server):
    class Choosing(discord.ui.View):
        @discord.ui.select(custom_id="pick", options=[discord.SelectOption(label="One", value="1")])
        async def pick(self, interaction: discord.Interaction, select: discord.ui.Select) -> None:
            select.disabled = True
            await interaction.response.edit_message(content=select.values[0], view=self)

    async with running(server) as bot:
        asked = await server.slash("later")
        held = await bot.held.get()
        await held.edit_original_response(content="which?", view=Choosing())
        with pytest.raises(NotOffered, match="does not see"):
            await server.click(asked.message, "pick", values=["1"], user=server.manager)
        picked = await server.click(asked.message, "pick", values=["1"])
        assert (await picked.answer()).content == "1"
        with pytest.raises(NotOffered, match="disabled"):
            await server.click(asked.message, "pick", values=["1"])
        await held.delete_original_response()
        assert asked.message.deleted


async def test_a_layout_of_components(server):
    class Layout(discord.ui.LayoutView):
        box = discord.ui.Container(discord.ui.TextDisplay("hello <@1>"), discord.ui.Separator())
        row = discord.ui.ActionRow(discord.ui.Button(label="Open", url="https://example.org"))

    async with running(server) as bot:
        asked = await server.slash("later")
        held = await bot.held.get()
        await held.edit_original_response(view=Layout())
        assert asked.message.text == "hello <@1>"
        assert asked.message.button("Open").url == "https://example.org"
        with pytest.raises(discord.HTTPException, match="content"):
            await held.edit_original_response(content="and text")
    server.expect_violation("components-v2-alone")


async def test_a_layout_with_media(server):
    def layout() -> discord.ui.LayoutView:
        picture = discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://chart.png"))
        thumbnail = discord.ui.Thumbnail("attachment://chart.png", description="a chart")
        section = discord.ui.Section(discord.ui.TextDisplay("the chart"), accessory=thumbnail)
        file = discord.ui.File("attachment://table.csv")
        box = discord.ui.Container(section, picture, accent_color=discord.Color.blue())
        view = discord.ui.LayoutView()
        return view.add_item(box).add_item(file)

    async with running(server) as bot:
        asked = await server.slash("later")
        held = await bot.held.get()
        files = [discord.File(io.BytesIO(b"x"), name) for name in ("chart.png", "table.csv")]
        sent = await held.edit_original_response(view=layout(), attachments=files)
        gallery = sent.components[0].children[1]
        assert gallery.items[0].media.url == sent.attachments[0].url
        assert gallery.items[0].media.content_type == "image/png"
        assert (sent.components[1].name, sent.components[1].size) == ("table.csv", 1)
        assert asked.message.text == "the chart"
        again = await held.edit_original_response(view=layout())
        assert len(again.attachments) == 2
        with pytest.raises(discord.HTTPException, match=r"chart\.png' was not found"):
            await held.edit_original_response(view=layout(), attachments=[])
    server.expect_violation("media-urls")


async def test_a_modal_is_filled_in(server):
    async with running(server):
        asked = await server.slash("feedback")
        await asked.acknowledged()
        assert (asked.modal["title"], asked.modal["custom_id"]) == ("Feedback", "feedback")
        sent = await server.submit_modal(
            asked, {"words": "well done", "mark": "good", "who": [server.manager]}
        )
        assert (await sent.answer()).content == "well done good max as before"
        assert sent.parent is asked
        with pytest.raises(NotOffered, match="submitted already"):
            await server.submit_modal(asked, {"words": "again", "mark": "bad"})
        another = await server.slash("feedback")
        sent = await server.submit_modal(another, {"words": "no", "mark": "bad", "old": ""})
        assert (await sent.answer()).text == "no bad "


async def test_a_modal_that_cannot_be_sent(server):
    async with running(server):
        plain = await server.slash("secret")
        with pytest.raises(NotOffered, match="shows no modal"):
            await server.submit_modal(plain, {})
        asked = await server.slash("feedback")
        for answers, problem in [
            ({"mark": "good"}, "needs 'words'"),
            ({"words": "x", "mark": "good"}, "2 to 10 characters"),
            ({"words": "x" * 11, "mark": "good"}, "2 to 10 characters"),
            ({"words": "fine"}, "takes 1 to 1 values, not 0"),
            ({"words": "fine", "mark": "middling"}, "has no"),
            ({"words": "fine", "mark": "good", "other": "x"}, "the modal has no"),
        ]:
            with pytest.raises(NotOffered, match=problem):
                await server.submit_modal(asked, answers)
        with pytest.raises(NotOffered, match="does not see this modal"):
            await server.submit_modal(asked, {"words": "a b", "mark": "bad"}, user=server.manager)
        forged = await server.submit_modal(asked, {"words": "x" * 11, "mark": "bad"}, forged=True)
        assert (await forged.answer()).content == "xxxxxxxxxxx bad as before"


async def test_a_modal_of_a_button_edits_its_message(server):
    async with running(server) as bot:
        asked = await server.slash("later")
        held = await bot.held.get()
        await held.edit_original_response(content="unnamed", view=Renaming())
        clicked = await server.click(asked.message, label="Rename")
        sent = await server.submit_modal(clicked, {"name": "Ada"})
        assert (await sent.answer()).content == "named Ada"
        assert (sent.response.type, asked.message.content) == (7, "named Ada")


async def test_many_at_once(server):
    async with running(server):
        sent = [await server.slash("secret") for _ in range(200)]
        answers = await asyncio.gather(*(one.answer() for one in sent))
        assert {answer.content for answer in answers} == {"psst"}
        assert max(one.acknowledged_after for one in sent) < 3


async def test_message_menu_gives_the_content(server):
    async with running(server):
        sent = await server.send("between us")
        found = await server.context_menu("Find it", sent)
        assert (await found.answer()).content == "found: between us"
        assert sent.replies == []


async def test_uploads(server):
    async with running(server):
        sent = await server.slash("upload")
        await sent.answer()
        (attachment,) = sent.attachments
        assert (attachment.filename, attachment.text) == ("report.txt", "the report")


async def test_pings_are_seen(server):
    async with running(server):
        quiet = await server.slash("shout", {"loud": False})
        assert (await quiet.answer()).pings == ()
        loud = await server.slash("shout", {"loud": True})
        assert (await loud.answer()).pings == ("@everyone",)
