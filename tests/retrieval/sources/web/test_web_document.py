import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.web_document import WebDocument
from tests.retrieval.sources.web.fetched import fetched


@pytest.mark.parametrize(
    ("head", "base"),
    [
        ("", "https://roe.example/news"),
        ('<base href="/site/">', "https://roe.example/site/"),
        ('<base href="https://cdn.example/">', "https://cdn.example/"),
        ('<base target="_top">', "https://roe.example/news"),
        ('<base href="javascript:x">', "https://roe.example/news"),
    ],
)
def test_links_are_relative_to_the_base_or_to_the_address(head, base):
    page = fetched(f"<head>{head}</head><p>Text</p>", "https://roe.example/news")
    document = WebDocument.parse(page)
    assert document.base == base
    assert document.address == "https://roe.example/news"


def test_what_is_no_page_is_an_error_that_says_why():
    with pytest.raises(Unreadable, match="cannot be read as a web page: it is a PDF"):
        WebDocument.parse(fetched(b"%PDF-1.7"))
    with pytest.raises(Unreadable, match="nests more than"):
        WebDocument.parse(fetched("<div>" * 6_000))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_page_or_an_error(body):
    try:
        assert WebDocument.parse(fetched(body)).body is not None
    except Unreadable:
        assert body
