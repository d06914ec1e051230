from dataclasses import dataclass

import pytest

from retrieval.sources.web.entries import Entry
from retrieval.sources.web.errors import FetchError, NotFound
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_series import Ending, PageSeries
from retrieval.sources.web.unreadable import Unreadable
from tests.retrieval.sources.web.fetched import Site, fetched

ADDRESS = "https://roe.example/list?page="


@dataclass(frozen=True)
class Numbers:
    """A page that lists the numbers in its text, before "|" and the number of the next page."""

    entries: tuple[Entry, ...]
    next: str | None

    @classmethod
    def read(cls, page: Page) -> "Numbers":
        if page.body == b"!":
            raise Unreadable(page.address, "a list", "it is none")
        numbers, _, following = page.body.decode().partition("|")
        entries = tuple(Entry(f"https://roe.example/{n}") for n in numbers.split())
        return cls(entries, f"{ADDRESS}{following}" if following else None)


def series(*pages: str, **options: int) -> tuple[Site, PageSeries]:
    site = Site({f"{ADDRESS}{number}": text for number, text in enumerate(pages, start=1)})
    return site, PageSeries(f"{ADDRESS}1", site.fetch, Numbers.read, **options)


async def numbers(pages: PageSeries) -> list[list[str]]:
    return [[each.key.rpartition("/")[2] for each in page] async for page in pages]


async def test_the_pages_are_read_to_the_last():
    _, pages = series("9 8|2", "7 6|3", "5")
    assert await numbers(pages) == [["9", "8"], ["7", "6"], ["5"]]
    assert (pages.ending, pages.pages, pages.address) == (Ending.LAST_PAGE, 3, None)


async def test_a_release_that_moved_to_the_next_page_meanwhile_is_given_once():
    _, pages = series("9 8|2", "8 7|3", "7 6")
    assert await numbers(pages) == [["9", "8"], ["7"], ["6"]]


async def test_endless_pages_end_where_nothing_is_new():
    site, pages = series("9 8|2", "7|3", "7|4", "7|5", "7|6")
    assert await numbers(pages) == [["9", "8"], ["7"]]
    assert pages.ending is Ending.NOTHING_NEW
    assert len(site.asked) == 3


async def test_empty_pages_end_a_series():
    _, pages = series("9|2", "|3", "8")
    assert await numbers(pages) == [["9"]]
    assert pages.ending is Ending.LAST_PAGE


async def test_a_circle_ends():
    _, pages = series("9|2", "8|1")
    assert await numbers(pages) == [["9"], ["8"]]
    assert pages.ending is Ending.CIRCLE


async def test_a_calendar_that_always_has_something_new_ends_at_the_limit():
    _, pages = series(*(f"{n}|{n + 1}" for n in range(1, 50)), max_pages=5)
    assert len(await numbers(pages)) == 5
    assert (pages.ending, pages.pages) == (Ending.LIMIT, 5)


async def test_a_next_page_that_is_missing_or_no_list_is_the_end():
    for last in ((), ("!",)):
        _, pages = series("9|2", *last)
        assert await numbers(pages) == [["9"]]
        assert pages.ending is Ending.LAST_PAGE


async def test_a_first_page_that_is_missing_or_no_list_is_an_error():
    _, pages = series()
    with pytest.raises(NotFound):
        await numbers(pages)
    _, pages = series("!")
    with pytest.raises(Unreadable):
        await numbers(pages)


async def test_after_another_error_it_goes_on_where_it_was():
    site, pages = series("9|2", "8|3", "7")
    site.pages[f"{ADDRESS}2"] = FetchError(f"{ADDRESS}2", "too slow")
    with pytest.raises(FetchError, match="too slow"):
        await numbers(pages)
    assert (pages.address, pages.ending) == (f"{ADDRESS}2", None)
    site.pages[f"{ADDRESS}2"] = fetched("8|3", f"{ADDRESS}2")
    assert await numbers(pages) == [["8"], ["7"]]
