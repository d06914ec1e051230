"""The announcements of a server, and what one would have announced, as messages for managers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo

import discord
from discord import ui

from bot.core.actions import DropAnnouncement, KeepAnnouncement, RemoveAnnouncement
from bot.core.components import Block, Message, button, button_rows, container, fit, menu
from bot.core.markdown import quotation, shortened
from bot.features.announcements.scopes import scope_text
from bot.features.releases.messages import linked_title
from bot.i18n import Language
from bot.phrases import published
from bot.state.announcements import Announcement
from retrieval.release import ReleaseInfo
from retrieval.scope import ScopePreview
from retrieval.standing import PREVIEW_DAYS, ReleaseMatch

_MAX_SHOWN = 5  # releases of the past
# In characters:
_MAX_LINES = 3400
_MAX_SOURCE = 120
_MAX_QUOTED = 180


def announcements_message(
    announcements: Sequence[Announcement], zone: tzinfo, language: Language
) -> Message:
    """The announcements of a server, with hours of a time zone, and a menu that removes one."""
    _ = language.gettext
    lines = [f"- {announcement_line(each, zone, language)}" for each in announcements]
    text = fit(lines, "\n", _MAX_LINES) or _("Nothing yet.")
    hint = _(
        "-# `/announcements` with a channel, a question, words or a newsroom adds an announcement."
    )
    blocks: list[Block] = [
        container(
            ui.TextDisplay(_("### What I announce in this server")),
            ui.TextDisplay(text),
            ui.TextDisplay(hint),
        )
    ]
    options = [
        (_plain_scope(each, language), str(each.id))
        for each in announcements
        if each.id is not None
    ]
    if options:
        blocks.append(menu(_("Remove an announcement"), RemoveAnnouncement(), options))
    return Message(tuple(blocks))


def announcement_line(announcement: Announcement, zone: tzinfo, language: Language) -> str:
    """Where something is announced, what, when, and whom that mentions."""
    _ = language.gettext
    line = _(
        "{channel}: {scope}",
        channel=f"<#{announcement.channel}>",
        scope=scope_text(announcement.scope, language),
    )
    if announcement.digest is not None:
        hour = f"{announcement.digest}:00"
        line = _("{line}, once a day at {hour} ({zone})", line=line, hour=hour, zone=zone)
    if announcement.role is not None:
        line = _("{line}, mentions {role}", line=line, role=f"<@&{announcement.role}>")
    if announcement.id is None:
        line = _("{line} (from /settings)", line=line)
    return line


def preview_message(
    announcement: Announcement,
    number: int,
    preview: ScopePreview,
    zone: tzinfo,
    language: Language,
    warning: str | None = None,
) -> Message:
    """What an announcement would have announced, with the buttons that keep it or do not.

    Args:
        announcement: what is offered.
        number: its id.
        preview: the releases of the past that it would have announced.
        zone: where its hour is one.
        language: the language.
        warning: what stands in its way, if anything does.
    """
    _ = language.gettext
    blocks: list[Block] = [
        ui.TextDisplay(_("### A new announcement")),
        ui.TextDisplay(announcement_line(replace(announcement, id=number), zone, language)),
    ]
    if warning:
        blocks.append(ui.TextDisplay(warning))
    blocks.append(ui.TextDisplay(_past_line(preview, language)))
    blocks += [
        ui.TextDisplay(_past_release(each, preview.matches.get(each.id), language))
        for each in preview.releases[:_MAX_SHOWN]
    ]
    if (more := len(preview.releases) - _MAX_SHOWN) > 0:
        blocks.append(
            ui.TextDisplay(language.ngettext("-# and {count} more", "-# and {count} more", more))
        )
    buttons = [
        button(_("Keep"), KeepAnnouncement(number), discord.ButtonStyle.primary),
        button(_("Cancel"), DropAnnouncement(number)),
    ]
    return Message((container(*blocks), *button_rows(buttons)))


def _past_line(preview: ScopePreview, language: Language) -> str:
    if preview.until is None:
        return language.gettext("None of the releases has a date, so I cannot show an example.")
    return language.ngettext(
        "In the {days} days up to {day}, I would have announced {count} release.",
        "In the {days} days up to {day}, I would have announced {count} releases.",
        len(preview.releases),
        days=PREVIEW_DAYS,
        day=language.date(preview.until),
    )


def _past_release(release: ReleaseInfo, match: ReleaseMatch | None, language: Language) -> str:
    source = shortened(published(release, language), _MAX_SOURCE)
    lines = f"{linked_title(release)}\n-# {source}"
    quoted = quotation(match.text, match.highlight, _MAX_QUOTED) if match else ""
    return f"{lines}\n{quoted}" if quoted else lines


def _plain_scope(announcement: Announcement, language: Language) -> str:
    """What is announced, as the label of an option, in which Discord shows no markup."""
    scope = announcement.scope
    parts = [each for each in (scope.question, scope.words, scope.newsroom) if each is not None]
    return " · ".join(parts) or language.gettext("all releases")
