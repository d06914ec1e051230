"""A press survives as a custom_id, and what is none is nobody's."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.desk import Listing
from bot.presses import (
    LONGEST,
    MOST_SEARCHED,
    PRESSES,
    ChangeSetting,
    ExportUnanswered,
    ForgetAll,
    ForgetQuestion,
    GiveReason,
    Judge,
    PickRelease,
    Press,
    Share,
    ShowContext,
    ShowMore,
    ShowRelease,
    StopBuild,
    TurnList,
    TurnUnanswered,
    read_press,
)
from retrieval.references import release_key, text_check

CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cs"])
ANY = st.text(CHARACTERS)
SEARCH = st.one_of(
    st.text(CHARACTERS, max_size=MOST_SEARCHED),
    st.sampled_from([":", "a:b:", "::1", "two\nlines", "👩\u200d👩\u200d👧", "v1:pick", " "]),
)
KEY, CHECK = st.builds(release_key, ANY), st.builds(text_check, ANY)
ANSWER = st.integers(0, 2**63 - 1)
PLACE = st.integers(0, 10**6)
FLAG = st.integers(0, 1)
LISTING = st.builds(
    Listing,
    st.one_of(st.none(), SEARCH.filter(bool)),
    st.one_of(st.none(), st.dates()),
    st.one_of(st.none(), st.dates()),
    st.one_of(st.none(), ANY.filter(bool)),
)
EVERY: dict[type[Press], st.SearchStrategy[Press]] = {
    ShowMore: st.builds(ShowMore, ANSWER, PLACE, FLAG),
    ShowContext: st.builds(ShowContext, KEY, PLACE, CHECK),
    ShowRelease: st.builds(ShowRelease, KEY, PLACE, FLAG),
    PickRelease: st.builds(PickRelease),
    TurnList: st.builds(TurnList.of, LISTING, PLACE),
    Share: st.builds(Share, ANSWER),
    Judge: st.builds(Judge, ANSWER, FLAG),
    GiveReason: st.builds(GiveReason, ANSWER),
    StopBuild: st.builds(StopBuild),
    ExportUnanswered: st.builds(ExportUnanswered),
    TurnUnanswered: st.builds(TurnUnanswered, st.integers(-1, 10**6)),
    ForgetQuestion: st.builds(ForgetQuestion),
    ForgetAll: st.builds(ForgetAll, FLAG),
    ChangeSetting: st.builds(
        ChangeSetting, st.sampled_from(["channels", "announce", "newsroom", "passages", "private"])
    ),
}


def test_every_press_is_tried() -> None:
    assert set(EVERY) == set(PRESSES)
    assert len({each.name for each in PRESSES}) == len(PRESSES)


@settings(deadline=None, max_examples=400)
@given(st.one_of(*EVERY.values()))
def test_every_press_survives_as_a_custom_id(press: Press) -> None:
    assert read_press(press.custom_id) == press
    assert len(press.custom_id) <= LONGEST


@settings(deadline=None, max_examples=200)
@given(LISTING, PLACE)
@example(Listing("a:b\nc 👩\u200d👧", date.min, date.max, "Harbor"), 7)
def test_a_list_survives_as_a_custom_id(listing: Listing, first: int) -> None:
    press = read_press(TurnList.of(listing, first).custom_id)
    assert isinstance(press, TurnList)
    assert press.listing([listing.newsroom] if listing.newsroom else []) == listing


def test_a_newsroom_that_is_gone_is_left_out_of_the_list() -> None:
    assert TurnList.of(Listing(newsroom="Harbor"), 0).listing(["Coast"]) == Listing()


@settings(deadline=None, max_examples=400)
@given(
    st.one_of(
        ANY,
        st.builds("v1:{}:{}".format, st.sampled_from([each.name for each in PRESSES]), ANY),
        st.builds(
            "v1:{}:{}".format,
            st.sampled_from([each.name for each in PRESSES]),
            st.lists(st.one_of(st.integers().map(str), ANY), max_size=6).map(":".join),
        ),
    )
)
@example("v1:more:" + "9" * 5000 + ":1:0")
@example("v1:list:0:-1:9999999999999999999999:x:")
@example("v1:list:0:0:0")
def test_what_is_no_press_raises_nothing(custom_id: str) -> None:
    press = read_press(custom_id)
    if isinstance(press, TurnList):
        press.listing([])


@pytest.mark.parametrize(
    "custom_id", ["", "v1", "v2:pick:", "v1:more:1", "v1:more:a:b:c", "v1:unknown:1", "more:1:1:0"]
)
def test_what_is_no_press_is_nobodys(custom_id: str) -> None:
    assert read_press(custom_id) is None
