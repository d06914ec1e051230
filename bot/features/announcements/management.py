"""The announcements of a server, and what one would have announced, as messages for managers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo

from discord import ui

from bot.core.actions import DropAnnouncement, KeepAnnouncement, RemoveAnnouncement
from bot.core.components import Block, Message, container, fit, menu
from bot.features.announcements.preview import offer_message
from bot.features.announcements.scopes import plain_scope, scope_text
from bot.i18n import Language
from bot.state.announcements import Announcement
from retrieval.scope import ScopePreview

_MAX_LINES = 3400  # characters


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
        (plain_scope(each.scope, language), str(each.id))
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
    return offer_message(
        language.gettext("### A new announcement"),
        announcement_line(replace(announcement, id=number), zone, language),
        preview,
        (KeepAnnouncement(number), DropAnnouncement(number)),
        language,
        warning,
    )
