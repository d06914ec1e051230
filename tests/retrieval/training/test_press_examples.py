import random

import numpy as np
import pytest

from retrieval.training.examples import Positive
from retrieval.training.press_examples import is_held_out, press_example, sentence_example
from tests.retrieval.training.mined_questions import (
    ANSWER,
    GOLD,
    OTHERS,
    RIGHT,
    UNDER,
    mined_question,
    unanswered,
)


def examples(mined):
    return [press_example(mined, random.Random(seed)) for seed in range(60)]


def test_an_answered_question_comes_with_its_passage_and_what_was_found_instead():
    example = press_example(mined_question(), random.Random(1))
    assert example.question == "How much did the bridge cost?"
    assert example.newsroom == "harbor.example"
    assert example.positives[0] == GOLD
    assert example.negatives == tuple(UNDER + text for text in OTHERS)


def test_a_positive_may_lack_a_sentence_but_not_its_answer_or_its_source():
    shorter = {each for example in examples(mined_question()) for each in example.positives[1:]}
    assert len(shorter) == 2
    for each in shorter:
        assert each.text.startswith(UNDER)
        assert each.text[slice(*each.span)] == ANSWER
        assert len(each.text) < len(GOLD.text)
    counts = {len(example.positives) for example in examples(mined_question())}
    assert counts == {1, 2}


def test_contrasts_are_the_passage_under_its_source_without_the_answer():
    found = {text for example in examples(mined_question()) for text in example.contrasts}
    first, _, last = RIGHT.partition(
        "The bridge cost $48 million and carries 31,000 vehicles on every day of the week. "
    )
    assert found == {UNDER + first + last, UNDER + RIGHT.replace(f"{ANSWER} ", "")}
    assert all(
        len(set(each.contrasts)) == len(each.contrasts) for each in examples(mined_question())
    )


def test_a_question_that_nothing_answers_comes_with_what_was_found():
    example = press_example(unanswered(), random.Random(1))
    assert (example.positives, example.contrasts) == ((), ())
    assert len(example.negatives) == 5


def test_most_first_paragraphs_that_do_not_answer_are_left_out():
    mined = mined_question(paragraphs=np.array([1, 1, 2, 2, 2]))
    found = examples(mined)
    assert all(GOLD in example.positives for example in found)
    kept = sum(UNDER + OTHERS[0] in example.negatives for example in found)
    assert 0 < kept < len(found) / 3


def test_the_same_numbers_give_the_same_examples():
    one, other = (press_example(mined_question(), random.Random(5)) for _ in range(2))
    assert one == other
    assert isinstance(one.positives[0], Positive)


def test_sentences_take_the_place_of_passages_the_nearest_to_the_answer_first():
    example = sentence_example(mined_question())
    (positive,) = example.positives
    assert positive.text == UNDER + RIGHT.split(". ")[1] + "."
    assert positive.text[slice(*positive.span)] == ANSWER
    assert [text.removeprefix(UNDER).split()[0] for text in example.negatives] == ["Mayor", "It"]
    assert example.question == "How much did the bridge cost?"


@pytest.mark.parametrize(
    "passage",
    [f"The bridge cost {ANSWER} and carries cars.", f"It cost {ANSWER}. It opened."],
    ids=["one sentence", "an answer of two sentences"],
)
def test_there_are_no_sentences_to_choose_from(passage):
    start = len(UNDER) + passage.index(ANSWER)
    end = start + len(ANSWER) + (0 if "carries" in passage else len(". It opened"))
    assert sentence_example(mined_question(gold=[Positive(UNDER + passage, (start, end))])) is None
    assert sentence_example(unanswered()) is None


@pytest.mark.parametrize(
    ("share", "least", "most"), [(0.0, 0, 0), (0.2, 120, 280), (1.0, 1000, 1000)]
)
def test_the_held_out_share_of_newsrooms_is_stable(share, least, most):
    names = [f"newsroom{n}.example" for n in range(1000)]
    held_out = [name for name in names if is_held_out(name, share)]
    assert least <= len(held_out) <= most
    assert set(held_out) <= {name for name in names if is_held_out(name, min(1.0, share + 0.1))}
