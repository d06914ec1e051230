"""An answer: the quotations, each with its source and the ways on from it."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import discord
from discord import ui

from bot.core.actions import RateAnswer, ShareAnswer, ShowContext, ShowMore, ShowRelease
from bot.core.components import (
    BLUE,
    GREY,
    MOST_TEXT,
    Block,
    Message,
    button,
    frame,
    link,
    page_link,
    rows,
    web_address,
)
from bot.core.markdown import quotation, shortened
from bot.i18n import Language
from bot.phrases import also_line, citation, published, query_line
from bot.state.answers import AnswerKind, AnswerRecord
from retrieval.ranking.answer import Answer, CitedPassage, Reason, worth_showing
from retrieval.source_search import SourceResult
from retrieval.text.keys import release_key, text_checksum

PAGE = 3  # further passages at a time

_TITLE = 160
_SOURCE = 160
_UNDERSTOOD = 300
_QUESTION = 200
_HEADING = 300
_LONGEST = 1500  # characters of one quotation
_SHORTEST = 120


def answer_message(
    answer: Answer,
    most: int,
    language: Language,
    *,
    id: int | None = None,
    private: bool = False,
    echo: bool = False,
) -> Message:
    """An answer with at most ``most`` passages; or the word that nothing published answers.

    ``id`` is that of the remembered answer; without one there is nothing to go on from. A
    ``private`` one can be shared. ``echo`` repeats the question above it.
    """
    passages = worth_showing(answer.passages, most, answered=answer.answered)
    head = [f"-# {shortened(answer.question.text, _QUESTION) or '–'}"] if echo else []
    head += _head(answer, bool(passages), language)
    room = MOST_TEXT - sum(len(text) for text in head)
    blocks: list[Block] = [ui.TextDisplay(text) for text in head]
    advice = [] if answer.answered else [_advice(answer, language)]
    room -= sum(map(len, advice))
    blocks += passage_blocks(passages, room, language, answered=answer.answered)
    blocks += [ui.TextDisplay(text) for text in advice]
    if id is not None:
        blocks += _below(id, len(passages), len(answer.passages), language, private=private)
    return Message(tuple(blocks))


def further_message(
    passages: Sequence[CitedPassage],
    id: int,
    rank: int,
    total: int,
    language: Language,
    *,
    answered: bool,
) -> Message:
    """The passages of an answer from ``rank`` on, of ``total``; those that are left of them."""
    last = min(rank + PAGE - 1, total)
    head = language.say(
        "### Passages {first} to {last} of {total}", first=rank, last=last, total=total
    )
    if answered:
        less = language.say("-# The further down, the less likely to answer.")
        head = f"{head}\n{less}"
    blocks: list[Block] = [ui.TextDisplay(head)]
    if len(passages) < last - rank + 1:
        gone = language.say("-# Some have been changed since, or are not published any more.")
        blocks.append(ui.TextDisplay(gone))
    blocks += passage_blocks(passages, MOST_TEXT - 2 * _HEADING, language, answered=answered)
    turns = [
        button("◀", ShowMore(id, max(1, rank - PAGE), 1), disabled=rank <= 1),
        button("▶", ShowMore(id, rank + PAGE, 1), disabled=last >= total),
    ]
    return Message((*blocks, *rows(turns)))


def shared_message(
    known: AnswerRecord,
    passages: Sequence[CitedPassage],
    most: int,
    sharer: str,
    language: Language,
) -> Message:
    """An answer that ``sharer`` got alone, for everybody; ``passages`` are those left of it."""
    some = worth_showing(passages, most, answered=known.answered)
    question = shortened(known.question, _QUESTION) or "–"
    head = (
        language.say("-# {sharer} asked: {question}", sharer=sharer, question=question)
        if known.kind == "question"
        else language.say("-# {sharer} sought: {question}", sharer=sharer, question=question)
    )
    if not known.answered:
        head += f"\n{_nothing(known.kind, bool(some), language)}"
    elif not some:
        head += "\n" + language.say("What answered has been changed since. Ask again.")
    return Message(
        (
            ui.TextDisplay(head),
            *passage_blocks(some, MOST_TEXT - len(head), language, answered=known.answered),
            *_below(known.id, len(some), len(known.passages), language),
        )
    )


def source_message(trace: SourceResult, language: Language, *, id: int | None = None) -> Message:
    """The releases that say what a message says; or the word that none does."""
    some = worth_showing(trace.passages, PAGE, answered=trace.found)
    same = [each for each in trace.passages[:PAGE] if each.same_words]
    if not trace.found:
        head = _nothing("source", bool(some), language)
    elif same:
        some, head = same, language.say("### Published, in these words")
    else:
        head = language.say("### Published, in other words")
    blocks: list[Block] = [ui.TextDisplay(head)]
    blocks += passage_blocks(some, MOST_TEXT - len(head), language, answered=trace.found)
    if id is not None:
        blocks += _below(id, len(some), len(trace.passages), language, private=True)
    return Message(tuple(blocks))


def passage_blocks(
    passages: Sequence[CitedPassage], room: int, language: Language, *, answered: bool
) -> Iterator[Block]:
    """Passages within ``room`` characters, those of one release in one frame."""
    groups = _by_release(passages)
    below = {at: _below_quotations(group, language) for at, group in enumerate(groups)}
    room -= sum(len(line) + 1 for lines in below.values() for line in lines)
    limits = _limits(passages, room, answered=answered)
    for at, group in enumerate(groups):
        quoted = [_quoted(each, limits[each.rank], answered) for each in group]
        # A paragraph without anything to see leaves its source standing alone.
        texts = [f"{text}\n{line}".lstrip() for text, line in zip(quoted, below[at], strict=True)]
        yield frame(
            *(ui.TextDisplay(text) for text in texts),
            *rows(_ways(group, language)),
            colour=BLUE if answered else GREY,
        )


def _below_quotations(group: Sequence[CitedPassage], language: Language) -> list[str]:
    """What stands below each quotation of one release: its place, and after the last the source."""
    release = group[0].release
    places = [shortened(_place(each, language), _SOURCE) for each in group]
    title = f"**{shortened(release.title, _TITLE) or '–'}**"
    when = shortened(published(release, language), _SOURCE)
    if len(group) == 1:
        return [f"{title}\n-# {when} · {places[0]}"]
    lines = [f"-# {place}" for place in places]
    lines[-1] += f"\n{title}\n-# {when}"
    return lines


def _limits(passages: Sequence[CitedPassage], room: int, *, answered: bool) -> dict[int, int]:
    """How many of ``room`` characters the quotation of each rank gets."""
    needed = [
        # Escapes make a text longer, but never four times as long.
        len(_quoted(each, 4 * _LONGEST, answered)) if len(each.text) < _LONGEST else _LONGEST
        for each in passages
    ]
    return dict(zip((each.rank for each in passages), _shares(needed, room), strict=True))


def _head(answer: Answer, near: bool, language: Language) -> Iterator[str]:
    if understood := query_line(answer.ranking.query, language):
        yield f"-# {shortened(understood, _UNDERSTOOD)}"
    if answer.reason is Reason.NOTHING_IN_RANGE:
        nothing = language.say("No release is within the dates and newsroom that were asked for.")
        yield f"### {nothing}"
    elif answer.reason:
        yield _nothing("question", near, language)


def _nothing(kind: AnswerKind, near: bool, language: Language) -> str:
    """The word that nothing was found; ``near`` where the nearest passages follow."""
    nothing = (
        language.say("### Nothing published answers this.")
        if kind == "question"
        else language.say("### No release says this.")
    )
    nearest = language.say("The nearest passages, which may be on something else:")
    return f"{nothing}\n{nearest}" if near else nothing


def _advice(answer: Answer, language: Language) -> str:
    if answer.reason is Reason.NOTHING_IN_RANGE:
        advice = language.say("Ask without dates or newsroom, or see what there is with /releases.")
    else:
        advice = language.say(
            "Name who, what or when, narrow it with `since`, `until` or `newsroom`, "
            "or look through /releases."
        )
    return f"-# {advice}"


def _below(
    id: int, given: int, total: int, language: Language, *, private: bool = False
) -> Iterator[Block]:
    """The buttons below an answer of which ``given`` passages of ``total`` are shown."""
    buttons = []
    if total > given:
        buttons.append(button(language.say("More passages"), ShowMore(id, given + 1)))
    if private:
        buttons.append(button(language.say("Share"), ShareAnswer(id), discord.ButtonStyle.primary))
    buttons.append(button(language.say("Helpful"), RateAnswer(id, 1), emoji="👍"))
    buttons.append(button(language.say("Not helpful"), RateAnswer(id, 0), emoji="👎"))
    yield from rows(buttons)


def _ways(
    group: Sequence[CitedPassage], language: Language
) -> Iterator[ui.Button[discord.ui.LayoutView]]:
    """The ways on from the passages of one release."""
    alone = len(group) == 1
    for each in group:
        if url := web_address(each.link) or page_link(each.release):
            number = language.say("Paragraph {number}", number=each.paragraph)
            yield link(language.say("Open the passage") if alone else number, url)
    key = release_key(group[0].release.id)
    for each in {each.paragraph: each for each in group}.values():
        number = language.say("In context: {number}", number=each.paragraph)
        action = ShowContext(key, each.paragraph, text_checksum(each.text))
        yield button(language.say("In context") if alone else number, action)
    yield button(language.say("Whole release"), ShowRelease(key))


def _by_release(passages: Sequence[CitedPassage]) -> list[list[CitedPassage]]:
    """Passages by release, the best first; the releases in the order of their best."""
    order: dict[int, int] = {}
    for each in passages:
        order.setdefault(each.release.number, len(order))
    ranked = sorted(passages, key=lambda each: order[each.release.number])
    return [list(group) for _, group in groupby(ranked, key=lambda each: each.release.number)]


def _quoted(passage: CitedPassage, limit: int, answered: bool) -> str:
    return quotation(passage.text, passage.highlight if answered else None, limit)


def _place(passage: CitedPassage, language: Language) -> str:
    said = filter(None, (citation(passage, language), also_line(passage, language)))
    return " · ".join(said)


def _shares(needed: Sequence[int], room: int) -> list[int]:
    """How many of ``room`` characters each quotation gets: the first twice what another may."""
    given: list[int] = []
    for at, need in enumerate(needed):
        left = len(needed) - at
        weight = 2 if at == 0 and left > 1 else 1
        fair = weight * (room - sum(given)) // (left + weight - 1)
        given.append(max(min(need, fair, _LONGEST), min(need, _SHORTEST)))
    return given
