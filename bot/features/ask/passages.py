"""Quoted passages as blocks: each release in a container, in the room that a message has."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby

from discord import ui

from bot.core.actions import ShowContext, ShowRelease
from bot.core.components import (
    BLUE,
    GREY,
    Block,
    button,
    button_rows,
    container,
    link_button,
    page_link,
    web_address,
)
from bot.core.markdown import quotation, shortened
from bot.i18n import Language
from bot.phrases import also_line, citation, published
from retrieval.ranking.answer import CitedPassage
from retrieval.text.keys import release_key
from retrieval.text.wording_changes import wording_checksum

# In characters:
_MAX_TITLE = 160
_MAX_SOURCE = 160
_MAX_QUOTATION = 1500
_MIN_QUOTATION = 120
_MAX_LEAD_IN = 240
_MAX_ITEM = 240
_MAX_REST = 12  # of the line that says how many items are left out


def passage_blocks(
    passages: Sequence[CitedPassage], room: int, language: Language, *, answered: bool
) -> Iterator[Block]:
    """Passages in at most ``room`` characters, with a container for each release."""
    groups = _by_release(passages)
    sources = [_source_lines(group, language) for group in groups]
    room -= sum(len(line) + 1 for lines in sources for line in lines)
    limits = _quotation_limits(passages, room, answered=answered)
    for group, lines in zip(groups, sources, strict=True):
        quotations = [_quotation(passage, limits[passage.rank], answered) for passage in group]
        # If a paragraph has no visible characters its source stands alone.
        texts = [f"{text}\n{line}".lstrip() for text, line in zip(quotations, lines, strict=True)]
        yield container(
            *(ui.TextDisplay(text) for text in texts),
            *button_rows(_passage_buttons(group, language)),
            colour=BLUE if answered else GREY,
        )


def _source_lines(group: Sequence[CitedPassage], language: Language) -> list[str]:
    """What follows each quotation from a release: its citation; the release after the last."""
    info = group[0].release
    citations = [
        " · ".join(filter(None, (citation(passage, language), also_line(passage, language))))
        for passage in group
    ]
    citations = [shortened(text, _MAX_SOURCE) for text in citations]
    title = f"**{shortened(info.title, _MAX_TITLE) or '–'}**"
    source = shortened(published(info, language), _MAX_SOURCE)
    if len(group) == 1:
        return [f"{title}\n-# {source} · {citations[0]}"]
    lines = [f"-# {text}" for text in citations]
    lines[-1] += f"\n{title}\n-# {source}"
    return lines


def _quotation_limits(
    passages: Sequence[CitedPassage], room: int, *, answered: bool
) -> dict[int, int]:
    """By rank, how many of ``room`` characters a quotation may have."""
    needed = [
        # Escaping makes a text longer, but never four times as long.
        len(_quotation(passage, 4 * _MAX_QUOTATION, answered))
        if len(passage.text) < _MAX_QUOTATION
        else _MAX_QUOTATION
        for passage in passages
    ]
    ranks = (passage.rank for passage in passages)
    return dict(zip(ranks, _divided(room, needed), strict=True))


def _divided(room: int, needed: Sequence[int]) -> list[int]:
    """The part of ``room`` that each quotation gets: the first at most twice that of another."""
    parts: list[int] = []
    for position, need in enumerate(needed):
        left = len(needed) - position
        weight = 2 if position == 0 and left > 1 else 1
        fair = weight * (room - sum(parts)) // (left + weight - 1)
        parts.append(max(min(need, fair, _MAX_QUOTATION), min(need, _MIN_QUOTATION)))
    return parts


def _passage_buttons(
    group: Sequence[CitedPassage], language: Language
) -> list[ui.Button[ui.LayoutView]]:
    """The buttons below the quotations from a release."""
    single = len(group) == 1
    buttons: list[ui.Button[ui.LayoutView]] = []
    for passage in group:
        if url := web_address(passage.link) or page_link(passage.release):
            number = language.gettext("Paragraph {number}", number=passage.paragraph)
            label = language.gettext("Open the passage") if single else number
            buttons.append(link_button(label, url))
    key = release_key(group[0].release.id)
    for paragraph, passage in {passage.paragraph: passage for passage in group}.items():
        number = language.gettext("In context: {number}", number=paragraph)
        label = language.gettext("In context") if single else number
        buttons.append(button(label, ShowContext(key, paragraph, wording_checksum(passage.text))))
    buttons.append(button(language.gettext("Whole release"), ShowRelease(key)))
    return buttons


def _by_release(passages: Sequence[CitedPassage]) -> list[list[CitedPassage]]:
    """Passages grouped by release, in the order of the best passage of each."""
    order: dict[int, int] = {}
    for passage in passages:
        order.setdefault(passage.release.number, len(order))
    ranked = sorted(passages, key=lambda passage: order[passage.release.number])
    return [list(group) for _, group in groupby(ranked, key=lambda each: each.release.number)]


def _quotation(passage: CitedPassage, limit: int, answered: bool) -> str:
    """A passage as a block quote of at most ``limit`` characters, below its lead-in if any.

    Those of its items that fit follow, and the number of the others.
    """
    highlight, words = (passage.highlight, passage.words) if answered else (None, None)
    quoted = quotation(passage.text, highlight, limit, words)
    above = ""
    if passage.lead_in and quoted:
        # A long paragraph leaves a third to its lead-in.
        room = min(_MAX_LEAD_IN, max(limit // 3, limit - len(quoted))) - len("> \n")
        lead_in = shortened(passage.lead_in.text, room)
        above = f"> {lead_in}\n" if lead_in else ""
        quoted = quotation(passage.text, highlight, limit - len(above), words)
    if not quoted:
        return ""
    return f"{above}{quoted}" + _item_lines(passage, limit - len(above) - len(quoted))


def _item_lines(passage: CitedPassage, room: int) -> str:
    """The items of a list, each on a line of a block quote, in at most ``room`` characters."""
    texts = (shortened(item.text, _MAX_ITEM) for item in passage.items)
    lines = [f"\n> {text}" for text in texts if text]
    ends = list(accumulate(map(len, lines)))
    if not ends or ends[-1] <= room:
        return "".join(lines)
    fitting = sum(end <= room - _MAX_REST for end in ends)
    rest = f"\n> … (+{len(lines) - fitting})"
    return "".join([*lines[:fitting], rest]) if room >= _MAX_REST else ""
