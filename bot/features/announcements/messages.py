"""New releases, announced."""

from collections.abc import Sequence

from discord import ui

from bot.archive_service import ReleaseSummary
from bot.core.components import Block, Message, frame
from bot.features.releases.messages import pick_menu, release_lines
from bot.i18n import Language

MOST = 5  # releases that are named in one announcement


def announcement_message(
    releases: Sequence[ReleaseSummary], total: int, language: Language
) -> Message:
    """Some of the ``total`` releases that are new, the newest first."""
    title = language.count("### {count} new release", "### {count} new releases", total)
    blocks: list[Block] = [
        ui.TextDisplay(release_lines(each, language)) for each in releases[:MOST]
    ]
    if (more := total - len(blocks)) > 0:
        rest = language.count(
            "-# and {count} more: /releases", "-# and {count} more: /releases", more
        )
        blocks.append(ui.TextDisplay(rest))
    menu = pick_menu([each.info for each in releases[:MOST]], language)
    return Message((frame(ui.TextDisplay(title), *blocks), menu))
