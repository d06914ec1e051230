"""New releases as a message."""

from collections.abc import Sequence

from discord import ui

from bot.archive_service import ReleaseSummary
from bot.core.components import Block, Message, container
from bot.features.releases.messages import release_lines, release_menu
from bot.i18n import Language

MAX_LISTED = 5  # releases in an announcement


def announcement_message(
    releases: Sequence[ReleaseSummary], total: int, language: Language
) -> Message:
    """The first of ``total`` new releases."""
    title = language.ngettext("### {count} new release", "### {count} new releases", total)
    shown = releases[:MAX_LISTED]
    blocks: list[Block] = [ui.TextDisplay(release_lines(release, language)) for release in shown]
    if (more := total - len(shown)) > 0:
        rest = language.ngettext(
            "-# and {count} more: /releases", "-# and {count} more: /releases", more
        )
        blocks.append(ui.TextDisplay(rest))
    menu = release_menu([release.info for release in shown], language)
    return Message((container(ui.TextDisplay(title), *blocks), menu))
