"""What is sent to which channel about new releases, each of them once."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.state.announcements import Announcement
from retrieval.release import ReleaseInfo
from retrieval.scope import Scope

Reason = TypeVar("Reason")
Place = TypeVar("Place", bound=Hashable)

MAX_SINGLE = 5  # new releases that are announced each in a message of its own


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """New releases for a channel, newest first.

    It mentions the ``roles`` with these ids, and is sent because of the ``scopes``; or, without a
    ``server`` (0), because of the ``subscriptions`` with these ids.
    """

    server: int
    channel: int
    releases: Sequence[ReleaseInfo]
    roles: tuple[int, ...]
    scopes: tuple[Scope, ...]
    subscriptions: tuple[int, ...] = ()


def plan_messages(
    found: Sequence[tuple[Announcement, Sequence[ReleaseInfo]]], newest_first: Sequence[ReleaseInfo]
) -> list[PlannedMessage]:
    """The messages about new releases, for each channel in the order of sending.

    A release that several announcements have for one channel is announced there once, for all of
    their reasons: a few releases alone, the newest last, and many in one digest.

    Args:
        found: the releases that each announcement has.
        newest_first: the new releases in their order.
    """
    return [
        _message(*place, releases, reasons)
        for place, releases, reasons in group_releases(
            found, newest_first, lambda each: (each.server, each.channel)
        )
    ]


def group_releases(
    found: Sequence[tuple[Reason, Sequence[ReleaseInfo]]],
    newest_first: Sequence[ReleaseInfo],
    place: Callable[[Reason], Place],
) -> Iterator[tuple[Place, Sequence[ReleaseInfo], list[Reason]]]:
    """The releases of each message, and the reasons for each of them, which may come repeatedly.

    Args:
        found: the releases for which there is a reason.
        newest_first: the new releases in their order.
        place: where the releases of a reason are sent.
    """
    by_place: dict[Place, dict[str, list[Reason]]] = {}
    for reason, releases in found:
        wanted = by_place.setdefault(place(reason), {})
        for release in releases:
            wanted.setdefault(release.id, []).append(reason)
    for at, wanted in by_place.items():
        for group in _groups([each for each in newest_first if each.id in wanted]):
            yield at, group, [reason for release in group for reason in wanted[release.id]]


def _groups(releases: Sequence[ReleaseInfo]) -> list[Sequence[ReleaseInfo]]:
    """The releases of each message."""
    if len(releases) > MAX_SINGLE:
        return [releases]
    return [[release] for release in reversed(releases)]


def _message(
    server: int,
    channel: int,
    releases: Sequence[ReleaseInfo],
    reasons: Sequence[Announcement],
) -> PlannedMessage:
    # In the order of the announcements, each once.
    roles = dict.fromkeys(each.role for each in reasons if each.role is not None)
    scopes = dict.fromkeys(each.scope for each in reasons if not each.scope.is_everything)
    return PlannedMessage(server, channel, releases, tuple(roles), tuple(scopes))
