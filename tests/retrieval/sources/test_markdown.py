from contextlib import suppress
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.release import DateSource
from retrieval.sources.markdown import read_markdown
from retrieval.sources.templates import strip_templates

RELEASE = """---
id: fares-1
title: Roe Lowers Fares
date: 2025-09-08
url: https://roe.example/fares
newsroom: Office of Ann Roe
author: Ann Roe
---

# Roe Lowers Fares

WASHINGTON, D.C. — [Senator Roe](https://roe.example/a_(b)) **today** introduced
the *Rail Act*, see `2*3` and snake_case_names.

## Background

- Lower **fares**
- New cars,
  and many of them

> “It helps,” she said.

```
fare = [x](y)
```
"""


def test_front_matter_and_paragraphs_are_read():
    draft = read_markdown(RELEASE)
    assert draft.id == "fares-1"
    assert draft.title == "Roe Lowers Fares"
    assert draft.date == date(2025, 9, 8)
    assert draft.url == "https://roe.example/fares"
    assert draft.newsroom == "Office of Ann Roe"
    assert draft.author == "Ann Roe"
    assert draft.dateline == "WASHINGTON, D.C."
    assert draft.paragraphs == (
        "WASHINGTON, D.C. — Senator Roe today introduced the Rail Act, see 2*3 and "
        "snake_case_names.",
        "Background",
        "Lower fares",
        "New cars, and many of them",
        "“It helps,” she said.",
        "fare = [x](y)",
    )


def test_without_a_title_the_first_heading_is_the_title():
    draft = read_markdown("Roe Lowers Fares\n================\n\nText of it.\n\n# Not a title\n")
    assert draft.title == "Roe Lowers Fares"
    assert draft.paragraphs == ("Text of it.", "Not a title")


def test_a_date_in_words_is_parsed_and_an_invalid_one_ignored():
    assert read_markdown("---\ndate: Sept. 8, 2025\n---\nText").date == date(2025, 9, 8)
    assert read_markdown("---\ndate: 2025-02-30\n---\nText").date is None
    assert read_markdown("---\ndate: someday\n---\nText").date is None


@pytest.mark.parametrize("matter", ["title: [", "- a\n- b", "a: b: c"])
def test_invalid_front_matter_is_refused_with_the_reason(matter):
    with pytest.raises(ValueError, match="front matter"):
        read_markdown(f"---\n{matter}\n---\nText")


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("2 * 3 * 4 stars", "2 * 3 * 4 stars"),
        (r"\*not emphasis\*", "*not emphasis*"),
        ("<https://roe.example>", "https://roe.example"),
        ("![A photo](a.jpg) shows", "A photo shows"),
        ("[text][1] here\n\n[1]: https://roe.example", "text here"),
        ("[sic] stays", "[sic] stays"),
        ("| Year | Fare |\n| --- | --- |\n| 2025 | $2 |", "Year Fare\n2025 $2"),
        ("a<br>b <b>bold</b>", "a b bold"),
        ("<style>\nb {}\n\ni {}\n</style>\n\ntext", "text"),
        ("<div>\n<script>\nf(1)\n</script>\nIn a box\n</div>", "In a box"),
        ("<!-- note\n\nof <b>ours</b> -->\n\ntext", "text"),
        ("a <script>f(1)</script><!-- note -->b", "a b"),
        ("```\n<script>f(1)</script>\n```", "<script>f(1)</script>"),
        ("costs < 5 and > 3", "costs < 5 and > 3"),
    ],
)
def test_markup_is_removed_and_text_kept(marked, plain):
    assert read_markdown(marked).paragraphs == tuple(plain.split("\n"))


@pytest.mark.parametrize(
    "matter",
    [
        '+++\ntitle = "Fares"\ndate = 2024-03-05T09:00:00Z\nauthor = "Ann Roe"\n+++\n',
        '+++\ntitle = "Fares"\ndate = 2024-03-05\n[params]\nauthor = "Ann Roe"\n+++\n',
        '{\n  "title": "Fares",\n  "date": "2024-03-05",\n  "author": {"name": "Ann Roe"}\n}\n',
        "---\nTitle: Fares\npublishDate: March 5, 2024\nauthors:\n  - name: Ann Roe\n---\n",
        "---\nheadline: Fares\npubDate: Tue, 05 Mar 2024 09:00:00 GMT\nbyline: By Ann Roe\n...\n",
    ],
)
def test_front_matter_is_read_in_every_language_and_by_every_usual_name(matter):
    draft = read_markdown(f"{matter}\nText.")
    assert (draft.title, draft.date, draft.author) == ("Fares", date(2024, 3, 5), "Ann Roe")
    assert draft.date_source == DateSource.FIELD
    assert draft.paragraphs == ("Text.",)


@pytest.mark.parametrize("matter", ["+++\na = \n+++\n", '{"a": }\n', "+++\na = 2024-02-31\n+++\n"])
def test_front_matter_with_a_mistake_is_refused(matter):
    with pytest.raises(ValueError, match="front matter is not"):
        read_markdown(f"{matter}Text")


def test_front_matter_that_repeats_itself_without_end_is_refused():
    names = "abcdefghij"
    lines = ["a: &a [x, x]"] + [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in pairwise(names)
    ]
    with pytest.raises(ValueError, match="aliases"):
        read_markdown("---\n" + "\n".join(lines) + "\ntitle: *j\n---\nText")


@pytest.mark.parametrize("matter", ["draft: true", "published: false"])
def test_what_is_not_published_is_refused(matter):
    with pytest.raises(ValueError, match="not published"):
        read_markdown(f"---\n{matter}\n---\nText")


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        (
            "<p>One <b>bold</b>\nline.</p>\n<p>&ldquo;Two&rdquo; &amp; three.</p>",
            ("One bold line.", "“Two” & three."),
        ),
        ("<div>\n<p>One.</p>\n\n<p>Two.\n\nThree.</p>\n</div>", ("One.", "Two.", "Three.")),
        ("One<br />\nline.<br /><br />Two.", ("One line.", "Two.")),
        ("<div>\n\nIn **Markdown**.\n\n</div>", ("In Markdown.",)),
        ("<ul>\n<li>One</li>\n\n    <li>Two</li>\n</ul>", ("One", "Two")),
        ("R&D and AT&amp;T, 2 < 3", ("R&D and AT&T, 2 < 3",)),
        ('{{< figure src="a.jpg" >}}\nText.', ("Text.",)),
        ("{{% notice %}}\nText.\n{{% /notice %}}", ("Text.",)),
        (
            "{% include a.html %}\n\nSee [it]({% post_url 2024-03-05-a %}), {{ site.url }}.",
            ("See it, .",),
        ),
        ("{% comment %}Hidden{% endcomment %}Shown.", ("Shown.",)),
        ("Text.\n{: .lead #top}\n\n## Part {#part}", ("Text.", "Part")),
        ("* TOC\n{:toc}\n\n[TOC]\n\n[[_TOC_]]\n\nText.", ("Text.",)),
        ("::: warning\nText.\n:::", ("Text.",)),
        ('[caption id="a" width="3"]<img src="a.jpg" /> The quay[/caption]', ("The quay",)),
        ("Braces { stay }, and so do {{ these.", ("Braces { stay }, and so do {{ these.",)),
        ("A note.[^1]\n\n[^1]: Word.", ("A note.¹", "Word.")),
        ("~~Old~~ text.", ("Old text.",)),
    ],
)
def test_html_and_templates_in_the_text(text, paragraphs):
    assert read_markdown(text).paragraphs == paragraphs


def test_a_caption_in_a_shortcode_is_said_to_be_left_out():
    text = '{{< figure src="a.jpg" caption="The mayor at the quay" >}}\n\n{{< hr "x" >}}\n\nText.'
    assert read_markdown(text).notes == ("templates with text in them that were left out: 1",)


def test_the_title_is_not_repeated_as_the_first_paragraph():
    assert read_markdown("---\ntitle: Fares\n---\n## Fares\n\nText.").paragraphs == ("Text.",)
    assert read_markdown("---\ntitle: Fares\n---\nFares\n\nText.").paragraphs == ("Text.",)


def test_a_heading_at_the_beginning_is_the_title_whatever_its_level():
    draft = read_markdown("## Fares\n\nText.\n\n## Background")
    assert (draft.title, draft.paragraphs) == ("Fares", ("Text.", "Background"))


def test_the_date_may_be_in_the_text():
    wire = "# Fares\n\nLINDOW, NY, March 05, 2024 /24-7PressRelease/ -- The quay will be rebuilt."
    draft = read_markdown(wire)
    assert (draft.date, draft.date_source) == (date(2024, 3, 5), DateSource.DATELINE)
    assert draft.dateline == "LINDOW, NY"
    labelled = read_markdown("# Fares\n\nPublished: March 5, 2024\n\nText.")
    assert (labelled.date, labelled.date_source) == (date(2024, 3, 5), DateSource.LABEL)


@pytest.mark.parametrize(
    "mark", ["{{", "{{<", "{%", "{: ", "{#a", "{% comment %}", "![[", "[caption "]
)
def test_marks_without_an_end_take_no_more_time_than_text(mark):
    assert strip_templates(mark * 100_000).with_text == 0


@given(st.text(alphabet='ab *_#->`[]()\n!<\\~=1.:{}%+"/p&;'))
def test_any_text_is_read_or_refused(text):
    with suppress(ValueError):
        read_markdown(text)


@pytest.mark.parametrize(
    "line", ["March 5, 2024", "*March 5, 2024*", "FOR IMMEDIATE RELEASE\n\nMarch 5, 2024"]
)
def test_the_date_below_the_heading_is_no_paragraph(line):
    draft = read_markdown(f"# Quay\n\n{line}\n\nThe quay will be rebuilt with oak timber.")
    assert draft.date == date(2024, 3, 5)
    assert draft.paragraphs == ("The quay will be rebuilt with oak timber.",)


def test_footnotes_are_paragraphs_and_their_marks_are_raised():
    draft = read_markdown("The quay cost 42[^1] crowns.[^note]\n\n[^1]: One.\n[^note]: Two.\n")
    assert draft.paragraphs == ("The quay cost 42¹ crowns.", "One.", "Two.")
