"""What the terminal and Discord say alike: dates, sources, progress."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.i18n import ENGLISH, Language
from retrieval.indexing.report import Progress
from retrieval.ranking.answer import CitedPassage
from retrieval.release import ReleaseInfo

if TYPE_CHECKING:
    from retrieval.query.periods import Period
    from retrieval.query.understanding import ParsedQuery


def published(info: ReleaseInfo, language: Language = ENGLISH) -> str:
    """When and by whom: "September 8, 2025 · takano.house.gov"; says so where it is not known."""
    day = language.date(info.date) if info.date else language.say("undated")
    return f"{day} · {info.newsroom}" if info.newsroom else day


def citation(passage: CitedPassage, language: Language = ENGLISH) -> str:
    """Where a quotation stands: its paragraph, and its file where it has no address."""
    if passage.release.url:
        return language.say("paragraph {number}", number=passage.paragraph)
    return language.say(
        "paragraph {number}, {source} (no web address)",
        number=passage.paragraph,
        source=passage.release.source,
    )


def query_line(query: "ParsedQuery", language: Language = ENGLISH) -> str | None:
    """How a question was understood, its subject aside: "searched March 2024". None if as asked."""
    said = []
    if query.filters_by_period and query.period:
        said.append(period_line(query.period, language))
    said.append(language.say("the newest preferred") if query.latest else None)
    said += [language.say("only with “{phrase}”", phrase=phrase) for phrase in query.phrases]
    said += [
        language.say("“{meant}” for “{typed}”", meant=meant, typed=typed)
        for typed, meant in query.spelling.changes
    ]
    return "; ".join(filter(None, said)) or None


def also_line(passage: CitedPassage, language: Language = ENGLISH) -> str | None:
    """The other releases that say the same, or None."""
    if not passage.also:
        return None
    named = list(dict.fromkeys(each.newsroom or each.title for each in passage.also))
    some = ", ".join(named[:3])
    if (more := len(named) - 3) > 0:
        return language.say("also published by {some} and {more} more", some=some, more=more)
    return language.say("also published by {some}", some=some)


def releases_counted(number: int, language: Language = ENGLISH) -> str:
    """ "1 release", "1,200 releases"."""
    return language.count("{count} release", "{count} releases", number)


def paragraphs_counted(number: int, language: Language = ENGLISH) -> str:
    """ "1 paragraph", "1,200 paragraphs"."""
    return language.count("{count} paragraph", "{count} paragraphs", number)


def progress_line(progress: Progress, language: Language = ENGLISH) -> str:
    """How far a build is: "indexing, 40 of 120 releases"."""
    done = language.number(progress.done)
    if progress.total is None:
        return language.say("reading, {done} releases so far", done=done)
    total = language.number(progress.total)
    return language.say("indexing, {done} of {total} releases", done=done, total=total)


def remaining_line(seconds: float, language: Language = ENGLISH) -> str:
    """How long something still takes: "about 3 minutes left"."""
    minutes = max(1, round(seconds / 60))
    return language.count("about {count} minute left", "about {count} minutes left", minutes)


def period_line(period: "Period", language: Language = ENGLISH) -> str | None:
    """The dates that a question asks for: "searched March 2024"; None if it bounds none.

    A span is named as the question names it, though a release dated a week later counts as well.
    """
    since, until = period.since, period.until
    if since and until and period.first and period.last:
        return language.say("searched {span}", span=span_line(period.first, period.last, language))
    if since:
        return language.say("searched since {day}", day=_beginning(since, language))
    return language.say("searched until {day}", day=language.date(until)) if until else None


def span_line(first: date, last: date, language: Language = ENGLISH) -> str:
    """Days as people call them: "2024", "March 2024", "May to July 2023", "March 5, 2024"."""
    if first == last:
        return language.date(first)
    if first.day != 1 or not _ends_a_month(last):
        return _to(language.date(first), language.date(last), language)
    if (first.month, last.month) == (1, 12):
        if first.year == last.year:
            return str(first.year)
        return _to(str(first.year), str(last.year), language)
    if first.year != last.year:
        return _to(language.month(first), language.month(last), language)
    if first.month == last.month:
        return language.month(last)
    return _to(language.month(first, year=False), language.month(last), language)


def _to(first: str, last: str, language: Language) -> str:
    return language.say("{first} to {last}", first=first, last=last)


def _beginning(day: date, language: Language) -> str:
    return language.month(day) if day.day == 1 else language.date(day)


def _ends_a_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1
