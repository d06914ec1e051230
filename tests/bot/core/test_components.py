"""The components of messages keep to their limits, and show text as text."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.actions import PickRelease
from bot.core.components import (
    Message,
    cut,
    fit,
    heading_line,
    menu,
    text_message,
    web_address,
)
from bot.core.markdown import shortened, visible
from tests.bot.features.rendering import (
    Rendered,
    assert_valid,
    items_of,
    possible_spans,
    texts_of,
    visible_text,
)
from tests.bot.features.strategies import TEXT, URL
from tests.loopback import pings

SELECT = 3
LIMIT = st.integers(-5, 300)


@settings(deadline=None, max_examples=150)
@given(TEXT, LIMIT)
@example("*" * 300, 150)
@example("- item", 150)
@example(" 1. item", 150)
@example("text", -3)
def test_text_is_shown_as_text_within_its_limit(text: str, limit: int) -> None:
    line = shortened(text, limit)
    assert len(line) <= max(0, limit)
    assert not pings(line, None)
    visible = Rendered(line)
    assert not visible.tags
    if visible_text(text) and limit > 5:
        assert possible_spans(visible.text, text)


def test_a_text_of_markup_uses_the_whole_limit() -> None:
    assert shortened("*" * 300, 20) == r"\*" * 9 + " …"


@settings(deadline=None, max_examples=60)
@given(TEXT)
@example("\u3164\u200d")
@example("#")
def test_a_heading_shows_the_text_or_a_dash(text: str) -> None:
    visible = Rendered(heading_line(text, 150))
    assert visible.tags == {"h3"}
    assert possible_spans(visible.text, text) or visible.text == "–"


@settings(deadline=None, max_examples=60)
@given(TEXT, LIMIT)
@example("text", 1)
def test_a_label_is_cut_to_its_limit(text: str, limit: int) -> None:
    assert visible(text) == visible_text(text)
    assert len(cut(text, limit)) <= max(0, limit)


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXT, max_size=12), st.sampled_from([", ", "\n"]), st.integers(1, 500))
def test_as_many_lines_are_kept_as_fit(lines: list[str], between: str, limit: int) -> None:
    text = fit(lines, between, limit)
    whole = between.join(lines)
    fitting = [
        cut for kept in range(len(lines)) if len(cut := between.join([*lines[:kept], "…"])) <= limit
    ]
    assert text == (whole if len(whole) <= limit else fitting[-1])


@settings(deadline=None, max_examples=100)
@given(URL)
def test_any_url_becomes_a_valid_address_or_none(url: str | None) -> None:
    address = web_address(url)
    if address is not None:
        assert len(address) <= 512
        assert address.isascii()
        assert address.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://harbor.example/news?id=1&b=%20#c", "https://harbor.example/news?id=1&b=%20#c"),
        ("HTTPS://Harbor.example:8080/", "https://Harbor.example:8080/"),
        ("https://häfen.example/brücke", "https://xn--hfen-loa.example/br%C3%BCcke"),
        ('https://harbor.example/"a"|b', "https://harbor.example/%22a%22%7Cb"),
        ("https://somebody@harbor.example/", None),
        ("https://[::1]/", None),
        ("https://a..example/", None),
        ("https://harbor.example\\a", None),
        ("javascript:alert(1)", None),
        ("/news", None),
        ("https://harbor.example/" + "a" * 600, None),
        ("https://harbor.example/" + "é" * 200, None),
    ],
)
def test_addresses_are_encoded_and_invalid_ones_dropped(url: str, address: str | None) -> None:
    assert web_address(url) == address


@settings(deadline=None, max_examples=30)
@given(st.lists(TEXT, min_size=1, max_size=30), TEXT)
def test_any_menu_is_valid(labels: list[str], placeholder: str) -> None:
    options = [(label, str(number)) for number, label in enumerate(labels)]
    message = Message((menu(placeholder or "Choose", PickRelease(), options),))
    assert_valid(message)
    assert len(items_of(message, SELECT)[0]["options"]) == min(25, len(labels))


def test_a_long_text_is_cut_to_the_limit_of_a_message() -> None:
    assert texts_of(text_message("x" * 5000)) == ["x" * 4000]
