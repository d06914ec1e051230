"""The announcements of a server, and what one would have announced, as messages for managers."""

from collections.abc import Sequence

from discord import ui

from bot.core.actions import DropAnnouncement, KeepAnnouncement, RemoveAnnouncement
from bot.core.components import Block, Message, container, fit, menu
from bot.features.announcements.preview import offer_message
from bot.features.announcements.scopes import plain_scope, scope_text
from bot.i18n import Language
from bot.state.announcements import Announcement
from retrieval.scope import ScopePreview

_MAX_LINES = 3400  # characters


def announcements_message(announcements: Sequence[Announcement], language: Language) -> Message:
    """The announcements of a server, and a menu that removes one."""
    _ = language.gettext
    lines = [f"- {announcement_line(each, language)}" for each in announcements]
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


def announcement_line(announcement: Announcement, language: Language) -> str:
    """Where something is announced, what, and whom that mentions."""
    _ = language.gettext
    line = _(
        "{channel}: {scope}",
        channel=f"<#{announcement.channel}>",
        scope=scope_text(announcement.scope, language),
    )
    if announcement.role is not None:
        line = _("{line}, mentions {role}", line=line, role=f"<@&{announcement.role}>")
    if announcement.id is None:
        line = _("{line} (from /settings)", line=line)
    return line


def preview_message(
    announcement: Announcement,
    number: int,
    preview: ScopePreview,
    language: Language,
    warning: str | None = None,
) -> Message:
    """What an announcement would have announced, with the buttons that keep it or do not.

    Args:
        announcement: what is offered.
        number: its id.
        preview: the releases of the past that it would have announced.
        language: the language.
        warning: what stands in its way, if anything does.
    """
    return offer_message(
        language.gettext("### A new announcement"),
        announcement_line(announcement, language),
        preview,
        (KeepAnnouncement(number), DropAnnouncement(number)),
        language,
        warning,
    )
