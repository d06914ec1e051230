"""The intents of the client, and the contexts in which it works."""

import discord as discordpy
import pytest

from retrieval.archive import Archive
from tests.bot.online import Run

MESSAGE_CONTENT = 1 << 15
BRIDGE = "How much did the bridge cost?"


async def test_the_client_requests_no_privileged_intents(run: Run) -> None:
    async with run() as it:
        assert not it.discord.intents & MESSAGE_CONTENT
        privileged = discordpy.Intents.all().value & ~discordpy.Intents.default().value
        assert not it.discord.intents & privileged


@pytest.mark.parametrize("place", ["dm", "elsewhere", "group"])
async def test_a_user_installed_app_works_everywhere(
    run: Run, newsrooms_archive: Archive, place: str
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        for name, options, expected in (
            ("ask", {"question": BRIDGE}, "$48 million"),
            ("releases", {}, "### Releases"),
            ("release", {"title": "harbor bridge"}, "Mayor Opens Rebuilt Harbor Bridge"),
            ("timeline", {"topic": "harbor bridge"}, "### harbor bridge"),
            ("status", {}, "4 releases"),
        ):
            assert expected in (await it.slash(name, options, channel=place)).text
