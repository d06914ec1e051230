"""What a manager does with the sources."""

from pathlib import Path

from retrieval.archive import Archive
from retrieval.release import ReleaseInfo
from tests.bot.online import BUILD, PATIENCE, Online
from tests.loopback import Interaction, Message
from tests.retrieval.sources.web.newsroom import Newsroom


async def list_sources(it: Online) -> Message:
    return await it.slash("sources", user=it.discord.manager)


async def submit_address(it: Online, address: str) -> Interaction:
    """Add an address, and return what shows the look at it."""
    manager = it.discord.manager
    form = await it.discord.click(await list_sources(it), label="Add", user=manager)
    await form.acknowledged()
    return await it.discord.submit_modal(form, {"address": address}, user=manager)


async def offered(it: Online, address: str) -> Message:
    """Add an address, and return what the site offers."""
    looking = await submit_address(it, address)
    return await looking.wait_for(lambda each: "There I found:" in each.text, PATIENCE)


async def refused(it: Online, address: str) -> str:
    """Add an address, and return why it is none."""
    looking = await submit_address(it, address)
    told = await looking.wait_for(
        lambda each: bool(each.text) and not each.text.startswith("Looking"), PATIENCE
    )
    return told.text


async def add(it: Online, newsroom: Newsroom) -> Message:
    """Add a newsroom's site, and return the report."""
    offer = await offered(it, newsroom.address())
    keeping = await it.discord.click(offer, label="Keep", user=it.discord.manager)
    return await keeping.wait_for(lambda each: "### Reindexed" in each.text, BUILD)


def archive_of(it: Online) -> Archive:
    return it.bot.services.archive._archive


def data_of(it: Online) -> Path:
    return archive_of(it).data


def releases(it: Online) -> dict[str, ReleaseInfo]:
    """The releases of the index, by title."""
    return {each.title: each for each in archive_of(it).index.releases.select(limit=1000)}
