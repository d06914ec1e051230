"""New releases as a message."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate

from discord import ui

from bot.archive_service import ReleaseSummary
from bot.core.components import Block, Message, container
from bot.features.releases.messages import linked_title, release_lines, release_menu
from bot.i18n import Language

MAX_LISTED = 25  # releases in a digest: as many as a menu has options
_MAX_LINES = 3500  # characters of them


def announcement_message(
    release: ReleaseSummary, changed: float | None, language: Language
) -> Message:
    """A new release with its summary.

    ``changed`` is when it was corrected after it was announced, in seconds since 1970.
    """
    text = release_lines(release, language)
    if changed is not None:
        when = f"<t:{int(changed)}:R>"
        text += "\n" + language.gettext("-# Changed {when}", when=when)
    title = language.gettext("### New release")
    return Message(
        (
            container(ui.TextDisplay(title), ui.TextDisplay(text)),
            release_menu([release.info], language),
        )
    )


def digest_message(
    releases: Sequence[ReleaseSummary],
    total: int,
    changed: Mapping[str, float | None],
    language: Language,
) -> Message:
    """The titles of the first of ``total`` new releases.

    ``changed`` has the ids of those that were corrected after they were announced, with the time.
    """
    title = language.ngettext("### {count} new release", "### {count} new releases", total)
    lines = [
        _title_line(release, changed.get(release.info.id) is not None, language)
        for release in releases[:MAX_LISTED]
    ]
    listed = bisect_right(list(accumulate(len(line) + 1 for line in lines)), _MAX_LINES)
    blocks: list[Block] = [ui.TextDisplay(title), ui.TextDisplay("\n".join(lines[:listed]))]
    if (more := total - listed) > 0:
        rest = language.ngettext(
            "-# and {count} more: /releases", "-# and {count} more: /releases", more
        )
        blocks.append(ui.TextDisplay(rest))
    menu = release_menu([release.info for release in releases[:listed]], language)
    return Message((container(*blocks), menu))


def _title_line(release: ReleaseSummary, changed: bool, language: Language) -> str:
    title = linked_title(release.info)
    if changed:
        title = language.gettext("{title} (changed)", title=title)
    return f"- {title}"
