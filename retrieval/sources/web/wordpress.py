"""Read the REST interface of WordPress, which has a site's whole archive as records.

``/wp-json/wp/v2/types`` names the kinds of posts, and each kind has a collection, a hundred posts a
page, with the number of posts and pages in ``X-WP-Total`` and ``X-WP-TotalPages``. Sites without
readable addresses have the same at ``?rest_route=/wp/v2/types``. Reference:
https://developer.wordpress.org/rest-api/reference/.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from retrieval.sources.html_fragment import one_line
from retrieval.sources.web.entries import Entry, absolute
from retrieval.sources.web.http_links import http_link
from retrieval.sources.web.page import Page
from retrieval.sources.web.page_text import page_json
from retrieval.sources.web.unreadable import Unreadable
from retrieval.text.dates import date_readings
from retrieval.text.lines import clean

API_RELATION = "https://api.w.org/"
"""How a page links to the interface of its site."""

PER_PAGE = 100
"""The most posts that WordPress gives on one page."""

_TYPES, _COLLECTION = "an interface of WordPress", "a collection of WordPress"
_FIELDS = "id,link,guid,title,date,modified,content,excerpt"
_PRESS = re.compile(r"press|release|statement|comunicad|nota|presse|communique|mitteilung", re.I)
_NEWS = re.compile(
    r"news|media|announce|article|stor(?:y|ies)|update|noticia|aktuell|actualit", re.I
)
_POSTS = "post"
_SLUG = re.compile(r"[a-z0-9_-]{1,40}", re.IGNORECASE)
_MAX_COUNT = 9  # digits


@dataclass(frozen=True, slots=True)
class PostType:
    """A kind of post: what the site calls it, and where its collection is in the interface."""

    slug: str
    name: str
    route: str


@dataclass(frozen=True, slots=True)
class Collection:
    """A page of a collection.

    Attributes:
        entries: the posts, the newest first.
        total: how many the whole collection has; None if the server does not say.
        next: the address of the page after it; None if it is the last.
    """

    entries: tuple[Entry, ...]
    total: int | None
    next: str | None


def usual_root(address: str) -> str:
    """Return where the interface of an address' site usually is."""
    return urljoin(address, "/wp-json/")


def plain_root(address: str) -> str:
    """Return where it is on a site without readable addresses."""
    return urljoin(address, "/?rest_route=/")


def types_address(root: str) -> str:
    """Return the address that names the kinds of posts; ``root`` is that of the interface."""
    return _address(root, "wp/v2/types")


def collection_address(root: str, kind: PostType, page: int = 1) -> str:
    """Return the address of a page of a collection, the first being 1."""
    order = {"order": "desc", "orderby": "date"}
    fields = {"_fields": _FIELDS, "per_page": str(PER_PAGE), "page": str(page)}
    return _address(root, kind.route, fields | order)


def read_types(page: Page) -> tuple[PostType, ...]:
    """Return the kinds of posts that a site has.

    Raises:
        Unreadable: if the page is no answer of the interface.
    """
    content = page_json(page, _TYPES)
    _check_error(content, page, _TYPES)
    if not isinstance(content, dict):
        raise Unreadable(page.address, _TYPES, "it is JSON of another kind")
    kinds = []
    for slug, item in content.items():
        base = item.get("rest_base") if isinstance(item, dict) else None
        if not isinstance(base, str) or not _SLUG.fullmatch(base):
            continue
        namespace = item.get("rest_namespace")
        known = isinstance(namespace, str) and re.fullmatch(r"[\w-]{1,40}/v\d{1,2}", namespace)
        name = item.get("name")
        route = f"{namespace if known else 'wp/v2'}/{base}"
        kinds.append(PostType(clean(slug), clean(name) if isinstance(name, str) else slug, route))
    if not kinds:
        raise Unreadable(page.address, _TYPES, "it names no kinds of posts")
    return tuple(kinds)


def release_types(kinds: Iterable[PostType]) -> tuple[PostType, ...]:
    """Return the kinds that may be releases, by their names, the most likely first.

    Press releases and statements come before news, and these before plain posts.
    """
    ranked = [(rank, kind) for kind in kinds if (rank := _rank(kind)) is not None]
    return tuple(kind for _, kind in sorted(ranked, key=lambda each: each[0]))


def read_collection(page: Page) -> Collection:
    """Return a page of a collection.

    Raises:
        Unreadable: if it is none.
    """
    content = page_json(page, _COLLECTION)
    _check_error(content, page, _COLLECTION)
    if not isinstance(content, list):
        raise Unreadable(page.address, _COLLECTION, "it is JSON of another kind")
    rows = (_entry(item, page.address) for item in content if isinstance(item, dict))
    return Collection(
        entries=tuple(filter(None, rows)),
        total=_count(page, "x-wp-total"),
        next=_next_page(page) if content else None,
    )


def _rank(kind: PostType) -> int | None:
    name = f"{kind.slug} {kind.name} {kind.route.rpartition('/')[2]}"
    if kind.slug in ("attachment", "nav_menu_item") or kind.slug.startswith(("wp_", "elementor")):
        return None
    if kind.slug == _POSTS:
        return 2
    return 0 if _PRESS.search(name) else 1 if _NEWS.search(name) else None


def _entry(item: Mapping[str, Any], base: str) -> Entry | None:
    """Return the entry of a row; None if it has neither an address nor a text."""
    content = item.get("content")
    is_protected = isinstance(content, dict) and content.get("protected") is True
    try:
        title = one_line(_rendered(item.get("title")))
    except ValueError:  # HTML that is nested too deeply
        title = ""
    id, modified = item.get("id"), item.get("modified")
    entry = Entry(
        address=absolute(_string(item.get("link")) or _rendered(item.get("guid")), base),
        title=title,
        published=next(iter(date_readings(_string(item.get("date")))), None),
        modified=clean(_string(modified)),
        id=str(id) if isinstance(id, int | str) else "",
        html="" if is_protected else _rendered(content),
        summary=_rendered(item.get("excerpt")),
    )
    return entry if entry.address or entry.html else None


def _next_page(page: Page) -> str | None:
    """Return the address of the next page: as the header links it, or by the number of pages."""
    if linked := http_link(page, "next"):
        return linked
    parts = urlsplit(page.address)
    query = dict(parse_qsl(parts.query))
    pages, number = _count(page, "x-wp-totalpages"), query.get("page", "1")
    if pages is None or not (number.isdecimal() and len(number) < _MAX_COUNT):
        return None
    if int(number) >= pages:
        return None
    query["page"] = str(int(number) + 1)
    return parts._replace(query=urlencode(query, safe="/,")).geturl()


def _count(page: Page, header: str) -> int | None:
    value = page.headers.get(header, "").strip()
    return int(value) if value.isdecimal() and len(value) <= _MAX_COUNT else None


def _check_error(content: object, page: Page, wanted: str) -> None:
    """Raise `Unreadable` if the answer is one of WordPress' errors."""
    if isinstance(content, dict) and isinstance(content.get("code"), str) and "message" in content:
        reason = f"it answers with an error, {clean(content['code'])[:80]}"
        raise Unreadable(page.address, wanted, reason)


def _address(root: str, route: str, query: Mapping[str, str] | None = None) -> str:
    """Return the address of a route, in the form that the root has."""
    parts = urlsplit(root)
    given = dict(parse_qsl(parts.query))
    path = parts.path
    if "rest_route" in given:
        given["rest_route"] = f"/{route}"
    else:
        path = f"{path.rstrip('/')}/{route}"
    encoded = urlencode({**given, **(query or {})}, safe="/,")
    return parts._replace(path=path, query=encoded).geturl()


def _rendered(value: object) -> str:
    """Return the text of a field that is an object, "title": {"rendered": "…"}, or a text."""
    return _string(value.get("rendered") if isinstance(value, dict) else value)


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
