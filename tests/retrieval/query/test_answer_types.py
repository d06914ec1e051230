import pytest

from retrieval.query.answer_types import AnswerType, contains_type, expected_types


@pytest.mark.parametrize(
    ("question", "types"),
    [
        ("How much did the bridge cost?", {AnswerType.NUMBER}),
        ("how mutch did it cost", {AnswerType.NUMBER}),
        ("What did Roe say about fares?", {AnswerType.QUOTATION}),
        ("How did she describe the mayor?", {AnswerType.QUOTATION}),
        ("How long was it closed?", {AnswerType.NUMBER}),
        ("Who opened the bridge?", set()),
        ("Why was it closed?", set()),
        ("", set()),
    ],
)
def test_a_question_tells_the_types_of_answer_that_it_expects(question, types):
    assert expected_types(question) == types


@pytest.mark.parametrize(
    ("paragraph", "types"),
    [
        ("It cost $48 million.", {AnswerType.NUMBER}),
        ("Seven members signed.", {AnswerType.NUMBER}),
        ("“It is ours,” said Roe.", {AnswerType.QUOTATION}),
        ("In 2024 it will take 14 months.", {AnswerType.NUMBER}),
        ("The bridge is open.", set()),
    ],
)
def test_a_paragraph_contains_the_types_that_are_recognized_in_it(paragraph, types):
    assert {type_ for type_ in AnswerType if contains_type(paragraph, type_)} == types
