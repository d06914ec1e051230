"""Which direct messages are sent about new releases: each release once to a person."""

from hypothesis import given
from hypothesis import strategies as st

from bot.features.announcements.planning import MAX_SINGLE, PlannedMessage
from bot.features.subscriptions.subscribers import plan_direct_messages
from bot.state.subscriptions import Subscription
from retrieval.release import ReleaseInfo
from retrieval.scope import Scope
from tests.bot.features.strategies import info

RELEASES = [info(number) for number in range(9)]


def subscription(id: int = 1, channel: int = 10) -> Subscription:
    return Subscription(channel + 100, Scope(), "en-US", id=id, channel=channel)


def test_a_release_that_two_subscriptions_have_comes_once_for_both() -> None:
    found = [(subscription(2), RELEASES[:2]), (subscription(1), RELEASES[:1])]
    second, first = plan_direct_messages(found, RELEASES)
    assert first == PlannedMessage(0, 10, [RELEASES[0]], (), (), subscriptions=(1, 2))
    assert second == PlannedMessage(0, 10, [RELEASES[1]], (), (), subscriptions=(2,))


def test_many_come_in_one_digest_the_newest_first() -> None:
    wanted = RELEASES[: MAX_SINGLE + 1]
    (digest,) = plan_direct_messages([(subscription(), wanted[::-1])], RELEASES)
    assert digest.releases == wanted


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.lists(st.sampled_from(RELEASES), unique_by=lambda each: each.id),
        ),
        max_size=6,
    )
)
def test_every_person_is_told_of_each_of_their_releases_once(
    chosen: list[tuple[int, list[ReleaseInfo]]],
) -> None:
    found = [
        (subscription(id, channel), releases)
        for id, (channel, releases) in enumerate(chosen, start=1)
    ]
    planned = plan_direct_messages(found, RELEASES)
    sent = [(each.channel, release.id) for each in planned for release in each.releases]
    assert len(sent) == len(set(sent))
    assert set(sent) == {
        (each.channel, release.id) for each, releases in found for release in releases
    }
    for message in planned:
        expected = {
            each.id
            for each, releases in found
            if each.channel == message.channel and set(releases) & set(message.releases)
        }
        assert set(message.subscriptions) == expected
