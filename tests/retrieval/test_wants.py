import pytest

from retrieval.wants import Kind, has, wanted


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("How much did the bridge cost?", {Kind.NUMBER}),
        ("how mutch did it cost", {Kind.NUMBER}),
        ("When will the library open?", {Kind.TIME}),
        ("What did Roe say about fares?", {Kind.QUOTATION}),
        ("How did she describe the mayor?", {Kind.QUOTATION}),
        ("Why was it closed?", {Kind.REASON}),
        ("How long was it closed?", {Kind.NUMBER, Kind.TIME}),
        ("Who opened the bridge?", set()),
        ("", set()),
    ],
)
def test_a_question_tells_what_kind_of_answer_it_wants(question, kinds):
    assert wanted(question) == kinds


@pytest.mark.parametrize(
    ("paragraph", "kinds"),
    [
        ("It cost $48 million.", {Kind.NUMBER}),
        ("Seven members signed.", {Kind.NUMBER}),
        ("It opens on Monday.", {Kind.TIME}),
        ("“It is ours,” said Roe.", {Kind.QUOTATION}),
        ("It was closed because of the flood.", {Kind.REASON}),
        ("In 2024 it will take 14 months.", {Kind.NUMBER, Kind.TIME}),
        ("The bridge is open.", set()),
    ],
)
def test_a_paragraph_has_what_can_be_seen_in_it(paragraph, kinds):
    assert {kind for kind in Kind if has(paragraph, kind)} == kinds
