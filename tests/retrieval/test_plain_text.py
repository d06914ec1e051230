import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.source_search import plain_text


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("<@1> <@!22> <@&333> <#4444> The fares.", "The fares."),
        ("The <:ferry:12> fares <a:wave:34> <t:1700000000:R> rose", "The fares rose"),
        ("see https://coast.example/a?b=(c) or <http://x.example>", "see or"),
        (
            "> “Commuters have\n> carried enough.”\nTrue?",
            "“Commuters have\ncarried enough.”\nTrue?",
        ),
        (">>> ## Ferry **fares** ~~rose~~ __frozen__", "Ferry fares rose frozen"),
        ("||The|| `price` of snake_case, 5 > 4 #1", "The price of snake_case, 5 > 4 #1"),
        ("[the release](https://coast.example/x) says", "the release says"),
        ("", ""),
    ],
)
def test_what_is_no_word_of_the_message_is_gone(message, text):
    assert plain_text(message) == text


@given(st.text(max_size=300))
def test_any_message_can_be_read(message):
    assert len(plain_text(message)) <= len(message)
