"""Phrases that the terminal and Discord share: dates, citations, counts, progress."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.i18n import ENGLISH, Language
from retrieval.indexing.report import Progress
from retrieval.ranking.answer import CitedPassage
from retrieval.release import DocumentNote, ReleaseInfo

if TYPE_CHECKING:
    from retrieval.query.periods import Period
    from retrieval.query.understanding import ParsedQuery

_MAX_NOTED = 3  # documents that are named in a note on many
_MAX_NEWSROOMS = 3  # that are named as publishers of the same passage


def published(info: ReleaseInfo, language: Language = ENGLISH) -> str:
    """The date and the newsroom of a release: "September 8, 2025 · takano.house.gov"."""
    day = language.date(info.date) if info.date else language.gettext("undated")
    return f"{day} · {info.newsroom}" if info.newsroom else day


def citation(passage: CitedPassage, language: Language = ENGLISH) -> str:
    """The paragraph of a quotation, its page, and its file where there is no web address."""
    place = language.gettext("paragraph {number}", number=passage.paragraph)
    if passage.page is not None:
        place = language.gettext("page {page}, {place}", page=passage.page, place=place)
    if passage.release.url:
        return place
    source = passage.release.source
    return language.gettext("{place}, {source} (no web address)", place=place, source=source)


def query_line(query: "ParsedQuery", language: Language = ENGLISH) -> str | None:
    """What was understood besides the subject: "searched March 2024". None if there is nothing."""
    parts = []
    if query.filters_by_period and query.period:
        parts.append(period_line(query.period, language))
    parts.append(language.gettext("newer releases preferred") if query.latest else None)
    parts += [language.gettext("only with “{phrase}”", phrase=phrase) for phrase in query.phrases]
    parts += [
        language.gettext("“{meant}” for “{typed}”", meant=meant, typed=typed)
        for typed, meant in query.spelling.changes
    ]
    return "; ".join(filter(None, parts)) or None


def also_line(passage: CitedPassage, language: Language = ENGLISH) -> str | None:
    """The other publishers of the same passage, if any."""
    if not passage.also:
        return None
    publishers = list(dict.fromkeys(info.newsroom or info.title for info in passage.also))
    names = ", ".join(publishers[:_MAX_NEWSROOMS])
    if (more := len(publishers) - _MAX_NEWSROOMS) > 0:
        return language.gettext("also published by {names} and {more} more", names=names, more=more)
    return language.gettext("also published by {names}", names=names)


def release_count(number: int, language: Language = ENGLISH) -> str:
    """A number of releases: "1 release", "1,200 releases"."""
    return language.ngettext("{count} release", "{count} releases", number)


def note_lines(notes: Sequence[DocumentNote]) -> list[str]:
    """The notes of a build's report, one a line; what is said of many documents is said once."""
    sources = dict[str, list[str]]()
    for note in notes:
        sources.setdefault(note.text, []).append(note.source)
    return [
        f"{', '.join(named[:_MAX_NOTED])}"
        f"{f' and {len(named) - _MAX_NOTED:,} more' if len(named) > _MAX_NOTED else ''}: {text}"
        for text, named in sources.items()
    ]


def paragraph_count(number: int, language: Language = ENGLISH) -> str:
    """A number of paragraphs: "1 paragraph", "1,200 paragraphs"."""
    return language.ngettext("{count} paragraph", "{count} paragraphs", number)


def progress_line(progress: Progress, language: Language = ENGLISH) -> str:
    """The progress of a build: "indexing, 40 of 120 releases"."""
    done = language.number(progress.done)
    if progress.total is None:
        return language.gettext("reading, {done} releases so far", done=done)
    total = language.number(progress.total)
    return language.gettext("indexing, {done} of {total} releases", done=done, total=total)


def remaining_line(seconds: float, language: Language = ENGLISH) -> str:
    """The time that something still takes: "about 3 minutes left"."""
    minutes = max(1, round(seconds / 60))
    return language.ngettext("about {count} minute left", "about {count} minutes left", minutes)


def period_line(period: "Period", language: Language = ENGLISH) -> str | None:
    """The dates that a question asks for: "searched March 2024"; None if it sets no bounds.

    The period is named as in the question, although releases of the following week match as well.
    """
    since, until = period.since, period.until
    if since and until and period.first and period.last:
        span = span_line(period.first, period.last, language)
        return language.gettext("searched {span}", span=span)
    if since:
        day = language.month(since) if since.day == 1 else language.date(since)
        return language.gettext("searched since {day}", day=day)
    return language.gettext("searched until {day}", day=language.date(until)) if until else None


def span_line(first: date, last: date, language: Language = ENGLISH) -> str:
    """A span of days in words: "2024", "March 2024", "May to July 2023", "March 5, 2024"."""
    if first == last:
        return language.date(first)
    if first.day != 1 or not _is_last_of_month(last):
        return _range(language.date(first), language.date(last), language)
    if (first.month, last.month) == (1, 12):
        if first.year == last.year:
            return str(first.year)
        return _range(str(first.year), str(last.year), language)
    if first.year != last.year:
        return _range(language.month(first), language.month(last), language)
    if first.month == last.month:
        return language.month(last)
    return _range(language.month(first, year=False), language.month(last), language)


def _range(first: str, last: str, language: Language) -> str:
    return language.gettext("{first} to {last}", first=first, last=last)


def _is_last_of_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1
