import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.overlap import OverlapMatcher, Repetition, near_duplicates

QUOTE = (
    "“Rail fares have doubled in ten years,” said Rep. Roe. “Our bill caps them and pays for new "
    "trains on every line in the state.”"
)


@pytest.mark.parametrize(
    ("texts", "firsts"),
    [
        ([QUOTE, QUOTE], [0, 0]),
        ([QUOTE, QUOTE.replace("Rep. Roe", "Roe").upper()], [0, 0]),
        ([QUOTE, "Fares will be capped by a bill that was introduced today in the House."], [0, 1]),
        (["Read it here.", "Read it here!", "Read it."], [0, 0, 2]),
        (
            [QUOTE, f"{QUOTE} " + " ".join(f"Part {n} is about village {n}." for n in range(9))],
            [0, 1],
        ),
        (["", ""], [0, 0]),
        ([], []),
    ],
)
def test_each_text_gets_the_first_that_it_nearly_duplicates(texts, firsts):
    assert near_duplicates(texts) == firsts


OTHER = (
    "The fares of all trains between the two cities are to be capped for ten years by the state."
)


@pytest.mark.parametrize(
    ("paragraphs", "repeats"),
    [
        ([QUOTE], True),
        (["Office of Rep. Roe", QUOTE.upper(), "Ann Roe, Member of Congress"], True),
        ([f"{QUOTE} {OTHER}"], True),  # over what was a break between paragraphs
        (
            [QUOTE, "Dear Secretary Poe, we ask you to spend what the state has not yet spent."],
            False,
        ),
        (
            [OTHER.replace("ten years", "five").replace("capped", "raised").replace("two", "9")],
            False,
        ),
        (["Rail fares have doubled"], True),
        (["Rail fares have tripled"], False),
        ([], True),
        (["", "–"], True),
    ],
)
def test_a_text_repeats_another_if_it_says_nearly_nothing_else(paragraphs, repeats):
    assert Repetition([QUOTE, OTHER]).of(paragraphs) is repeats


@given(st.lists(st.lists(st.sampled_from(["oak", "quay", "ferry"]), min_size=4).map(" ".join)))
def test_what_was_added_is_repeated_by_itself(paragraphs):
    said = Repetition([QUOTE])
    said.add(paragraphs)
    assert said.of(paragraphs)


TEXT = "“Señor Vale’s fares,” she said, “stay as they are.” The fares stay."


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("SENOR VALE'S FARES - she said", "Señor Vale’s fares,” she said"),
        ("it is said that fares stay as they were", "stay as they"),
        ("the fares, stay!", "The fares stay"),
        ("fares", "fares"),
        ("rail", ""),
        ("", ""),
    ],
)
def test_the_longest_run_of_shared_words_is_found(text, run):
    match = OverlapMatcher(text).longest_in(TEXT)
    assert TEXT[match.start : match.end] == run
    assert match.words == len(run.split())


@given(st.text(max_size=100), st.text(max_size=100))
def test_a_run_is_no_longer_than_either_text(one, other):
    matcher = OverlapMatcher(one)
    run = matcher.longest_in(other)
    assert 0 <= run.words <= matcher.words
    assert 0 <= run.start <= run.end <= len(other)
    assert OverlapMatcher(other).longest_in(one).words == run.words
    assert matcher.longest_in(one).words == matcher.words
