"""What Discord's client makes of a text; a text cannot write tags."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .. import Names, markdown_html

NAMES = Names(users={7: "Mia"}, channels={8: "general"})


class Visible(HTMLParser):
    """The text that a reader sees, and the tags around it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and *it* and _it_", "<b>bold</b> and <i>it</i> and <i>it</i>"),
        ("***both***", "<b><i>both</i></b>"),
        ("__under__ ~~gone~~", "<u>under</u> <s>gone</s>"),
        ("||who||", '<span class="spoiler">who</span>'),
        ("**two\nlines**", "<b>two\nlines</b>"),
        ("snake_case_name", "snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("**open", "**open"),
        (r"\*not\* \_it\_ \\", r"*not* _it_ \ ".strip()),
        (r"\<b> \# no", "&lt;b&gt; # no"),
        ("`a **b**`", '<code>a **b**</code>'),
        ("``a ` b``", '<code>a ` b</code>'),
        ("```py\nx < 1\n```", '<pre>x &lt; 1</pre>'),
        ("```one```", '<pre>one</pre>'),
        ("# Big\ntext", '<h1>Big</h1>text'),
        ("text\n### Small *x* ##", 'text\n<h3>Small <i>x</i></h3>'),
        ("#hash #### four", "#hash #### four"),
        ("mid # heading", "mid # heading"),
        ("-# small **x**", '<small>small <b>x</b></small>'),
        (
            "> one\n> **two**\nout",
            '<blockquote>one\n<b>two</b></blockquote>out',
        ),
        (">>> a\nb", '<blockquote>a\nb</blockquote>'),
        (">no", "&gt;no"),
        ("> > a", '<blockquote>&gt; a</blockquote>'),
        ("> # h", '<blockquote><h1>h</h1></blockquote>'),
        (
            "- a\n  - b\n- c\nd",
            '<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>d',
        ),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("text\n1. a", 'text\n<ol start="1"><li>a</li></ol>'),
        (
            "- a\n1. b",
            '<ul><li>a</li></ul><ol start="1"><li>b</li></ol>',
        ),
        ("-no", "-no"),
        ("[a **b**](https://x.example)", '<a href="https://x.example">a <b>b</b></a>'),
        ("[a](<https://x.example>)", '<a href="https://x.example">a</a>'),
        ("[a \\[b\\]](https://x.example)", '<a href="https://x.example">a [b]</a>'),
        ("[a](https://x.example/b_(c))", '<a href="https://x.example/b_(c)">a</a>'),
        ("[a](javascript:x)", "[a](javascript:x)"),
        ("[a](b)", "[a](b)"),
        ("<https://x.example/>", '<a href="https://x.example/">https://x.example/</a>'),
        (
            "see https://x.example/a_b_c, ok",
            'see <a href="https://x.example/a_b_c">https://x.example/a_b_c</a>, ok',
        ),
        (
            "(https://x.example/a_(b))",
            '(<a href="https://x.example/a_(b)">https://x.example/a_(b)</a>)',
        ),
        ("<@7> <@!7> <@9>", " ".join(f'<span class="mention">@{n}</span>' for n in
                                     ("Mia", "Mia", "unknown"))),
        ("<#8>", '<span class="mention">#general</span>'),
        ("</ask:12>", '<span class="mention">/ask</span>'),
        ("@everyone", '<span class="mention">@everyone</span>'),
        ("<:quill:12>", "<span>:quill:</span>"),
        ("<t:1757931840:R>", "<time>September 15, 2025</time>"),
        ("<t:1757931840>", "<time>September 15, 2025</time>"),
        ("<t:99999999999999999:R>", "<time>Invalid Date</time>"),
        ("<t:1:x>", "&lt;t:1:x&gt;"),
    ],
)  # fmt: skip
def test_it_reads_as_in_discord(text: str, html: str) -> None:
    assert markdown_html(text, NAMES) == html


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</div></body><h1>x</h1>",
    "&lt;b&gt; &amp; &#60;",
    "`<b>` ```<i>``` **<u>** > <a>",
    '[<b onclick="x">](https://x.example/"onmouseover="x)',
    "<https://x.example/\"'onload=x>",
    'https://x.example/"><script>x</script>',
    "<@7> </<b>:1> <#<b>>",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text: str) -> None:
    seen = Visible(markdown_html(text, Names(users={7: "<b>Mia</b>"})))
    assert seen.tags <= {"a", "code", "pre", "b", "span", "i", "blockquote"}
    assert seen.attributes <= {"href", "class"}
    html = markdown_html(text)
    assert "<script" not in html
    assert "<img" not in html


def test_what_looks_like_a_tag_stays_visible() -> None:
    for text in HOSTILE[:4]:
        assert Visible(markdown_html(text)).text == text


SPECIAL = st.text(alphabet="<>&\"'*_~|`\\#->[]()1. \nab@t:/hps", max_size=60)


@given(SPECIAL)
def test_only_its_own_tags_come_out(text: str) -> None:
    html = markdown_html(text)
    own = re.sub(
        r"</?(?:b|i|u|s|a|ul|ol|li|code|pre|blockquote|span|small|h[123]|time)"
        r'(?: (?:class|href|start)="[^"<>]*")*>',
        "",
        html,
    )
    assert not re.search(r"[<>]", own)


@given(st.text(alphabet="abc xyz,;.?!é“”\n", max_size=60))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert Visible(markdown_html(text)).text == text.strip("\n")


@pytest.mark.parametrize("text", ["[" * 3000, "*" * 3000, "> " * 2000, "`" * 3000, "#" * 3000,
                                  "**a" * 1000, "_a " * 1000, "a" * 4000, "||" * 1500])  # fmt: skip
def test_a_long_hostile_text_takes_no_minutes(text: str) -> None:
    assert markdown_html(text)
