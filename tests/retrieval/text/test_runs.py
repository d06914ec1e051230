import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.overlap import OverlapMatcher

TEXT = "“Señor Vale’s fares,” she said, “stay as they are.” The fares stay."


@pytest.mark.parametrize(
    ("said", "run"),
    [
        ("SENOR VALE'S FARES - she said", "Señor Vale’s fares,” she said"),
        ("it is said that fares stay as they were", "stay as they"),
        ("the fares, stay!", "The fares stay"),
        ("fares", "fares"),
        ("rail", ""),
        ("", ""),
    ],
)
def test_the_longest_run_of_shared_words_is_found_as_it_stands(said, run):
    found = OverlapMatcher(said).longest_in(TEXT)
    assert TEXT[found.start : found.end] == run
    assert found.words == len(run.split())


@given(st.text(max_size=100), st.text(max_size=100))
def test_a_run_is_no_longer_than_either_text(said, text):
    shared = OverlapMatcher(said)
    run = shared.longest_in(text)
    assert 0 <= run.words <= shared.words
    assert 0 <= run.start <= run.end <= len(text)
    assert OverlapMatcher(text).longest_in(said).words == run.words
    assert shared.longest_in(said).words == shared.words
