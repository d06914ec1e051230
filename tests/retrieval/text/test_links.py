from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.links import link_to, passage_link

PAGE = "https://takano.example/news/1"


def directive_of(link):
    return link.partition(":~:text=")[2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A stain.", "A%20stain."),
        ("On-time, fair & free", "On%2Dtime%2C%20fair%20%26%20free"),
        ("100% “ours”", "100%25%20%E2%80%9Cours%E2%80%9D"),
        ("a #1 = b? c/d + e", "a%20%231%20%3D%20b%3F%20c%2Fd%20%2B%20e"),
        ("Andry José", "Andry%20Jos%C3%A9"),
        ("  one \n two ", "one%20two"),
    ],
)
def test_the_directives_own_punctuation_is_encoded(text, expected):
    """`&`, `-` and `,` are its syntax: https://wicg.github.io/scroll-to-text-fragment/."""
    assert passage_link(PAGE, text) == f"{PAGE}#:~:text={expected}"


def test_a_long_text_is_given_by_its_first_and_last_words():
    text = (
        "Rep. Mark Takano met with him, "
        + "and so on " * 20
        + "immediately facilitate his release."
    )
    start, end = directive_of(passage_link(PAGE, text)).split(",")
    assert unquote(start) == "Rep. Mark Takano met with"
    assert unquote(end) == "on immediately facilitate his release."


@pytest.mark.parametrize(
    ("url", "start"),
    [
        (f"{PAGE}?id=1&x=-", f"{PAGE}?id=1&x=-#:~:text="),
        (f"{PAGE}#top", f"{PAGE}#top:~:text="),
        (f"{PAGE}#", f"{PAGE}#:~:text="),
        (f"{PAGE}#:~:text=other", f"{PAGE}#:~:text="),
        (f"{PAGE}#top:~:text=other,words", f"{PAGE}#top:~:text="),
    ],
)
def test_a_fragment_is_kept_and_a_directive_replaced(url, start):
    assert passage_link(url, "It opened.") == f"{start}It%20opened."


def test_a_blank_text_links_to_the_page_itself():
    assert passage_link(PAGE, " \n") == PAGE


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_a_link_decodes_to_words_of_the_text(text):
    link = passage_link(PAGE, text)
    assert link.startswith(PAGE)
    if not text.split():
        return
    parts = directive_of(link).split(",")
    assert len(parts) in (1, 2)
    assert all(set("&- ").isdisjoint(part) and part for part in parts)
    assert urlsplit(link)._replace(fragment="").geturl() == PAGE
    decoded = [unquote(part).split() for part in parts]
    assert decoded[0] == text.split()[: len(decoded[0])]
    assert decoded[-1] == text.split()[-len(decoded[-1]) :]
    if len(parts) == 1:
        assert decoded[0] == text.split()


@pytest.mark.parametrize(
    "url", [None, "", "ftp://example.org/1", "https://", "javascript:alert(1)"]
)
def test_a_passage_without_a_web_address_has_no_link(url):
    assert link_to(url, "The bridge cost much.") is None


def test_a_passage_of_a_web_page_has_a_link():
    assert link_to("https://example.org/1", "Much.") == "https://example.org/1#:~:text=Much."
