"""New releases, announced."""

from collections.abc import Sequence

from discord import ui

from bot.desk import Summed
from bot.language import Language
from bot.messages.message import Block, Message, frame
from bot.messages.releases import pick_menu, release_lines

MOST = 5  # releases that are named in one announcement


def announcement_message(releases: Sequence[Summed], total: int, language: Language) -> Message:
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
    menu = pick_menu([each.heading for each in releases[:MOST]], language)
    return Message((frame(ui.TextDisplay(title), *blocks), menu))
