"""Which paragraphs recur through a newsroom's releases, and which are only repeated."""

import zlib
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.indexing.recurrence import RowTexts, recurring_rows
from retrieval.release import AttachedDocument, Place, Release

ABOUT = "The Harbour Board of Lindow has looked after the quay since 1893."
CONTACT = "The board answers questions on weekdays, in the customs house on the market."
TEXT = "The quay is rebuilt in oak for forty million crowns."


def release(number: int, *paragraphs: str, newsroom: str | None = "lindow.example") -> Release:
    """A release of each month."""
    day = date(2020 + number // 12, number % 12 + 1, 5)
    return Release(f"r{number}", f"Part {number}", paragraphs, day, newsroom=newsroom)


def recurring(releases: list[Release]) -> list[tuple[int, int]]:
    """The release and paragraph numbers of what recurs, each paragraph being one row."""
    rows = [
        (at, number, zlib.crc32(text.encode()))
        for at, each in enumerate(releases)
        for number, text in enumerate(each.paragraphs, start=1)
    ]
    texts = RowTexts(
        np.array([text for _, _, text in rows], dtype=np.uint64),
        np.array([at for at, _, _ in rows], dtype=np.int32),
        np.array([number for _, number, _ in rows], dtype=np.int32),
    )
    found = recurring_rows(texts, releases).tolist()
    return [row[:2] for row, recurs in zip(rows, found, strict=True) if recurs]


def archive(count: int, *closing: str, of: int | None = None) -> list[Release]:
    """So many releases, the first ``of`` which close with these paragraphs."""
    of = count if of is None else of
    return [
        release(number, f"Part {number} is new.", *(closing if number < of else ()))
        for number in range(count)
    ]


def test_what_closes_many_releases_recurs() -> None:
    assert recurring(archive(12, ABOUT, CONTACT)) == [
        (number, paragraph) for number in range(12) for paragraph in (2, 3)
    ]


@pytest.mark.parametrize(
    ("count", "of", "recurs"),
    [
        (9, 9, False),
        (10, 10, True),
        (10, 5, True),
        (12, 4, False),
        (200, 10, True),
        (200, 9, False),
    ],
)
def test_it_takes_five_releases_and_a_twentieth_of_at_least_ten(
    count: int, of: int, recurs: bool
) -> None:
    assert len(recurring(archive(count, ABOUT, of=of))) == (of if recurs else 0)


def test_what_is_repeated_within_the_text_is_content() -> None:
    releases = [release(number, f"Part {number}.", TEXT, f"End {number}.") for number in range(12)]
    assert recurring(releases) == []
    releases += [release(number, f"Part {number}.", TEXT) for number in range(12, 16)]
    assert recurring(releases) == []


def test_what_nearly_always_closes_recurs_also_where_it_does_not() -> None:
    releases = archive(19, ABOUT)
    releases.append(release(19, "Part 19.", ABOUT, "A correction follows."))
    assert recurring(releases) == [(number, 2) for number in range(20)]


def test_what_is_repeated_within_two_months_is_content() -> None:
    releases = [
        replace(each, date=date(2024, 1 + number % 2, 5))
        for number, each in enumerate(archive(12, ABOUT))
    ]
    assert recurring(releases) == []
    assert recurring([replace(each, date=None) for each in archive(12, ABOUT)]) == []


def test_newsrooms_are_apart() -> None:
    ours, theirs = archive(12, ABOUT), archive(12, ABOUT)
    theirs = [replace(each, newsroom=f"{number}.example") for number, each in enumerate(theirs)]
    assert recurring(theirs + ours) == [(12 + number, 2) for number in range(12)]
    assert recurring([replace(each, newsroom=None) for each in ours])  # of one that is not named


def test_a_release_that_is_repeated_whole_keeps_all_its_paragraphs() -> None:
    assert recurring([release(number, TEXT, ABOUT) for number in range(12)]) == []
    mixed = archive(30, ABOUT) + [release(number, ABOUT) for number in range(30, 32)]
    assert recurring(mixed) == [(number, 2) for number in range(30)]


def test_attachments_neither_recur_nor_stand_in_the_way() -> None:
    places = (Place(), Place(), Place(1, AttachedDocument("letter.pdf")))
    releases = [
        replace(each, paragraphs=(*each.paragraphs, CONTACT), places=places)
        for each in archive(12, ABOUT)
    ]
    assert recurring(releases) == [(number, 2) for number in range(12)]


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.lists(st.sampled_from("abcdef"), min_size=1)), max_size=40
    )
)
def test_no_release_is_left_without_a_paragraph_and_nothing_rare_recurs(
    made: list[tuple[int, list[str]]],
) -> None:
    releases = [release(month, *paragraphs) for month, paragraphs in made]
    found = recurring(releases)
    for at, each in enumerate(releases):
        assert len(each.paragraphs) > sum(number == at for number, _ in found)
    texts = {releases[at].paragraphs[number - 1] for at, number in found}
    for text in texts:
        assert sum(text in each.paragraphs for each in releases) >= max(5, len(releases) / 20)
