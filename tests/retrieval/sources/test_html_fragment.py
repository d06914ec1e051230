from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.sources.html_fragment import fragment_blocks, is_html, one_line, text_paragraphs


@pytest.mark.parametrize(
    ("fragment", "paragraphs"),
    [
        ("<p>One <b>bold</b>\n line.</p><p>Two.</p>", ("One bold line.", "Two.")),
        ("<div>One</div>two<div>three</div>", ("One", "two", "three")),
        (
            "<p>“One<br>line.”<br><br>Two.<br />\n<br />Three.</p>",
            ("“One line.”", "Two.", "Three."),
        ),
        (
            "<p>The bill would:<br>• Lower fares<br>• Fund pipes</p>",
            ("The bill would:", "• Lower fares", "• Fund pipes"),
        ),
        (
            "One <em>line</em>\n\nand another\n<blockquote>A\n\nB</blockquote>",
            ("One line", "and another", "A", "B"),
        ),
        ("<ul><li>One<ol><li>Two</li></ol></li><li>Three", ("One", "Two", "Three")),
        ("<h2>Part</h2>Text", ("Part", "Text")),
        ("$42<sup>1</sup> million, up 12<sup>2</sup> percent", ("$42¹ million, up 12² percent",)),
        ("the 5<sup>th</sup>, CO<sub>2</sub>, 3<sub>10</sub>", ("the 5th, CO2, 3₁₀",)),
        ("<p>He said <q>no</q>.</p>", ("He said “no”.",)),
        (
            "<table><tr><th>Year<th>Crowns<tr><td>2024<td><p>42</p></table>",
            ("Year Crowns", "2024 42"),
        ),
        ("<table><tr><td><p>One.</p><p>Two.</p></td><td></td></tr></table>", ("One.", "Two.")),
        (
            f"<table><tr><td>{'long ' * 30}<td>{'text ' * 30}</table>",
            (("long " * 30).strip(), ("text " * 30).strip()),
        ),
        ("<pre>One\n  two\n\nThree</pre>", ("One two", "Three")),
        (
            "a<script>f('<p>')</script><style>p{}</style><!-- c -->b<select><option>x</select>",
            ("ab",),
        ),
        ('<p hidden>a</p><p style="DISPLAY : none">b</p><p style="color:red">c</p>', ("c",)),
        (
            "R&D &amp; AT&amp;T&hellip; 2 < 3&nbsp;<b>and</b> &#8220;so&#8221;",
            ("R&D & AT&T… 2 < 3 and “so”",),
        ),
        ("<figure><img alt='x'><figcaption>The quay</figcaption></figure>", ("The quay",)),
        ("<title>T</title>One</body></html><p>Two", ("One", "Two")),
        ("<p>so\xadft\u200b \x00null</p>", ("soft null",)),
        ("", ()),
        ("<p> </p><br><br>", ()),
    ],
)
def test_what_a_browser_shows_is_the_text(fragment, paragraphs):
    assert tuple(block.text for block in fragment_blocks(fragment)) == paragraphs


def test_headings_have_their_level():
    assert [tuple(block) for block in fragment_blocks("<h1>A <i>b</i></h1>c<h3>d</h3>")] == [
        (1, "A b"),
        (0, "c"),
        (3, "d"),
    ]


def test_in_a_document_a_blank_line_of_the_source_is_a_space():
    (block,) = fragment_blocks("<div>One\n\nline</div>", loose=False)
    assert block.text == "One line"


@pytest.mark.parametrize(
    "text", ["<p>a", "a<br>b", "a<br/>b", "<b>a</b>", 'x<a href="y">z</a>', "a<!-- b -->", "</P >"]
)
def test_tags_make_a_text_html(text):
    assert is_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a < b > c",
        "<ann@roe.example>",
        "<https://roe.example>",
        "[<a>]",
        "5<6",
        "a&b",
        "<Roe>",
        "<<p",
    ],
)
def test_a_stray_bracket_does_not(text):
    assert not is_html(text)
    assert text_paragraphs(text) == ((text,) if text else ())


def test_entities_are_decoded_and_other_ampersands_stay():
    assert one_line("Q&amp;A &#39;x&#x27; &ldquo;y&rdquo;") == "Q&A 'x' “y”"
    assert one_line("R&D; AT&T &nosuch; &copy 5") == "R&D; AT&T &nosuch; &copy 5"
    assert one_line("<b>Quay</b> &amp; pier") == "Quay & pier"


def test_plain_text_keeps_its_paragraphs_and_its_brackets():
    assert text_paragraphs("One\nline <x> & y.\n\nTwo.") == ("One line <x> & y.", "Two.")


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<p>", "<br>", "<!--", "&", "<td>", "<sup>1</sup>", "<b>", "\n\n", "• <br>"],
)
def test_a_hundred_thousand_pieces_of_markup_are_read_or_refused(piece):
    with suppress(ValueError):
        text_paragraphs(piece * 100_000)


def test_elements_that_are_nested_too_deeply_are_refused_not_lost():
    (block,) = fragment_blocks(f"{'<div>' * 3000}Text")
    assert block.text == "Text"
    with pytest.raises(ValueError, match="nests more than"):
        fragment_blocks(f"{'<div>' * 6000}Text")


TAGS = st.sampled_from(
    "<p> </p> <br> <b> </b> <div> </div> <table> <tr> <td> </table> <sup> </sup> <q> <li> <pre> "
    "<h1> </h1> <script> </script> <!-- --> &amp; &lt; < > <x y='z'> </x>".split()
)


@settings(max_examples=200)
@given(st.lists(TAGS | st.text("ab1 \n.“", max_size=5), max_size=30))
def test_no_letter_is_invented(pieces):
    fragment = "".join(pieces)
    shown = [each for block in fragment_blocks(fragment) for each in block.text if each.isalpha()]
    rest = iter(fragment)
    assert all(each in rest for each in shown)


def test_html_that_was_escaped_once_too_often_is_read_as_html():
    assert text_paragraphs("&lt;p&gt;One &amp;amp; two.&lt;/p&gt;&lt;p&gt;Three.&lt;/p&gt;") == (
        "One & two.",
        "Three.",
    )
