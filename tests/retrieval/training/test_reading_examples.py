import random

import pytest

from retrieval.training.reading_examples import reading_examples
from tests.retrieval.training.reading_folder import (
    PASSAGES,
    QUESTIONS,
    UNANSWERABLE,
    write_reading_folder,
)

TEXTS = {id: f"{title}\n{text}" for id, title, text in PASSAGES}


@pytest.fixture
def drawn(tmp_path):
    """The examples by question, for many random numbers."""
    folder = write_reading_folder(tmp_path / "reading")
    found = [reading_examples(folder, random.Random(seed)) for seed in range(20)]
    return [{each.question: each for each in examples} for examples in found]


def test_every_question_is_an_example_of_its_passage(drawn):
    for examples in drawn:
        assert len(examples) == len(QUESTIONS) + len(UNANSWERABLE)
        for _, question, passage, answer in QUESTIONS:
            (positive,) = examples[question].positives
            assert positive.text == TEXTS[passage]
            place = positive.text[slice(*positive.span)] if positive.span else None
            assert place == answer


def test_what_does_not_answer_is_of_the_same_subject(drawn):
    for examples in drawn:
        assert examples["Who wrote Emma?"].negatives == (TEXTS["p3"],)
        assert examples["Who won the chess world cup?"].negatives == ()


def test_some_come_with_a_contrast_without_the_answer(drawn):
    contrasts = [examples["Who won the chess world cup?"].contrasts for examples in drawn]
    assert {len(each) for each in contrasts} == {0, 1}
    for text in (text for each in contrasts for text in each):
        assert text.startswith("Chess\n")
        assert "Norwegian" not in text
    assert not any(examples["How hot is the surface of Venus?"].contrasts for examples in drawn)


def test_what_its_passage_does_not_answer_comes_with_that_alone(drawn):
    for examples in drawn:
        example = examples["Who printed Emma?"]
        assert (example.positives, example.negatives) == ((), (TEXTS["p1"],))
