"""Answers as messages: quotations, their sources, and the buttons below them."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

import discord
from discord import ui

from bot.core.actions import RateAnswer, ShareAnswer, ShowMore, SubmitReason
from bot.core.components import MAX_TEXT, Block, Message, button, button_rows, page_buttons
from bot.core.markdown import shortened
from bot.features.ask.passages import passage_blocks
from bot.features.releases.changes import changed_passage_blocks
from bot.i18n import Language
from bot.phrases import closest_line, nothing_line, query_line
from bot.quoted_passages import ChangedPassage, RestoredPassages
from bot.state.answers import AnswerKind, AnswerRecord
from retrieval.ranking.answer import Answer, CitedPassage, Reason, worth_showing
from retrieval.source_search import SourceResult

PAGE = 3  # further passages in a message
MAX_REASON = 500  # characters
_MAX_CLOSEST = 3  # passages that do not answer
_MAX_CHANGED = 3

# In characters:
_MAX_TITLE = 160
_MAX_QUERY = 300  # of how the question was understood
_MAX_QUESTION = 200


def answer_message(
    answer: Answer,
    limit: int,
    language: Language,
    *,
    id: int | None = None,
    private: bool = False,
    echo: bool = False,
    note: str | None = None,
) -> Message:
    """An answer, or the closest passages where nothing published says that, or advice.

    Args:
        answer: the answer.
        limit: the number of passages to show at most.
        language: the language of everything but the quotations.
        id: the id of the stored answer; without it there are no buttons below the answer.
        private: whether to offer a button that shares the answer.
        echo: whether to repeat the question above the answer.
        note: what else to say above it.
    """
    passages = _shown(answer.passages, limit, answered=answer.answered)
    head = [f"-# {shortened(answer.question.text, _MAX_QUESTION) or '–'}"] if echo else []
    head += [f"-# {note}"] if note else []
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
    room = MAX_TEXT - len(head) - sum(each.content_length() for each in changed)
    blocks += passage_blocks(found.passages, room, language, answered=answered)
    blocks += changed
    previous, following = ShowMore(id, max(1, rank - PAGE), 1), ShowMore(id, rank + PAGE, 1)
    buttons = page_buttons(previous, following, is_first=rank <= 1, is_last=last >= total)
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
    hidden = [each for each in found.changed if each.rank and each.rank <= limit][:_MAX_CHANGED]
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
    accounted = {each.rank for each in shown} | {each.rank for each in hidden}
    ranks = range(1, len(answer.passages) + 1)
    further = next((rank for rank in ranks if rank not in accounted), None)
    room = MAX_TEXT - len(head) - sum(each.content_length() for each in changed)
    return Message(
        (
            ui.TextDisplay(head),
            *passage_blocks(shown, room, language, answered=answer.answered),
            *changed,
            *_answer_buttons(answer.id, further, language),
        )
    )


def rated_message(changed: Sequence[ChangedPassage], language: Language) -> Message:
    """Thanks for a verdict, and what became of passages of the answer that have changed since."""
    thanks: Block = ui.TextDisplay(language.gettext("Thank you, I have noted that."))
    return Message((thanks, *changed_passage_blocks(changed[:_MAX_CHANGED], language)))


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
        max_length=MAX_REASON,
        custom_id="reason",
        placeholder=language.gettext("Wrong passage, out of date, something is missing …"),
    )
    modal.add_item(ui.Label(text=language.gettext("Why (optional)"), component=field))
    modal.stop()  # discord.py need not keep it: the router handles it
    return modal


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
