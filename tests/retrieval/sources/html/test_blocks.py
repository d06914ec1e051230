import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.html.blocks import visible_blocks
from retrieval.sources.html.tree import ParsedPage


def texts(html: str) -> list[str]:
    return [block.text for block in visible_blocks(ParsedPage.parse(html).body)]


@pytest.mark.parametrize(
    "html",
    [
        "<p>One <b>bold</b> <a href=x>link</a> word.</p>",
        "<div>One <span>bold</span> <time datetime=2024-03-05>link</time> word.</div>",
        "<p>One <button>bold</button> <label>link</label> <output>word.</output></p>",
        "<p>One bold<br>link word.</p>",
        "One <x-note>bold</x-note> link word.",
        "<p>One bo<wbr>ld li&shy;nk\n\n word.</p>",
    ],
)
def test_what_stands_within_a_line_does_not_divide_it(html):
    assert texts(html) == ["One bold link word."]


@pytest.mark.parametrize(
    "html",
    [
        "<p>One.</p><p>Two.</p>",
        "<div>One.<p>Two.</p></div>",
        "<div>One.<br><br>Two.</div>",
        "<div>One.<br>&nbsp;<br>Two.</div>",
        "<ul><li>One.<li>Two.</ul>",
        "<dl><dt>One.<dd>Two.</dl>",
        "<div>One.<hr>Two.</div>",
        "<a href=x><h2>One.</h2><p>Two.</p></a>",
        "<span style='display: block'>One.</span><span style='display:block'>Two.</span>",
        "<table><tr><td><p>One.</p><p>Two.</p></td></tr></table>",
        "<figure><blockquote>One.</blockquote><figcaption>Two.</figcaption></figure>",
        "<p>One.</body></html><p>Two.</p>",
        "<p>One.<section>Two.</section>",
    ],
)
def test_what_begins_a_line_is_a_block_of_its_own(html):
    assert texts(html) == ["One.", "Two."]


@pytest.mark.parametrize(
    "html",
    [
        "<script>x()</script><style>p{}</style><p>Seen.</p><noscript>n</noscript>",
        "<p>Seen.</p><p hidden>n</p><p style='color:red; display: none'>n</p>",
        "<p>Seen.<span class='sr-only'> n</span><span class=visually-hidden>n</span></p>",
        "<template><p>n</p></template><!-- n --><p>Seen.</p><dialog>n</dialog>",
        "<p>Seen.</p><select><option>n</select><textarea>n</textarea><iframe>n</iframe>",
        "<p>Seen.</p><svg><text>n</text></svg><p class='hidden'>n</p><p class=d-none>n</p>",
    ],
)
def test_what_is_not_shown_is_not_read(html):
    assert texts(html) == ["Seen."]


def test_what_is_hidden_on_small_screens_only_is_read():
    assert texts("<p class='hidden md:block'>One.</p><p class='d-none d-lg-block'>Two.</p>") == [
        "One.",
        "Two.",
    ]


def test_a_list_written_with_line_breaks_is_divided_at_its_bullets():
    html = "<p>The plan:<br>• New lamps<br>• A longer quay<br>that reaches the pier</p>"
    assert texts(html) == ["The plan:", "• New lamps", "• A longer quay that reaches the pier"]


def test_sentences_on_lines_of_their_own_are_paragraphs_if_all_lines_are():
    lines = [
        f"The council of Lindow said on Tuesday that berth number {n} will be rebuilt soon."
        for n in range(3)
    ]
    assert texts(f"<div>{'<br>'.join(lines)}</div>") == lines


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("$42<sup>1</sup> million", "$42¹ million"),
        ("up 12<sup><a href=#n>2</a></sup> percent", "up 12² percent"),
        ("the 112<sup>th</sup> Congress", "the 112th Congress"),
        ("it said.<sup>12</sup> Then", "it said.¹² Then"),
        ("H<sub>2</sub>O, 10<sub>2</sub>", "H2O, 10₂"),
        ("10<sup>-3</sup> m", "10⁻³ m"),
        ("see<sup>[1]</sup>", "see[1]"),
        ("<sup>1</sup> A note.", "1 A note."),
    ],
)
def test_raised_and_lowered_figures_do_not_join_the_number_before_them(html, text):
    assert texts(f"<p>{html}</p>") == [text]


def test_quotation_marks_that_the_browser_draws_are_read():
    assert texts("<p>She said <q>not a crown</q> more.</p>") == ["She said “not a crown” more."]


def test_a_row_of_a_table_of_data_is_a_line():
    html = (
        "<table><tr><th>Year</th><th>Crowns</th></tr><tr><td>2024</td><td>42<br>million</td></tr>"
        "</table>"
    )
    assert texts(html) == ["Year Crowns", "2024 42 million"]


def test_a_table_that_lays_out_a_page_is_read_cell_by_cell():
    html = (
        "<table><tr><td>Menu</td><td><h1>Title</h1>A first line.<br><br>A second one.</td></tr>"
        "</table>"
    )
    assert texts(html) == ["Menu", "Title", "A first line.", "A second one."]


def test_preformatted_text_has_its_paragraphs_between_blank_lines():
    html = (
        "<pre>LINDOW - The harbour council said on Tuesday that the\n"
        "berths will be rebuilt before the winter, and that all of\n"
        "the lamps on the quay will be new.\n\n"
        "The mayor promised to spend no more than forty-two million\n"
        "crowns on the quay.</pre>"
    )
    assert len(texts(html)) == 2


def test_a_block_knows_how_much_of_it_is_a_link():
    whole, half = visible_blocks(
        ParsedPage.parse("<p><a href=x>All of it</a></p><p>half <a href=x>half</a></p>").body
    )
    assert whole.link_share == 1
    assert half.link_share == pytest.approx(4 / 9)


@given(st.text(alphabet="<>/=\"' abpdivtblr\n&;#x0", max_size=200))
def test_any_markup_is_read_without_a_line_break_or_an_empty_block(html):
    for text in texts(html):
        assert text == " ".join(text.split()) != ""


@given(st.lists(st.text(alphabet="abc XYZ", min_size=1).filter(str.strip), max_size=8))
def test_paragraphs_are_read_as_they_are_and_in_order(paragraphs):
    html = "".join(f"<div><p>{text}</p></div>" for text in paragraphs)
    assert texts(html) == [" ".join(text.split()) for text in paragraphs]


def test_a_page_that_is_nested_without_end_is_refused():
    with pytest.raises(ValueError, match="nests more than"):
        texts("<div>" * 100_000)


def test_a_page_of_countless_paragraphs_is_refused():
    with pytest.raises(ValueError, match="more than 20,000 paragraphs"):
        texts("<p>a" * 30_000)


def test_deep_nesting_loses_no_text():
    assert texts("<div>" * 3000 + "deep" + "</div>" * 3000 + "after") == ["deep", "after"]
