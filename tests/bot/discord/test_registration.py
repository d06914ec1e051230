"""The registration of the commands: when, in which languages, and for whom."""

from retrieval.archive import Archive
from tests.bot.online import Run
from tests.loopback import LoopbackDiscord

PUT = "PUT /applications/{application_id}/commands"
MANAGERS = ("announcements", "reindex", "settings", "sources", "unanswered")
MEMBERS = ("subscribe", "subscriptions")


async def test_commands_are_registered_only_if_they_have_changed(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with LoopbackDiscord() as discord:
        for registered in (1, 1, 1):
            async with run(archive=newsrooms_archive, on=discord) as it:
                await it.indexed()
                assert discord.report().routes[PUT] == registered
        # As if a new version of the bot had other commands.
        async with run(archive=newsrooms_archive, on=discord) as it:
            it.bot.services.state.notes.set("commands", "others")
        async with run(archive=newsrooms_archive, on=discord) as it:
            await it.indexed()
            assert discord.report().routes[PUT] == 2


async def test_commands_that_discord_refuses_are_registered_at_the_next_start(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with LoopbackDiscord() as discord:
        discord.fail_once(PUT, 403)
        async with run(archive=newsrooms_archive, on=discord) as it:
            await discord.ready()
            assert not discord.commands
            assert it.bot.services.state.notes.get("commands") is None
        async with run(archive=newsrooms_archive, on=discord) as it:
            await it.indexed()


async def test_commands_have_spanish_names_and_descriptions(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        commands = {each["name"]: each for each in it.discord.commands}
        assert set(commands) == {
            "Find the source",
            "announcements",
            "ask",
            "forget",
            "reindex",
            "release",
            "releases",
            "settings",
            "sources",
            "status",
            "subscribe",
            "subscriptions",
            "timeline",
            "unanswered",
        }
        for locale in ("es-ES", "es-419"):
            assert commands["ask"]["name_localizations"][locale] == "preguntar"
            assert commands["Find the source"]["name_localizations"][locale] == "Buscar la fuente"
            options = commands["ask"]["options"]
            assert all(locale in each["name_localizations"] for each in options)
            assert all(locale in each["description_localizations"] for each in options)


async def test_commands_have_permissions_and_contexts(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        for command in it.discord.commands:
            if command["name"] in MANAGERS:
                assert command["default_member_permissions"] == str(1 << 5)
                assert command["contexts"] == [0]
            elif command["name"] in MEMBERS:
                assert command["default_member_permissions"] is None
                assert sorted(command["contexts"]) == [0, 1]
                assert command["integration_types"] == [0]
            else:
                assert command["default_member_permissions"] is None
                assert sorted(command["contexts"]) == [0, 1, 2]
                assert sorted(command["integration_types"]) == [0, 1]
