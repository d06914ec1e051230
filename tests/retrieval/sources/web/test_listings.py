import gzip
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web import listed_links
from retrieval.sources.web.listings import Listing, find_listing, read_listing
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.web_document import WebDocument
from tests.retrieval.sources.html.pages import BERTHS, article
from tests.retrieval.sources.web import listing_pages as forms
from tests.retrieval.sources.web.fetched import fetched
from tests.shared import shared

ADDRESS = "https://roe.example/news/press-releases"
ITEMS = forms.items(10)


def listing(html: str | bytes, address: str = ADDRESS) -> Listing:
    return find_listing(WebDocument.parse(fetched(html, address)))


def listed(found: Listing) -> list[tuple[str, date | None]]:
    return [(each.title, each.published) for each in found.entries]


def expected(items=ITEMS) -> list[tuple[str, date]]:
    return [(each.title, each.day) for each in items]


@pytest.mark.parametrize(
    ("html", "address", "following", "pages"),
    [
        (forms.drupal(ITEMS), ADDRESS, f"{ADDRESS}?page=1", 57),
        (forms.drupal(ITEMS, current=3), f"{ADDRESS}?page=3", f"{ADDRESS}?page=4", 57),
        (forms.drupal(ITEMS, current=56), f"{ADDRESS}?page=56", None, 57),
        (
            forms.fireside(ITEMS),
            "https://roe.example/news/documentquery.aspx?DocumentTypeID=27",
            "https://roe.example/news/documentquery.aspx?DocumentTypeID=27&Page=2",
            12,
        ),
        (
            forms.fireside(ITEMS, current=5),
            "https://roe.example/news/documentquery.aspx?DocumentTypeID=27&Page=5",
            "https://roe.example/news/documentquery.aspx?DocumentTypeID=27&Page=6",
            12,
        ),
        (forms.senate_table(ITEMS), ADDRESS, f"{ADDRESS}?PageNum_rs=2", 88),
        (
            forms.coldfusion(ITEMS),
            "https://roe.example/public/index.cfm/press-releases",
            "https://roe.example/public/index.cfm/press-releases?pagenum_rs=2",
            40,
        ),
        (
            forms.coldfusion(ITEMS),
            "https://roe.example/public/index.cfm/press-releases?pagenum_rs=40",
            None,
            40,
        ),
        (forms.blocks(ITEMS), ADDRESS, f"{ADDRESS}?pagenum_rs=2", 9),
        (
            forms.wordpress_theme(ITEMS),
            "https://roe.example/news/",
            "https://roe.example/news/page/2/",
            None,
        ),
        (forms.cards_with_pointers(ITEMS), ADDRESS, f"{ADDRESS}?paged=2", None),
        (forms.definitions(ITEMS), ADDRESS, None, None),
    ],
    ids=lambda value: "" if not isinstance(value, str) or "<" in value else value[19:],
)
def test_lists_of_many_forms_are_read(html, address, following, pages):
    found = listing(html, address)
    assert listed(found) == expected()
    assert (found.next, found.pages) == (following, pages)
    assert not found.is_text


def test_addresses_are_absolute():
    (first, *_) = listing(forms.drupal(ITEMS)).entries
    assert first.address == f"https://roe.example{ITEMS[0].path}"
    numbered = forms.items(5, path="/{number}")
    address = "https://roe.example/news/documentquery.aspx?DocumentTypeID=27"
    (first, *_) = listing(forms.fireside(numbered), address).entries
    assert first.address == "https://roe.example/news/documentsingle.aspx?DocumentID=1000"


def test_a_form_around_the_whole_page_is_no_menu():
    html = forms.fireside(ITEMS).replace("<h1>", "<h2>").replace("<main", "<form")
    address = "https://roe.example/news/documentquery.aspx?DocumentTypeID=27"
    assert listed(listing(html, address)) == expected()


@pytest.mark.parametrize(
    "link",
    [
        "<span class='when'>{day}</span><span>{title}</span>",
        "<div>{title}</div><div>{day}</div>",
        "<div class='card-title'>{title}</div><div>What it says in short.</div><b>{day}</b>",
        "<h3><small>{day}, 09:00 ET</small>{title}</h3><p>What it says in short.</p>",
        "<h3>{title}</h3><p>What it says in short.</p><time datetime='{iso}'>{day}</time>",
        "{title}",
    ],
)
def test_a_link_around_a_whole_card_has_only_the_title_for_a_title(link):
    rows = "".join(
        f'<a class="card" href="{each.path}">'
        + link.format(title=each.title, day=forms.long_day(each.day), iso=each.day)
        + f"</a><i>{forms.long_day(each.day)}</i>"
        for each in ITEMS
    )
    assert listed(listing(forms.page(f"<div>{rows}</div>"))) == expected()


def test_the_date_may_be_a_link_and_the_title_may_be_cut_off():
    rows = "".join(
        f"""<li><a href="{each.path}">{forms.long_day(each.day)}</a>
<a href="{each.path}" title="{each.title}">{each.title[:30]}…</a></li>"""
        for each in ITEMS
    )
    assert listed(listing(forms.page(f"<ul>{rows}</ul>"))) == expected()


def test_a_date_that_is_shown_counts_before_one_in_universal_time():
    rows = "".join(
        f'<li><a href="{each.path}">{each.title}</a>'
        f'<time datetime="{each.day + timedelta(days=1)}T03:00:00Z">{{}}</time></li>'
        for each in ITEMS
    )
    shown = forms.page(f"<ul>{rows}</ul>").format(*(forms.long_day(each.day) for each in ITEMS))
    assert listed(listing(shown)) == expected()
    told = forms.page(f"<ul>{rows}</ul>").format(*("yesterday" for _ in ITEMS))
    assert [day for _, day in listed(listing(told))] == [
        each.day + timedelta(days=1) for each in ITEMS
    ]


def test_titles_without_spaces_between_words_are_titles():
    rows = "".join(
        f'<li><a href="/news/{n}">新しい港の建設計画を発表しました{n}</a> 2025年9月{n}日</li>'
        for n in range(1, 6)
    )
    assert listed(listing(forms.page(f"<ul>{rows}</ul>", lang="ja"))) == [
        (f"新しい港の建設計画を発表しました{n}", date(2025, 9, n)) for n in range(1, 6)
    ]


def test_releases_under_a_date_have_that_date():
    days = [day for pair in ITEMS[::2] for day in (pair.day, pair.day)]
    assert [day for _, day in listed(listing(forms.by_day(ITEMS)))] == days


def test_titles_without_dates_are_read_where_their_addresses_are_below_the_list():
    assert [title for title, _ in listed(listing(forms.undated(ITEMS)))] == [
        each.title for each in ITEMS
    ]
    elsewhere = forms.items(6, path="/services/{slug}")
    assert listing(forms.undated(elsewhere)).entries == ()


def test_dates_are_read_in_the_order_of_the_page():
    rows = "".join(
        f'<li><span>{day}.11.2025</span> <a href="/presse/meldung-{day}-von-heute">'
        f"Der Hafen wird im Winter neu gebaut, Teil {day}</a></li>"
        for day in (3, 5, 9)
    )
    html = forms.page(f"<ul>{rows}</ul>", lang="de")
    assert [each.published for each in listing(html).entries] == [
        date(2025, 11, day) for day in (3, 5, 9)
    ]


@pytest.mark.parametrize("count", [2, 3, 40])
def test_a_list_may_be_short_or_long(count):
    assert listed(listing(forms.drupal(forms.items(count)))) == expected(forms.items(count))


def test_the_first_release_may_be_shown_in_another_form():
    first, *rest = ITEMS
    hero = (
        f'<section class="hero"><h2><a href="{first.path}">{first.title}</a></h2>'
        f"<p>{forms.long_day(first.day)}</p></section>"
    )
    html = forms.drupal(rest).replace('<div class="view-content">', f"{hero}<div>", 1)
    assert listed(listing(html)) == expected()


def test_menus_side_bars_footers_tags_and_events_are_no_releases():
    events = "".join(
        f'<li><a href="/events/town-hall-meeting-in-lindow-{n}">Town hall meeting in Lindow</a>'
        f"<span>December {n}, 2025</span></li>"
        for n in range(1, 5)
    )
    html = forms.drupal(ITEMS).replace("</main>", f"<h2>Events</h2><ul>{events}</ul></main>")
    assert listed(listing(html)) == expected()
    assert listing(forms.page("<p>There are no releases.</p>")).entries == ()
    with pytest.raises(Unreadable, match="no list of releases"):
        read_listing(fetched(forms.page("<p>There are no releases.</p>"), ADDRESS))


def test_a_release_is_no_list_though_it_has_a_menu_and_related_news():
    related = forms.drupal(ITEMS[:4]).partition('<div class="view-content">')[2]
    html = article(BERTHS, f"<div><h2>More releases</h2>{related}</div>")
    assert listing(html, f"{ADDRESS}/harbour-to-be-rebuilt").is_text


def test_topics_and_attachments_beside_a_title_are_no_releases():
    rows = "".join(
        f"""<div class="views-row"><div class="title"><a href="{each.path}">{each.title}</a></div>
<div><a href="/news/press-releases/investigations-and-reports">Investigations and Reports</a></div>
<div><a href="/news/press-releases/{each.title[4:9]}">More about this important topic</a></div>
<time datetime="{each.day}T00:00:00Z">{each.day:%m/%d/%Y}</time>
<div>In this case. <a href="/news/files/public-report-{n}.pdf">The Public Report (PDF)</a></div>
</div>"""
        for n, each in enumerate(ITEMS)
    )
    assert listed(listing(forms.page(f"<div>{rows}</div>"))) == expected()


def test_links_to_other_sites_are_no_releases_but_to_distributors():
    rows = "".join(
        f"<li><span>{forms.long_day(each.day)}</span>"
        f' <a href="{{}}{each.path}">{each.title}</a></li>'
        for each in ITEMS
    )
    html = forms.page(f"<ul>{rows}</ul>")
    assert listing(html.replace("{}", "https://paper.example")).entries == ()
    wire = listing(html.replace("{}", "https://www.globenewswire.com"))
    assert listed(wire) == expected()


def test_topics_that_recur_are_no_releases():
    rows = "".join(
        f"""<li><a href="{each.path}">{each.title}</a> {forms.long_day(each.day)}
<a href="/news/transport-and-harbours-{n % 2}">Transport and its harbours</a></li>"""
        for n, each in enumerate(ITEMS)
    )
    assert listed(listing(forms.page(f"<ul>{rows}</ul>"))) == expected()


def test_topics_in_a_column_of_their_own_are_no_releases():
    rows = "".join(
        f"""<tr><td>{each.day:%d/%m/%Y}</td><td><a href="/media/{4000 - n}">{each.title}</a></td>
<td><a href="/topic-{n % 3}/what-we-do-here">Topic number {n % 3} of ours</a></td></tr>"""
        for n, each in enumerate(ITEMS[:6])
    )
    html = forms.page(f"<table>{rows}</table>", lang="en-AU")
    assert listed(listing(html, "https://roe.example/media")) == expected(ITEMS[:6])


def test_news_on_a_home_page_is_told_from_services_of_the_same_form():
    news = "".join(
        f'<div class="news"><h4><a href="/{each.path.rpartition("/")[2]}">{each.title}</a></h4>'
        f"<span>{each.day:%m.%d.%y}</span></div>"
        for each in ITEMS[:3]
    )
    services = "".join(
        f'<div class="service"><h4><a href="/services/{n}">Help with agency {n}</a></h4></div>'
        for n in range(6)
    )
    html = forms.page(f"<section>{news}</section><section>{services}</section>")
    assert listed(listing(html, "https://roe.example/")) == expected(ITEMS[:3])


def test_a_release_whose_date_is_missing_is_not_lost():
    html = forms.drupal(ITEMS).replace(forms.long_day(ITEMS[4].day), "last week")
    dates = [day for _, day in listed(listing(html))]
    assert dates == [each.day if n != 4 else None for n, each in enumerate(ITEMS)]


@pytest.mark.parametrize("name", ["search-page", "menu-left", "no-sidebar sidebar-layout"])
def test_what_holds_the_headline_is_no_menu_whatever_its_name(name):
    html = forms.drupal(ITEMS).replace('<div class="layout">', f'<div class="{name}">')
    assert listed(listing(html)) == expected()


def test_names_that_tell_the_topics_of_releases_do_not_divide_a_list():
    rows = "".join(
        f"""<li class="item {("health", "rail", "water")[n % 3]} {"odd" if n % 2 else "even"}">
<a href="{each.path}">{each.title}</a> <em>{forms.long_day(each.day)}</em></li>"""
        for n, each in enumerate(ITEMS)
    )
    assert listed(listing(forms.page(f"<ul>{rows}</ul>"))) == expected()


def test_a_page_of_links_alone_takes_time_in_proportion_to_them():
    """Its groups, boxes and dates are found in one pass each: this would take minutes."""
    nested = "".join(
        f'{"<div>" * (n % 60)}<a href="/n/{n}">x</a>{"</div>" * (n % 60)}' for n in range(5_000)
    )
    assert listing(nested).entries == ()


def test_no_release_page_of_two_governments_is_taken_for_a_list():
    for newsroom, address in (
        ("justice", "https://www.justice.gov/opa/pr/release"),
        ("yukon", "https://yukon.ca/en/news/release"),
    ):
        for path in sorted(shared(f"pages/newsrooms/{newsroom}").glob("*.html.gz")):
            found = listing(gzip.decompress(path.read_bytes()), address)
            assert found.is_text or len(found.entries) < 3, path.name


def test_of_a_page_with_too_many_links_the_first_ones_are_read(monkeypatch):
    monkeypatch.setattr(listed_links, "_MAX_LINKS", 24)
    found = listed(listing(forms.drupal(ITEMS)))
    assert 0 < len(found) < len(ITEMS)
    assert found == expected(ITEMS)[: len(found)]


@given(st.text("<>/=\"' ahrefuldivp123-,", max_size=300))
def test_any_markup_is_read(text):
    listing(text)
    listing(forms.page(text))


@given(st.integers(2, 25), st.integers(0, 300))
def test_what_is_listed_is_read_back(count, first):
    items = forms.items(count, first=first)
    for form in (forms.drupal, forms.senate_table, forms.wordpress_theme, forms.definitions):
        assert listed(listing(form(items))) == expected(items)
