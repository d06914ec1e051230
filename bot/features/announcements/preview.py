"""What announcements or direct messages there would have been, as a message."""

import discord
from discord import ui

from bot.core.actions import Action
from bot.core.components import Block, Message, button, button_rows, container
from bot.core.markdown import quotation, shortened
from bot.features.releases.messages import linked_title
from bot.i18n import Language
from bot.phrases import published
from retrieval.release import ReleaseInfo
from retrieval.scope import ScopePreview
from retrieval.standing import PREVIEW_DAYS, ReleaseMatch

_MAX_SHOWN = 5  # releases of the past
# In characters:
_MAX_SOURCE = 120
_MAX_QUOTED = 180


def offer_message(
    title: str,
    offered: str,
    preview: ScopePreview,
    decisions: tuple[Action, Action],
    language: Language,
    warning: str | None = None,
    *,
    is_direct: bool = False,
) -> Message:
    """What somebody would have been told of, with the buttons that keep the offer or do not.

    Args:
        title: the heading.
        offered: what is offered, in a line.
        preview: the releases of the past that would have been announced or told of.
        decisions: what *Keep* and *Cancel* do.
        language: the language.
        warning: what stands in its way, if anything does.
        is_direct: whether somebody is told by direct message, rather than a channel.
    """
    blocks: list[Block] = [ui.TextDisplay(title), ui.TextDisplay(offered)]
    if warning:
        blocks.append(ui.TextDisplay(warning))
    blocks.append(ui.TextDisplay(_past_line(preview, language, is_direct=is_direct)))
    blocks += [
        ui.TextDisplay(_past_release(each, preview.matches.get(each.id), language))
        for each in preview.releases[:_MAX_SHOWN]
    ]
    if (more := len(preview.releases) - _MAX_SHOWN) > 0:
        blocks.append(
            ui.TextDisplay(language.ngettext("-# and {count} more", "-# and {count} more", more))
        )
    keep, drop = decisions
    buttons = [
        button(language.gettext("Keep"), keep, discord.ButtonStyle.primary),
        button(language.gettext("Cancel"), drop),
    ]
    return Message((container(*blocks), *button_rows(buttons)))


def _past_line(preview: ScopePreview, language: Language, *, is_direct: bool) -> str:
    if preview.until is None:
        return language.gettext("None of the releases has a date, so I cannot show an example.")
    count, day = len(preview.releases), language.date(preview.until)
    if is_direct:
        return language.ngettext(
            "In the {days} days up to {day}, I would have told you of {count} release.",
            "In the {days} days up to {day}, I would have told you of {count} releases.",
            count,
            days=PREVIEW_DAYS,
            day=day,
        )
    return language.ngettext(
        "In the {days} days up to {day}, I would have announced {count} release.",
        "In the {days} days up to {day}, I would have announced {count} releases.",
        count,
        days=PREVIEW_DAYS,
        day=day,
    )


def _past_release(release: ReleaseInfo, match: ReleaseMatch | None, language: Language) -> str:
    source = shortened(published(release, language), _MAX_SOURCE)
    lines = f"{linked_title(release)}\n-# {source}"
    quoted = quotation(match.text, match.highlight, _MAX_QUOTED) if match else ""
    return f"{lines}\n{quoted}" if quoted else lines
