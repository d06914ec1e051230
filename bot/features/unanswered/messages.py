"""The questions that found nothing, for managers: what the releases do not say yet."""

import csv
import io
from collections.abc import Sequence

import discord
from discord import ui

from bot.core.actions import DeleteAllQuestions, DeleteQuestion, ExportUnanswered, ListUnanswered
from bot.core.components import Attachment, Message, button, cut, frame, menu, rows, text_message
from bot.core.markdown import shortened
from bot.i18n import Language
from bot.state.answers import UnansweredQuestion

PAGE = 10

_QUESTION = 250
# What a spreadsheet takes for the beginning of a formula
# (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def unanswered_message(
    questions: Sequence[UnansweredQuestion], page: int, language: Language
) -> Message:
    """A page of questions, the most frequent first."""
    if not questions:
        return text_message(language.say("Every question that was asked here found something."))
    last = (len(questions) - 1) // PAGE
    page = max(0, min(page, last))
    some = questions[page * PAGE : (page + 1) * PAGE]
    lines = [
        f"**{language.number(each.times)} ×** {shortened(each.question, _QUESTION) or '–'} "
        f"{discord.utils.format_dt(each.last, 'd')}"
        for each in some
    ]
    title = language.count(
        "### {count} question found nothing", "### {count} questions found nothing", len(questions)
    )
    options = [(cut(each.question, 90), str(each.id)) for each in some]
    buttons = []
    if last:
        buttons.append(button("◀", ListUnanswered(page - 1), disabled=page == 0))
        buttons.append(button("▶", ListUnanswered(page + 1), disabled=page == last))
    buttons.append(button(language.say("Export as CSV"), ExportUnanswered()))
    delete = language.say("Delete all")
    buttons.append(button(delete, DeleteAllQuestions(), discord.ButtonStyle.danger))
    return Message(
        (
            frame(ui.TextDisplay("\n".join([title, *lines]))),
            menu(language.say("Delete a question"), DeleteQuestion(), options),
            *rows(buttons),
        )
    )


def confirm_message(count: int, language: Language) -> Message:
    """Asked before all are deleted."""
    text = language.count(
        "Delete {count} question? It cannot be brought back.",
        "Delete {count} questions? They cannot be brought back.",
        count,
    )
    buttons = [
        button(language.say("Delete all"), DeleteAllQuestions(1), discord.ButtonStyle.danger),
        button(language.say("Keep them"), ListUnanswered(0)),
    ]
    return Message((ui.TextDisplay(text), *rows(buttons)))


def unanswered_file(questions: Sequence[UnansweredQuestion], language: Language) -> Message:
    """The questions as CSV, in UTF-8 with a mark by which spreadsheets know that."""
    text = io.StringIO(newline="")
    rows_ = csv.writer(text)
    rows_.writerow(["question", "times", "last asked"])
    for each in questions:
        rows_.writerow([_cell(each.question), each.times, each.last.isoformat()])
    file = Attachment("unanswered.csv", text.getvalue().encode("utf-8-sig", "replace"))
    count = language.count("{count} question", "{count} questions", len(questions))
    return Message((ui.TextDisplay(count), ui.File(f"attachment://{file.name}")), (file,))


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
