"""Answers as messages: quotations, their sources, and the buttons below them."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, takewhile

import discord
from discord import ui

from bot.core.actions import (
    RateAnswer,
    ShareAnswer,
    ShowContext,
    ShowMore,
    ShowRelease,
    SubmitReason,
)
from bot.core.components import (
    BLUE,
    GREY,
    MAX_TEXT,
    Block,
    Message,
    button,
    button_rows,
    container,
    link_button,
    page_link,
    web_address,
)
from bot.core.markdown import quotation, shortened
from bot.features.releases.changes import changed_passage_blocks, length_of
from bot.i18n import Language
from bot.phrases import (
    also_line,
    citation,
    closest_line,
    nothing_line,
    published,
    query_line,
)
from bot.quoted_passages import ChangedPassage, RestoredPassages
from bot.state.answers import AnswerKind, AnswerRecord
from retrieval.ranking.answer import Answer, CitedPassage, Reason, worth_showing
from retrieval.source_search import SourceResult
from retrieval.text.keys import release_key
from retrieval.text.wording_changes import wording_checksum

PAGE = 3  # further passages in a message
_MAX_CLOSEST = 3  # passages that do not answer

# In characters:
_MAX_TITLE = 160
_MAX_SOURCE = 160
_MAX_QUERY = 300  # of how the question was understood
_MAX_QUESTION = 200
_MAX_HEADING = 300
_MAX_QUOTATION = 1500
_MIN_QUOTATION = 120
_MAX_LEAD_IN = 240
_MAX_ITEM = 240
_MAX_REST = 12  # of the line that says how many items are left out
_MAX_REASON = 500


def answer_message(
    answer: Answer,
    limit: int,
    language: Language,
    *,
    id: int | None = None,
    private: bool = False,
    echo: bool = False,
) -> Message:
    """An answer, or the closest passages where nothing published says that, or advice.

    Args:
        answer: the answer.
        limit: the number of passages to show at most.
        language: the language of everything but the quotations.
        id: the id of the stored answer; without it there are no buttons below the answer.
        private: whether to offer a button that shares the answer.
        echo: whether to repeat the question above the answer.
    """
    passages = _shown(answer.passages, limit, answered=answer.answered)
    head = [f"-# {shortened(answer.question.text, _MAX_QUESTION) or '–'}"] if echo else []
    head += _answer_head(answer, language)
    advice = [] if answer.answered else [_advice(answer, language)]
    room = MAX_TEXT - sum(map(len, [*head, *advice]))
    blocks: list[Block] = [ui.TextDisplay(text) for text in head]
    blocks += passage_blocks(passages, room, language, answered=answer.answered)
    blocks += [ui.TextDisplay(text) for text in advice]
    if id is not None:
        more = len(answer.passages) > len(passages)
        rank = len(passages) + 1 if more else None
        blocks += _answer_buttons(id, rank, language, private=private)
    return Message(tuple(blocks))


def further_message(
    found: RestoredPassages,
    id: int,
    rank: int,
    total: int,
    language: Language,
    *,
    answered: bool,
) -> Message:
    """Further passages of a stored answer, which has ``total``: ``found``, from ``rank`` on.

    What became of those that have changed since follows the others.
    """
    last = min(rank + PAGE - 1, total)
    head = language.gettext(
        "### Passages {first} to {last} of {total}", first=rank, last=last, total=total
    )
    if answered:
        note = language.gettext("-# The further down, the less likely they are to answer.")
        head = f"{head}\n{note}"
    blocks: list[Block] = [ui.TextDisplay(head)]
    changed = [*changed_passage_blocks(found.changed, language)]
    room = MAX_TEXT - 2 * _MAX_HEADING - length_of(changed)
    blocks += passage_blocks(found.passages, room, language, answered=answered)
    blocks += changed
    buttons = [
        button("◀", ShowMore(id, max(1, rank - PAGE), 1), disabled=rank <= 1),
        button("▶", ShowMore(id, rank + PAGE, 1), disabled=last >= total),
    ]
    return Message((*blocks, *button_rows(buttons)))


def shared_message(
    answer: AnswerRecord,
    found: RestoredPassages,
    limit: int,
    sharer: str,
    language: Language,
) -> Message:
    """A stored answer for everybody, shared by the user whom ``sharer`` mentions.

    ``found`` are those of the answer that are still published as they were quoted; what became of
    others that it showed follows.
    """
    hidden = [each for each in found.changed if each.rank and each.rank <= limit][:_MAX_CLOSEST]
    shown = _shown(found.passages, limit - len(hidden), answered=answer.answered)
    changed = [*changed_passage_blocks(hidden, language)]
    question = shortened(answer.question, _MAX_QUESTION) or "–"
    head = (
        language.gettext("-# {sharer} asked: {question}", sharer=sharer, question=question)
        if answer.kind == "question"
        else language.gettext(
            "-# {sharer} searched for the source of: {question}", sharer=sharer, question=question
        )
    )
    if not answer.answered:
        head += f"\n{_nothing_found(answer.kind, shown, language)}"
    elif not shown:
        head += "\n" + language.gettext("The passages that answered have changed since. Ask again.")
    more = len(answer.passages) > len(shown)
    return Message(
        (
            ui.TextDisplay(head),
            *passage_blocks(
                shown,
                MAX_TEXT - len(head) - length_of(changed),
                language,
                answered=answer.answered,
            ),
            *changed,
            *_answer_buttons(answer.id, len(shown) + 1 if more else None, language),
        )
    )


def rated_message(changed: Sequence[ChangedPassage], language: Language) -> Message:
    """Thanks for a verdict, and what became of passages of the answer that have changed since."""
    thanks: Block = ui.TextDisplay(language.gettext("Thank you, I have noted that."))
    return Message((thanks, *changed_passage_blocks(changed[:_MAX_CLOSEST], language)))


def source_message(result: SourceResult, language: Language, *, id: int | None = None) -> Message:
    """The releases that say what a message says, or the closest passages where none does."""
    shown = worth_showing(result.passages, PAGE)
    same_words = [*takewhile(lambda passage: passage.same_words, result.passages[:PAGE])]
    if not result.found:
        head = _nothing_found("source", shown, language)
    elif same_words:
        shown, head = same_words, language.gettext("### Published, in these words")
    else:
        head = language.gettext("### Published, in other words")
    blocks: list[Block] = [ui.TextDisplay(head)]
    blocks += passage_blocks(shown, MAX_TEXT - len(head), language, answered=result.found)
    if id is not None:
        more = len(result.passages) > len(shown)
        rank = len(shown) + 1 if more else None
        blocks += _answer_buttons(id, rank, language, private=True)
    return Message(tuple(blocks))


def reason_modal(answer: int, language: Language) -> ui.Modal:
    """The modal that asks why an answer is not helpful."""
    modal = ui.Modal(
        title=language.gettext("What was not helpful?"),
        custom_id=SubmitReason(answer).custom_id,
        timeout=None,
    )
    field = ui.TextInput[ui.Modal](
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=_MAX_REASON,
        custom_id="reason",
        placeholder=language.gettext("Wrong passage, out of date, something is missing …"),
    )
    modal.add_item(ui.Label(text=language.gettext("Why (optional)"), component=field))
    modal.stop()  # discord.py need not keep it: the router handles it
    return modal


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


def _shown(
    passages: Sequence[CitedPassage], limit: int, *, answered: bool
) -> Sequence[CitedPassage]:
    return worth_showing(passages, limit if answered else min(limit, _MAX_CLOSEST))


def _answer_head(answer: Answer, language: Language) -> Iterator[str]:
    if understood := query_line(answer.ranking.query, language):
        yield f"-# {shortened(understood, _MAX_QUERY)}"
    if answer.reason is Reason.NOTHING_IN_RANGE:
        nothing = language.gettext("No release matches these dates and this newsroom.")
        yield f"### {nothing}"
    elif answer.reason is Reason.PHRASE_NOT_FOUND:
        nothing = language.gettext("No paragraph that was searched contains the quoted words.")
        yield f"### {nothing}"
    elif answer.reason:
        yield _nothing_found("question", answer.passages, language)


def _nothing_found(kind: AnswerKind, passages: Sequence[CitedPassage], language: Language) -> str:
    """A statement that nothing was found, and what the closest passages are about, if any."""
    if kind == "source":
        nothing = language.gettext("### No release says this.")
    elif passages:
        nothing = f"### {nothing_line(language)}"
    else:
        nothing = language.gettext("### Nothing published answers this.")
    if not passages:
        return nothing
    title = shortened(passages[0].release.title, _MAX_TITLE) or "–"
    return f"{nothing}\n{closest_line(title, language)}"


def _advice(answer: Answer, language: Language) -> str:
    if answer.reason is Reason.NOTHING_IN_RANGE:
        advice = language.gettext("Ask without dates or newsroom, or look through /releases.")
    elif answer.reason is Reason.PHRASE_NOT_FOUND:
        advice = language.gettext("Ask without quotation marks, or look through /releases.")
    elif answer.reason is Reason.NOTHING_ANSWERS:
        advice = language.gettext(
            "Ask about what the press releases report: who, what, when, why, how much. "
            "/releases lists the newest, and /timeline shows when a topic came up."
        )
    else:
        advice = language.gettext(
            "Say who, what or when, narrow it down with `since`, `until` or `newsroom`, "
            "or look through /releases."
        )
    return f"-# {advice}"


def _answer_buttons(
    id: int, further_rank: int | None, language: Language, *, private: bool = False
) -> Iterator[Block]:
    """The buttons below an answer; ``further_rank`` is the first rank that it does not show."""
    buttons = []
    if further_rank is not None:
        buttons.append(button(language.gettext("More passages"), ShowMore(id, further_rank)))
    if private:
        share = language.gettext("Share")
        buttons.append(button(share, ShareAnswer(id), discord.ButtonStyle.primary))
    buttons.append(button(language.gettext("Helpful"), RateAnswer(id, 1), emoji="👍"))
    buttons.append(button(language.gettext("Not helpful"), RateAnswer(id, 0), emoji="👎"))
    yield from button_rows(buttons)


def _passage_buttons(
    group: Sequence[CitedPassage], language: Language
) -> list[ui.Button[discord.ui.LayoutView]]:
    """The buttons below the quotations from a release."""
    single = len(group) == 1
    buttons: list[ui.Button[discord.ui.LayoutView]] = []
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
