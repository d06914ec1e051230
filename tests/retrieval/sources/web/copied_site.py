"""A newsroom's site, and the copy of it in a folder."""

from dataclasses import replace
from pathlib import Path

from retrieval.release import Release
from retrieval.sources.reading import read_sources
from retrieval.sources.web.discovery import discover
from retrieval.sources.web.fetching import Fetcher
from retrieval.sources.web.import_report import ImportReport
from retrieval.sources.web.importing import import_site
from retrieval.sources.web.site_copy import SiteCopy, copy_folder
from retrieval.sources.web.site_plan import SitePlan
from tests.retrieval.sources.web.clocks import ManualClock
from tests.retrieval.sources.web.newsroom import Newsroom


class CopiedSite:
    """A site that is explored, imported, and read as sources are."""

    def __init__(
        self, newsroom: Newsroom, fetcher: Fetcher, clock: ManualClock, data: Path
    ) -> None:
        self.newsroom = newsroom
        self.folder = copy_folder(data, newsroom.address())
        self._fetcher = fetcher
        self._clock = clock

    async def add(self, **changes: tuple[str, ...]) -> ImportReport:
        """Explore the site, and import it by the plan with these changes."""
        rules = await self._fetcher.robots(self.newsroom.address())
        discovery = await discover(
            self.newsroom.address(), self._fetcher.fetch, sitemaps=rules.sitemaps
        )
        plan = SitePlan.of(discovery)
        assert plan
        with SiteCopy.create(self.folder, replace(plan, **changes), self._clock.now):
            pass
        self.newsroom.visits.clear()
        return await self.read()

    async def read(self) -> ImportReport:
        """Import the site by the plan that it was added with."""
        with SiteCopy(self.folder, self._clock.now) as copy:
            return await import_site(copy, self._fetcher.fetch, self._clock)

    @property
    def documents(self) -> list[object]:
        """What its copy is read as."""
        return list(read_sources([self.folder]))

    @property
    def releases(self) -> dict[str, Release]:
        """By title."""
        return {each.title: each for each in self.documents if isinstance(each, Release)}
