"""The words that the terminal and Discord share: dates, sources, progress."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from retrieval.answer import CitedPassage
from retrieval.catalogue import Heading
from retrieval.report import Progress

if TYPE_CHECKING:
    from retrieval.reading import Reading
    from retrieval.search import Understood


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


def understood_line(understood: "Understood") -> str | None:
    """What was read out of a question besides its subject, or None: "searched March 2024"."""
    reading = understood.reading
    said = [reading_line(reading)] if understood.read_dates else []
    said.append("the newest preferred" if reading.latest else None)
    said += [f"only with “{phrase}”" for phrase in reading.phrases]
    said += [f"“{meant}” for “{typed}”" for typed, meant in understood.repair.changes]
    return "; ".join(filter(None, said)) or None


def also_line(passage: CitedPassage) -> str | None:
    """The other releases that say the same, or None."""
    if not passage.also:
        return None
    named = list(dict.fromkeys(each.newsroom or each.title for each in passage.also))
    some = ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
    return f"also published by {some}"


def counted(number: int, thing: str) -> str:
    """ "1 release", "1,200 releases"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def progress_line(progress: Progress) -> str:
    """How far a build is: "indexing, 40 of 120 releases"."""
    if progress.total is None:
        return f"reading, {progress.done:,} releases so far"
    return f"indexing, {progress.done:,} of {progress.total:,} releases"


def reading_line(reading: "Reading") -> str | None:
    """The dates that a question was read to ask for: "searched March 2024"; None for no dates.

    A span is named as the question names it, though a release dated a week later counts as well.
    """
    period, (since, until) = reading.period, reading.span
    if period is None or not (since or until):
        return None
    if since and until and period.first and period.last:
        return f"searched {_span(period.first, period.last)}"
    if since:
        return f"searched since {_beginning(since)}"
    return f"searched until {long_date(until)}" if until else None


def _span(first: date, last: date) -> str:
    """Days as people call them: "2024", "March 2024", "May to July 2023", "March 5, 2024"."""
    if first == last:
        return long_date(first)
    if first.day != 1 or not _ends_a_month(last):
        return f"{long_date(first)} to {long_date(last)}"
    if (first.month, last.month) == (1, 12):
        return f"{first.year}" if first.year == last.year else f"{first.year} to {last.year}"
    if first.year != last.year:
        return f"{first:%B %Y} to {last:%B %Y}"
    return f"{last:%B %Y}" if first.month == last.month else f"{first:%B} to {last:%B %Y}"


def _beginning(day: date) -> str:
    return f"{day:%B %Y}" if day.day == 1 else long_date(day)


def _ends_a_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1
