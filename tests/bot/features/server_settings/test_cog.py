"""``/settings`` in Discord."""

from pathlib import Path

from retrieval.archive import Archive
from retrieval.text.keys import text_checksum
from tests.bot.online import PATIENCE, Run, labels
from tests.loopback import LoopbackDiscord

BRIDGE = "How much did the bridge cost?"
HARBOR = "harbor"  # which several passages answer


async def test_settings_take_effect_at_once(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        manager = it.discord.manager
        news = await it.discord.new_channel("news", "news")
        panel = await it.slash("settings", user=manager)
        assert panel.text.startswith("### Settings of this server")

        await it.change_setting(panel, "passages", "1")
        answer = await it.ask(HARBOR)
        assert answer.text.count("\n> ") == 1

        await it.change_setting(panel, "newsroom", text_checksum("coast.example"))
        assert "Harbor Bridge" not in (await it.ask(BRIDGE)).text
        named = await it.slash("ask", {"question": BRIDGE, "newsroom": "harbor"})
        assert "$48 million" in named.text
        await it.change_setting(panel, "newsroom", "any")

        await it.click(panel, "Answers: to the channel", user=manager)
        asked = await it.discord.slash("ask", {"question": BRIDGE})
        answer = await asked.answer(PATIENCE)
        assert asked.ephemeral
        assert "Share" in labels(answer)
        openly = await it.discord.slash("ask", {"question": BRIDGE, "private": False})
        await openly.answer(PATIENCE)
        assert not openly.ephemeral
        await it.click(panel, "Answers: only to the person who asks", user=manager)

        await it.change_setting(panel, "channels", str(news.id))
        refused = await it.discord.slash("ask", {"question": BRIDGE})
        refusal = await refused.answer()
        assert refusal.text == f"I do not answer questions here. Ask in <#{news.id}>."
        assert refused.ephemeral
        assert (
            "do not answer questions here"
            in (await (await it.discord.mention(BRIDGE)).reply()).text
        )
        there = await it.slash("ask", {"question": BRIDGE}, channel=news)
        assert "$48 million" in there.text
        thread = await it.discord.start_thread(there, "Bridge")
        assert "$48 million" in (await it.slash("ask", {"question": BRIDGE}, channel=thread)).text
        await it.change_setting(panel, "channels")
        assert "$48 million" in (await it.ask(BRIDGE)).text


async def test_settings_survive_a_restart_and_apply_to_one_server(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with LoopbackDiscord() as discord:
        async with run(archive=newsrooms_archive, on=discord) as it:
            await it.indexed()
            panel = await it.slash("settings", user=discord.manager)
            await it.change_setting(panel, "passages", "1")
        async with run(archive=newsrooms_archive, on=discord) as it:
            await it.indexed()
            assert (await it.ask(HARBOR)).text.count("\n> ") == 1
            there = await it.slash("ask", {"question": HARBOR}, channel="elsewhere")
            assert there.text.count("\n> ") > 1


async def test_a_newsroom_that_is_gone_is_not_searched(run: Run, newsrooms_file: Path) -> None:
    async with run(newsrooms_file) as it:
        await it.indexed()
        panel = await it.slash("settings", user=it.discord.manager)
        await it.change_setting(panel, "newsroom", text_checksum("coast.example"))
        rows = newsrooms_file.read_text(encoding="utf-8").splitlines()
        left = [row for row in rows if "coast.example" not in row]
        newsrooms_file.write_text("\n".join(left), encoding="utf-8")
        await it.reindex()
        assert "$48 million" in (await it.ask(BRIDGE)).text
        refused = await it.slash("ask", {"question": BRIDGE, "newsroom": "coast"})
        assert refused.text.startswith("No newsroom is called “coast”.")
