"""Lists of releases, and one release, whole or around a paragraph."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

import discord
from discord import ui

from bot.archive_service import FullRelease, ReleasePage, ReleaseSummary
from bot.core.actions import ListReleases, PickRelease, ShowRelease
from bot.core.components import (
    Block,
    Message,
    button,
    frame,
    heading_line,
    link,
    menu,
    page_link,
    rows,
    text_message,
    web_address,
)
from bot.core.markdown import parts, shortened
from bot.i18n import Language
from bot.phrases import published
from retrieval.release import ReleaseInfo
from retrieval.text.keys import release_key
from retrieval.text.links import link_to

PAGE = 7  # releases in a list: so many have room with title, address and summary

_ITEM = 520
_TITLE = 150
_URL = 180
_WHEN = 120
_RELEASE_PAGE = 3300
_AROUND = 2  # paragraphs before and after
_NEIGHBOUR = 500  # characters of a paragraph there
_CITED = 1200
_HARMLESS = "%:/?#!$&+,;=~"
_BRACKET = re.compile(r"[\[\]]")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")


def list_message(page: ReleasePage, language: Language) -> Message:
    """A part of the list of releases, newest first."""
    if not page.releases:
        return text_message(
            language.say("No release matches. Try fewer words, or other dates.")
            if page.listing.search or page.listing.since or page.listing.until
            else language.say("No release matches.")
        )
    last = page.first + len(page.releases)
    foot = language.say(
        "-# {first} to {last} of {total}, newest first",
        first=language.number(page.first + 1),
        last=language.number(last),
        total=language.number(page.total),
    )
    blocks = [
        frame(
            ui.TextDisplay(language.say("### Releases")),
            *(ui.TextDisplay(release_lines(each, language)) for each in page.releases),
            ui.TextDisplay(foot),
        ),
        pick_menu([each.info for each in page.releases], language),
    ]
    if page.total > len(page.releases):
        before, after = page.first - PAGE, page.first + PAGE
        turns = [
            button("◀", ListReleases.of(page.listing, max(0, before)), disabled=page.first == 0),
            button("▶", ListReleases.of(page.listing, after), disabled=last >= page.total),
        ]
        blocks += rows(turns)
    return Message(tuple(blocks))


def pick_menu(infos: Sequence[ReleaseInfo], language: Language) -> Block:
    """A menu that opens one of some releases, whole."""
    options = {release_key(each.id): each.title for each in infos}
    return menu(
        language.say("Read a whole release"),
        PickRelease(),
        [(title, key) for key, title in options.items()],
    )


def release_lines(release: ReleaseSummary, language: Language) -> str:
    """Title, date, newsroom and what it is about, in at most `_ITEM` characters."""
    title = linked_title(release.info)
    when = shortened(published(release.info, language), _WHEN)
    lines = f"{title}\n-# {when}"
    summary = shortened(release.summary, _ITEM - len(lines) - 1)
    return f"{lines}\n{summary}" if summary else lines


def linked_title(info: ReleaseInfo) -> str:
    """The title as a link to its page, or bold where there is none."""
    title = shortened(info.title, _TITLE) or "–"
    # A bracket could end the link early, and behind an @ could stand what calls somebody.
    url = quote(page_link(info) or "", safe=_HARMLESS)
    # So could a bracket of the title that has no partner, though it is escaped.
    closed = not _BRACKET.search(_BRACKETED.sub("", title))
    return f"[{title}](<{url}>)" if closed and 0 < len(url) <= _URL else f"**{title}**"


def release_message(release: FullRelease, page: int, language: Language) -> Message:
    """A page of a whole release, counted from 0."""
    pages = list(_pages(release.paragraphs)) or [""]
    page = max(0, min(page, len(pages) - 1))
    info = release.info
    foot = [shortened(published(info, language), _WHEN)]
    if not info.url:
        source = shortened(info.source, _WHEN)
        foot.append(language.say("{source} (no web address)", source=source))
    if len(pages) > 1:
        foot.append(language.say("page {page} of {pages}", page=page + 1, pages=len(pages)))
    blocks: list[Block] = [ui.TextDisplay(heading_line(info.title, _TITLE))]
    if pages[page]:
        blocks.append(ui.TextDisplay(pages[page]))
    blocks.append(ui.TextDisplay(f"-# {' · '.join(foot)}"))
    key = release_key(info.id)
    turns: list[ui.Button[discord.ui.LayoutView]] = []
    if len(pages) > 1:
        turns.append(button("◀", ShowRelease(key, max(0, page - 1), 1), disabled=page == 0))
        turns.append(button("▶", ShowRelease(key, page + 1, 1), disabled=page + 1 == len(pages)))
    if url := page_link(info):
        turns.append(link(language.say("Open the page"), url))
    return Message((frame(*blocks), *rows(turns)))


def context_message(release: FullRelease, at: int, language: Language) -> Message:
    """The paragraph at ``at`` (0 is the first), quoted, among its neighbours."""
    texts, info = release.paragraphs, release.info
    before = texts[max(0, at - _AROUND) : at]
    after = texts[at + 1 : at + 1 + _AROUND]
    blocks: list[Block] = [ui.TextDisplay(heading_line(info.title, _TITLE))]
    blocks += _neighbours(before)
    blocks.append(ui.TextDisplay(f"> {shortened(texts[at], _CITED) or '–'}"))
    blocks += _neighbours(after)
    place = language.say(
        "paragraph {number} of {total}", number=at + 1, total=language.number(len(texts))
    )
    when = shortened(published(info, language), _WHEN)
    blocks.append(ui.TextDisplay(f"-# {when} · {place}"))
    ways: list[ui.Button[discord.ui.LayoutView]] = []
    if url := web_address(link_to(info.url, texts[at])) or page_link(info):
        ways.append(link(language.say("Open the passage"), url))
    ways.append(button(language.say("Whole release"), ShowRelease(release_key(info.id))))
    return Message((frame(*blocks), *rows(ways)))


def _neighbours(texts: Sequence[str]) -> Iterator[Block]:
    for text in texts:
        if line := shortened(text, _NEIGHBOUR):
            yield ui.TextDisplay(line)


def choose_message(infos: Sequence[ReleaseInfo], language: Language) -> Message:
    """Several releases that somebody may have meant."""
    text = language.say("Several releases could be meant. Choose one:")
    return Message((ui.TextDisplay(text), pick_menu(infos, language)))


def _pages(paragraphs: Sequence[str]) -> Iterator[str]:
    """Paragraphs, escaped, on as few pages as have room for them."""
    page = ""
    for paragraph in paragraphs:
        for part in parts(paragraph, _RELEASE_PAGE):
            if page and len(page) + len(part) + 2 > _RELEASE_PAGE:
                yield page
                page = ""
            page = f"{page}\n\n{part}" if page else part
    if page:
        yield page
