import random

import pytest

from retrieval.training.pronouns import with_pronoun

NAME = "Ann B. Quill"


class Always(random.Random):
    def __init__(self, word):
        super().__init__()
        self.word = word

    def choice(self, words):
        assert self.word in words
        return self.word


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did Quill say about fares?", "What did she say about fares?"),
        ("Does Sen. Ann B. Quill back it?", "Does she back it?"),
        ("Quill's view of the bridge", "Her view of the bridge"),
        ("did rep. quill vote for it", "did she vote for it"),
    ],
)
def test_a_pronoun_stands_for_the_name_and_its_title(question, expected):
    assert with_pronoun(question, NAME, Always("she")) == expected


def test_an_office_has_a_possessive_of_its_own():
    assert with_pronoun("Quill’s bill", NAME, Always("the senator")) == "The senator’s bill"


@pytest.mark.parametrize("question", ["What did Vale say?", "How long are quills?", ""])
def test_a_question_without_the_name_has_no_such_form(question):
    assert with_pronoun(question, NAME, random.Random(1)) is None


def test_a_short_last_name_may_be_another_word_and_stays():
    assert with_pronoun("When may it open?", "Theresa May", random.Random(1)) is None
