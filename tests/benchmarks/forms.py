"""What sites offer: found rightly, wrongly, and missed.

    python -m tests.benchmarks.forms [--shared DIR]

Loopback newsrooms in all forms that the tests know are looked at as ``verbatim sources add`` does
it. A source is right if its kind, its address and its newest release are. Then real saved pages are
looked at: each is all that there is of its site, so that the feeds and interfaces that it declares
answer with what is made up. ``data/forms.tsv`` says what these pages declare, by reading them. Each
is a single text; what else it is taken for is wrong.
"""

import argparse
import asyncio
import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from bot.settings import Settings
from bot.sites import FirstLook, NothingOffered, look_at
from retrieval.sources.web.discovery import discover
from retrieval.sources.web.entries import is_same_site
from retrieval.sources.web.errors import FetchError
from retrieval.sources.web.offers import AddressKind, Discovery, OfferKind
from retrieval.sources.web.wordpress import PostType, collection_address, types_address
from tests.benchmarks.form_cases import Case, cases
from tests.benchmarks.parts import (
    Options,
    Part,
    Table,
    Target,
    add_options,
    lines_of,
    options_of,
)
from tests.retrieval.sources.web.fetched import Site
from tests.retrieval.sources.web.newsroom import Newsroom

LABELS = Path(__file__).parent / "data/forms.tsv"
_HOME = "https://roe.example/"
_TYPE = PostType("news", "News", "wp/v2/news")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found of what is there.

    Attributes:
        right: how many sources were found.
        wrong: those that were found and are not there, as words.
        missed: those that are there and were not found, as words.
    """

    right: int
    wrong: tuple[str, ...]
    missed: tuple[str, ...]


# -- loopback


async def look(case: Case) -> Outcome:
    """Look at a loopback newsroom as ``verbatim sources add`` does."""
    settings = Settings(private_addresses=True, fetch_delay=0)
    async with Newsroom() as newsroom:
        case.serve(newsroom)
        try:
            start = newsroom.address(case.start)
            discovery = (await look_at(settings, start, FirstLook())).discovery
        except NothingOffered as nothing:
            discovery = nothing.discovery
        except FetchError:
            return Outcome(0, (), tuple(path for _, path in case.there))
        found = _found(discovery, case.latest, newsroom.address())
    return Outcome(
        len(found & case.there),
        tuple(f"{kind} at {path}" for kind, path in found - case.there),
        tuple(f"{kind} at {path}" for kind, path in case.there - found),
    )


def _found(discovery: Discovery, latest: str, site: str) -> set[tuple[OfferKind, str]]:
    """The kinds and paths of the sources; those with another newest release are at no path."""
    found = set[tuple[OfferKind, str]]()
    for offer in discovery.offers:
        path = offer.address.removeprefix(site.rstrip("/")).partition("_fields=")[0].rstrip("?&")
        shown = {each.title for each in offer.samples[:1]} - {""}
        found.add((offer.kind, path if shown <= {latest} else f"{path} with another release"))
    return found


async def look_for_distributor() -> Outcome:
    """Look at a site that links to its feed at GlobeNewswire, and at one that links to its page.

    They are not on loopback, since the distributor is known by its host.
    """
    wire = "https://www.globenewswire.com"
    page, feed = f"{wire}/search/organization/Roe", f"{wire}/rssfeed/organization/zgLApi=="
    head = f'<link rel="alternate" type="application/rss+xml" href="{feed}">'
    right, wrong, missed = 0, list[str](), list[str]()
    for link in (feed, page):
        home = f"<html><body><p>Welcome.</p><a href='{link}'>Our releases</a></body></html>"
        organization = f"<html><head>{head}</head><body><p>Roe</p></body></html>"
        pages = {_HOME: home, page: organization, feed: _feed(wire, 0)}
        discovery = await discover(_HOME, Site(pages).fetch)
        found = [each.address for each in discovery.offers]
        right += found.count(feed)
        wrong += (each for each in found if each != feed)
        missed += [] if feed in found else [link]
    return Outcome(right, tuple(wrong), tuple(missed))


# -- real pages


@dataclass(frozen=True, slots=True)
class Declared:
    """What the pages of a host declare.

    Attributes:
        wordpress: the root of WordPress' interface; empty if they name none.
        feeds: the feeds of the site's texts.
        others: feeds of comments, of one author, of other sites.
    """

    wordpress: str
    feeds: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A real page, and the address that it had."""

    address: str
    body: bytes

    @property
    def host(self) -> str:
        """The host that it was at."""
        return urlsplit(self.address).netloc


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What was found of what a page declares.

    Attributes:
        address: that of the page.
        kind: what it was taken for.
        feed: what was found of the feeds.
        wordpress: what was found of the interface.
        lists: lists and sitemaps that were found, of which there are none.
        strangers: addresses of other sites that were asked for, and are none of its feeds.
    """

    address: str
    kind: AddressKind
    feed: Outcome
    wordpress: Outcome
    lists: tuple[str, ...]
    strangers: tuple[str, ...]


def read_labels(path: Path = LABELS) -> dict[str, Declared]:
    """What the pages of each host declare."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader((each for each in lines if not each.startswith("#")), delimiter="\t")
        return {
            row["host"]: Declared(
                row["wordpress"], tuple(row["feeds"].split()), tuple(row["others"].split())
            )
            for row in rows
        }


def read_pages(shared: Path) -> Iterator[SavedPage]:
    """The articles, and the releases of two governments at addresses like theirs."""
    folder = shared / "pages/articles"
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    for name, item in sorted(truth.items()):
        body = gzip.decompress((folder / f"{name}.html.gz").read_bytes())
        yield SavedPage(urldefrag(item["url"]).url, body)
    sites = {"justice": "https://www.justice.gov/opa/pr/", "yukon": "https://yukon.ca/en/news/"}
    for newsroom, start in sites.items():
        for path in sorted((shared / "pages/newsrooms" / newsroom).glob("*.html.gz")):
            address = f"{start}{path.name.partition('.')[0]}-of-the-government"
            yield SavedPage(address, gzip.decompress(path.read_bytes()))


async def look_at_page(page: SavedPage, declared: Declared) -> PageOutcome:
    """Look at a site of which there is one page, with what it declares."""
    pages: dict[str, str | bytes] = {page.address: page.body}
    for number, feed in enumerate((*declared.feeds, *declared.others)):
        pages[feed] = _feed(page.address, number)
    if declared.wordpress:
        pages[types_address(declared.wordpress)] = json.dumps(
            {"news": {"name": "News", "rest_base": "news"}}
        )
        pages[collection_address(declared.wordpress, _TYPE)] = _posts(page.address)
    site = Site(pages)
    discovery = await discover(page.address, site.fetch)
    offered = [each.address for each in discovery.offers if each.kind is OfferKind.FEED]
    right = [each for each in offered if each in declared.feeds]
    interface = [each.address for each in discovery.offers if each.kind is OfferKind.WORDPRESS]
    return PageOutcome(
        page.address,
        discovery.kind,
        Outcome(
            bool(right),
            tuple(each for each in offered if each not in declared.feeds),
            declared.feeds[:1] if declared.feeds and not right else (),
        ),
        Outcome(
            bool(interface and declared.wordpress),
            tuple(interface) if not declared.wordpress else (),
            (declared.wordpress,) if declared.wordpress and not interface else (),
        ),
        tuple(
            each.address
            for each in discovery.offers
            if each.kind in (OfferKind.LISTING, OfferKind.SITEMAP)
        ),
        tuple(
            each
            for each in site.asked
            if not is_same_site(each, page.address) and each not in declared.feeds
        ),
    )


def _feed(page: str, number: int) -> str:
    entries = "".join(
        f"<item><title>A Text of Feed {number}, Part {part}</title>"
        f"<link>{urljoin(page, f'/made-up/text-{number}-{part}')}</link></item>"
        for part in range(3)
    )
    return f"<rss version='2.0'><channel><title>News</title>{entries}</channel></rss>"


def _posts(page: str) -> str:
    rows = [
        {"id": n, "link": urljoin(page, f"/made-up/{n}"), "title": {"rendered": f"Text {n}"}}
        for n in range(3)
    ]
    return json.dumps(rows)


# -- the report


async def _measured(options: Options) -> Part:
    looked = [(case, await look(case)) for case in cases()]
    wire = await look_for_distributor()
    labels = read_labels()
    outcomes = [await look_at_page(page, labels[page.host]) for page in read_pages(options.shared)]
    found = [*(each for _, each in looked), wire]
    wrong = sum(len(each.wrong) + len(each.missed) for each in found)
    return Part(
        "What sites offer",
        (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2].strip(),
        (
            _by_kind(looked, wire),
            *_faults(looked),
            _real(outcomes, labels),
            *_real_faults(outcomes),
        ),
        targets=(
            Target("sources of newsrooms of known forms, wrong or missed", 0, "", float(wrong)),
        ),
    )


def _by_kind(looked: Sequence[tuple[Case, Outcome]], wire: Outcome) -> Table:
    rows = []
    for kind in OfferKind:
        of_kind = [(case, each) for case, each in looked if kind in {k for k, _ in case.there}]
        rows.append(_row(_KINDS[kind], [each for _, each in of_kind]))
    rows.append(("a feed at a distributor", "2", *_row("", [wire])[2:]))
    nothing = [each for case, each in looked if not case.there]
    right = sum(not each.wrong for each in nothing)
    wrong = sum(len(each.wrong) for each in nothing)
    rows.append(("nothing", f"{len(nothing)}", f"{right}", f"{wrong}", "0"))
    return Table(
        f"Newsrooms of known forms ({len(looked) + 2})",
        ("what is there", "sites", "right", "wrong", "missed"),
        tuple(rows),
        "All are on loopback but for the two of the distributor, which is known by its host.",
    )


_KINDS = {
    OfferKind.FEED: "a feed",
    OfferKind.WORDPRESS: "the interface of WordPress",
    OfferKind.SITEMAP: "a sitemap",
    OfferKind.LISTING: "a list",
}


def _row(name: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    return (
        name,
        f"{len(outcomes)}",
        f"{sum(each.right for each in outcomes)}",
        f"{sum(len(each.wrong) for each in outcomes)}",
        f"{sum(len(each.missed) for each in outcomes)}",
    )


def _faults(looked: Sequence[tuple[Case, Outcome]]) -> Iterator[Table]:
    rows = [
        (case.name, ", ".join(each.wrong), ", ".join(each.missed))
        for case, each in looked
        if each.wrong or each.missed
    ]
    if rows:
        yield Table("Newsrooms of known forms: the faults", ("", "wrong", "missed"), tuple(rows))


def _real(outcomes: Sequence[PageOutcome], labels: Mapping[str, Declared]) -> Table:
    declares = [labels[urlsplit(each.address).netloc] for each in outcomes]
    pairs = list(zip(outcomes, declares, strict=True))
    taken = sum(each.kind is AddressKind.RELEASE for each in outcomes)
    lists = sum(bool(each.lists) for each in outcomes)
    rows = (
        _row("a feed", [each.feed for each, declared in pairs if declared.feeds]),
        _row("no feed", [each.feed for each, declared in pairs if not declared.feeds]),
        _row(
            "the interface of WordPress",
            [each.wordpress for each, declared in pairs if declared.wordpress],
        ),
        ("a single text", f"{len(outcomes)}", f"{taken}", f"{lists}", f"{len(outcomes) - taken}"),
    )
    strangers = sum(len(each.strangers) for each in outcomes)
    return Table(
        f"Real pages ({len(outcomes)} of {len(labels)} hosts)",
        ("what is there", "pages", "right", "wrong", "missed"),
        rows,
        "A page with a feed is right if one of its feeds is found; each other one is wrong. A"
        " single text is wrong if it is taken for a list, and missed if for any other page."
        f" {strangers} addresses of other sites were asked for that are none of their feeds. No"
        " real feed, list or sitemap is among the shared data.",
    )


def _real_faults(outcomes: Sequence[PageOutcome]) -> Iterator[Table]:
    rows = []
    for each in outcomes:
        faults = [
            *(f"taken for a {each.kind}" for _ in "1" if each.kind is not AddressKind.RELEASE),
            *(f"wrong: {found}" for found in (*each.feed.wrong, *each.wordpress.wrong)),
            *(f"missed: {there}" for there in (*each.feed.missed, *each.wordpress.missed)),
            *(f"asked: {stranger[:60]}" for stranger in each.strangers),
        ]
        if faults:
            rows.append((each.address[:70], "; ".join(faults)))
    if rows:
        yield Table("Real pages: the faults", ("", "what"), tuple(rows))


def measure(options: Options) -> Part:
    """Look at all of them."""
    return asyncio.run(_measured(options))


def main() -> None:
    """Measure, and print Markdown tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_options(parser)
    print("\n".join(lines_of(measure(options_of(parser.parse_args())))))


if __name__ == "__main__":
    main()
