import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.query.time_tokens import language_of, time_tokens
from retrieval.query.time_vocabulary import ENGLISH, LANGUAGES, SPANISH, Kind


def kinds(text, vocabulary=ENGLISH):
    return "".join(token.kind for token in time_tokens(text, vocabulary))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What did Quill say in 2024?", ENGLISH),
        ("¿Qué dijo Quill en 2024?", SPANISH),
        ("agosto 2024", SPANISH),
        ("What did de la Cruz say in Los Angeles?", ENGLISH),
        ("2024", ENGLISH),
        ("", ENGLISH),
    ],
)
def test_the_words_of_a_question_tell_its_language(text, language):
    assert language_of(text) is language


def test_both_orders_of_words_have_the_same_kinds():
    assert sorted(kinds("two weeks ago")) == sorted(kinds("hace dos semanas", SPANISH))
    assert kinds("in March 2024") == kinds("en marzo 2024", SPANISH) == "Imy"


def test_a_phrase_is_one_token_and_the_longest_wins():
    assert kinds("the day before yesterday") == "t"
    assert kinds("the last week") == "pu"
    assert kinds("last week") == "lu"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2024", Kind.YEAR),
        ("(2024)", Kind.YEAR),
        ("2024-09-05", Kind.DATE),
        ("2024-09", Kind.DATE),
        ("9/2024", Kind.DATE),
        ("4/9/2024", Kind.DATE),
        ("4/9/24", Kind.DATE),
        ("5th", Kind.DIGITS),
        ("2024-13-45", Kind.WORD),
        ("2011-12", Kind.WORD),
        ("2024-2023", Kind.WORD),
        ("5-4", Kind.WORD),
        ("$2024", Kind.WORD),
        ("2,024", Kind.WORD),
        ("2024%", Kind.WORD),
        ("٢٠٢٤", Kind.WORD),
        ("1850", Kind.WORD),
    ],
)
def test_a_figure_is_a_time_only_if_all_of_it_is(text, kind):
    assert kind in kinds(text)


@pytest.mark.parametrize("text", ["H.R. 2021", "§ 1983", "2000 people", "at 2001 Elm Street"])
def test_a_number_is_no_year_beside_a_label_or_what_it_counts(text):
    assert Kind.YEAR not in kinds(text)


@pytest.mark.parametrize("text", ["the 2024 storms", "2024 was dry", "2024 statements", "in 2000"])
def test_a_year_may_stand_before_a_noun(text):
    assert Kind.YEAR in kinds(text)


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_tokens_are_in_order_and_do_not_overlap(text, vocabulary):
    end = 0
    for token in time_tokens(text, vocabulary):
        assert end <= token.start < token.end <= len(text)
        end = token.end
