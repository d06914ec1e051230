"""Addresses as people type them and pages link them."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.addresses import (
    host,
    linked_address,
    literal_ip,
    origin,
    typed_address,
)
from retrieval.sources.web.errors import BadAddress


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://www.example.org/news", "https://www.example.org/news"),
        ("  https://www.example.org/news\n", "https://www.example.org/news"),
        ("www.example.org/news", "https://www.example.org/news"),
        ("example.org", "https://example.org/"),
        ("example.org:8080/news", "https://example.org:8080/news"),
        ("//example.org/news", "https://example.org/news"),
        ("HTTP://WWW.Example.ORG/News", "http://www.example.org/News"),
        ("http://example.org:80/", "http://example.org/"),
        ("https://example.org:443/", "https://example.org/"),
        ("http://example.org:443/", "http://example.org:443/"),
        ("http://example.org?page=2", "http://example.org/?page=2"),
        ("http://example.org/news#latest", "http://example.org/news"),
        ("http://example.org./news", "http://example.org/news"),
        ("http://example.org/a/../b/./c", "http://example.org/b/c"),
        ("http://München.example/Straße", "http://xn--mnchen-3ya.example/Stra%C3%9Fe"),
        ("http://example.org/press releases?q=a b", "http://example.org/press%20releases?q=a+b"),
        ("http://my_office.example.org/", "http://my_office.example.org/"),
    ],
)
def test_an_address_is_brought_into_one_form(typed: str, address: str) -> None:
    assert typed_address(typed) == address


@pytest.mark.parametrize(
    ("typed", "ip"),
    [
        ("http://127.0.0.1/", "127.0.0.1"),
        ("http://2130706433/", "127.0.0.1"),
        ("http://0x7f000001/", "127.0.0.1"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://0177.0.0.01/", "127.0.0.1"),
        ("http://127.1/", "127.0.0.1"),
        ("http://127.0.0.1./", "127.0.0.1"),
        ("http://①②⑦.⓪.⓪.①/", "127.0.0.1"),
        ("http://127。0。0。1/", "127.0.0.1"),
        ("http://0/", "0.0.0.0"),
        ("http://[::1]/", "::1"),
        ("http://[0:0:0:0:0:0:0:1]:8080/", "::1"),
        ("http://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1"),
        ("http://[::FFFF:7f00:1]/", "::ffff:127.0.0.1"),
    ],
)
def test_an_ip_address_is_recognized_in_every_disguise(typed: str, ip: str) -> None:
    assert literal_ip(typed_address(typed)) == ipaddress.ip_address(ip)


def test_a_name_is_no_ip_address() -> None:
    assert literal_ip("https://www.example.org/") is None


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "this is empty"),
        ("   ", "this is empty"),
        ("ftp://example.org/", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("javascript:alert(1)", "only http and https"),
        ("mailto:press@example.org", "only http and https"),
        ("http://user@example.org/", "user name or password"),
        ("http://user:secret@example.org/", "user name or password"),
        ("http://public.example\\@127.0.0.1/", "not an address"),
        ("http:///news", "no valid host name"),
        ("http://", "no valid host name"),
        ("http://example.org:99999/", "not an address"),
        ("http://example.org:0/", "port 0"),
        ("http://ex ample.org/", "no valid host name"),
        ("press releases", "no valid host name"),
        ("http://a..b/", "no valid host name"),
        ("http://%31%32%37.0.0.1/", "no valid host name"),
        (f"http://{'a' * 64}.example/", "no valid host name"),
        (f"http://{'a.' * 130}example/", "no valid host name"),
        ("http://1.2.3.999/", "IP address is not valid"),
        ("http://1.2.3.4.5/", "IP address is not valid"),
        ("http://[::1/", "not an address"),
        ("http://[]@", "not an address"),
        ("http://[::zz]/", "IP address is not valid"),
        ("http://[fe80::1%25eth0]/", "IP address"),
        ("http://example.org/\x00", "control characters"),
        ("http://example.org/\r\nHost: evil", "control characters"),
        (f"http://example.org/{'a' * 5000}", "more than 4,096 characters"),
    ],
)
def test_what_is_no_address_of_a_page_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(BadAddress) as caught:
        typed_address(typed)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/news/1", "https://example.org/news/1"),
        ("2", "https://example.org/press/2"),
        ("../about", "https://example.org/about"),
        ("?page=2", "https://example.org/press/list?page=2"),
        ("//cdn.example/a.pdf", "https://cdn.example/a.pdf"),
        ("http://other.example", "http://other.example/"),
        ("#top", "https://example.org/press/list"),
        (" /news/\n  long ", "https://example.org/news/%20%20long"),
        ("/news%2F1?a=%26", "https://example.org/news%2F1?a=%26"),
    ],
)
def test_a_link_is_resolved_against_its_page(link: str, address: str) -> None:
    assert linked_address(link, "https://example.org/press/list") == address


def test_a_link_without_a_scheme_is_a_path() -> None:
    assert (
        linked_address("example.net", "https://example.org/") == "https://example.org/example.net"
    )


@pytest.mark.parametrize("link", ["mailto:a@b.example", "javascript:void(0)", "http://[", "data:,"])
def test_a_link_that_leads_to_no_page_is_refused(link: str) -> None:
    with pytest.raises(BadAddress):
        linked_address(link, "https://example.org/")


def test_an_address_has_an_origin_and_a_host() -> None:
    assert origin("https://example.org:8443/a/b?c") == "https://example.org:8443"
    assert origin("https://example.org/?next=http://x/") == "https://example.org"
    assert host("https://example.org:8443/a") == "example.org"
    assert host("http://[::1]:80/") == "::1"


_PIECES = st.sampled_from(
    [
        "http://",
        "https:",
        "//",
        "@",
        ":",
        "[",
        "]",
        "%",
        "..",
        "/",
        "?",
        "#",
        "\\",
        "0x7f",
        "1",
        "é",
    ]
)


@given(st.text(max_size=60) | st.lists(_PIECES, max_size=12).map("".join))
def test_any_text_is_an_address_or_an_error_and_an_address_stays_as_it_is(text: str) -> None:
    try:
        address = typed_address(text)
    except BadAddress:
        return
    assert address.isascii()
    assert address.startswith(("http://", "https://"))
    assert host(address)
    assert typed_address(address) == address


@given(st.text(max_size=60) | st.lists(_PIECES, max_size=12).map("".join))
def test_any_link_is_an_address_or_an_error(link: str) -> None:
    try:
        address = linked_address(link, "https://example.org/press/list")
    except BadAddress:
        return
    assert linked_address(address, "https://elsewhere.example/") == address
