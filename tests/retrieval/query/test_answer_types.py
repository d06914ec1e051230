import pytest

from retrieval.query.answer_types import AnswerType, contains_type, expected_types


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("How much did the bridge cost?", {AnswerType.NUMBER}),
        ("how mutch did it cost", {AnswerType.NUMBER}),
        ("When will the library open?", {AnswerType.TIME}),
        ("What did Roe say about fares?", {AnswerType.QUOTATION}),
        ("How did she describe the mayor?", {AnswerType.QUOTATION}),
        ("Why was it closed?", {AnswerType.REASON}),
        ("How long was it closed?", {AnswerType.NUMBER, AnswerType.TIME}),
        ("Who opened the bridge?", set()),
        ("", set()),
    ],
)
def test_a_question_tells_what_kind_of_answer_it_wants(question, kinds):
    assert expected_types(question) == kinds


@pytest.mark.parametrize(
    ("paragraph", "kinds"),
    [
        ("It cost $48 million.", {AnswerType.NUMBER}),
        ("Seven members signed.", {AnswerType.NUMBER}),
        ("It opens on Monday.", {AnswerType.TIME}),
        ("“It is ours,” said Roe.", {AnswerType.QUOTATION}),
        ("It was closed because of the flood.", {AnswerType.REASON}),
        ("In 2024 it will take 14 months.", {AnswerType.NUMBER, AnswerType.TIME}),
        ("The bridge is open.", set()),
    ],
)
def test_a_paragraph_has_what_can_be_seen_in_it(paragraph, kinds):
    assert {kind for kind in AnswerType if contains_type(paragraph, kind)} == kinds
