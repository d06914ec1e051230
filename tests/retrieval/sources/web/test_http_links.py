import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.http_links import http_link
from tests.retrieval.sources.web.fetched import fetched


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('<https://a.example/2>; rel="next"', "https://a.example/2"),
        ("</2>; title=x; rel=next", "https://roe.example/2"),
        ('</1>; rel="prev first", </3>; rel="last next"', "https://roe.example/3"),
        ('</2>; REL="NEXT"', "https://roe.example/2"),
        ('</2>; rel="nextish"', None),
        ("</2>", None),
        ("<mailto:a>; rel=next", None),
        ("", None),
    ],
)
def test_a_link_is_found_by_its_relation(header, expected):
    assert http_link(fetched("", link=header), "next") == expected


@given(st.text("<>;=\"', relnext/", max_size=200))
def test_any_header_has_a_link_or_none(header):
    http_link(fetched("", link=header), "next")
