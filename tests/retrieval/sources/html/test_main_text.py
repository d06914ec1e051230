import pytest

from retrieval.sources.html.blocks import visible_blocks
from retrieval.sources.html.headline import find_headline
from retrieval.sources.html.main_text import LeftOut, MainText, find_main_text
from retrieval.sources.html.metadata import read_metadata
from retrieval.sources.html.tree import ParsedPage
from retrieval.sources.publication_date import DateOrder
from tests.retrieval.sources.html.pages import BERTHS, LEAD, SENTENCES, TITLE, article, page

QUOTE = "We will spend forty-two million crowns on the quay, and not a single crown more."


def main_text(html: str) -> MainText:
    parsed = ParsedPage.parse(html)
    blocks = visible_blocks(parsed.body)
    _, headline = find_headline(blocks, read_metadata(parsed.document))
    return find_main_text(blocks, headline, DateOrder())


def paragraphs(html: str) -> list[str]:
    return [block.text for block in main_text(html).blocks]


@pytest.mark.parametrize(
    "html",
    [
        article(f"<div>{LEAD}</div>", BERTHS),
        article(f"<h2 class=standfirst>{LEAD}</h2>", BERTHS),
        page(f"<div><h1>{TITLE}</h1><p>{LEAD}</p></div><div class=body>{BERTHS}</div>"),
        page(f"<h1>{TITLE}</h1><div class=lead>{LEAD}</div><main><div>{BERTHS}</div></main>"),
        article(f"<p><a href=/x>{LEAD}</a></p>", BERTHS),
        article(f"<section><p>{LEAD}</p></section>", f"<section>{BERTHS}</section>"),
        page(f"<table><tr><td><h1>{TITLE}</h1><p>{LEAD}</p>{BERTHS}</td></tr></table>"),
        page(f"<div><h1>{TITLE}</h1><div>{LEAD}</div><div>{BERTHS}</div></div>"),
        page(f"<center><font><b>{TITLE}</b><p>{LEAD}</p>{BERTHS}</font></center>"),
    ],
)
def test_a_lead_above_the_other_paragraphs_is_read(html):
    assert paragraphs(html) == [LEAD, *SENTENCES]


def test_a_paragraph_in_another_element_than_the_others_is_read():
    html = article(BERTHS, f"<div>{LEAD}</div>", f"<p>{SENTENCES[0]} Again.</p>")
    assert paragraphs(html) == [*SENTENCES, LEAD, f"{SENTENCES[0]} Again."]


def test_paragraphs_in_boxes_of_their_own_are_all_read():
    boxes = "".join(
        f"<div class='elementor-widget widget'><div><p>{each}</p></div></div>" for each in SENTENCES
    )
    assert paragraphs(page(f"<h1>{TITLE}</h1><div>{boxes}</div>")) == [*SENTENCES]


def test_a_second_container_of_the_body_is_read():
    half = "".join(f"<p>{each}</p>" for each in SENTENCES[:3])
    other = "".join(f"<p>{each}</p>" for each in SENTENCES[3:])
    html = page(
        f"<h1>{TITLE}</h1><div><div class=story>{half}{half.upper()}</div></div>"
        f"<div><div class=story>{other}</div></div>"
    )
    assert paragraphs(html)[-3:] == [*SENTENCES[3:]]


@pytest.mark.parametrize(
    "quotation",
    [
        f"<blockquote><p>{QUOTE}</p><footer><cite>Mayor Ann Roe</cite></footer></blockquote>",
        f"<blockquote>{QUOTE}<div class=blockquote-footer>Mayor Ann Roe</div></blockquote>",
        f"<figure><blockquote>{QUOTE}</blockquote><figcaption>Mayor Ann Roe</figcaption></figure>",
        f"<figure class=quote><p>{QUOTE}</p><figcaption>Mayor Ann Roe</figcaption></figure>",
        f"<aside class=pullquote><p>{QUOTE}</p><p>Mayor Ann Roe</p></aside>",
        f"<div class=social><blockquote><p>{QUOTE}</p><p>Mayor Ann Roe</p></blockquote></div>",
    ],
)
def test_a_quotation_keeps_who_said_it(quotation):
    assert paragraphs(article(BERTHS, quotation)) == [*SENTENCES, QUOTE, "Mayor Ann Roe"]


def test_sections_beside_the_text_of_an_article_are_read():
    html = article(
        f"<div class=body>{BERTHS}</div>",
        f"<div class=facts><h3>Quick facts</h3><ul><li>{LEAD}</li></ul></div>",
        "<div class=contact><h3>Media contact</h3><p>Bob Poe<br>867-393-7478</p></div>",
    )
    assert paragraphs(html) == [
        *SENTENCES,
        "Quick facts",
        LEAD,
        "Media contact",
        "Bob Poe 867-393-7478",
    ]


TEASER = "<li><h3><a href=/x>Another thing happened</a></h3><p>A short account of what it was.</p>"


@pytest.mark.parametrize(
    "around",
    [
        "<div class=related-news><p>The council said something else in another release.</p></div>",
        "<div class=cookie-banner><p>We use cookies, and we say so at some length here.</p></div>",
        f"<ul>{TEASER}{TEASER}</ul>",
        "<section id=comments><p>I do not agree with the mayor about this at all.</p></section>",
        "<h2>More news</h2><ul><li><a href=/1>One thing</a><li><a href=/2>Another thing</a></ul>",
        "<p>Share</p><p>Facebook</p><p>Tags: harbour, quay</p>",
        "<p><a href=/x>Read more: another release</a></p>",
        "<p>Topics:</p><p>Harbours</p><p>Press Release Number: 18-431</p>",
        "<p>###</p>",
        "<p>Last updated: April 1, 2024</p>",
        "<h1>Related releases</h1><ul><li><a href=/a>Another release</a> March 1, 2023</li></ul>",
        "<div role=complementary><p>The council is a body of nine members, who meet.</p></div>",
    ],
)
def test_what_stands_around_the_text_is_left_out(around):
    assert paragraphs(article(BERTHS, around)) == [*SENTENCES]


@pytest.mark.parametrize(
    "line",
    [
        "<p>March 5, 2024</p>",
        "<p>FOR IMMEDIATE RELEASE</p>",
        "<p>Press Release | March 5, 2024</p>",
        "<p>By Bob Poe</p>",
        "<time datetime=2024-03-05>Mar 5</time>",
        "<dl><dt>Date:</dt><dd>March 5, 2024</dd></dl>",
        "<p>News provided by <a href=/x>Port of Lindow</a></p>",
        "<div class=byline>Bob Poe, Lindow Desk</div>",
        "<p>Published: 5 March 2024, updated 6 March 2024</p>",
    ],
)
def test_labels_above_the_text_are_left_out(line):
    assert paragraphs(article(line, BERTHS)) == [*SENTENCES]


def test_a_list_of_links_that_the_text_leads_in_to_is_read():
    names = ("City of Lindow", "Port of Poe", "Roe Ferries", "Moe Shipping", "Doe Yard")
    items = "".join(f"<li><a href=/x>{name}</a></li>" for name in names)
    html = article(BERTHS, f"<p>The partners are:</p><ul>{items}</ul><p>{LEAD}</p>")
    assert paragraphs(html) == [*SENTENCES, "The partners are:", *names, LEAD]


def test_the_particulars_of_an_event_are_read():
    html = article(
        "<dl><dt>WHAT:</dt><dd>Opening of the quay</dd>"
        "<dt>WHEN:</dt><dd>Tuesday, March 12, 2024</dd></dl>",
        f"<p>{LEAD}</p>",
    )
    assert paragraphs(html) == [
        "WHAT:",
        "Opening of the quay",
        "WHEN:",
        "Tuesday, March 12, 2024",
        LEAD,
    ]


def test_a_line_about_a_correction_is_read():
    line = "Updated on October 17, 2019, to correct details about the berths"
    assert paragraphs(article(BERTHS, f"<p>{line}</p>")) == [*SENTENCES, line]


def test_the_byline_below_a_lead_is_left_out():
    html = article(f"<p>{LEAD}</p><p class=meta>March 5, 2024 | By Bob Poe</p>", BERTHS)
    assert paragraphs(html) == [LEAD, *SENTENCES]


def test_comments_that_are_longer_than_the_release_are_left_out():
    comments = "".join(
        f"<p>I think that this is wrong, said reader {n} again.</p>" for n in range(60)
    )
    html = article(BERTHS, f"<div class=comments>{comments}</div>")
    assert paragraphs(html) == [*SENTENCES]


def test_a_caption_is_accounted_for():
    text = main_text(article("<figure><img><figcaption>The quay.</figcaption></figure>", BERTHS))
    assert [block.text for block in text.blocks] == [*SENTENCES]
    assert ("The quay.", LeftOut.CAPTION) in [(block.text, why) for block, why in text.left_out]


def test_a_paragraph_apart_from_the_text_is_accounted_for():
    html = page(f"<div class=a><h1>{TITLE}</h1>{BERTHS}</div><div class=b><p>{LEAD}</p></div>")
    text = main_text(html)
    assert [block.text for block in text.blocks] == [*SENTENCES]
    assert (LEAD, LeftOut.APART) in [(block.text, why) for block, why in text.left_out]


def test_every_visible_block_is_either_read_or_accounted_for():
    html = article(f"<p>{LEAD}</p>", BERTHS, f"<p>{LEAD}</p>", f"<ul>{TEASER}{TEASER}</ul>")
    blocks = visible_blocks(ParsedPage.parse(html).body)
    text = main_text(html)
    accounted = [*(each.text for each in text.blocks), *(each.text for each, _ in text.left_out)]
    assert sorted([*accounted, TITLE]) == sorted(each.text for each in blocks)
