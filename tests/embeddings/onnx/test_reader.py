import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.reranker import SourcedText

TEXTS = st.text(st.characters(codec=None), max_size=60) | st.sampled_from(
    (
        "",
        " ",
        "\n",
        "ﬁ Å İ ß e\u0301 \u202eright\u202c",
        "漢字 한국어 العربية",
        "🌉" * 9,
        "[SEP] [CLS]",
    )
)
QUESTION = "How much did the bridge cost?"
ANSWER = "The bridge cost $48 million."


@settings(max_examples=60)
@given(TEXTS, TEXTS, TEXTS)
def test_the_places_lie_in_the_text_whatever_it_is(reranker, question, source, text):
    (reading,) = reranker.read(question, [SourcedText(source, text)])
    assert np.isfinite([reading.score, reading.answers]).all()
    assert all(0 <= at < len(text) for at, _ in reading.where)
    if reading.span:
        assert 0 <= reading.span.start < reading.span.end <= len(text)
        assert 0 < reading.span.probability <= 1
    assert not reading.where or sum(share for _, share in reading.where) == pytest.approx(1)


def share_within(reading, text, words="$48 million"):
    start = text.index(words)
    return sum(share for at, share in reading.where if start <= at < start + len(words))


def test_the_places_are_those_of_the_answer_under_any_source(reranker):
    for source in ("", "Mayor Opens Bridge", "harbor.example, May 2024: $7 million\nCosts"):
        (reading,) = reranker.read(QUESTION, [SourcedText(source, ANSWER)])
        assert share_within(reading, ANSWER) > 0.5


def test_the_likeliest_answer_is_where_the_text_answers(reranker):
    for source in ("", "Mayor Opens Bridge", "harbor.example, May 2024: $7 million\nCosts"):
        (reading,) = reranker.read(QUESTION, [SourcedText(source, ANSWER)])
        assert "48" in ANSWER[reading.span.start : reading.span.end]
        assert reading.span.probability > 0.3


def test_the_likeliest_answer_is_far_likelier_where_the_fact_stands(reranker):
    texts = (ANSWER, "The bridge is open to the public.")
    known, unknown = reranker.read(QUESTION, [SourcedText("", each) for each in texts])
    assert known.span.probability > unknown.span.probability


@pytest.mark.parametrize(("repeated", "same"), [(11, False), (13, True)])
def test_of_a_question_half_of_what_the_model_takes_is_read(reranker, repeated, same):
    """So a short sentence beside a question of any length is read as fast as a paragraph."""
    asked = "What was the name of the mayor? " * repeated  # 8 word pieces
    one, other = (
        reranker.read(asked + word * 40, [SourcedText("", ANSWER)]) for word in ("cost ", "ferry ")
    )
    assert (one == other) is same


def test_of_a_text_longer_than_what_is_read_the_places_are_in_what_is_read(reranker):
    thanks = "The mayor thanked the crews. " * 400
    text, late = f"{ANSWER} {thanks}", f"{thanks} {ANSWER}"
    first, last = reranker.read(QUESTION, [SourcedText("", each) for each in (text, late)])
    assert share_within(first, text) > 0.5
    assert max(at for at, _ in last.where) < 192 * len("thanked ")
    assert first.answers > last.answers


@pytest.mark.parametrize(
    "sourced",
    [SourcedText("words " * 5000, ANSWER), SourcedText("Bridge", ""), SourcedText("", "")],
)
def test_a_text_of_which_nothing_is_read_has_no_places(reranker, sourced):
    (reading,) = reranker.read(QUESTION, [sourced])
    assert (reading.where, reading.span) == ((), None)
