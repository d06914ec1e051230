import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.attribution import contains_quotation, named_speakers, speakers


@pytest.mark.parametrize(
    ("paragraph", "names"),
    [
        ("“It is late,” said U.S. Senator Ann Roe (D-CA). “We must act.”", {"ann", "roe"}),
        ("“It is late,” Rep. Bob Poe added.", {"bob", "poe"}),
        ("Roe said that it was late.", {"roe"}),
        ("“Late,” said Ida Lee, director of the Rail Board.", {"ida", "lee"}),
        ("Rep. Ann Roe (CA-18) today released the following statement:", {"ann", "roe"}),
        ("“It is late,” the members wrote.", set()),
        ("The bill was introduced by Ann Roe.", set()),
        ("", set()),
    ],
)
def test_a_speaker_is_named_beside_a_reporting_verb(paragraph, names):
    result = named_speakers(paragraph)
    assert names <= result
    assert bool(result) == bool(names)


def test_a_quotation_without_a_name_continues_the_one_before():
    paragraphs = ["“It is late,” said Ann Roe.", "“We must act. Now.”", "The bill is long."]
    assert "roe" in speakers(paragraphs, 2)
    assert speakers(paragraphs, 3) == frozenset()


def test_a_quotation_far_from_any_name_has_no_speaker():
    paragraphs = ["“Late,” said Ann Roe.", *["“More.”"] * 6]
    assert speakers(paragraphs, 7) == frozenset()


@given(st.text(max_size=300))
def test_any_text_is_accepted(text):
    assert isinstance(named_speakers(text), frozenset)
    assert isinstance(contains_quotation(text), bool)
