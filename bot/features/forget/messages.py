"""What is kept about a person, as a list."""

import discord
from discord import ui

from bot.core.actions import ForgetMe
from bot.core.components import Block, Message, button, button_rows, container
from bot.i18n import Language
from bot.state.persons import KeptAboutPerson


def kept_message(
    kept: KeptAboutPerson, days: int, language: Language, *, names_kept: bool
) -> Message:
    """How much is kept about somebody, with the button that deletes it, if there is anything.

    Args:
        kept: what is kept.
        days: for how many days answers are kept.
        language: the language.
        names_kept: whether questions in servers are stored with who asked.
    """
    _ = language.gettext
    lines = _count_lines(kept, language) or [_("Nothing.")]
    texts = [_("### What I keep about you"), "\n".join(lines)]
    if not names_kept:
        note = language.ngettext(
            "-# What is asked in a server is kept without who asked it, so I cannot find yours. "
            "It is deleted after {count} day.",
            "-# What is asked in a server is kept without who asked it, so I cannot find yours. "
            "It is deleted after {count} days.",
            days,
        )
        texts.append(note)
    blocks: list[Block] = [container(*map(ui.TextDisplay, texts))]
    if kept:
        delete = button(_("Delete all of it"), ForgetMe(), discord.ButtonStyle.danger)
        blocks += button_rows([delete])
    return Message(tuple(blocks))


def _count_lines(kept: KeptAboutPerson, language: Language) -> list[str]:
    """How much there is of each kind, a line for each of which there is something."""
    ngettext = language.ngettext
    counts = (
        (
            kept.answers,
            ngettext(
                "- {count} question of yours, with its answer",
                "- {count} questions of yours, with their answers",
                kept.answers,
            ),
        ),
        (
            kept.ratings,
            ngettext("- {count} rating of an answer", "- {count} ratings of answers", kept.ratings),
        ),
        (
            kept.subscriptions,
            ngettext("- {count} subscription", "- {count} subscriptions", kept.subscriptions),
        ),
        (
            kept.messages,
            ngettext(
                "- {count} message to you that is to be sent or corrected",
                "- {count} messages to you that are to be sent or corrected",
                kept.messages,
            ),
        ),
    )
    return [line for number, line in counts if number]
