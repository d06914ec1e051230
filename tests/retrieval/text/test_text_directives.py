import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.text_directives import text_directives

COUNCIL = "The harbour council of Lindow said on Tuesday that berth {} will be rebuilt this winter."
PLEDGE = "The mayor promised to spend forty-two million crowns on the quay, and not one crown more."


def first(paragraphs, number=1, title=""):
    return unquote(next(text_directives(paragraphs, number, title)))


def every(paragraphs, number=1, title=""):
    return [unquote(each) for each in text_directives(paragraphs, number, title)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A stain", "A%20stain"),
        ("On-time, fair & free", "On%2Dtime%2C%20fair%20%26%20free"),
        ("a #1 = b? c/d + e", "a%20%231%20%3D%20b%3F%20c%2Fd%20%2B%20e"),
        ("Andry José", "Andry%20Jos%C3%A9"),
        ("  one \n two ", "one%20two"),
    ],
)
def test_the_directives_own_punctuation_is_encoded(text, expected):
    """`&`, `-` and `,` are its syntax: https://wicg.github.io/scroll-to-text-fragment/."""
    assert next(text_directives([text], 1)) == expected


def test_a_short_paragraph_is_given_whole_without_the_marks_around_it():
    assert first(["“It opened!” she said."]) == "It opened!” she said"


def test_a_long_paragraph_is_given_by_its_first_and_last_words():
    assert first([PLEDGE]) == "The mayor promised to spend,and not one crown more"


def test_first_words_that_another_paragraph_has_are_continued_until_they_are_its_own():
    other = "The mayor promised to spend seven crowns on a bench beside the old harbour wall."
    assert (
        first([other, PLEDGE], 2) == "The mayor promised to spend forty-two,and not one crown more"
    )
    assert first([PLEDGE, other], 2).startswith("The mayor promised to spend seven,")


def test_first_words_that_the_title_has_are_continued():
    assert first([PLEDGE], 1, "The Mayor promised to spend!").startswith(
        "The mayor promised to spend forty-two,"
    )


def test_case_accents_and_punctuation_do_not_make_words_another_ones():
    other = "THE MÁYOR, promised “to” spend: nothing at all, as everybody had expected of her then."
    assert first([other, PLEDGE], 2).startswith("The mayor promised to spend forty-two,")


def test_last_words_that_the_paragraph_has_before_are_continued():
    text = "It was open to all at the end of the week and, she said, shut at the end of the week."
    assert first([text]) == "It was open to all,shut at the end of the week"


def test_paragraphs_that_differ_late_differ_in_their_directives():
    paragraphs = [COUNCIL.format(number) for number in range(1, 30)]
    directives = [first(paragraphs, number) for number in range(1, 30)]
    assert directives[1].startswith(COUNCIL.partition("{}")[0] + "2,")
    assert len(set(directives)) == 29


def test_a_paragraph_that_stands_twice_has_the_words_before_it_the_second_time():
    paragraphs = [PLEDGE, "Asked again, she repeated it.", PLEDGE]
    assert first(paragraphs, 1).startswith("The mayor promised to spend,")
    assert first(paragraphs, 3).startswith("she repeated it.-,The mayor promised to spend,")


def test_a_line_that_stands_twice_has_the_words_before_or_behind_it():
    paragraphs = ["Roe", "Contact us", "Poe (north)", "Contact us", "“Ask,” they say"]
    assert every(paragraphs, 4)[:2] == ["Poe (north)-,Contact us", "Contact us,-“Ask,” they say"]


def test_words_before_it_that_stand_twice_are_continued_too():
    paragraphs = ["One of the two", "Ask us", "The other of the two", "Ask us"]
    assert first(paragraphs, 4) == "other of the two-,Ask us"


def test_the_headline_itself_is_no_other_occurrence():
    assert every(["Harbour rebuilt", "It opened."], 1, "HARBOUR REBUILT")[0] == "Harbour rebuilt"


def test_a_word_within_another_one_is_no_occurrence():
    assert first(["Contacts were made.", "Contact"], 2) == "Contact"


def test_a_second_directive_shares_no_word_with_the_first():
    start, end = every([PLEDGE])[1].split(",")
    assert start == "forty-two million crowns"
    assert end == "on the quay"


def test_a_line_that_is_no_sentence_may_be_a_row_of_cells():
    assert every(["Berth one 200 30", "Berth two 20 3"], 2) == ["Berth two 20 3", "two,3"]


def test_a_text_without_spaces_is_cut_at_its_punctuation():
    text = (
        "港湾理事会は火曜日に新しい桟橋を発表した。市長は反対した。しかし予算は議会で承認された。"
    )
    assert first([text]) == "港湾理事会は火曜日に新しい桟橋を発表した,しかし予算は議会で承認された"


def test_a_long_address_is_cut_at_its_slashes():
    address = f"https://lindow.example/{'harbour/' * 40}plan"
    assert len(first([f"{address} has the plan, and the council has the money."])) < 250


@pytest.mark.parametrize("text", ["", " \n", "***", "🎉", "x" * 2000, "市" * 200])
def test_what_has_no_words_that_fit_has_no_directive(text):
    assert not every([text])


BLOCKS = st.lists(
    st.text(alphabet="abé -—.,“”1市、\u0301\u2060™½ﬁ\n ", max_size=40), min_size=1, max_size=5
)


@given(BLOCKS, st.data())
def test_a_directive_has_parts_of_the_paragraph_and_of_its_neighbours(paragraphs, data):
    number = data.draw(st.integers(1, len(paragraphs)))
    clean = [" ".join(each.split()) for each in paragraphs]
    for directive in text_directives(paragraphs, number, data.draw(st.sampled_from(paragraphs))):
        match = re.fullmatch(r"(?:([^&,-]+)-,)?([^&,-]+)(?:,([^&,-]+))?(?:,-([^&,-]+))?", directive)
        prefix, start, end, suffix = (unquote(part or "") for part in match.groups())
        assert clean[number - 2].endswith(prefix)
        assert start in clean[number - 1]
        assert end in clean[number - 1].partition(start)[2]
        assert not suffix or clean[number].startswith(suffix)


@given(BLOCKS, st.data())
def test_without_a_neighbours_words_nothing_earlier_begins_so(paragraphs, data):
    """As a browser compares, though it would not find words within words."""
    number = data.draw(st.integers(1, len(paragraphs)))
    directives = every(paragraphs, number)
    if len(directives) > 1 and not any(re.search("-,|,-", each) for each in directives):
        start = directives[0].split(",")[0].casefold()
        before = (" ".join(each.split()).casefold() for each in paragraphs[: number - 1])
        assert not any(f" {start} " in f" {each} " for each in before)
