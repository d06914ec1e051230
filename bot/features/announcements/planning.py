"""What is sent to which channel about new releases, each of them once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.state.announcements import Announcement
from retrieval.release import ReleaseInfo
from retrieval.scope import Scope

MAX_SINGLE = 5  # new releases that are announced each in a message of its own


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """New releases for a channel, newest first.

    It mentions the ``roles`` with these ids, and is sent because of the ``scopes``: at once, or
    with the ``digest`` of an hour. A direct message (``server`` is 0) is sent because of the
    ``subscriptions`` with these ids.
    """

    server: int
    channel: int
    releases: Sequence[ReleaseInfo]
    roles: tuple[int, ...]
    scopes: tuple[Scope, ...]
    digest: int | None = None
    subscriptions: tuple[int, ...] = ()


def plan_messages(
    found: Sequence[tuple[Announcement, Sequence[ReleaseInfo]]],
    newest_first: Sequence[ReleaseInfo],
    due: Callable[[int], float],
) -> list[PlannedMessage]:
    """The messages about new releases, for each channel in the order of sending.

    A release that several announcements have for one channel is announced there once, for all of
    their reasons, as soon as one of them wants it: a few releases alone, the newest last, and many
    in one digest.

    Args:
        found: the releases that each announcement has.
        newest_first: the new releases in their order.
        due: when the digest of an hour comes next.
    """
    by_channel: dict[tuple[int, int], dict[str, list[Announcement]]] = {}
    for announcement, releases in found:
        wanted = by_channel.setdefault((announcement.server, announcement.channel), {})
        for release in releases:
            wanted.setdefault(release.id, []).append(announcement)
    return [
        _message(server, channel, group, wanted, digest)
        for (server, channel), wanted in by_channel.items()
        for digest, releases in _by_digest(newest_first, wanted, due).items()
        for group in ([releases] if digest is not None else message_groups(releases))
    ]


def _by_digest(
    newest_first: Sequence[ReleaseInfo],
    wanted: Mapping[str, Sequence[Announcement]],
    due: Callable[[int], float],
) -> dict[int | None, list[ReleaseInfo]]:
    """The releases of each digest, and under None those that are announced at once."""
    groups: dict[int | None, list[ReleaseInfo]] = {}
    for release in newest_first:
        if release.id in wanted:
            hours = [each.digest for each in wanted[release.id]]
            later = [hour for hour in hours if hour is not None]
            soonest = min(later, key=due) if len(later) == len(hours) else None
            groups.setdefault(soonest, []).append(release)
    return groups


def message_groups(releases: Sequence[ReleaseInfo]) -> list[Sequence[ReleaseInfo]]:
    """The releases of each message that is sent at once."""
    if len(releases) > MAX_SINGLE:
        return [releases]
    return [[release] for release in reversed(releases)]


def _message(
    server: int,
    channel: int,
    releases: Sequence[ReleaseInfo],
    wanted: Mapping[str, Sequence[Announcement]],
    digest: int | None,
) -> PlannedMessage:
    reasons = [announcement for release in releases for announcement in wanted[release.id]]
    # In the order of the announcements, each once.
    roles = dict.fromkeys(each.role for each in reasons if each.role is not None)
    scopes = dict.fromkeys(each.scope for each in reasons if not each.scope.is_everything)
    return PlannedMessage(server, channel, releases, tuple(roles), tuple(scopes), digest)
