"""The words that the terminal and Discord share: dates, sources, progress."""

from datetime import date

from retrieval.answer import CitedPassage
from retrieval.catalogue import Heading
from retrieval.report import Progress


def long_date(day: date) -> str:
    """A date as people write it: September 8, 2025."""
    return f"{day:%B} {day.day}, {day.year}"


def published(heading: Heading) -> str:
    """When and by whom: "September 8, 2025 · takano.house.gov"; says so where it is not known."""
    day = long_date(heading.date) if heading.date else "undated"
    return f"{day} · {heading.newsroom}" if heading.newsroom else day


def citation(passage: CitedPassage) -> str:
    """Where a quotation stands: its paragraph, and its file where it has no address."""
    place = f"paragraph {passage.paragraph}"
    return place if passage.release.url else f"{place}, {passage.release.source} (no web address)"


def counted(number: int, thing: str) -> str:
    """ "1 release", "1,200 releases"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def progress_line(progress: Progress) -> str:
    """How far a build is: "indexing, 40 of 120 releases"."""
    if progress.total is None:
        return f"reading, {progress.done:,} releases so far"
    return f"indexing, {progress.done:,} of {progress.total:,} releases"
