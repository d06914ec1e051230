from datetime import date

import pytest

from retrieval.release import DateSource
from retrieval.sources.html.reader import read_html
from tests.retrieval.sources.html.pages import BERTHS, LEAD, SENTENCES, TITLE, article, page

DAY = date(2024, 3, 5)

PAGE = """<!doctype html><html><head><title>Smith Introduces Water Bill | Senator Smith</title>
<link rel="canonical" href="https://www.smith.senate.gov/news/bill">
<meta property="article:published_time" content="2025-09-08T10:00:00Z"></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav><main><article>
<h1>Smith Introduces Water Bill</h1><time datetime="2025-09-08">September 8, 2025</time>
<p><b>WASHINGTON, D.C.</b> — Senator Smith today <a href="/b">introduced the <em>Clean
 Water Act</em></a>, which would fund <a href="/p">pipes</a>. It would help many in Ohio.</p>
<p>“This bill is good,” <strong>said Senator Smith</strong>. “It would help people who have no
water at home, and it would do so at once.”</p><p>The bill would:</p>
<ul><li>Fund pipes in <a href="/t">small towns</a>;</li><li>Train workers.</li></ul>
<h2>Background</h2><p>Ohio has old pipes, which a report called a danger to all who drink.</p>
<p>###</p></article></main><footer>Copyright 2025 Senator Smith</footer></body></html>"""


def test_the_main_text_of_a_page_is_read_in_whole_paragraphs():
    draft = read_html(PAGE)
    assert draft.title == "Smith Introduces Water Bill"
    assert draft.date == date(2025, 9, 8)
    assert draft.url == "https://www.smith.senate.gov/news/bill"
    assert draft.dateline == "WASHINGTON, D.C."
    assert draft.paragraphs == (
        "WASHINGTON, D.C. — Senator Smith today introduced the Clean Water Act, which would fund "
        "pipes. It would help many in Ohio.",
        "“This bill is good,” said Senator Smith. “It would help people who have no water at "
        "home, and it would do so at once.”",
        "The bill would:",
        "Fund pipes in small towns;",
        "Train workers.",
        "Background",
        "Ohio has old pipes, which a report called a danger to all who drink.",
    )


@pytest.mark.parametrize("html", ["", "<html></html>", "<p>", "\x00<a", "<script>x</script>"])
def test_a_page_without_text_is_refused(html):
    with pytest.raises(ValueError, match="no main text found in the page"):
        read_html(html)


def test_the_title_is_no_paragraph():
    html = article(BERTHS, title=f"<title>{TITLE} | News | Port of Lindow</title>")
    draft = read_html(html)
    assert draft.title == TITLE
    assert draft.paragraphs == SENTENCES


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        ("<p>March 5, 2024</p>", DateSource.LINE),
        ("<p>Press Release | March 5, 2024</p>", DateSource.LINE),
        ("<p>Published: March 5, 2024</p>", DateSource.LABEL),
        ("<p>Posted on March 5, 2024 by Bob Poe</p>", DateSource.LABEL),
        ("<p>Date: March 5, 2024</p>", DateSource.LABEL),
        ("<p>FOR IMMEDIATE RELEASE: March 5, 2024</p>", DateSource.LABEL),
        ("<div>Published</div><div>March 5, 2024</div>", DateSource.LABEL),
        ("<dl><dt>Date:</dt><dd>March 5, 2024</dd></dl>", DateSource.LABEL),
        ("<p>03/05/2024</p><p>Event: April 1, 2024</p>", DateSource.LINE),
        (f"<p>{LEAD}</p><p class=meta>March 5, 2024 | By Bob Poe</p>", DateSource.LINE),
        ("<table><tr><td>Date</td><td>March 5, 2024</td></tr></table>", DateSource.LABEL),
        ("<p>WASHINGTON, D.C. (March 5, 2024) – The quay will be rebuilt with oak timber before"
         " the winter comes.</p>", DateSource.DATELINE),
        ("<p><time datetime=2024-03-05>Last Tuesday</time></p>", DateSource.TIME_ELEMENT),
        ("<p>03/05/2024</p>", DateSource.LINE),
        ("<p>03.05.24</p>", DateSource.LINE),
        ("<p>03-05-2024</p>", DateSource.LINE),
        ("<p><time>3.5.2024</time></p>", DateSource.LINE),
        ("<p>Last updated: April 1, 2024</p><p>Published March 5, 2024</p>", DateSource.LABEL),
        ("<p>Updated April 1, 2024 | Published March 5, 2024</p>", DateSource.LABEL),
    ],
)  # fmt: skip
def test_the_date_is_the_one_that_the_page_shows(lines, source):
    draft = read_html(article(lines, BERTHS))
    assert (draft.date, draft.date_source) == (DAY, source)


def test_a_date_above_the_headline_is_found():
    html = page(f"<main><p>March 5, 2024</p><h1>{TITLE}</h1>{BERTHS}</main>")
    assert read_html(html).date == DAY


@pytest.mark.parametrize(
    ("head", "source"),
    [
        ('<meta property="article:published_time" content="2024-03-05T10:00Z">', DateSource.META),
        ('<meta name="DC.date.issued" content="2024-03-05">', DateSource.META),
        (
            '<script type="application/ld+json">{"@type": "NewsArticle", "dateModified":'
            ' "2025-01-01", "datePublished": "2024-03-05T10:00:00-05:00"}</script>',
            DateSource.JSON_LD,
        ),
        (
            '<link rel="canonical" href="https://lindow.example/2024/03/05/quay">',
            DateSource.ADDRESS,
        ),
    ],
)
def test_the_metadata_tells_the_date_where_the_page_shows_none(head, source):
    draft = read_html(article(BERTHS, head=head))
    assert (draft.date, draft.date_source) == (DAY, source)


@pytest.mark.parametrize(
    "html",
    [
        article(BERTHS, "<p>Last modified: 14 February 2019</p>"),
        article("<p>Last updated March 5, 2024</p>", BERTHS),
        article(BERTHS, head='<meta property="article:modified_time" content="2024-03-05">'),
        page(
            f"<main><h1>{TITLE}</h1>{BERTHS}</main><div class=related><ul><li>March 5, 2024"
            "<li>March 4, 2024</ul></div>"
        ),
        article(f"<p>{LEAD}</p>", "<p>The hearing is on March 5, 2024, at noon in Lindow.</p>"),
        article("<p>Deadline: March 5, 2024</p>", BERTHS),
        article("<div>Last updated</div><div>March 5, 2024</div>", BERTHS),
        article("<time class=updated datetime=2024-03-05>March 5, 2024</time>", BERTHS),
        article("<dl><dt>When:</dt><dd>March 5, 2024</dd></dl>", BERTHS),
        article(BERTHS, "<h2>Related releases</h2><ul><li><a href=/>One</a> March 5, 2024</ul>"),
    ],
)
def test_the_date_of_an_update_an_event_or_another_release_is_not_taken(html):
    assert read_html(html).date is None


@pytest.mark.parametrize(
    ("lang", "host", "expected"),
    [
        ("de", "lindow.example", date(2023, 11, 1)),
        ("en-GB", "lindow.example", date(2023, 11, 1)),
        ("en", "www.lindow.gov.uk", date(2023, 11, 1)),
        ("", "www.lindow.fr", date(2023, 11, 1)),
        ("en-US", "www.lindow.fr", date(2023, 1, 11)),
        ("en", "www.lindow.gov", date(2023, 1, 11)),
    ],
)
def test_figures_are_read_in_the_order_of_language_or_country(lang, host, expected):
    head = f'<link rel="canonical" href="https://{host}/quay">'
    draft = read_html(article("<p>01.11.2023</p>", BERTHS, head=head, lang=lang))
    assert draft.date == expected
    assert draft.notes == ()


def test_figures_that_nothing_decides_are_month_first_and_noted():
    draft = read_html(article("<p>01.11.2023</p>", BERTHS, lang="en"))
    assert draft.date == date(2023, 1, 11)
    assert draft.notes == (
        "the date is in figures that may mean another day, and nothing tells which: it was read"
        " month first",
    )


@pytest.mark.parametrize(
    ("extra", "head"),
    [
        ("<p>See also our release of 25.03.2023 on the pier.</p>", ""),
        ("", '<meta property="article:published_time" content="2023-11-01">'),
    ],
)
def test_another_date_of_the_page_decides_the_order(extra, head):
    draft = read_html(article("<p>01.11.2023</p>", BERTHS, extra, lang="en", head=head))
    assert draft.date == date(2023, 11, 1)
    assert draft.notes == ()


def test_paragraphs_that_were_left_out_are_noted():
    html = page(
        f"<div class=a><h1>{TITLE}</h1>{BERTHS}</div><div class=b><p>{LEAD}</p></div>"
        f"<div class=c><p>{LEAD} Again.</p></div>"
    )
    assert read_html(html).notes == (
        "paragraphs of this page that stand apart from its text were left out: 2",
    )


def test_a_page_in_spanish_is_read():
    html = article(
        "<p>Comunicado de prensa</p><p>Lindow, 5 de marzo de 2024</p>",
        "<p>El consejo del puerto anunció el martes que el muelle será reconstruido este año.</p>",
        "<p>La alcaldesa prometió gastar cuarenta y dos millones de coronas en el muelle.</p>",
        headline="<h1>Puerto será reconstruido</h1>",
        title="<title>Puerto será reconstruido | Puerto de Lindow</title>",
        lang="es",
    )
    draft = read_html(html)
    assert draft.title == "Puerto será reconstruido"
    assert draft.date == DAY
    assert len(draft.paragraphs) == 2


def test_a_date_in_a_list_between_headline_and_text_is_not_taken():
    html = article(
        "<div class=related><ul><li>March 1, 2023 Another release</li><li>March 2, 2023</li></ul>"
        "</div><p>March 5, 2024</p>",
        BERTHS,
    )
    assert read_html(html).date == DAY


def test_a_headline_that_is_a_link_is_the_title():
    html = article(BERTHS, headline=f'<h2><a href="/quay">{TITLE}</a></h2>')
    draft = read_html(html)
    assert draft.title == TITLE
    assert draft.paragraphs == SENTENCES


def test_the_dates_in_a_list_below_the_first_paragraph_are_text():
    days = "".join(f"<li>March {day}, 2024</li>" for day in (12, 13, 14, 15))
    draft = read_html(article(f"<p>{LEAD}</p><ul>{days}</ul>", BERTHS))
    assert draft.paragraphs[1:5] == tuple(f"March {day}, 2024" for day in (12, 13, 14, 15))
