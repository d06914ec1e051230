"""``/sources``: where the releases come from, for managers."""

import discord
from discord import app_commands

from bot.core.actions import (
    AddSource,
    CheckSource,
    DropSite,
    KeepSite,
    ListSources,
    RemoveSource,
    ShowLastReport,
    StopReading,
    SubmitAddress,
)
from bot.core.cog import Handlers, ManagerCog, for_managers
from bot.core.components import Message, text_message
from bot.core.errors import error_text
from bot.core.inputs import submitted_text
from bot.core.live_reply import LiveReply
from bot.core.reply import Reply, defer_message, defer_update, open_modal
from bot.features.reindex.messages import report_message
from bot.features.reindex.progress import following_build
from bot.features.sources.messages import (
    added_message,
    address_modal,
    check_message,
    confirm_message,
    looking_line,
    looking_message,
    offer_message,
    reading_line,
    reading_message,
    sources_message,
    sources_on,
)
from bot.source_service import AddedSite
from retrieval.errors import NoReleases
from retrieval.indexing.report import IndexReport
from retrieval.sources.web.import_report import ImportProgress
from retrieval.sources.web.site_plan import SitePlan


class SourcesCog(ManagerCog):
    """Lists, checks, adds and removes sources.

    What takes long is shown to the whole channel, as ``/reindex`` is: a reply that one user sees
    cannot be edited after 15 minutes.
    """

    def handlers(self) -> Handlers:
        """The buttons, and the modal."""
        return {
            ListSources: self.show_page,
            CheckSource: self.check,
            RemoveSource: self.remove,
            ShowLastReport: self.show_report,
            AddSource: self.ask_address,
            SubmitAddress: self.look,
            KeepSite: self.keep,
            DropSite: self.drop,
            StopReading: self.stop,
        }

    @app_commands.command(description="See, add and remove what the releases come from")
    @for_managers
    async def sources(self, interaction: discord.Interaction) -> None:
        """List the sources."""
        await self._show(await defer_message(interaction, private=True), 0)

    async def show_page(self, interaction: discord.Interaction, action: ListSources) -> None:
        """Show another page of the list."""
        await self._show(await defer_update(interaction), action.page)

    async def _show(self, reply: Reply, page: int) -> None:
        service = self.services.sources
        sources = await service.sources()
        shown = sources_on(page, sources)
        folders = [each for each in shown if each.state and each.state.kind == "folder"]
        files = {each.key: await service.count_files(each) for each in folders}
        has_report = self.services.archive.last_report is not None
        await reply.edit(
            sources_message(sources, files, page, reply.language, has_report=has_report)
        )

    async def show_report(self, interaction: discord.Interaction, action: ShowLastReport) -> None:
        """Show what the last build changed, whoever started it."""
        reply = await defer_message(interaction, private=True)
        report = self.services.archive.last_report
        none = reply.language.gettext("I have built nothing since I was started.")
        await reply.edit(report_message(report, reply.language) if report else text_message(none))

    async def check(self, interaction: discord.Interaction, action: CheckSource) -> None:
        """Say what is new on a site."""
        reply = await defer_message(interaction, private=True)
        source = await self.services.sources.site(action.site)
        news = await self.services.sources.readings.check(source.path)
        await reply.edit(check_message(source, news, reply.language))

    # -- removing

    async def remove(self, interaction: discord.Interaction, action: RemoveSource) -> None:
        """Remove a site once that is confirmed."""
        if not action.confirmed:
            reply = await defer_update(interaction)
            source = await self.services.sources.site(action.site)
            await reply.edit(confirm_message(source, reply.language))
            return
        live = LiveReply(await defer_message(interaction))
        starter, service = interaction.user.mention, self.services.sources
        try:
            source = await service.site(action.site)
            async with following_build(live, self.services.archive.build, starter):
                report = await service.remove(source, starter)
            message = report_message(report, live.language)
        except Exception as error:
            message = text_message(error_text(error, live.language))
        await live.edit(message)

    # -- adding

    async def ask_address(self, interaction: discord.Interaction, action: AddSource) -> None:
        """Ask for an address."""
        language = self.services.language(interaction)
        await open_modal(interaction, address_modal(language))

    async def look(self, interaction: discord.Interaction, action: SubmitAddress) -> None:
        """Say what a site offers, and show its first releases."""
        live = LiveReply(await defer_message(interaction))
        language, address = live.language, submitted_text(interaction)
        pages = 0

        def on_page(count: int) -> None:
            nonlocal pages
            pages = count

        service = self.services.sources
        try:
            async with live.following(
                lambda: looking_line(address, pages, language), looking_message
            ):
                offer, number = await service.look(address, on_page)
            refreshes = service.readings.interval is not None
            message = offer_message(offer, number, language, refreshes=refreshes)
        except Exception as error:
            message = text_message(error_text(error, language))
        await live.edit(message)

    async def keep(self, interaction: discord.Interaction, action: KeepSite) -> None:
        """Read a site that was looked at, and build the index with it."""
        reply = await defer_update(interaction)
        # Raised to whoever clicked: the message may show how far the reading is.
        plan = await self.services.sources.take_offer(action.offer)
        live, starter = LiveReply(reply), interaction.user.mention
        try:
            added = await self._read(plan, live)
            async with following_build(live, self.services.archive.build, starter):
                index = await self._build(added, starter)
            message = added_message(added, index, live.language)
        except Exception as error:
            message = text_message(error_text(error, live.language))
        await live.edit(message)

    async def _read(self, plan: SitePlan, live: LiveReply) -> AddedSite:
        service, language = self.services.sources, live.language
        progress: ImportProgress | None = None

        def on_progress(latest: ImportProgress) -> None:
            nonlocal progress
            progress = latest

        def message(line: str) -> Message:
            return reading_message(plan.address, service.key_of(plan.address), line, language)

        async with live.following(lambda: reading_line(progress, language), message):
            return await service.add(plan, on_progress)

    async def _build(self, added: AddedSite, starter: str) -> IndexReport:
        service = self.services.sources
        try:
            return await service.build(starter)
        except NoReleases:  # not even in the new one
            await service.undo(added)
            raise

    async def drop(self, interaction: discord.Interaction, action: DropSite) -> None:
        """Forget what a site offers."""
        reply = await defer_update(interaction)
        await self.services.sources.take_offer(action.offer)
        await reply.edit(text_message(reply.language.gettext("I have not added it.")))

    async def stop(self, interaction: discord.Interaction, action: StopReading) -> None:
        """Stop the reading of a site; every manager may, whoever added it."""
        reply = await defer_message(interaction, private=True)
        source = await self.services.sources.site(action.site)
        by = interaction.user.mention
        if await self.services.sources.readings.stop(source.path, by):
            text = reply.language.gettext("Stopped. What was read is kept.")
        else:
            text = reply.language.gettext("There is nothing left to stop.")
        await reply.edit(text_message(text))
