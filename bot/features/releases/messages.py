"""Lists of releases, whole releases, and paragraphs in context, as messages."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

import discord
from discord import ui

from bot.archive_service import ReleasePage, ReleaseSummary
from bot.core.actions import ListReleases, PickRelease, ShowChanges, ShowRelease
from bot.core.components import (
    Block,
    Message,
    button,
    button_rows,
    container,
    cut,
    fit,
    heading_line,
    link_button,
    menu,
    page_buttons,
    page_link,
    text_message,
    web_address,
)
from bot.core.markdown import joined, parts, shortened
from bot.features.releases.changes import changes_text, legend
from bot.i18n import Language
from bot.phrases import changed_line, place_line, published
from retrieval.ranking.full_release import FullRelease
from retrieval.release import AttachedDocument, ReleaseInfo
from retrieval.release_history import ReleaseHistory
from retrieval.text.keys import release_key

PAGE = 7  # releases in a list: as many as fit with title, URL and summary

# In characters:
_MAX_ITEM = 520
_MAX_TITLE = 150
_MAX_URL = 180
_MAX_SOURCE = 120
_MAX_PAGE = 3300
_MAX_ALSO = 600
_MAX_NAME = 60
_MAX_NEIGHBOUR = 500
_MAX_QUOTED = 1200

_NEIGHBOURS = 2  # paragraphs before and after a quoted one
_URL_SAFE = "%:/?#!$&+,;=~"
_BRACKET = re.compile(r"[\[\]]")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")


def list_message(page: ReleasePage, language: Language) -> Message:
    """A page of a list of releases, newest first."""
    query = page.query
    if not page.releases:
        return text_message(
            language.gettext("No release matches. Try fewer words or other dates.")
            if query.search or query.since or query.until
            else language.gettext("No release matches.")
        )
    last = page.first + len(page.releases)
    footer = language.gettext(
        "-# {first} to {last} of {total}, newest first",
        first=language.number(page.first + 1),
        last=language.number(last),
        total=language.number(page.total),
    )
    blocks = [
        container(
            ui.TextDisplay(language.gettext("### Releases")),
            *(ui.TextDisplay(release_lines(release, language)) for release in page.releases),
            ui.TextDisplay(footer),
        ),
        release_menu([release.info for release in page.releases], language),
    ]
    if page.total > len(page.releases):
        previous = ListReleases.of(query, max(0, page.first - PAGE))
        following = ListReleases.of(query, page.first + PAGE)
        is_first, is_last = page.first == 0, last >= page.total
        blocks += button_rows(page_buttons(previous, following, is_first=is_first, is_last=is_last))
    return Message(tuple(blocks))


def release_menu(infos: Sequence[ReleaseInfo], language: Language) -> Block:
    """A menu that shows one of some releases, whole."""
    titles = {release_key(info.id): info.title for info in infos}
    options = [(title, key) for key, title in titles.items()]
    return menu(language.gettext("Read a whole release"), PickRelease(), options)


def release_lines(release: ReleaseSummary, language: Language) -> str:
    """Title, date, newsroom and summary of a release, in at most `_MAX_ITEM` characters."""
    source = shortened(published(release.info, language), _MAX_SOURCE)
    lines = f"{linked_title(release.info)}\n-# {source}"
    summary = shortened(release.summary, _MAX_ITEM - len(lines) - 1)
    return f"{lines}\n{summary}" if summary else lines


def linked_title(info: ReleaseInfo) -> str:
    """The title of a release, as a link to its page, or in bold if it has none."""
    return _linked(info.title, page_link(info))


def _linked(title: str, address: str | None) -> str:
    """A title as a link, or in bold if there is no address."""
    title = shortened(title, _MAX_TITLE) or "–"
    # A bracket would end the link early, and an @ could start a mention.
    url = quote(address or "", safe=_URL_SAFE)
    # An unpaired bracket in the title would end the link as well, although it is escaped.
    paired = not _BRACKET.search(_BRACKETED.sub("", title))
    return f"[{title}](<{url}>)" if paired and 0 < len(url) <= _MAX_URL else f"**{title}**"


def release_message(history: ReleaseHistory, page: int, language: Language) -> Message:
    """A page of a whole release; pages are numbered from 0.

    What changed in it follows if there is room, or else a button shows it.
    """
    release = history.release
    also = _also_line(release, language)
    room = _MAX_PAGE - len(also)
    pages = list(_pages(release, room)) or [""]
    page = max(0, min(page, len(pages) - 1))
    info = release.info
    blocks: list[Block] = [ui.TextDisplay(heading_line(info.title, _MAX_TITLE))]
    if pages[page]:
        blocks.append(ui.TextDisplay(pages[page]))
    marks = f"-# {legend(language)}"
    room -= len(pages[page]) + len(marks)
    changes = changes_text(history, room, language) if len(pages) == 1 else None
    if changes:
        blocks += [ui.TextDisplay(changes), ui.TextDisplay(marks)]
    blocks.append(ui.TextDisplay(_release_footer(history, page, len(pages), language)))
    if also:
        blocks.append(ui.TextDisplay(also))
    key = release_key(info.id)
    buttons: list[ui.Button[discord.ui.LayoutView]] = []
    if len(pages) > 1:
        previous, following = ShowRelease(key, max(0, page - 1), 1), ShowRelease(key, page + 1, 1)
        is_last = page + 1 == len(pages)
        buttons += page_buttons(previous, following, is_first=page == 0, is_last=is_last)
    if history.changed and not changes:
        buttons.append(button(language.gettext("What changed"), ShowChanges(key)))
    if url := page_link(info):
        buttons.append(link_button(language.gettext("Open the page"), url))
    return Message((container(*blocks), *button_rows(buttons)))


def _release_footer(history: ReleaseHistory, page: int, pages: int, language: Language) -> str:
    """When and where a release was published, when it was changed, and which page this is."""
    info = history.release.info
    notes = [shortened(published(info, language), _MAX_SOURCE)]
    if history.changed:
        notes.append(changed_line(history.changed, language))
    if not info.url:
        source = shortened(info.source, _MAX_SOURCE)
        notes.append(language.gettext("{source} (no web address)", source=source))
    if pages > 1:
        notes.append(language.gettext("page {page} of {pages}", page=page + 1, pages=pages))
    return f"-# {' · '.join(notes)}"


def _also_line(release: FullRelease, language: Language) -> str:
    """Where else a release was read, as far as there is room; empty if nowhere."""
    if not release.also:
        return ""
    places = [
        _linked(cut(copy.newsroom or copy.source, _MAX_NAME), web_address(copy.url))
        if copy.url
        else shortened(copy.source, _MAX_NAME)
        for copy in release.also
    ]
    return "-# " + language.gettext("also at {places}", places=fit(places, ", ", _MAX_ALSO))


def context_message(release: FullRelease, position: int, language: Language) -> Message:
    """The paragraph at a position, from 0, quoted between its neighbours."""
    info, place = release.info, release.place(position + 1)
    document = release.document(position + 1)  # what is beside it in another one is no context
    paragraphs = release.paragraphs[: document.stop - 1]
    quoted = paragraphs[position]
    before = paragraphs[max(document.start - 1, position - _NEIGHBOURS) : position]
    after = paragraphs[position + 1 : position + 1 + _NEIGHBOURS]
    blocks: list[Block] = [ui.TextDisplay(heading_line(info.title, _MAX_TITLE))]
    blocks += _neighbours(before)
    blocks.append(ui.TextDisplay(f"> {shortened(quoted, _MAX_QUOTED) or '–'}"))
    blocks += _neighbours(after)
    where = language.gettext(
        "paragraph {number} of {total}",
        number=position + 1,
        total=language.number(len(paragraphs)),
    )
    if place.attachment:
        where = shortened(place_line(position + 1, place, language), _MAX_SOURCE)
    source = shortened(published(info, language), _MAX_SOURCE)
    blocks.append(ui.TextDisplay(f"-# {source} · {where}"))
    buttons: list[ui.Button[discord.ui.LayoutView]] = []
    if url := web_address(release.link(position + 1)) or page_link(info):
        buttons.append(link_button(language.gettext("Open the passage"), url))
    buttons.append(button(language.gettext("Whole release"), ShowRelease(release_key(info.id))))
    return Message((container(*blocks), *button_rows(buttons)))


def matches_message(infos: Sequence[ReleaseInfo], language: Language) -> Message:
    """A menu of the releases whose title matches."""
    text = language.gettext("Several releases match. Choose one:")
    return Message((ui.TextDisplay(text), release_menu(infos, language)))


def _neighbours(paragraphs: Sequence[str]) -> Iterator[Block]:
    for paragraph in paragraphs:
        if line := shortened(paragraph, _MAX_NEIGHBOUR):
            yield ui.TextDisplay(line)


def _pages(release: FullRelease, limit: int) -> Iterator[str]:
    """The paragraphs, escaped, on as few pages as possible, each attachment under its name.

    A page has at most ``limit`` characters.
    """
    yield from joined(_parts(release, limit), limit)


def _parts(release: FullRelease, limit: int) -> Iterator[str]:
    attached = {numbers[0]: attachment for attachment, numbers in release.attachments()}
    for number, paragraph in enumerate(release.paragraphs, start=1):
        heading = _heading(attached.get(number))
        for part in parts(paragraph, limit - len(heading)):
            yield f"{heading}{part}"
            heading = ""


def _heading(attachment: AttachedDocument | None) -> str:
    """The line above an attachment."""
    return f"{_linked(attachment.name, web_address(attachment.url))}\n\n" if attachment else ""
