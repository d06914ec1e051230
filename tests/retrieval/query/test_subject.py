import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.query.subject import subject_of


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("rural airports", "rural airports"),
        ("anything about veterans' health", "veterans' health"),
        ("Any news on the Harbor Bridge?", "the Harbor Bridge"),
        ("Does she say anything on tariffs?", "tariffs"),
        ("will the company talk about layoffs", "layoffs"),
        ("Tell me when there is anything new about rural airports!", "rural airports"),
        ("let us know if the mayor says something about parking", "parking"),
        ("I’d like to hear about bus lanes", "bus lanes"),
        ("What's new in the farm bill?", "the farm bill"),
        ("what is done against lead in drinking water?", "lead in drinking water"),
        ("avísame cuando publiquen algo sobre becas", "becas"),
        ("todo lo que digan sobre los aranceles", "los aranceles"),
        ("¿qué dicen sobre el puente?", "el puente"),
        ("SOCIAL  SECURITY", "SOCIAL SECURITY"),
    ],
)
def test_the_words_that_only_ask_are_no_part_of_the_subject(text, subject):
    assert subject_of(text) == subject


@pytest.mark.parametrize(
    "text",
    [
        "the governor",
        "news deserts",
        "all-terrain vehicles",
        "about-face of the council",
        "statements of accounts",
        "something rotten in the state of Denmark",
        "noticiero de la tarde",
    ],
)
def test_a_subject_that_begins_like_a_request_is_whole(text):
    assert subject_of(text) == text


@pytest.mark.parametrize(
    "text", ["", "  ", "?!", "…", "it", "anything", "is there any news?", "tell me about it"]
)
def test_what_names_nothing_has_no_subject(text):
    assert subject_of(text) == ""


@given(st.text(max_size=300))
def test_a_subject_is_the_end_of_the_text_and_has_no_other_subject(text):
    subject = subject_of(text)
    assert subject in " ".join(text.replace("’", "'").split())
    assert subject_of(subject) == subject


@given(st.lists(st.sampled_from("tell me about if there is any all news on she says".split())))
def test_words_that_ask_in_any_order_are_no_error(words):
    text = " ".join(words)
    assert text.endswith(subject_of(text))
