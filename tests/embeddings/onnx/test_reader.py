import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embeddings.onnx.reader import best_span
from embeddings.reranker import SourcedText

LOGITS = st.floats(-20, 20, width=32)
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


@st.composite
def logits(draw):
    """The logits of up to thirty tokens as start and as end."""
    count = draw(st.integers(1, 30))
    return draw(arrays(np.float32, (2, count), elements=LOGITS))


@given(logits(), st.integers(1, 40))
def test_the_best_span_is_the_best_of_all_that_are_not_too_long(logits, longest):
    starts, ends = logits
    start, end, best = best_span(starts, ends, longest)
    assert 0 <= start <= end < min(start + longest, len(starts))
    assert best == starts[start] + ends[end]
    pairs = itertools.combinations_with_replacement(range(len(starts)), 2)
    assert best == max(starts[a] + ends[b] for a, b in pairs if b - a < longest)


def test_a_span_never_ends_before_it_starts():
    assert best_span(np.float32([0, 0, 9]), np.float32([9, 0, 0]))[:2] == (0, 0)


@settings(max_examples=60)
@given(TEXTS, TEXTS, TEXTS)
def test_the_words_lie_in_the_text_whatever_it_is(reranker, question, source, text):
    (reading,) = reranker.read(question, [SourcedText(source, text)])
    start, end = reading.span
    assert 0 <= start <= end <= len(text)
    assert np.isfinite([reading.score, reading.answers]).all()
    assert not np.isnan(reading.found)


def points_at(reading, text, words="$48 million"):
    start, end = reading.span
    return start < text.index(words) + len(words) and text.index(words) < end


def test_the_words_are_the_same_under_any_source(reranker):
    for source in ("", "Mayor Opens Bridge", "harbor.example, May 2024: $7 million\nCosts"):
        (reading,) = reranker.read(QUESTION, [SourcedText(source, ANSWER)])
        assert points_at(reading, ANSWER)


def test_of_a_text_longer_than_what_is_read_the_words_are_in_what_is_read(reranker):
    text = f"{ANSWER} {'Trees were planted. ' * 400}"
    late = f"{'Trees were planted. ' * 400} {ANSWER}"
    first, last = reranker.read(QUESTION, [SourcedText("", each) for each in (text, late)])
    assert points_at(first, text)
    assert last.span[1] < 192 * len("planted ")
    assert first.found > last.found


@pytest.mark.parametrize(
    "sourced",
    [SourcedText("words " * 5000, ANSWER), SourcedText("Bridge", ""), SourcedText("", "")],
)
def test_a_text_of_which_nothing_is_read_has_no_words_that_answer(reranker, sourced):
    (reading,) = reranker.read(QUESTION, [sourced])
    assert reading.span == (0, 0)
    assert reading.found == -np.inf
