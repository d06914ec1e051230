"""The fields of a record, a row of JSON or the front matter of a file, by the names in use.

There are as many names for a field as there are programs that write it, so names are compared in
lower case without punctuation: ``pubDate``, ``pub_date`` and ``Pub-Date`` are one.
"""

import datetime
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from retrieval.release import DateSource
from retrieval.sources.dateline import first_dateline
from retrieval.sources.draft import ReleaseDraft, host_of, text_or_none
from retrieval.sources.html_fragment import one_line, text_paragraphs
from retrieval.sources.publication_date import DateOrder, PublicationDate
from retrieval.sources.text_date import date_in_text
from retrieval.text.dates import date_from_number, date_readings
from retrieval.text.lines import clean
from retrieval.text.links import is_web_address


def _key(name: object) -> str:
    """Return a field's name as names are compared."""
    return re.sub(r"[\W_]+", "", str(name)).lower()


# By field its names, the ones that are preferred first.
_NAMES: Mapping[str, str] = {
    "id": "id guid uuid _id",
    "title": "title headline heading post_title name subject titulo título",
    "text": (
        "text body content full_text article_body body_text main_text content_text body_html "
        "content_html text_html post_content paragraphs article html press_release story texto "
        "description summary excerpt abstract"  # some feeds have no more than these
    ),
    "subtitle": "subtitle subheadline subheading subhead dek standfirst subtitulo subtítulo",
    "date": (
        "date published publish_date pub_date date_published published_at published_date "
        "publication_date published_on published_time publish_time release_date date_time "
        "post_date posted posted_on posted_at first_published_at date_publish issued fecha"
    ),
    "url": (
        "url link canonical canonical_url permalink href web_url page_url article_url source_url "
        "release_url external_url uri source"
    ),
    "language": "language lang locale",
    "newsroom": (
        "newsroom organization organisation publisher company company_name agency office domain "
        "site_name site source source_name"
    ),
    "author": (
        "author member authors members byline creator dc:creator author_name member_name writer "
        "autor"
    ),
}
# Texts that give the text once more, or its beginning.
_REPEATED = frozenset(
    "contenttext contenthtml bodyhtml bodytext texthtml html description summary excerpt abstract "
    "paragraphs".split()
)
_KEYS = {field: tuple(map(_key, names.split())) for field, names in _NAMES.items()}
_FIELDS = {key: field for field, keys in _KEYS.items() for key in keys}
_NAME_OF_OBJECT = ("name", "official_full", "full_name", "display_name", "rendered")
_GIVEN_NAMES = ("first", "firstname", "given", "givenname", "fname")
_SURNAMES = ("last", "lastname", "family", "familyname", "surname", "lname")
_TEXT_OF_OBJECT = ("rendered", "text", "value", "content", "html", "raw", "#text", "$t", "__cdata")
_BYLINE = re.compile(r"(?:by|por)\b:?\s+", re.IGNORECASE)
_SERIAL = re.compile(r"[0-9]{8}|[0-9]{10}|[0-9]{13}")  # 20250908, or Unix time
_MAX_DEPTH = 4  # of objects within objects


_Value = TypeVar("_Value")


def read_fields(record: Mapping[Any, Any], body: Sequence[str] = ()) -> ReleaseDraft:
    """Return the release that the fields of ``record`` give.

    Texts may be HTML, or a list of paragraphs; who has written may be a name, an object with one,
    or a list of these.

    Args:
        record: The fields.
        body: The paragraphs, where they are not in a field but below the record.

    Raises:
        ValueError: If the title or the text is a number, or true: the message is the reason, for
            the user.
    """
    fields = {_key(name): (name, value) for name, value in record.items()}
    find = partial(_first, fields)
    title = one_line(" ".join(find("title", _strings) or ()))
    texts = () if body else find("text", _strings) or ()
    for name, content in (("title", title), ("text", body or texts)):
        if not content and not _is_text(record.get(name)):
            raise ValueError(f"{name!r} is {type_name(record[name])}, not a text")
    paragraphs = (*body, *(each for text in texts for each in text_paragraphs(text)))
    subtitle = one_line(" ".join(find("subtitle", _strings) or ()))
    if subtitle and paragraphs and subtitle not in (title, *paragraphs[:2]):
        paragraphs = (subtitle, *paragraphs)
    url, language = find("url", _address), find("language", text_or_none)
    order = DateOrder.of(language=language or "", url=url)
    date = find("date", partial(_date, order=order)) or date_in_text(paragraphs, order)
    return ReleaseDraft(
        title=title,
        paragraphs=paragraphs,
        date=date.date if date else None,
        url=url,
        newsroom=find("newsroom", _organization),
        author=find("author", _people),
        dateline=first_dateline(paragraphs),
        id=find("id", text_or_none),
        date_source=date.source if date else None,
        notes=date.notes if date else (),
        unread=tuple(_unread(fields, texts)),
    )


def type_name(value: object) -> str:
    """Return the type of a JSON value in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "an object"


def _first(
    fields: Mapping[str, tuple[object, Any]], field: str, read: Callable[[Any], _Value | None]
) -> _Value | None:
    """Return what ``read`` makes of the first of a field's names that it makes anything of."""
    named = (fields.get(key) for key in _KEYS[field])
    return next(filter(None, (read(found[1]) for found in named if found)), None)


def _unread(fields: Mapping[str, tuple[object, Any]], texts: Sequence[str]) -> Iterator[str]:
    """Yield the names of the fields with a value of which nothing is in the release."""
    for key, (name, value) in fields.items():
        if value is None or value in ("", [], {}):
            continue
        field = _FIELDS.get(key)
        is_other_text = field == "text" and key not in _REPEATED and _strings(value) != texts
        if field is None or is_other_text:
            yield str(name)


def _strings(value: object, depth: int = 0) -> tuple[str, ...]:
    """Return the texts of a value: of itself, or of the items of a list, or within an object."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if depth < _MAX_DEPTH and isinstance(value, list):
        return tuple(text for each in value for text in _strings(each, depth + 1))
    if depth < _MAX_DEPTH and isinstance(value, dict):
        inner = (_strings(value.get(name), depth + 1) for name in _TEXT_OF_OBJECT)
        return next(filter(None, inner), ())
    return ()


def _is_text(value: object) -> bool:
    """Whether a title or a text may have this value."""
    return value is None or isinstance(value, str | list | dict)


def _date(value: object, order: DateOrder) -> PublicationDate | None:
    """Return the date that a value is: a text, a number, or a date; or None."""
    if isinstance(value, dict):
        return _date(value.get("$date") or value.get("value"), order)
    day: datetime.date | None = None
    if isinstance(value, datetime.datetime):
        day = value.date()
    elif isinstance(value, datetime.date):
        day = value
    elif isinstance(value, str) and not _SERIAL.fullmatch(value.strip()):
        return order.choose(date_readings(value), DateSource.FIELD)
    elif isinstance(value, int | float | str) and not isinstance(value, bool):
        day = date_from_number(int(value) if isinstance(value, str) else value)
    return PublicationDate(day, DateSource.FIELD) if day else None


def _address(value: object) -> str | None:
    """Return the web address that a value is, or the first of a list, or None."""
    if isinstance(value, list):
        return next(filter(None, map(_address, value)), None)
    text = (text_or_none(value) or "").replace(" ", "%20") if isinstance(value, str) else ""
    if text.lower().startswith("www."):
        text = f"https://{text}"
    return text if is_web_address(text) else None


def _organization(value: object) -> str | None:
    """Return the name of who publishes, or None; a web address stands for its host."""
    name = next(_names(value), None)
    return host_of(name) if name and "://" in name and is_web_address(name) else name


def _people(value: object) -> str | None:
    """Return the names of the people in a value, or None."""
    names = (_BYLINE.sub("", name, count=1) for name in _names(value))
    return ", ".join(dict.fromkeys(name for name in names if re.search(r"[^\W\d]", name))) or None


def _names(value: object, depth: int = 0) -> Iterator[str]:
    """Yield the names in a value: a name, an object with one, or a list of these."""
    if isinstance(value, list) and depth < _MAX_DEPTH:
        for each in value:
            yield from _names(each, depth + 1)
    elif isinstance(value, dict) and depth < _MAX_DEPTH:
        yield from list(_names_of_object(value, depth))[:1]
    elif name := one_line(value) if isinstance(value, str) else text_or_none(value):
        yield name


def _names_of_object(value: Mapping[Any, Any], depth: int) -> Iterator[str]:
    """Yield the names that an object gives: in a field of its own, or in the parts of a name."""
    parts = {_key(name): part for name, part in value.items()}
    for name in _NAME_OF_OBJECT:
        yield from _names(parts.get(_key(name)), depth + 1)
    given = next((parts[name] for name in _GIVEN_NAMES if isinstance(parts.get(name), str)), "")
    surname = next((parts[name] for name in _SURNAMES if isinstance(parts.get(name), str)), "")
    if whole := clean(f"{given} {surname}"):
        yield whole
