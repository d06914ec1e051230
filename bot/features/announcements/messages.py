"""New releases as a message."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate

from discord import ui

from bot.archive_service import ReleaseSummary
from bot.core.components import Block, Message, container
from bot.features.announcements.scopes import reason_lines
from bot.features.announcements.tags import tag_keys
from bot.features.releases.messages import linked_title, release_lines, release_menu
from bot.i18n import Language
from bot.state.outbox import OutboxItem
from retrieval.scope import Scope

MAX_LISTED = 25  # releases in a digest: as many as a menu has options
_MAX_LINES = 3500  # characters of them, of the reasons and of the roles


def announcement_message(
    release: ReleaseSummary,
    changed: float | None,
    language: Language,
    *,
    scopes: Sequence[Scope] = (),
    roles: Sequence[int] = (),
) -> Message:
    """A new release with its summary.

    Args:
        release: the release.
        changed: when it was corrected after it was announced, in seconds since 1970.
        language: the language.
        scopes: what it is announced for.
        roles: the ids of the roles to notify.
    """
    text = release_lines(release, language)
    if changed is not None:
        when = f"<t:{int(changed)}:R>"
        text += "\n" + language.gettext("-# Changed {when}", when=when)
    title = language.gettext("### New release")
    blocks: list[Block] = [ui.TextDisplay(title), ui.TextDisplay(text)]
    if reasons := reason_lines(scopes, language):
        blocks.append(ui.TextDisplay(reasons))
    return Message(
        (
            *_mentions(roles),
            container(*blocks),
            release_menu([release.info], language),
        ),
        roles=tuple(roles),
        title=release.info.title,
        tags=tag_keys([release.info.newsroom], scopes),
    )


def digest_message(
    releases: Sequence[ReleaseSummary],
    total: int,
    changed: Mapping[str, float | None],
    language: Language,
    *,
    scopes: Sequence[Scope] = (),
    roles: Sequence[int] = (),
) -> Message:
    """The titles of the first of many new releases.

    Args:
        releases: those to list.
        total: how many there are.
        changed: the ids of those that were corrected after they were announced, with the time.
        language: the language.
        scopes: what they are announced for.
        roles: the ids of the roles to notify.
    """
    title = language.ngettext("### {count} new release", "### {count} new releases", total)
    lines = [
        _title_line(release, changed.get(release.info.id) is not None, language)
        for release in releases[:MAX_LISTED]
    ]
    reasons, mentions = reason_lines(scopes, language), _mentions(roles)
    room = _MAX_LINES - len(reasons) - sum(len(each.content) for each in mentions)
    listed = bisect_right(list(accumulate(len(line) + 1 for line in lines)), room)
    blocks: list[Block] = [ui.TextDisplay(title), ui.TextDisplay("\n".join(lines[:listed]))]
    if (more := total - listed) > 0:
        rest = language.ngettext(
            "-# and {count} more: /releases", "-# and {count} more: /releases", more
        )
        blocks.append(ui.TextDisplay(rest))
    if reasons:
        blocks.append(ui.TextDisplay(reasons))
    menu = release_menu([release.info for release in releases[:listed]], language)
    newsrooms = {release.info.newsroom for release in releases}
    return Message(
        (*mentions, container(*blocks), menu),
        roles=tuple(roles),
        title=language.ngettext("{count} new release", "{count} new releases", total),
        tags=tag_keys(newsrooms, scopes),
    )


def item_message(
    item: OutboxItem,
    releases: Sequence[ReleaseSummary],
    language: Language,
    scopes: Sequence[Scope] | None = None,
) -> Message:
    """What an item of the outbox says.

    Args:
        item: the item.
        releases: those of its releases that are in the index, newest first; at least one.
        language: the language.
        scopes: why it is sent; those of the item unless given.
    """
    scopes = item.scopes if scopes is None else scopes
    # What is gone by now is not announced any more.
    total = item.total - len(item.releases) + len(releases)
    if total > 1:
        return digest_message(
            releases, total, item.releases, language, scopes=scopes, roles=item.roles
        )
    changed = item.releases.get(releases[0].info.id)
    if len(item.releases) == 1:  # its id may be another one by now: that of a copy of it
        (changed,) = item.releases.values()
    return announcement_message(releases[0], changed, language, scopes=scopes, roles=item.roles)


def _mentions(roles: Sequence[int]) -> list[ui.TextDisplay[ui.LayoutView]]:
    """The text that mentions some roles, if there are any."""
    return [ui.TextDisplay(" ".join(f"<@&{role}>" for role in roles))] if roles else []


def _title_line(release: ReleaseSummary, changed: bool, language: Language) -> str:
    title = linked_title(release.info)
    if changed:
        title = language.gettext("{title} (changed)", title=title)
    return f"- {title}"
