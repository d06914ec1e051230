import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.lines import clean, clean_lines, join_lines, split_paragraphs


def test_white_space_becomes_single_spaces_and_invisible_characters_are_removed():
    assert clean(" a\u00a0\u2003b\u200bc\u00add\ufeff\x07 ") == "a bcd"
    assert clean("👩\u200d🚀 می\u200cخواهم") == "👩\u200d🚀 می\u200cخواهم"


def test_paragraphs_are_separated_by_blank_lines():
    assert split_paragraphs("One\nline.\n \nTwo.\r\n\r\n\n\n") == ("One line.", "Two.")


def test_a_blank_line_is_an_empty_string():
    assert clean_lines(" One \n\t\n two\u00a0words") == ["One", "", "two words"]


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["not a crime", "."], "not a crime."),
        (["Rep. Roe (CA-39)", "met with her"], "Rep. Roe (CA-39) met with her"),
        (["WASHINGTON, D.C.", "—", "Rep. Roe"], "WASHINGTON, D.C. — Rep. Roe"),
        (["WASHINGTON", "— Senator Roe"], "WASHINGTON — Senator Roe"),
        (["in Missouri", "—and across the nation"], "in Missouri—and across the nation"),
        (["the program—", "which ends"], "the program—which ends"),
        (["the 112", "th", "Congress"], "the 112th Congress"),
        (["a speech", "r", "iddled with gaffes"], "a speech riddled with gaffes"),
        (["“", "Rail Act", "”"], "“Rail Act”"),
        (["„Es hilft“", "sagte sie"], "„Es hilft“ sagte sie"),
        (["¿", "Cuándo?"], "¿Cuándo?"),
        (['he called it "', "good", '" today'], 'he called it "good" today'),
        (['"It helps,"', "she said"], '"It helps," she said'),
        (["Roe", "’s bill"], "Roe’s bill"),
        (["You said", ". . . that"], "You said . . . that"),
        (["the (", "first", ") one"], "the (first) one"),
    ],
)
def test_lines_are_joined_with_the_spacing_that_the_page_displayed(lines, joined):
    assert join_lines(lines) == joined
