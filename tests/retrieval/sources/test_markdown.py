from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.markdown import read_markdown

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


@given(st.text(alphabet="ab *_#->`[]()\n!<\\~=1.:"))
def test_any_text_is_read_or_refused(text):
    with suppress(ValueError):
        read_markdown(text)
