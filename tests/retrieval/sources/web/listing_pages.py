"""Pages that list releases, in the forms that newsrooms have, with menus, side bars and footers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

TOPICS = (
    "Rail Fares",
    "Harbour Safety",
    "Veterans' Health",
    "Rural Broadband",
    "Clean Drinking Water",
    "School Meals",
    "Flood Insurance",
    "Small Business Loans",
    "Wildfire Prevention",
    "Prescription Prices",
)
VERBS = ("Introduces Bill to Improve", "Calls for Hearing on", "Announces Funding for")
MENU = "".join(
    f'<li><a href="{path}">{name}</a></li>'
    for path, name in (
        ("/", "Home"),
        ("/about", "About Ann Roe and the Third District"),
        ("/news/press-releases", "Press Releases"),
        ("/services/help-with-federal-agencies", "Help With a Federal Agency"),
        ("/services/tours-and-tickets", "Tours and Tickets"),
        ("/contact", "Contact"),
    )
)


@dataclass(frozen=True)
class Item:
    """A release as a test lists it."""

    path: str
    title: str
    day: date


def items(count: int, *, first: int = 0, path: str = "/news/press-releases/{slug}") -> list[Item]:
    """Releases, the newest first, a week apart; ``first`` is the number of the newest."""
    made = []
    for number in range(first, first + count):
        topic, verb = TOPICS[number % len(TOPICS)], VERBS[number % len(VERBS)]
        title = f"Roe {verb} {topic}, Part {number}"
        slug = "".join(each if each.isalnum() else "-" for each in title.lower()).replace("--", "-")
        day = date(2025, 11, 20) - timedelta(weeks=number)
        made.append(Item(path.format(slug=slug, number=1000 + number), title, day))
    return made


def page(
    content: str, *, head: str = "", title: str = "Press Releases", lang: str = "en-US"
) -> str:
    """A page with a menu, a side bar and a footer around a list."""
    return f"""<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">
<title>{title} | Congresswoman Ann Roe</title>{head}</head><body class="page-news has-sidebar">
<a class="visually-hidden" href="#main">Skip to main content</a>
<header class="site-header"><a href="/"><img src="/logo.png" alt="Ann Roe"></a>
<nav class="main-menu"><ul>{MENU}</ul></nav></header>
<div class="layout"><main id="main"><h1>{title}</h1>{content}</main>
<aside class="sidebar"><h2>Popular</h2><ul>
<li><a href="/news/press-releases/most-read-release-of-2019">The Most Read Release of 2019</a>
 <span>March 5, 2019</span></li></ul>
<h2>Issues</h2><ul><li><a href="/issues/health">Health Care for Working Families</a></li></ul>
</aside></div>
<footer><ul><li><a href="/privacy">Privacy Policy and Accessibility Statement</a></li>
<li><a href="https://social.example/roe">Follow us</a></li></ul>
<p>Office of Congresswoman Ann Roe, 12 Long Street, Lindow.</p></footer></body></html>"""


def long_day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def pager(parameter: str, last: int, current: int, *, first: int = 1, path: str = "") -> str:
    """Numbers of pages with "Next" and "Last", without a link to the current one."""
    shown = range(first, min(first + last, first + 9))
    numbers = "".join(
        f"<li class='active'><span>{n - first + 1}</span></li>"
        if n == current
        else f'<li><a href="{path}?{parameter}={n}">{n - first + 1}</a></li>'
        for n in shown
    )
    final = first + last - 1
    following = (
        f'<li class="pager__item--next"><a href="{path}?{parameter}={current + 1}">Next ›</a></li>'
        f'<li><a href="{path}?{parameter}={final}">Last »</a></li>'
        if current < final
        else ""
    )
    return f'<nav class="pager" aria-label="Pagination"><ul>{numbers}{following}</ul></nav>'


def drupal(listed: Sequence[Item], *, current: int = 0, last: int = 57) -> str:
    """The form of most sites of the House: Drupal, ``?page=`` from 0."""
    rows = "".join(
        f"""<div class="views-row evo-views-row"><div class="media"><div class="media-body">
<div class="h3 mt-0 font-weight-bold"><a href="{each.path}">{each.title}</a></div>
<div class="row"><div class="col-auto">{long_day(each.day)}</div>
<div class="col-auto"><a href="/news/press-releases?field_type=1">Press Release</a></div></div>
<div class="field--name-body">LINDOW – Today the Congresswoman said what she had said before …</div>
<a href="/issues/transport" class="tag">Transport</a></div></div></div>"""
        for each in listed
    )
    return page(f'<div class="view-content">{rows}</div>{pager("page", last, current, first=0)}')


def fireside(listed: Sequence[Item], *, current: int = 1, last: int = 12) -> str:
    """Fireside's ``documentquery.aspx``, with relative addresses and dates for machines."""
    articles = "".join(
        f"""<article class="clearfix"><h2 class="newsie-titler">
<a href="documentsingle.aspx?DocumentID={each.path.rpartition("/")[2]}">{each.title}</a></h2>
<div class="newsie-details"><time datetime="{each.day}">{long_day(each.day)}</time> | Press Release
</div><div class="newsie-body"><p>Washington, D.C. – Today …</p></div></article>"""
        for each in listed
    )
    address = "documentquery.aspx"
    last_links = pager("DocumentTypeID=27&Page", last, current, path=address)
    return page(f'<div id="ctl00_ctl19_Panel">{articles}</div>{last_links}')


def senate_table(listed: Sequence[Item], *, current: int = 1, last: int = 88) -> str:
    """A table of the Senate, ``PageNum_rs``: date, then title."""
    rows = "".join(
        f"""<tr class="vevent"><td class="date">{each.day:%m/%d/%y}</td>
<td><a href="{each.path}"> {each.title} </a></td></tr>"""
        for each in listed
    )
    head = "<tr class='divider'><th>Date</th><th>Title</th></tr>"
    numbers = pager("PageNum_rs", last, current)
    return page(f'<table id="browser_table"><tbody>{head}{rows}</tbody></table>{numbers}')


def coldfusion(listed: Sequence[Item], *, last: int = 40) -> str:
    """``index.cfm``: a date in a heading before each title, and a menu of page numbers."""
    rows = "".join(
        f"""<span class="newsdate">{each.day:%m.%d.%y}</span>
<h2><a href="index.cfm/press-releases?ID={each.path.rpartition("/")[2]}">{each.title}</a></h2>
<p>The Senator said today …</p>"""
        for each in listed
    )
    options = "".join(f"<option value='{n}'>{n}</option>" for n in range(1, last + 1))
    menu = f'<form><select id="showing-page">{options}</select> of {last}</form>'
    return page(f'<div id="newscontent">{rows}</div>{menu}')


def blocks(listed: Sequence[Item]) -> str:
    """Cards of the Senate that are one link each, with title, date and teaser in it."""
    cards = "".join(
        f"""<div class="ArticleBlock"><a class="ArticleBlock__link" href="{each.path}">
<img src="/p.jpg" alt=""><h3 class="ArticleTitle">{each.title}</h3></a>
<p class="ArticleBlock__date">{long_day(each.day)}</p></div>"""
        for each in listed
    )
    return page(f'<div class="ArticleBlocks">{cards}</div>{pager("pagenum_rs", 9, 1)}')


def wordpress_theme(listed: Sequence[Item]) -> str:
    """Posts of a WordPress theme: picture, linked heading, time, excerpt, "Read more"."""
    posts = "".join(
        f"""<article class="post-{n} post type-post category-news"><a href="{each.path}">
<img src="/p.jpg" alt=""></a><header class="entry-header"><h2 class="entry-title">
<a href="{each.path}" rel="bookmark">{each.title}</a></h2>
<span class="posted-on"><time class="entry-date published" datetime="{each.day}T22:30:00-05:00">
{long_day(each.day)}</time></span><span class="cat"><a href="/category/news">News</a></span>
</header>
<div class="entry-summary"><p>The beginning of the release, as the theme shows it, and no more …
</p><a href="{each.path}" class="more">Read more</a></div></article>"""
        for n, each in enumerate(listed)
    )
    links = (
        '<nav class="navigation posts-navigation"><div class="nav-links"><div class="nav-previous">'
        '<a href="/news/page/2/">Older posts</a></div></div></nav>'
    )
    return page(f"{posts}{links}")


def cards_with_pointers(listed: Sequence[Item]) -> str:
    """Cards in rows, whose title is no link: only "Read more" is."""
    cards = [
        f"""<div class="col"><div class="card"><div class="date"><span>{each.day:%b}</span>
<span>{each.day.day}</span> <span>{each.day.year}</span></div><h4>{each.title}</h4>
<a class="btn" href="{each.path}">Read more</a></div></div>"""
        for each in listed
    ]
    rows = ["".join(cards[n : n + 3]) for n in range(0, len(cards), 3)]
    grid = "".join(f'<div class="row">{row}</div>' for row in rows)
    return page(f'<div class="grid">{grid}</div><a class="next page-numbers" href="?paged=2">»</a>')


def by_day(listed: Sequence[Item]) -> str:
    """Lists under a date each, two releases a day, without pages."""
    pairs = [listed[n : n + 2] for n in range(0, len(listed), 2)]
    lists = "".join(
        f"<h3>{long_day(pair[0].day)}</h3><ul>"
        + "".join(f'<li><a href="{each.path}">{each.title}</a></li>' for each in pair)
        + "</ul>"
        for pair in pairs
    )
    return page(lists)


def undated(listed: Sequence[Item]) -> str:
    """Titles alone."""
    rows = "".join(f'<li><a href="{each.path}">{each.title}</a></li>' for each in listed)
    return page(f'<ul class="list">{rows}</ul>')


def definitions(listed: Sequence[Item]) -> str:
    """A list of definitions: the title, and below it the date and a teaser."""
    rows = "".join(
        f'<dt><a href="{each.path}">{each.title}</a></dt><dd>{long_day(each.day)}</dd>'
        for each in listed
    )
    return page(f"<dl>{rows}</dl>")
