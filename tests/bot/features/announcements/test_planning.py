"""Which messages are sent about new releases: each release once in a channel."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.features.announcements.planning import MAX_SINGLE, PlannedMessage, plan_messages
from bot.state.announcements import Announcement
from retrieval.release import ReleaseInfo
from retrieval.scope import Scope
from tests.bot.features.strategies import info

RELEASES = [info(number) for number in range(9)]
HEALTH, FERRIES = Scope(question="health"), Scope(words="ferries")


def announcement(
    channel: int = 10, scope: Scope | None = None, role: int | None = None, server: int = 1
) -> Announcement:
    return Announcement(server, channel, scope or Scope(), role)


def test_a_few_releases_come_alone_and_the_newest_last() -> None:
    first, second = plan_messages([(announcement(), RELEASES[:2])], RELEASES, due)
    assert [first.releases, second.releases] == [[RELEASES[1]], [RELEASES[0]]]


def test_many_come_in_one_digest_the_newest_first() -> None:
    wanted = RELEASES[: MAX_SINGLE + 1]
    (digest,) = plan_messages([(announcement(), wanted[::-1])], RELEASES, due)
    assert digest.releases == wanted


def test_a_release_that_two_announcements_have_comes_once_for_both_reasons() -> None:
    found = [
        (announcement(scope=HEALTH, role=5), RELEASES[:1]),
        (announcement(scope=FERRIES, role=6), RELEASES[:2]),
        (announcement(), RELEASES[:1]),
    ]
    second, first = plan_messages(found, RELEASES, due)
    assert first == PlannedMessage(1, 10, [RELEASES[0]], (5, 6), (HEALTH, FERRIES))
    assert second == PlannedMessage(1, 10, [RELEASES[1]], (6,), (FERRIES,))


def test_a_role_is_mentioned_only_where_its_announcement_has_a_release() -> None:
    found = [(announcement(scope=HEALTH, role=5), []), (announcement(), RELEASES[:1])]
    (message,) = plan_messages(found, RELEASES, due)
    assert (message.roles, message.scopes) == ((), ())


@given(
    st.lists(
        st.tuples(
            st.builds(
                announcement,
                st.integers(1, 3),
                st.sampled_from([Scope(), HEALTH, FERRIES]),
                st.sampled_from([None, 5, 6]),
            ),
            st.lists(st.sampled_from(RELEASES), unique_by=lambda each: each.id),
        ),
        max_size=6,
    )
)
def test_every_channel_gets_each_of_its_releases_once(
    found: list[tuple[Announcement, list[ReleaseInfo]]],
) -> None:
    sent = [
        (each.channel, release.id)
        for each in plan_messages(found, RELEASES, due)
        for release in each.releases
    ]
    wanted = {(each.channel, release.id) for each, releases in found for release in releases}
    assert len(sent) == len(set(sent))
    assert set(sent) == wanted


# -- digests ----------------------------------------------------------------------------------


def due(hour: int) -> float:
    """When the digest of an hour comes, at noon."""
    return float((hour - 12) % 24)


def daily(hour: int, scope: Scope | None = None) -> Announcement:
    return replace(announcement(scope=scope), digest=hour)


def test_a_digest_has_all_releases_even_if_they_are_few() -> None:
    (digest,) = plan_messages([(daily(8), RELEASES[:3])], RELEASES, due)
    assert (digest.releases, digest.digest) == (RELEASES[:3], 8)


def test_what_an_announcement_wants_at_once_does_not_wait_for_another_ones_digest() -> None:
    found = [(daily(8, HEALTH), RELEASES[:2]), (announcement(scope=FERRIES), RELEASES[1:2])]
    at_once, digest = sorted(
        plan_messages(found, RELEASES, due), key=lambda each: each.digest is not None
    )
    assert (at_once.releases, at_once.scopes) == ([RELEASES[1]], (HEALTH, FERRIES))
    assert (digest.releases, digest.scopes) == ([RELEASES[0]], (HEALTH,))


def test_a_release_that_two_digests_want_is_in_the_next_one() -> None:
    found = [(daily(8), RELEASES[:1]), (daily(20), RELEASES[:1])]
    (digest,) = plan_messages(found, RELEASES, due)
    assert digest.digest == 20
