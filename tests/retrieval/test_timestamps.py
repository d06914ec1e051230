"""Moments are read as they were stored, and can always be compared."""

from datetime import UTC, datetime

import pytest

from retrieval.timestamps import parse_timestamp


def test_a_moment_is_read_in_utc():
    noon = datetime(2026, 4, 11, 12, tzinfo=UTC)
    assert parse_timestamp(noon.isoformat()) == noon
    read = parse_timestamp("2026-04-11T14:00:00+02:00")
    assert (read, read.tzinfo) == (noon, UTC)


@pytest.mark.parametrize(
    "value",
    [None, 7, b"2026-04-11", "", "soon", "2026-04-11", "2026-04-11T12:00:00",
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"],
)  # fmt: skip
def test_what_is_no_moment_is_told(value):
    with pytest.raises(ValueError, match=r".+"):
        parse_timestamp(value)
