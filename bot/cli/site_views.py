"""What ``verbatim sources`` shows: what a site offers, what an import does, and the sources."""

from collections.abc import Iterable, Sequence
from itertools import islice

from rich.console import Group, RenderableType
from rich.text import Text

from bot.cli.layout import Wrapped
from bot.cli.progress_bar import ProgressBar
from bot.phrases import release_count
from bot.sites import Sample, SiteNews
from bot.source_list import SourceState
from retrieval.sources.web.import_report import ImportProgress, ImportReport
from retrieval.sources.web.offers import AddressKind, Discovery

_KINDS = {
    AddressKind.FEED: "a feed",
    AddressKind.WORDPRESS: "an interface of WordPress",
    AddressKind.SITEMAP: "a sitemap",
    AddressKind.LISTING: "a list of releases",
    AddressKind.RELEASE: "a single text",
    AddressKind.PDF: "a PDF",
    AddressKind.PAGE: "a web page",
    AddressKind.BLOCKED: "an address that cannot be read",
    AddressKind.OTHER: "no web page",
}
_MAX_ATTEMPTS = 5
_MAX_NAMED = 3  # addresses of which the same is said
_MAX_FAILED = 10
_MAX_NEW = 10
_MAX_PARAGRAPH = 300  # characters


def show_import(bar: ProgressBar, address: str, progress: ImportProgress) -> None:
    """Show how far the import of a site is."""
    counted = f"{progress.done:,} of {progress.total or progress.done:,}"
    match progress.stage:
        case "listing":
            stage, line = "reading lists", f"reading lists, {release_count(progress.done)} so far"
        case "fetching":
            stage, line = "fetching", f"fetching, {counted} pages"
        case "searching":
            stage, line = "looking for PDFs", f"looking for PDFs, {counted} pages"
        case "attaching":
            stage, line = "fetching PDFs", f"fetching, {counted} PDFs"
    bar.show(stage, f"{address}: {line}", progress.done, progress.total)


def import_line(report: ImportReport) -> str:
    """What an import did: "3 new, 1 changed, 40 unchanged, 1 failed"."""
    counts = (
        f"{report.new:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged, "
        f"{len(report.failed):,} failed"
    )
    if report.pdfs:
        counts += f", {report.pdfs:,} PDF{'' if report.pdfs == 1 else 's'}"
    return f"{counts}, {len(report.gone):,} no longer on the site" if report.gone else counts


def failures_view(report: ImportReport) -> RenderableType:
    """The pages that could not be fetched, the first of them by name."""
    lines = [f"failed {each.address}: {each.reason}" for each in report.failed[:_MAX_FAILED]]
    if (more := len(report.failed) - _MAX_FAILED) > 0:
        lines.append(f"and {more:,} more failed")
    return Group(*(Wrapped(Text(line)) for line in lines))


def discovery_view(discovery: Discovery, samples: Sequence[Sample]) -> RenderableType:
    """What a site offers, what of it is read, and the first releases as they are read."""
    led = discovery.address != discovery.asked
    address = f"{discovery.asked} leads to {discovery.address}, which" if led else discovery.asked
    lines: list[RenderableType] = [Wrapped(Text(f"{address} is {_KINDS[discovery.kind]}. Found:"))]
    lines += _items((offer.address, offer.summary) for offer in discovery.offers)
    lines.append(Wrapped(Text(plan_line(discovery))))
    lines += _attempts(discovery)
    if samples:
        lines += [Text(), Text("The first releases, as they are read:", "bold")]
    for sample in samples:
        day = sample.date.isoformat() if sample.date else "undated"
        title = Text.assemble(f"{day}  ", (sample.title or sample.address, "bold"))
        lines.append(Wrapped(title, indent=2, hanging=2))
        text = f"cannot be read: {sample.error}" if sample.error else shortened(sample.paragraph)
        lines.append(Wrapped(Text(text), indent=4))
    return Group(*lines)


def plan_line(discovery: Discovery) -> str:
    """What is read, and how complete that is."""
    plan = discovery.plan
    if plan.archive is None or plan.news is None:
        return "There are no releases to read."
    read = f"All releases are read from {plan.archive.address}"
    if not plan.is_complete:
        read = (
            f"Only the latest {release_count(plan.archive.shown)} can be read, from "
            f"{plan.archive.address}: nothing on the site names earlier ones. Those that come "
            "are kept"
        )
    news = plan.news.address
    new = "" if news == plan.archive.address else f", and new ones from {news}"
    cut = ". More might be found: not every address was tried" if discovery.was_cut else ""
    return f"{read}{new}{cut}."


def _attempts(discovery: Discovery) -> list[RenderableType]:
    """What was tried besides: what is said of many addresses is said once."""
    by_reason = dict[str, list[str]]()
    for each in discovery.attempts:
        by_reason.setdefault(each.reason, []).append(each.address)
    if not by_reason:
        return []
    first = ((_few(named), reason) for reason, named in islice(by_reason.items(), _MAX_ATTEMPTS))
    lines: list[RenderableType] = [Text("Tried besides:"), *_items(first)]
    if (more := len(by_reason) - _MAX_ATTEMPTS) > 0:
        lines.append(Text(f"  and {more:,} more"))
    return lines


def _few(addresses: Sequence[str]) -> str:
    more = len(addresses) - _MAX_NAMED
    return ", ".join([*addresses[:_MAX_NAMED], *([f"{more:,} more"] if more > 0 else [])])


def _items(described: Iterable[tuple[str, str]]) -> list[RenderableType]:
    """Addresses, each with what there is to say of it."""
    return [
        Wrapped(Text(f"- {address}: {text}"), indent=2, hanging=2) for address, text in described
    ]


def sources_list_view(sources: Sequence[SourceState]) -> RenderableType:
    """The sources, one a line, each with how far it is."""
    lines = list[RenderableType]()
    for each in sources:
        line = Text.assemble((each.name, "bold"), f": {each.detail}")
        lines.append(Wrapped(line, hanging=2))
    return Group(*lines)


def check_view(name: str, news: SiteNews) -> RenderableType:
    """What is new on a site."""
    if news.error:
        # The error names its own address, which may be another one.
        return Wrapped(Text.assemble((name, "bold"), f": cannot be read: {news.error}"), hanging=2)
    found = f"{len(news.new):,} new" if news.new else "nothing new"
    lines: list[RenderableType] = [Wrapped(Text.assemble((name, "bold"), f": {found}"))]
    for entry in news.new[:_MAX_NEW]:
        day = f"{entry.day}  " if entry.day else ""
        lines.append(Wrapped(Text(f"{day}{entry.title or entry.address}"), indent=2, hanging=2))
    if (more := len(news.new) - _MAX_NEW) > 0:
        lines.append(Text(f"  and {more:,} more"))
    return Group(*lines)


def shortened(paragraph: str) -> str:
    """The beginning of a paragraph."""
    if len(paragraph) <= _MAX_PARAGRAPH:
        return paragraph
    return paragraph[: _MAX_PARAGRAPH - 1].rsplit(" ", 1)[0] + "…"
