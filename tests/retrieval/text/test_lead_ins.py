import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.lead_ins import lead_in_above, list_items, only_introduces

LONG = " ".join(["word"] * 40) + "."
BODY = "The bridge was closed for two years and is open again."


@pytest.mark.parametrize(
    "lead_in",
    [
        "The bill will:",
        "Specifically, the legislation would:",
        "Background:",
        "Senator Roe said:",
        "The Lower Fares Act would:",
        "The letter specifically requests answers to the following questions:",
        "WASHINGTON, D.C. – Representative Ann Roe (ME-05) released the following statement:",
        "Key Features of the New Facility:",
    ],
)
def test_a_lead_in_of_common_words_and_names_only_introduces(lead_in):
    assert only_introduces([BODY, lead_in, LONG], 2)


@pytest.mark.parametrize(
    "lead_in",
    [
        "The $2.1 million will be used by the city for the following:",
        "Secretary Roe determined that fisheries disasters occurred in:",
        "Roe wrote to the ferry company today about its fares:",
    ],
)
def test_a_lead_in_that_tells_something_may_answer(lead_in):
    assert not only_introduces([BODY, lead_in, LONG], 2)


def test_a_lead_in_at_the_end_introduces_nothing_that_is_there():
    assert not only_introduces([BODY, "The bill will:"], 2)


def test_a_heading_over_a_text_only_introduces():
    assert only_introduces([BODY, "Key Features of the Bridge", BODY], 2)


@pytest.mark.parametrize(
    ("paragraphs", "number"),
    [
        (["Fares Fall After Two Years", BODY], 1),  # a second headline
        ([BODY, "Ann Roe", "Todd Young", BODY], 2),  # a list of names
        ([BODY, "Ann Roe", "Todd Young", BODY], 3),
        ([BODY, "Harbour Bridge - $149,985", BODY], 2),
        ([BODY, "Ann Roe, Mayor of Harbour", BODY], 2),
        ([BODY, "Fares that fall for all", BODY], 2),
        ([BODY, "Harbour Bridge"], 2),
        ([BODY, "• Harbour Bridge", BODY], 2),
        ([BODY, "It is open.", BODY], 2),
    ],
)
def test_what_may_be_an_item_or_tells_something_is_no_heading(paragraphs, number):
    assert not only_introduces(paragraphs, number)


@pytest.mark.parametrize(
    ("following", "items"),
    [
        (["Lower fares", "Add trains", BODY], [2, 3]),
        (["Lower fares;", "Add trains; and", "Cap prices.", BODY], [2, 3, 4]),
        ([f"{LONG[:-1]};", f"{LONG[:-1]}; and", LONG, BODY], [2, 3, 4]),
        (["• Lower fares", f"• {LONG}", "• Cap prices", "Roe wrote it."], [2, 3, 4]),
        (["1. Lower fares.", "2. Add trains.", BODY], [2, 3]),
        (["Lower fares.", "Add trains.", LONG], [2, 3]),
        (["“It is open.”", "Roe wrote it."], [2]),
        ([LONG, LONG], [2]),
        (["Lower fares", "Background:", "Add trains"], [2]),
        ([], []),
    ],
)
def test_the_items_of_a_lead_in_are_of_one_kind(following, items):
    assert list_items(["The bill would:", *following], 1) == items


def test_what_is_no_lead_in_has_no_items():
    assert list_items(["Roe wrote it.", "Lower fares"], 1) == []


def test_an_item_is_quoted_with_its_lead_in_and_a_text_with_its_heading():
    paragraphs = [BODY, "The bill would:", "Lower fares", "Add trains", BODY, "Who Pays", BODY]
    above = [lead_in_above(paragraphs, number) for number in range(1, len(paragraphs) + 1)]
    assert above == [0, 0, 2, 2, 0, 0, 6]


PARAGRAPHS = st.lists(
    st.one_of(
        st.text(max_size=30), st.sampled_from(["It would:", "• a b", "Two Words", "a;", BODY])
    ),
    min_size=1,
    max_size=12,
)


@given(PARAGRAPHS)
def test_items_follow_their_lead_in_without_gaps_and_lead_back_to_it(paragraphs):
    for number in range(1, len(paragraphs) + 1):
        items = list_items(paragraphs, number)
        assert items == list(range(number + 1, number + 1 + len(items)))
        assert lead_in_above(paragraphs, number) < number
        for item in items:
            assert lead_in_above(paragraphs, item) >= number
        if only_introduces(paragraphs, number):
            assert number < len(paragraphs)
