"""Actions survive as custom_ids, and other custom_ids are ignored."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.archive_service import ReleaseQuery
from bot.core.actions import (
    ACTIONS,
    MAX_CUSTOM_ID,
    MAX_SEARCH,
    Action,
    AddSource,
    ChangeSetting,
    CheckSource,
    DeleteAllQuestions,
    DeleteQuestion,
    DropAnnouncement,
    DropSite,
    DropSubscription,
    EndAllSubscriptions,
    EndSelectedSubscription,
    EndSubscription,
    ExportUnanswered,
    ForgetMe,
    KeepAnnouncement,
    KeepSite,
    KeepSubscription,
    ListReleases,
    ListSources,
    ListUnanswered,
    PickRelease,
    RateAnswer,
    RemoveAnnouncement,
    RemoveSource,
    ShareAnswer,
    ShowChanges,
    ShowContext,
    ShowLastReport,
    ShowMore,
    ShowRelease,
    StopBuild,
    StopReading,
    SubmitAddress,
    SubmitReason,
    parse_action,
)
from retrieval.text.keys import release_key, text_checksum

CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cs"])
ANY = st.text(CHARACTERS)
SEARCH = st.one_of(
    st.text(CHARACTERS, max_size=MAX_SEARCH),
    st.sampled_from([":", "a:b:", "::1", "two\nlines", "👩\u200d👩\u200d👧", "v1:pick", " "]),
)
KEY, CHECK = st.builds(release_key, ANY), st.builds(text_checksum, ANY)
ANSWER = st.integers(0, 2**63 - 1)
PLACE = st.integers(0, 10**6)
FLAG = st.integers(0, 1)
QUERY = st.builds(
    ReleaseQuery,
    st.one_of(st.none(), SEARCH.filter(bool)),
    st.one_of(st.none(), st.dates()),
    st.one_of(st.none(), st.dates()),
    st.one_of(st.none(), ANY.filter(bool)),
)
EVERY: dict[type[Action], st.SearchStrategy[Action]] = {
    ShowMore: st.builds(ShowMore, ANSWER, PLACE, FLAG),
    ShowContext: st.builds(ShowContext, KEY, PLACE, CHECK),
    ShowRelease: st.builds(ShowRelease, KEY, PLACE, FLAG),
    ShowChanges: st.builds(ShowChanges, KEY, PLACE, FLAG),
    PickRelease: st.builds(PickRelease),
    ListReleases: st.builds(ListReleases.of, QUERY, PLACE),
    ShareAnswer: st.builds(ShareAnswer, ANSWER),
    RateAnswer: st.builds(RateAnswer, ANSWER, FLAG),
    SubmitReason: st.builds(SubmitReason, ANSWER),
    StopBuild: st.builds(StopBuild),
    ExportUnanswered: st.builds(ExportUnanswered),
    ListUnanswered: st.builds(ListUnanswered, st.integers(-1, 10**6)),
    DeleteQuestion: st.builds(DeleteQuestion),
    DeleteAllQuestions: st.builds(DeleteAllQuestions, FLAG),
    ChangeSetting: st.builds(
        ChangeSetting, st.sampled_from(["channels", "announce", "newsroom", "passages", "private"])
    ),
    ListSources: st.builds(ListSources, st.integers(-1, 10**6)),
    CheckSource: st.builds(CheckSource, CHECK),
    RemoveSource: st.builds(RemoveSource, FLAG, CHECK),
    ShowLastReport: st.just(ShowLastReport()),
    AddSource: st.builds(AddSource),
    SubmitAddress: st.builds(SubmitAddress),
    KeepSite: st.builds(KeepSite, ANSWER),
    DropSite: st.builds(DropSite, ANSWER),
    StopReading: st.builds(StopReading, CHECK),
    KeepAnnouncement: st.builds(KeepAnnouncement, ANSWER),
    DropAnnouncement: st.builds(DropAnnouncement, ANSWER),
    RemoveAnnouncement: st.builds(RemoveAnnouncement),
    KeepSubscription: st.builds(KeepSubscription, ANSWER),
    DropSubscription: st.builds(DropSubscription, ANSWER),
    EndSubscription: st.builds(EndSubscription, ANSWER),
    EndSelectedSubscription: st.builds(EndSelectedSubscription),
    EndAllSubscriptions: st.builds(EndAllSubscriptions),
    ForgetMe: st.builds(ForgetMe),
}


def test_every_action_is_tested() -> None:
    assert set(EVERY) == set(ACTIONS)
    assert len({each.name for each in ACTIONS}) == len(ACTIONS)


@settings(deadline=None, max_examples=400)
@given(st.one_of(*EVERY.values()))
def test_every_action_survives_as_a_custom_id(action: Action) -> None:
    assert parse_action(action.custom_id) == action
    assert len(action.custom_id) <= MAX_CUSTOM_ID


@settings(deadline=None, max_examples=200)
@given(QUERY, PLACE)
@example(ReleaseQuery("a:b\nc 👩\u200d👧", date.min, date.max, "Harbor"), 7)
def test_a_query_survives_as_a_custom_id(query: ReleaseQuery, first: int) -> None:
    action = parse_action(ListReleases.of(query, first).custom_id)
    assert isinstance(action, ListReleases)
    assert action.query([query.newsroom] if query.newsroom else []) == query


def test_a_newsroom_that_is_gone_is_left_out_of_the_query() -> None:
    assert ListReleases.of(ReleaseQuery(newsroom="Harbor"), 0).query(["Coast"]) == ReleaseQuery()


@settings(deadline=None, max_examples=400)
@given(
    st.one_of(
        ANY,
        st.builds("v1:{}:{}".format, st.sampled_from([each.name for each in ACTIONS]), ANY),
        st.builds(
            "v1:{}:{}".format,
            st.sampled_from([each.name for each in ACTIONS]),
            st.lists(st.one_of(st.integers().map(str), ANY), max_size=6).map(":".join),
        ),
    )
)
@example("v1:more:" + "9" * 5000 + ":1:0")
@example("v1:list:0:-1:9999999999999999999999:x:")
@example("v1:list:0:0:0")
def test_any_custom_id_is_parsed_without_an_error(custom_id: str) -> None:
    action = parse_action(custom_id)
    if isinstance(action, ListReleases):
        action.query([])


@pytest.mark.parametrize(
    "custom_id", ["", "v1", "v2:pick:", "v1:more:1", "v1:more:a:b:c", "v1:unknown:1", "more:1:1:0"]
)
def test_other_custom_ids_are_no_action(custom_id: str) -> None:
    assert parse_action(custom_id) is None
