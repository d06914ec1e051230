"""Phrases that the terminal and Discord share: dates, citations, counts, progress."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.i18n import ENGLISH, Language
from retrieval.indexing.report import Progress
from retrieval.ranking.answer import CitedPassage
from retrieval.release import DocumentNote, Filter, Place, ReleaseInfo

if TYPE_CHECKING:
    from retrieval.query.understanding import ParsedQuery
    from retrieval.timeline import Timeline

_MAX_NOTES = 20  # kinds of notes
_MAX_NOTED = 3  # documents that are named in a note on many
_MAX_NEWSROOMS = 3  # that are named as publishers of the same passage


def published(info: ReleaseInfo, language: Language = ENGLISH) -> str:
    """The date and the newsroom of a release: "September 8, 2025 · takano.house.gov".

    It says so if the release is no longer on its site, before a newsroom that may be long.
    """
    day = language.date(info.date) if info.date else language.gettext("undated")
    gone = (
        language.gettext("no longer on the site since {day}", day=language.date(info.gone))
        if info.gone
        else None
    )
    return " · ".join(filter(None, (day, gone, info.newsroom)))


def changed_line(seen: datetime, language: Language = ENGLISH) -> str:
    """When the text of a release changed: "changed on May 3, 2026"."""
    return language.gettext("changed on {day}", day=language.date(seen.date()))


def citation(passage: CitedPassage, language: Language = ENGLISH) -> str:
    """The place of a quotation, and its file where there is no web address."""
    place = place_line(passage.paragraph, passage.place, language)
    if passage.link or passage.release.url:
        return place
    source = passage.release.source
    return language.gettext("{place}, {source} (no web address)", place=place, source=source)


def place_line(number: int, place: Place, language: Language = ENGLISH) -> str:
    """Where a paragraph stands: "paragraph 4", "page 2, paragraph 4", "letter.pdf, page 2"."""
    if place.attachment:
        name = place.attachment.name
        if place.page is None:
            return name
        return language.gettext("{document}, page {page}", document=name, page=place.page)
    paragraph = language.gettext("paragraph {number}", number=number)
    if place.page is None:
        return paragraph
    return language.gettext("page {page}, {place}", page=place.page, place=paragraph)


def query_line(query: "ParsedQuery", language: Language = ENGLISH) -> str | None:
    """What was understood: "read as …; searched March 2024". None if that is the question alone."""
    parts: list[str | None] = []
    if query.follows_up:
        parts.append(language.gettext("read as “{question}”", question=query.text))
    if query.filters_by_period:
        parts.append(filter_line(query.filter, language))
    parts.append(language.gettext("newer releases preferred") if query.latest else None)
    parts += [language.gettext("only with “{phrase}”", phrase=phrase) for phrase in query.phrases]
    if query.unused_phrases:
        parts.append(
            language.ngettext(
                "{count} more quotation was not used",
                "{count} more quotations were not used",
                query.unused_phrases,
            )
        )
    if query.unread_time:
        parts.append(language.gettext("the time “{words}” was not used", words=query.unread_time))
    if query.unread_marks:
        parts.append(language.gettext("a quotation mark without its pair was not used"))
    parts += [
        language.gettext("“{meant}” for “{typed}”", meant=meant, typed=typed)
        for typed, meant in query.spelling.changes
    ]
    return "; ".join(filter(None, parts)) or None


def help_line(language: Language = ENGLISH) -> str:
    """What one can ask."""
    return language.gettext(
        "Ask me something about the press releases, and I will quote the passages that answer."
    )


def english_line(language: Language) -> str:
    """What whoever asks in another language should know."""
    return language.gettext(
        "The press releases are in English, and I translate nothing. Ask in English: then I find "
        "what they say far more often."
    )


def timeline_span(timeline: "Timeline", language: Language = ENGLISH) -> str:
    """When the releases of a timeline were published: "2019 to 2025, 3 undated"."""
    if not timeline.bins:
        return language.gettext("undated")
    span = span_line(timeline.bins[0].first, timeline.bins[-1].last, language)
    undated = language.ngettext("{count} undated", "{count} undated", timeline.undated)
    return f"{span}, {undated}" if timeline.undated else span


def nothing_line(language: Language = ENGLISH) -> str:
    """The statement above passages that do not answer."""
    return language.gettext("Nothing published says that.")


def closest_line(title: str, language: Language = ENGLISH) -> str:
    """What such passages are about: the title of the first one's release."""
    return language.gettext("The closest passage is about “{title}”:", title=title)


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


def note_lines(
    notes: Sequence[DocumentNote], counts: Mapping[str, int] | None = None, more: int = 0
) -> list[str]:
    """The notes of a build's report, one a line; what is said of many documents is said once.

    Args:
        notes: the first notes of each text.
        counts: of how many documents each text is said; by default of those in ``notes``.
        more: how many notes there are with other texts.
    """
    sources = dict[str, list[str]]()
    for note in notes:
        sources.setdefault(note.text, []).append(note.source)
    numbers = {text: (counts or {}).get(text, len(named)) for text, named in sources.items()}
    lines = [f"{_first_few(named, numbers[text])}: {text}" for text, named in sources.items()]
    more += sum([*numbers.values()][_MAX_NOTES:])
    return [*lines[:_MAX_NOTES], *([f"and {more:,} more notes"] if more > 0 else [])]


def _first_few(names: Sequence[str], count: int) -> str:
    shown = names[:_MAX_NOTED]
    more = count - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


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


def filter_line(allowed: Filter, language: Language = ENGLISH) -> str | None:
    """The days that are searched: "searched March 2024"; None if that is all of them."""
    since, until = allowed.since, allowed.until
    if since and until:
        line = language.gettext("searched {span}", span=span_line(since, until, language))
    elif since:
        day = language.month(since) if since.day == 1 else language.date(since)
        line = language.gettext("searched since {day}", day=day)
    elif until:
        line = language.gettext("searched until {day}", day=language.date(until))
    else:
        return None
    return language.gettext("{line} and undated releases", line=line) if allowed.undated else line


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
