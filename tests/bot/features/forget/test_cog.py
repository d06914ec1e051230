"""``/forget me`` in Discord."""

from retrieval.archive import Archive
from tests.bot.features.announcements.publishing import JUNE
from tests.bot.online import PATIENCE, Run, labels
from tests.retrieval.sources.web.clocks import ManualClock

COST = "How much did the bridge cost?"


async def test_a_person_sees_what_is_kept_about_them_and_deletes_it(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive, clock=ManualClock(JUNE), keep_days=7) as it:
        await it.indexed()
        discord, state = it.discord, it.bot.services.state
        await (await discord.send(COST, channel="dm")).reply(PATIENCE)
        await (await discord.send(COST, channel="dm", user=discord.manager)).reply(PATIENCE)
        public = await it.ask(COST)
        await it.click(public, "Helpful")
        await it.click(await it.slash("subscribe", {"words": "ferry"}), "Keep")
        kept = await it.slash("forget me")
        assert kept.ephemeral
        assert kept.text == (
            "### What I keep about you\n"
            "- 1 question of yours, with its answer\n- 1 rating of an answer\n- 1 subscription\n"
            "-# What is asked in a server is kept without who asked it, so I cannot find yours. "
            "It is deleted after 7 days."
        )
        assert (await it.click(kept, "Delete all of it")).text == "I have deleted all of it."
        empty = await it.slash("forget me", channel="dm")
        assert empty.text.startswith("### What I keep about you\nNothing.")
        assert labels(empty) == []
        assert state.subscriptions.all() == []
        others = await it.slash("forget me", user=discord.manager)
        assert "- 1 question of yours, with its answer" in others.text


async def test_names_that_are_kept_are_found(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive, keep_names=True) as it:
        await it.indexed()
        await it.ask(COST)
        await it.ask(COST)
        kept = await it.slash("forget me")
        assert kept.text == "### What I keep about you\n- 2 questions of yours, with their answers"
        await it.click(kept, "Delete all of it")
        assert it.bot.services.state.database.read("SELECT count(*) FROM answer") == [(0,)]


async def test_the_button_of_somebody_else_deletes_nothing(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive, keep_names=True) as it:
        await it.indexed()
        await it.ask(COST)
        kept = await it.slash("forget me")
        before = it.kept()
        pressed = await it.discord.click(
            kept, label="Delete all of it", user=it.discord.manager, forged=True
        )
        assert "not offered there" in (await pressed.answer(PATIENCE)).text
        assert it.kept() == before


async def test_it_works_where_no_direct_message_can_be_opened(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive, keep_names=True) as it:
        await it.indexed()
        await it.ask(COST)
        it.discord.fail_once("POST /users/@me/channels", 403)
        kept = await it.slash("forget me")
        assert "- 1 question of yours" in kept.text


async def test_it_is_in_spanish(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        spanish = it.discord.new_user("Inés", locale="es-ES")
        await (await it.discord.send(COST, channel="dm", user=spanish)).reply(PATIENCE)
        kept = await it.slash("forget me", user=spanish)
        assert "### Lo que guardo sobre ti\n- 1 pregunta tuya, con su respuesta" in kept.text
        assert labels(kept) == ["Borrarlo todo"]
