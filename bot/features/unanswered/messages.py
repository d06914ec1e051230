"""The unanswered questions as a list and as a CSV file."""

import csv
import io
from collections.abc import Sequence

import discord
from discord import ui

from bot.core.actions import DeleteAllQuestions, DeleteQuestion, ExportUnanswered, ListUnanswered
from bot.core.components import (
    Attachment,
    Message,
    button,
    button_rows,
    container,
    cut,
    menu,
    page_buttons,
    text_message,
)
from bot.core.markdown import shortened
from bot.i18n import Language
from bot.state.answers import UnansweredQuestion

PAGE = 10

_MAX_QUESTION = 250  # characters
_MAX_OPTION = 90  # characters
# What a spreadsheet takes for the start of a formula
# (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def unanswered_message(
    questions: Sequence[UnansweredQuestion], page: int, language: Language
) -> Message:
    """A page of questions, most frequent first; pages are numbered from 0."""
    if not questions:
        return text_message(language.gettext("Every question that was asked here has an answer."))
    last = (len(questions) - 1) // PAGE
    page = max(0, min(page, last))
    shown = questions[page * PAGE : (page + 1) * PAGE]
    title = language.ngettext(
        "### {count} unanswered question", "### {count} unanswered questions", len(questions)
    )
    lines = [
        f"**{language.number(each.times)} ×** {shortened(each.question, _MAX_QUESTION) or '–'} "
        f"{discord.utils.format_dt(each.last, 'd')}"
        for each in shown
    ]
    options = [(cut(each.question, _MAX_OPTION), str(each.id)) for each in shown]
    buttons: list[ui.Button[ui.LayoutView]] = []
    if last:
        previous, following = ListUnanswered(page - 1), ListUnanswered(page + 1)
        buttons += page_buttons(previous, following, is_first=page == 0, is_last=page == last)
    buttons.append(button(language.gettext("Export as CSV"), ExportUnanswered()))
    delete = language.gettext("Delete all")
    buttons.append(button(delete, DeleteAllQuestions(), discord.ButtonStyle.danger))
    return Message(
        (
            container(ui.TextDisplay("\n".join([title, *lines]))),
            menu(language.gettext("Delete a question"), DeleteQuestion(), options),
            *button_rows(buttons),
        )
    )


def confirm_message(count: int, language: Language) -> Message:
    """The confirmation before all questions are deleted."""
    text = language.ngettext(
        "Delete {count} question? This cannot be undone.",
        "Delete {count} questions? This cannot be undone.",
        count,
    )
    delete, keep = language.gettext("Delete all"), language.gettext("Keep them")
    buttons = [
        button(delete, DeleteAllQuestions(1), discord.ButtonStyle.danger),
        button(keep, ListUnanswered(0)),
    ]
    return Message((ui.TextDisplay(text), *button_rows(buttons)))


def unanswered_file(questions: Sequence[UnansweredQuestion], language: Language) -> Message:
    """The questions as a CSV file, in UTF-8 with the mark by which spreadsheets recognize it."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["question", "times", "last asked"])
    for each in questions:
        table.writerow([_cell(each.question), each.times, each.last.isoformat()])
    file = Attachment("unanswered.csv", text.getvalue().encode("utf-8-sig", "replace"))
    count = language.ngettext("{count} question", "{count} questions", len(questions))
    return Message((ui.TextDisplay(count), ui.File(f"attachment://{file.name}")), (file,))


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
