import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.page_text import is_web_page, page_json, page_text
from retrieval.sources.web.unreadable import Unreadable
from tests.retrieval.sources.web.fetched import fetched


@pytest.mark.parametrize(
    ("body", "charset", "expected"),
    [
        ("Köln".encode(), "", "Köln"),
        ("Köln".encode(), "iso-8859-1", "Köln"),  # the bytes are UTF-8, whatever the header says
        ("Köln".encode("cp1252"), "", "Köln"),
        ("Москва".encode("cp1251"), "windows-1251", "Москва"),
        ("Köln".encode("utf-16"), "", "Köln"),
        ("Köln".encode("cp1252"), "no-such-charset", "Köln"),
        ("Köln".encode("cp1252"), "base64", "Köln"),
        (b"", "utf-8", ""),
    ],
)
def test_a_page_is_decoded_by_its_bytes_before_its_header(body, charset, expected):
    assert page_text(fetched(body, charset=charset), "a feed") == expected


def test_what_is_no_text_is_an_error():
    with pytest.raises(Unreadable, match="cannot be read as a feed: it is a PDF") as caught:
        page_text(fetched(b"%PDF-1.7", "https://roe.example/a.pdf"), "a feed")
    assert caught.value.address == "https://roe.example/a.pdf"
    assert caught.value.wanted == "a feed"


def test_json_is_read_or_an_error():
    assert page_json(fetched('\ufeff{"a": [1]}'), "a feed") == {"a": [1]}
    for body in ("", "{", "<html>", "[" * 100_000):
        with pytest.raises(Unreadable):
            page_json(fetched(body), "a feed")


def test_a_web_page_is_told_by_its_beginning():
    assert is_web_page("\ufeff\n <!DOCTYPE HTML><html>")
    assert is_web_page("<HTML lang=en>")
    assert is_web_page('<?xml version="1.0"?>\n<!-- a --><!DOCTYPE html PUBLIC "x">')
    assert not is_web_page("<!-- " * 400)
    assert not is_web_page("<?xml version='1.0'?><rss>")
    assert not is_web_page("")


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "utf-16", "cp037", "rot13", "\x00"]))
def test_any_bytes_are_text_or_an_error(body, charset):
    try:
        assert isinstance(page_text(fetched(body, charset=charset), "a feed"), str)
    except Unreadable:
        assert body
