"""What changed in releases, and in passages that were quoted from them, as messages."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import discord
from discord import ui

from bot.core.actions import ShowChanges, ShowRelease
from bot.core.components import (
    GREY,
    Block,
    Message,
    button,
    button_rows,
    container,
    heading_line,
    page_buttons,
)
from bot.core.markdown import joined, parts, shortened
from bot.i18n import Language
from bot.quoted_passages import ChangedPassage
from retrieval.release_history import ReleaseHistory
from retrieval.text.keys import release_key
from retrieval.text.wording_changes import ChangedParagraph, Edit, abridged

# In characters:
_MAX_TITLE = 150
_MAX_PAGE = 3300
_MAX_QUOTED = 400
_ZERO_WIDTH_SPACE = "\u200b"

_MARKS = {Edit.KEPT: "", Edit.REMOVED: "~~", Edit.ADDED: "__"}


def changes_text(history: ReleaseHistory, limit: int, language: Language) -> str | None:
    """All changes of a release in at most ``limit`` characters; None if they are longer."""
    pages = [*islice(joined(_parts(history, language), limit), 2)]
    return pages[0] if len(pages) == 1 and len(pages[0]) <= limit else None


def legend(language: Language) -> str:
    """What the marks in changes mean."""
    return language.gettext("~~struck out~~ was removed, __underlined__ was added")


def changes_message(history: ReleaseHistory, page: int, language: Language) -> Message:
    """A page of what changed in a release; pages are numbered from 0."""
    pages = list(joined(_parts(history, language), _MAX_PAGE))
    pages = pages or [language.gettext("No change of this release is known.")]
    page = max(0, min(page, len(pages) - 1))
    info = history.release.info
    footer = [legend(language)]
    if len(pages) > 1:
        footer.append(language.gettext("page {page} of {pages}", page=page + 1, pages=len(pages)))
    blocks: list[Block] = [
        ui.TextDisplay(heading_line(info.title, _MAX_TITLE)),
        ui.TextDisplay(pages[page]),
        ui.TextDisplay(f"-# {' · '.join(footer)}"),
    ]
    key = release_key(info.id)
    buttons: list[ui.Button[discord.ui.LayoutView]] = []
    if len(pages) > 1:
        previous, following = ShowChanges(key, max(0, page - 1), 1), ShowChanges(key, page + 1, 1)
        is_last = page + 1 == len(pages)
        buttons += page_buttons(previous, following, is_first=page == 0, is_last=is_last)
    buttons.append(button(language.gettext("Whole release"), ShowRelease(key)))
    return Message((container(*blocks), *button_rows(buttons)))


def changed_passage_blocks(
    changed: Sequence[ChangedPassage], language: Language
) -> Iterator[ui.Container[Any]]:
    """What became of passages that are no longer published as they were quoted, by release."""
    groups: dict[str | None, list[ChangedPassage]] = {}
    for each in changed:
        groups.setdefault(each.release.info.id if each.release else None, []).append(each)
    for group in groups.values():
        yield container(*_group(group, language), colour=GREY)


def _group(group: Sequence[ChangedPassage], language: Language) -> Iterator[Block]:
    """Passages of one release, its title, and a button that shows what changed in it."""
    for each in group:
        quoted = shortened(each.text, _MAX_QUOTED) if each.text else ""
        lines = [f"⚠ {_became(each, language)}", *([f"> {quoted}"] if quoted else [])]
        yield ui.TextDisplay("\n".join(lines))
    if release := group[0].release:
        yield ui.TextDisplay(f"**{shortened(release.info.title, _MAX_TITLE) or '–'}**")
        if any(each.change.seen for each in group):
            action = ShowChanges(release_key(release.info.id))
            yield from button_rows([button(language.gettext("What changed"), action)])


def _became(changed: ChangedPassage, language: Language) -> str:
    if changed.release is None:
        return language.gettext("The release of this passage is no longer in the index.")
    if changed.change.seen is None:
        return language.gettext(
            "This passage has changed since it was quoted, or the release no longer contains it."
        )
    day = language.date(changed.change.seen.date())
    if changed.change.now is None:
        return language.gettext(
            "Since {day}, the release no longer contains this passage.", day=day
        )
    return language.gettext("This passage was changed on {day}. It now says:", day=day)


def _parts(history: ReleaseHistory, language: Language) -> Iterator[str]:
    """The changes, the last one first, in parts that each fit on a page."""
    for change in history.changes:
        day = language.date(change.seen.date())
        yield language.gettext("**Changed on {day}**", day=day)
        for paragraph in filter(None, (change.title, *change.paragraphs)):
            yield from _marked(abridged(paragraph))


def _marked(paragraph: ChangedParagraph) -> Iterator[str]:
    """A changed paragraph, escaped, with its changes marked, in parts that fit on a page."""
    line = ""
    for run in paragraph:
        mark = _MARKS[run.edit]
        room = _MAX_PAGE - 2 * len(mark) - len(_ZERO_WIDTH_SPACE)
        for part in parts(run.text, room):
            # Discord would take an escaped mark at the end for the first half of the closing one.
            end = _ZERO_WIDTH_SPACE if mark and part.endswith(mark[0]) else ""
            piece = f"{mark}{part}{end}{mark}"
            if line and len(line) + len(piece) + 1 > _MAX_PAGE:
                yield line
                line = ""
            line = f"{line} {piece}" if line else piece
    if line:
        yield line
