"""The sources, what a site offers, and how its reading goes, as messages."""

from collections.abc import Iterator, Mapping, Sequence

import discord
from discord import ui

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
from bot.core.components import (
    Block,
    Message,
    button,
    button_rows,
    container,
    heading_line,
    page_buttons,
    text_message,
)
from bot.core.markdown import quotation, shortened
from bot.features.reindex.messages import report_message
from bot.i18n import Language
from bot.phrases import release_count
from bot.sites import Sample, SiteNews, SiteOffer
from bot.source_list import SourceState
from bot.source_service import AddedSite, KnownSource
from bot.state.sources import SiteRefresh
from retrieval.indexing.report import IndexReport
from retrieval.sources.web.import_report import ImportProgress
from retrieval.sources.web.offers import Offer, OfferKind, Reach

PAGE = 6  # sources in a message, of at most 40 components

_MAX_OFFERS = 5
_MAX_NEW = 10
# In characters:
_MAX_NAME = 120
_MAX_REASON = 250
_MAX_PARAGRAPH = 400
_MAX_ADDRESS = 2000  # that can be typed


def sources_message(
    sources: Sequence[KnownSource],
    files: Mapping[str, int],
    page: int,
    language: Language,
    *,
    has_report: bool,
) -> Message:
    """A page of the sources, with buttons; pages are numbered from 0.

    Args:
        sources: all of them.
        files: how many files each folder has, by its key.
        page: which page; the nearest one, if there is no such page.
        language: the language.
        has_report: whether there is a report of a build to show.
    """
    _ = language.gettext
    last, page = _last_page(sources), _existing(page, sources)
    blocks: list[Block] = [ui.TextDisplay(_("### Where the releases come from"))]
    for source in sources_on(page, sources):
        blocks += _source_blocks(source, files.get(source.key), language)
    if not sources:
        blocks.append(ui.TextDisplay(_("Nowhere yet. Add the address of a newsroom’s web site.")))
    blocks.append(
        ui.TextDisplay(
            _(
                "-# Files and folders are added and removed by whoever hosts me, with "
                "`verbatim sources`: nobody in Discord can make me read files of that machine."
            )
        )
    )
    buttons = [button(_("Add"), AddSource(), discord.ButtonStyle.primary)]
    if has_report:
        buttons.append(button(_("Last report"), ShowLastReport()))
    if last:
        previous, following = ListSources(page - 1), ListSources(page + 1)
        buttons += page_buttons(previous, following, is_first=page == 0, is_last=page == last)
    return Message((container(*blocks), *button_rows(buttons)))


def sources_on(page: int, sources: Sequence[KnownSource]) -> Sequence[KnownSource]:
    """The sources on a page, or on the nearest one that there is."""
    first = PAGE * _existing(page, sources)
    return sources[first : first + PAGE]


def _existing(page: int, sources: Sequence[KnownSource]) -> int:
    return max(0, min(page, _last_page(sources)))


def _last_page(sources: Sequence[KnownSource]) -> int:
    return max(0, (len(sources) - 1) // PAGE)


def _source_blocks(source: KnownSource, files: int | None, language: Language) -> Iterator[Block]:
    """What is known of a source and, of a site, the buttons that check and remove it."""
    name = f"**{shortened(source.name, _MAX_NAME) or '–'}**"
    yield ui.TextDisplay("\n".join([name, *_source_lines(source, files, language)]))
    if source.is_site:
        check = button(language.gettext("Check"), CheckSource(source.key))
        remove = button(language.gettext("Remove"), RemoveSource(0, source.key))
        yield from button_rows([check, remove])


def _source_lines(source: KnownSource, files: int | None, language: Language) -> list[str]:
    _ = language.gettext
    state = source.state
    if state is None or (source.is_site and state.status is None):
        return [_("⚠ My copy of it cannot be used. Whoever hosts me finds the cause in the log.")]
    if state.kind == "missing":
        return [_("⚠ not there any more")]
    if state.kind == "file":
        return [_("a file")]
    if state.status is None:
        count = language.ngettext("{count} file", "{count} files", files or 0)
        return [_("a folder, {files}", files=count)]
    return [*_site_lines(state, source.refresh, language)]


def _site_lines(state: SourceState, refresh: SiteRefresh | None, language: Language) -> list[str]:
    _ = language.gettext
    status = state.status
    assert status
    parts = [_("a web site, {releases} read", releases=release_count(status.copied, language))]
    if status.listed > status.copied:
        left = language.number(status.listed - status.copied)
        parts.append(_("{count} still to come", count=left))
    if status.failed:
        parts.append(_("{count} failed", count=language.number(status.failed)))
    if status.gone:
        parts.append(_("{count} no longer on the site", count=language.number(status.gone)))
    if not state.is_complete:
        parts.append(_("the latest only"))
    when = []
    if status.read:
        moment = discord.utils.format_dt(status.read, "R")
        when.append(_("looked at {when}", when=moment))
    if refresh:
        moment = discord.utils.format_dt(refresh.due, "R")
        when.append(_("next time {when}", when=moment))
    lines = [", ".join(parts), *([f"-# {', '.join(when)}"] if when else [])]
    if refresh and refresh.failing_since:
        lines.append(_failing_line(refresh, language))
    elif status.failure:
        reason = shortened(status.failure, _MAX_REASON)
        lines.append(_("⚠ The last time: {reason}", reason=reason))
    return lines


def _failing_line(refresh: SiteRefresh, language: Language) -> str:
    return language.gettext(
        "⚠ Cannot be read since {when}: {reason}",
        when=discord.utils.format_dt(refresh.failing_since or refresh.due, "f"),
        reason=shortened(refresh.reason, _MAX_REASON) or "–",
    )


def check_message(source: KnownSource, news: SiteNews, language: Language) -> Message:
    """What is new on a site, or why that cannot be told."""
    _ = language.gettext
    lines = [heading_line(source.name, _MAX_NAME)]
    if news.error:
        reason = shortened(news.error, _MAX_REASON)
        lines.append(_("⚠ Cannot be read now: {reason}", reason=reason))
    elif not news.new:
        lines.append(_("Nothing is new there."))
    else:
        count = language.ngettext("{count} new release:", "{count} new releases:", len(news.new))
        lines.append(count)
        for entry in news.new[:_MAX_NEW]:
            day = f"{language.date(entry.day)} · " if entry.day else ""
            title = shortened(entry.title or entry.address or "", _MAX_NAME) or "–"
            lines.append(f"- {day}{title}")
        if len(news.new) > _MAX_NEW:
            lines.append("- …")
    return text_message("\n".join(lines))


def confirm_message(source: KnownSource, language: Language) -> Message:
    """The confirmation before a site is removed."""
    _ = language.gettext
    status = source.state.status if source.state else None
    text = _(
        "Remove {site}? Its releases ({releases}) leave my index, and my copy of it is deleted.",
        site=shortened(source.name, _MAX_NAME),
        releases=release_count(status.copied if status else 0, language),
    )
    buttons = [
        button(_("Remove"), RemoveSource(1, source.key), discord.ButtonStyle.danger),
        button(_("Keep it"), ListSources(0)),
    ]
    return Message((ui.TextDisplay(text), *button_rows(buttons)))


def address_modal(language: Language) -> ui.Modal:
    """The modal that asks for the address of a site."""
    modal = ui.Modal(
        title=language.gettext("Add a web site"), custom_id=SubmitAddress().custom_id, timeout=None
    )
    field = ui.TextInput[ui.Modal](
        style=discord.TextStyle.short,
        max_length=_MAX_ADDRESS,
        custom_id="address",
        placeholder="https://www.example.org/news",
    )
    label = language.gettext("The address of the newsroom, or of any of its pages")
    modal.add_item(ui.Label(text=language.gettext("Address"), description=label, component=field))
    modal.stop()  # discord.py need not keep it: the router handles it
    return modal


# -- what a site offers


def looking_message(line: str) -> Message:
    """How far the look at a site is."""
    return text_message(f"{line} …")


def looking_line(address: str, pages: int, language: Language) -> str:
    """How far the look at a site is, as a line."""
    shown = shortened(address, _MAX_NAME)
    count = language.ngettext("{count} page", "{count} pages", pages)
    return language.gettext(
        "Looking for releases at {address}: {pages}", address=shown, pages=count
    )


def offer_message(offer: SiteOffer, number: int, language: Language, *, refreshes: bool) -> Message:
    """What a site offers and the first releases as they are read, to be kept or not.

    ``number`` is the offer's; ``refreshes`` says whether sites are read again by themselves.
    """
    _ = language.gettext
    discovery, plan = offer.discovery, offer.discovery.plan
    lines = [heading_line(discovery.asked, _MAX_NAME), _("There I found:")]
    lines += [f"- {_offer_line(each, language)}" for each in discovery.offers[:_MAX_OFFERS]]
    if plan.archive and not plan.is_complete:
        lines.append(
            _(
                "I can read only the latest of its releases ({releases}): nothing on the site "
                "names earlier ones. Those that come are kept.",
                releases=release_count(plan.archive.shown, language),
            )
        )
    else:
        lines.append(_("I can read all of its releases."))
    if refreshes:
        lines.append(_("From then on I look for new ones by myself."))
    blocks: list[Block] = [ui.TextDisplay("\n".join(lines))]
    if offer.samples:
        blocks.append(ui.TextDisplay(_("**The first releases, as I read them:**")))
    blocks += [ui.TextDisplay(_sample_lines(each, language)) for each in offer.samples]
    buttons = [
        button(_("Keep"), KeepSite(number), discord.ButtonStyle.success),
        button(_("Cancel"), DropSite(number)),
    ]
    return Message((container(*blocks), *button_rows(buttons)))


def _offer_line(offer: Offer, language: Language) -> str:
    _ = language.gettext
    match offer.kind:
        case OfferKind.FEED:
            kind = _("a feed")
        case OfferKind.WORDPRESS:
            kind = _("the interface of WordPress")
        case OfferKind.LISTING:
            kind = _("a list")
        case OfferKind.SITEMAP:
            kind = _("a sitemap")
    releases = release_count(offer.count, language)
    if offer.is_estimate:
        releases = _("about {releases}", releases=releases)
    match offer.reach:
        case Reach.WHOLE:
            line = _("{kind} with all releases: {releases}", kind=kind, releases=releases)
        case Reach.LATEST:
            line = _("{kind} with the latest releases: {releases}", kind=kind, releases=releases)
        case Reach.PAGED if offer.total is None:
            line = _(
                "{kind} of several pages, the first two with {releases}",
                kind=kind,
                releases=releases,
            )
        case Reach.PAGED:
            line = _("{kind} of several pages: {releases}", kind=kind, releases=releases)
    if offer.first and offer.last and offer.reach is not Reach.WHOLE:
        first, last = language.date(offer.first), language.date(offer.last)
        line = _("{line}, {first} to {last}", line=line, first=first, last=last)
    return line


def _sample_lines(sample: Sample, language: Language) -> str:
    day = language.date(sample.date) if sample.date else language.gettext("undated")
    title = shortened(sample.title or sample.address, _MAX_NAME) or "–"
    lines = [f"**{title}**", f"-# {day}"]
    if sample.error:
        reason = shortened(sample.error, _MAX_REASON)
        lines.append(language.gettext("⚠ cannot be read: {reason}", reason=reason))
    elif shown := quotation(sample.paragraph, None, _MAX_PARAGRAPH):
        lines.append(shown)
    return "\n".join(lines)


# -- reading it


def reading_line(progress: ImportProgress | None, language: Language) -> str:
    """How far the reading of a site is, as a line."""
    if progress is None:
        return language.gettext("Beginning to read")
    if progress.stage == "listing":
        releases = release_count(progress.done, language)
        return language.gettext("Reading lists, {releases} so far", releases=releases)
    done = language.number(progress.done)
    total = language.number(progress.total or progress.done)
    if progress.stage == "searching":
        return language.gettext("Looking for PDFs, {done} of {total} pages", done=done, total=total)
    if progress.stage == "attaching":
        return language.gettext("Fetching, {done} of {total} PDFs", done=done, total=total)
    return language.gettext("Fetching, {done} of {total} pages", done=done, total=total)


def reading_message(address: str, key: str, line: str, language: Language) -> Message:
    """How far the reading of a site is, with a button that stops it."""
    stop = button(language.gettext("Cancel"), StopReading(key), discord.ButtonStyle.danger)
    lines = f"{heading_line(address, _MAX_NAME)}\n{line} …"
    return Message((ui.TextDisplay(lines), *button_rows([stop])))


def added_message(added: AddedSite, index: IndexReport, language: Language) -> Message:
    """What the reading of a new source did, and the report of the build."""
    _ = language.gettext
    report = added.report
    lines = [
        heading_line(added.address, _MAX_NAME),
        _(
            "This is a source now: {releases} read, {failed} failed.",
            releases=release_count(added.copied, language),
            failed=language.number(len(report.failed)),
        ),
    ]
    if report.stopped:
        reason = shortened(str(report.stopped), _MAX_REASON)
        lines.append(_("⚠ Not to its end: {reason}", reason=reason))
    built = report_message(index, language)
    return Message((ui.TextDisplay("\n".join(lines)), *built.blocks), built.attachments)


# -- what managers are told


def failing_message(site: str, refresh: SiteRefresh, language: Language) -> Message:
    """That a site cannot be read any more."""
    lines = [
        heading_line(site, _MAX_NAME),
        _failing_line(refresh, language),
        language.gettext(
            "Nothing of it is lost: I answer from my copy. I go on trying, and say so here when "
            "it works again. See /sources."
        ),
    ]
    return text_message("\n".join(lines))


def working_message(site: str, language: Language) -> Message:
    """That it can be read again."""
    works = language.gettext("It can be read again.")
    return text_message(f"{heading_line(site, _MAX_NAME)}\n{works}")
