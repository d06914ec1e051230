"""A service over a data folder of its own, without a Discord and without a model."""

from datetime import timedelta
from pathlib import Path
from random import Random

from bot.archive_service import ArchiveService
from bot.release_sources import release_sources
from bot.settings import Settings
from bot.site_readings import SiteReadings
from bot.source_service import AddedSite, SourceService
from bot.state import State, open_state
from retrieval.archive import Archive
from tests.bot.encoders import HashedEncoder
from tests.retrieval.sources.web.clocks import ManualClock


class SourcesDesk:
    """The sources of a data folder, and what reads them."""

    def __init__(
        self,
        data: Path,
        interval: timedelta | None = timedelta(hours=1),
        state: State | None = None,
    ) -> None:
        data.mkdir(exist_ok=True)
        self.data = data
        self.settings = Settings(
            data=data, private_addresses=True, fetch_delay=0.0, refresh=interval
        )
        self.archive = Archive(data, HashedEncoder())
        self.state = state or open_state(data)
        self.archives = ArchiveService(self.archive, lambda: release_sources(self.settings), None)
        store, self.clock = self.state.sources, ManualClock()
        self.readings = SiteReadings(self.settings, store, self.clock, Random(14))
        self.service = SourceService(self.settings, self.archives, store, self.readings)

    async def add(self, address: str) -> AddedSite:
        _, number = await self.service.look(address, lambda _: None)
        return await self.service.add(await self.service.take_offer(number), lambda _: None)

    async def close(self) -> None:
        await self.readings.close()
        await self.archives.close()
        self.state.close()
