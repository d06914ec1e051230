"""``/sources`` in Discord."""

import asyncio
from pathlib import Path

import pytest

from bot.core.actions import AddSource, KeepSite, RemoveSource, parse_action
from retrieval.index.remembered_sources import built_from
from retrieval.sources.web.site_copy import copy_folder, is_site_copy
from tests.bot.features.sources.steps import (
    add,
    data_of,
    list_sources,
    offered,
    refused,
    releases,
    submit_address,
)
from tests.bot.online import BUILD, PATIENCE, Run, labels, until
from tests.loopback import LoopbackDiscord, NotOffered
from tests.retrieval.sources.web.newsroom import Newsroom, endless_redirects
from tests.retrieval.sources.web.sites import (
    path,
    serve_feed,
    serve_listing,
    serve_releases,
    title,
)

ONLY_MANAGERS = "Only people who may manage this server can do that."


def shown(address: str) -> str:
    """An address as it stands in a message."""
    return address.replace("://", r"\://")


async def test_a_site_is_looked_at_kept_read_and_indexed(
    run_for_sites: Run, newsroom: Newsroom
) -> None:
    serve_releases(newsroom, range(23))
    serve_listing(newsroom, range(23))
    async with run_for_sites() as it:
        await it.indexed()
        offer = await offered(it, newsroom.address())
        text = offer.text
        assert shown(newsroom.address()) in text
        assert "a list of several pages, the first two with 20 releases" in text
        assert "I can read all of its releases." in text
        assert "From then on I look for new ones by myself." in text
        for number in range(3):
            assert f"**{title(number)}**" in text
            assert f"HARBOR CITY — The council voted on part {number} " in text
        assert title(3) not in text
        assert labels(offer) == ["Keep", "Cancel"]
        assert built_from(data_of(it)).sites == ()
        clicked = await it.discord.click(offer, label="Keep", user=it.discord.manager)
        report = await clicked.wait_for(lambda each: "### Reindexed" in each.text, BUILD)
        assert "This is a source now: 23 releases read, 0 failed." in report.text
        assert "**Added: 23**" in report.text
        assert report.pings == ()
        assert set(releases(it)) == {"Zoo Adopts a Tapir", *map(title, range(23))}
        listed = await list_sources(it)
        assert "a web site, 23 releases read\n-# looked at <t:" in listed.text
        assert ", next time <t:" in listed.text


async def test_progress_is_shown_and_the_reading_can_be_stopped_and_goes_on(
    run_for_sites: Run, newsroom: Newsroom, clock: object
) -> None:
    serve_releases(newsroom, range(9))
    serve_feed(newsroom, range(9))
    come = newsroom.stall(path(4))
    async with run_for_sites() as it:
        await it.indexed()
        offer = await offered(it, newsroom.address())
        keeping = await it.discord.click(offer, label="Keep", user=it.discord.manager)
        await come.wait()
        reading = await keeping.wait_for(
            lambda each: "Fetching, 4 of 9 pages …" in each.text, PATIENCE
        )
        forged = await it.discord.click(
            reading, label="Cancel", user=it.discord.member, forged=True
        )
        assert (await forged.answer()).text == ONLY_MANAGERS
        stopping = await it.click(reading, "Cancel", user=it.discord.administrator)
        assert stopping.text == "Stopped. What was read is kept."
        stopped = await keeping.wait_for(lambda each: "Stopped by" in each.text, PATIENCE)
        assert it.discord.administrator.mention in stopped.text
        assert "a web site, 4 releases read, 5 still to come" in (await list_sources(it)).text
        serve_releases(newsroom, range(9))
        assert "9 releases read" in (await add(it, newsroom)).text


async def test_what_is_not_wanted_is_not_kept(run_for_sites: Run, newsroom: Newsroom) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with run_for_sites() as it:
        await it.indexed()
        offer = await offered(it, newsroom.address())
        assert "I can read only the latest of its releases (3 releases)" in offer.text
        dropped = await it.click(offer, "Cancel", user=it.discord.manager)
        assert dropped.text == "I have not added it."
        at_once = it.with_button(offer, KeepSite(1))  # as another manager still sees it
        late = await it.discord.click(at_once, KeepSite(1).custom_id, user=it.discord.manager)
        assert "That is decided already" in (await late.followup(within=PATIENCE)).text
        assert "web site" not in (await list_sources(it)).text


async def test_an_offer_outlives_a_restart(
    run_for_sites: Run, newsroom: Newsroom, tmp_path: Path
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with LoopbackDiscord() as discord:
        async with run_for_sites(on=discord) as it:
            await it.indexed()
            offer = await offered(it, newsroom.address())
        async with run_for_sites(on=discord) as it:
            await it.indexed()
            keeping = await discord.click(offer, label="Keep", user=discord.manager)
            report = await keeping.wait_for(lambda each: "### Reindexed" in each.text, BUILD)
            assert "**Added: 3**" in report.text


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ftp://harbor.example/news", "only http and https are read"),
        ("/etc/passwd", "it has no valid host name"),
        ("file:///etc/passwd", "only http and https are read"),
        ("https://user:word@harbor.example/", "with a user name or password"),
        ("http://169.254.169.254/latest/meta-data", "does not lead to a public web site"),
        ("http://0x7f000001/", "does not lead to a public web site"),
        ("http://[::1]/", "does not lead to a public web site"),
        ("https://@everyone@harbor.example/", "with a user name"),
        ("http://127.0.0.1/<@1>/@everyone", "does not lead to a public web site"),
        ("x" * 2000, "it has no valid host name"),
    ],
)
async def test_an_address_that_is_none_is_explained(
    run_for_sites: Run, address: str, reason: str
) -> None:
    async with run_for_sites(private_addresses=False) as it:
        await it.indexed()
        text = await refused(it, address)
        assert reason in text
        assert all(each.pings == () for each in it.discord.messages)


async def test_where_a_public_address_leads_inside_is_not_told(
    run_for_sites: Run, newsroom: Newsroom
) -> None:
    async with run_for_sites(private_addresses=False) as it:
        await it.indexed()
        text = await refused(it, newsroom.address("/", host="localhost"))
        assert "does not lead to a public web site" in text
        assert "127.0.0.1" not in text
        assert newsroom.asked == []


async def test_a_site_without_releases_or_behind_a_wall_is_explained(
    run_for_sites: Run, newsroom: Newsroom
) -> None:
    async with run_for_sites() as it:
        await it.indexed()
        newsroom.serve("/", "<html><title>Pier 9</title><p>Closed.</p></html>")
        assert "I found no feed, list or sitemap" in await refused(it, newsroom.address())
        newsroom.delete("/", status=403)
        text = await refused(it, newsroom.address())
        assert "the site blocks Verbatim (HTTP 403)" in text
        assert "use the site's feed if it has one" in text
        newsroom.answer("/", endless_redirects("/"))
        assert "on and on" in await refused(it, newsroom.address())


async def test_a_site_of_which_nothing_can_be_read_is_not_kept(
    run_for_sites: Run, newsroom: Newsroom
) -> None:
    serve_feed(newsroom, range(3))
    async with run_for_sites() as it:
        await it.indexed()
        offer = await offered(it, newsroom.address())
        assert "⚠ cannot be read: there is no such page (HTTP 404)" in offer.text
        keeping = await it.discord.click(offer, label="Keep", user=it.discord.manager)
        failed = await keeping.wait_for(lambda each: "so I have not kept it" in each.text, BUILD)
        assert "there is no such page" in failed.text
        assert "web site" not in (await list_sources(it)).text
        data = data_of(it)
        assert not is_site_copy(copy_folder(data, newsroom.address()))
        assert built_from(data).sites == ()


async def test_titles_and_texts_of_a_site_ping_nobody(
    run_for_sites: Run, newsroom: Newsroom
) -> None:
    page = (
        "<html><head><title>@everyone **Free** [nitro](https://evil.example)</title></head>"
        "<body><main><article><h1>@everyone **Free** [nitro](https://evil.example)</h1>"
        "<p>March 1, 2026</p><p>Hello @here and &lt;@1&gt;, ```this``` is "
        "<b>not</b> a release that anyone would want to read, though it is long enough.</p>"
        "<p>It has a second paragraph, which says nothing either, and says it at length.</p>"
        "</article></main></body></html>"
    )
    for number in range(3):
        newsroom.serve(path(number), page)
    serve_feed(newsroom, range(3))
    async with run_for_sites() as it:
        await it.indexed()
        offer = await offered(it, newsroom.address())
        assert r"\[nitro\]" in offer.text
        assert offer.pings == ()


async def test_what_is_new_is_told_and_not_kept(run_for_sites: Run, newsroom: Newsroom) -> None:
    serve_releases(newsroom, range(5))
    serve_feed(newsroom, range(2, 5))
    async with run_for_sites() as it:
        await it.indexed()
        await add(it, newsroom)
        listed = await list_sources(it)
        assert (await it.click(listed, "Check", user=it.discord.manager)).text.endswith(
            "Nothing is new there."
        )
        serve_feed(newsroom, range(5))
        news = await it.click(listed, "Check", user=it.discord.manager)
        assert news.text.splitlines()[1:] == [
            "2 new releases:",
            f"- February 20, 2026 · {title(0)}",
            f"- February 19, 2026 · {title(1)}",
        ]
        newsroom.delete("/feed", status=403)
        failed = await it.click(listed, "Check", user=it.discord.manager)
        assert "⚠ Cannot be read now: " in failed.text
        assert title(0) not in releases(it)


async def test_a_site_is_removed_after_confirmation_with_its_releases_and_its_copy(
    run_for_sites: Run, newsroom: Newsroom
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with run_for_sites() as it:
        manager = it.discord.manager
        await it.indexed()
        await add(it, newsroom)
        asked = await it.click(await list_sources(it), "Remove", user=manager)
        assert "(3 releases) leave my index" in asked.text
        kept = await it.click(asked, "Keep it", user=manager)
        assert "a web site, 3 releases read" in kept.text
        asked = await it.click(kept, "Remove", user=manager)
        removing = await it.discord.click(asked, label="Remove", user=manager)
        report = await removing.wait_for(lambda each: "### Reindexed" in each.text, BUILD)
        assert "**Removed: 3**" in report.text
        assert set(releases(it)) == {"Zoo Adopts a Tapir"}
        data = data_of(it)
        assert not copy_folder(data, newsroom.address()).exists()
        assert await it.bot.services.sources.failing() == []
        remove = parse_action(asked.button("Remove").custom_id or "")
        assert isinstance(remove, RemoveSource)
        again = await it.discord.click(
            it.with_button(asked, remove), remove.custom_id, user=manager
        )
        assert "not among my sources any more" in (await again.answer(PATIENCE)).text


async def test_folders_are_listed_by_name_and_cannot_be_added_or_removed(
    run_for_sites: Run, tmp_path: Path
) -> None:
    async with run_for_sites() as it:
        await it.indexed()
        listed = await it.discord.slash("sources", user=it.discord.manager)
        text = (await listed.answer(PATIENCE)).text
        assert listed.ephemeral
        assert "**press-folder**\na folder, 1 file" in text
        assert str(tmp_path) not in text
        assert "nobody in Discord can make me read files of that machine" in text
        assert labels(await listed.answer()) == ["Add", "Last report"]
        assert "no valid host name" in await refused(it, str(tmp_path))


async def test_a_copy_that_cannot_be_used_is_said_and_can_be_removed(
    run_for_sites: Run, newsroom: Newsroom, tmp_path: Path
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with run_for_sites() as it:
        await it.indexed()
        await add(it, newsroom)
        data = data_of(it)
        database = copy_folder(data, newsroom.address()) / "site.sqlite"
        database.write_bytes(b"This is no database. " * 100)
        listed = await list_sources(it)
        assert "⚠ My copy of it cannot be used." in listed.text
        assert str(tmp_path) not in listed.text
        checked = await it.click(listed, "Check", user=it.discord.manager)
        assert "My copy of it cannot be used." in checked.text
        assert str(tmp_path) not in checked.text
        await it.click(listed, "Remove", user=it.discord.manager)
        asked = it.discord.current(listed)
        removing = await it.discord.click(asked, label="Remove", user=it.discord.manager)
        await removing.wait_for(lambda each: "**Removed: 3**" in each.text, BUILD)
        assert set(releases(it)) == {"Zoo Adopts a Tapir"}


async def test_only_managers_see_and_change_the_sources(
    run_for_sites: Run, newsroom: Newsroom
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with run_for_sites() as it:
        await it.indexed()
        member = it.discord.member
        with pytest.raises(NotOffered):
            await it.discord.slash("sources", user=member)
        forged = await it.discord.slash("sources", user=member, forged=True)
        assert (await forged.answer()).text == ONLY_MANAGERS
        listed = await list_sources(it)
        for custom_id in (AddSource().custom_id, KeepSite(1).custom_id):
            forged = await it.discord.click(listed, custom_id, user=member, forged=True)
            assert (await forged.answer()).text == ONLY_MANAGERS


async def test_a_restart_during_the_reading_loses_nothing(
    run_for_sites: Run, newsroom: Newsroom, clock: object
) -> None:
    serve_releases(newsroom, range(9))
    serve_feed(newsroom, range(9))
    come = newsroom.stall(path(4))
    async with run_for_sites() as it:
        await it.indexed()
        offer = await offered(it, newsroom.address())
        keeping = await it.discord.click(offer, label="Keep", user=it.discord.manager)
        await come.wait()
    assert keeping.message is not None
    assert "Stopped because I am being shut down." in keeping.message.text
    serve_releases(newsroom, range(9))
    async with run_for_sites() as it:
        await it.indexed()
        refreshed = await it.bot.refresh.refresh()
        assert refreshed.read == {}  # it is not due yet
        assert refreshed.index is not None
        assert len(releases(it)) == 5


async def test_two_sites_are_looked_at_one_after_the_other(
    run_for_sites: Run, newsroom: Newsroom
) -> None:
    come = newsroom.stall("/")
    async with run_for_sites() as it:
        await it.indexed()
        first = await submit_address(it, newsroom.address())
        await come.wait()
        second = await submit_address(it, newsroom.address("/news"))
        await second.wait_for(lambda each: "Looking for releases" in each.text, PATIENCE)
        assert newsroom.asked.count("/news") == 0
        assert first.message is not None
    assert "shut down" in first.message.text


async def test_a_site_waits_for_a_running_build(run_for_sites: Run, newsroom: Newsroom) -> None:
    """One build at a time: what a build remembers must not lose a site that is added meanwhile."""
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    async with run_for_sites() as it:
        await it.indexed()
        reports = await asyncio.gather(add(it, newsroom), it.reindex())
        assert all("### Reindexed" in each.text for each in reports)
        assert len(releases(it)) == 4
        data = data_of(it)
        await until(lambda: built_from(data).sites)
