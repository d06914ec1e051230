"""Which texts are requests and which are questions.

`requests.tsv` has texts in English and Spanish, the kind of each, and for a count or a list its
topic.
"""

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.query.requests import (
    Request,
    RequestKind,
    asks_for_nothing_published,
    read_request,
)

TODAY = date(2026, 4, 11)  # a Saturday


def table():
    lines = Path(__file__).with_name("requests.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        yield pytest.param(*line.split("\t"), id=line.split("\t")[0])


@pytest.mark.parametrize(("text", "kind", "topic"), [*table()])
def test_what_a_text_is(text, kind, topic):
    request = read_request(text, TODAY)
    if kind == "question":
        assert request is None
    else:
        assert request
        assert (request.kind, request.topic) == (RequestKind(kind), topic)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("what's new?", None, None),
        ("any news today", date(2026, 4, 11), date(2026, 4, 11)),
        ("what was published in March 2024?", date(2024, 3, 1), date(2024, 3, 31)),
        ("new press releases since May 2024", date(2024, 5, 1), None),
        ("noticias de hoy", date(2026, 4, 11), date(2026, 4, 11)),
    ],
)
def test_the_newest_are_those_of_the_time_that_is_named(text, since, until):
    assert read_request(text, TODAY) == Request(RequestKind.NEWEST, since=since, until=until)


def test_who_is_named_is_a_part_of_the_topic_and_a_pronoun_is_not():
    named = read_request("everything Takano said about visas", TODAY)
    assert named == Request(RequestKind.LIST, "visas Takano")
    assert read_request("everything she said about visas", TODAY) == Request(
        RequestKind.LIST, "visas"
    )


@pytest.mark.parametrize("text", ["how many releases mention it?", "everything about that"])
def test_a_topic_that_only_points_at_something_is_a_question(text):
    assert read_request(text, TODAY) is None


@pytest.mark.parametrize("text", ["hi " * 1000, "how many releases mention " + "x " * 500, "?" * 9])
def test_a_long_or_empty_text_is_no_request(text):
    assert read_request(text, TODAY) is None


@given(st.text(max_size=300))
def test_any_text_is_accepted(text):
    request = read_request(text, TODAY)
    assert request is None or isinstance(request.kind, RequestKind)


@pytest.mark.parametrize(
    "text", ["hey how are you doing today lol", "Thanks!", "what can you do?", "you suck", "Hola"]
)
def test_greetings_thanks_and_small_talk_ask_for_nothing_published(text):
    assert asks_for_nothing_published(text)


@pytest.mark.parametrize(
    "text",
    [
        "hey how did the vote go",
        "Thanks. Who opened the bridge?",
        "what's new?",
        "how many releases mention the bridge",
        "",
        "hey " * 100,
    ],
)
def test_questions_and_requests_for_releases_ask_for_something(text):
    assert not asks_for_nothing_published(text)


@pytest.mark.parametrize("phrase", ["please", "lol", "bye", "thank you", "good bot", "help me"])
def test_a_phrase_repeated_in_vain_takes_no_time(phrase):
    """There are more ways to divide it into phrases than could ever be tried."""
    started = time.process_time()  # with a generous limit: it used to be minutes
    read_request(f"{phrase} " * (200 // len(f"{phrase} ") - 1) + "x", TODAY)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("please " * 28, RequestKind.HELP),
        ("please " * 27 + "x", None),
        ("Bye! Bye bye, thanks; good bot (you rock)", RequestKind.THANKS),
        ("bye byes", None),
        ("help history", None),
    ],
)
def test_phrases_in_a_row_are_divided_where_words_end(text, kind):
    request = read_request(text, TODAY)
    assert (request.kind if request else None) == kind


@given(st.text())
def test_what_asks_for_nothing_published_is_a_request(text):
    if asks_for_nothing_published(text):
        assert read_request(text, date(2026, 4, 11)) is not None
