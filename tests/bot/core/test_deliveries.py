"""Events that are delivered more than once."""

from bot.core.deliveries import Deliveries


def test_only_the_first_delivery_counts() -> None:
    deliveries = Deliveries()
    assert [deliveries.is_first(id) for id in (1, 2, 1, 1, 3, 2)] == [
        True,
        True,
        False,
        False,
        True,
        False,
    ]


def test_the_oldest_are_forgotten() -> None:
    deliveries = Deliveries(remembered=2)
    for id in (1, 2, 3):
        assert deliveries.is_first(id)
    assert not deliveries.is_first(3)
    assert not deliveries.is_first(2)
    assert deliveries.is_first(1)
