"""What managers are shown of announcements is valid, whatever it contains."""

from dataclasses import replace
from datetime import UTC, date
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.announcements.management import (
    announcement_line,
    announcements_message,
    preview_message,
)
from bot.features.announcements.scopes import reason_lines, scope_text
from bot.i18n import ENGLISH, Language, load_languages
from bot.state.announcements import MAX_ANNOUNCEMENTS, Announcement
from retrieval.release import Place, ReleaseInfo
from retrieval.scope import Scope, ScopePreview
from retrieval.standing import ReleaseMatch
from tests.bot.features.rendering import assert_valid, items_of, texts_of
from tests.bot.features.strategies import LANGUAGE, TEXT, highlights, info, several_infos
from tests.loopback.models import BUTTON, STRING_SELECT

CHANNEL, ROLE = 10, 7
CONDITION = st.one_of(st.none(), TEXT)
SCOPE = st.builds(Scope, CONDITION, CONDITION, CONDITION)
MENTION = f"<@&{ROLE}>"  # which notifies nobody in a reply
HEALTH = Scope(question="anything about veterans' health")


def announcement(scope: Scope, role: int | None = None, id: int | None = 1) -> Announcement:
    return Announcement(1, CHANNEL, scope, role, id=id)


def found(releases: list[ReleaseInfo], match: ReleaseMatch | None = None) -> ScopePreview:
    matches = {match.release.id: match} if match else {}
    return ScopePreview(HEALTH, releases, matches, date(2024, 5, 2), None)


def match_of(release: ReleaseInfo, text: str, highlight: tuple[int, int]) -> ReleaseMatch:
    return ReleaseMatch(release, 0.5, 0.3, 1, text, highlight, Place(), None)


@st.composite
def matches(draw: st.DrawFn, release: ReleaseInfo) -> ReleaseMatch:
    text = draw(TEXT)
    return match_of(release, text, draw(highlights(text)))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(SCOPE, st.sampled_from([None, ROLE])), max_size=MAX_ANNOUNCEMENTS),
    st.booleans(),
    LANGUAGE,
)
def test_any_list_is_valid(
    scopes: list[tuple[Scope, int | None]], in_settings: bool, language: Language
) -> None:
    listed = [announcement(scope, role, id) for id, (scope, role) in enumerate(scopes, start=1)]
    if in_settings:
        listed.insert(0, announcement(Scope(), id=None))
    assert_valid(announcements_message(listed, UTC, language), mentioning=MENTION)


@settings(deadline=None, max_examples=40)
@given(SCOPE, several_infos(0, 8), st.data(), LANGUAGE)
def test_any_preview_is_valid(
    scope: Scope, releases: list[ReleaseInfo], data: st.DataObject, language: Language
) -> None:
    match = data.draw(matches(releases[0])) if releases else None
    message = preview_message(
        announcement(scope, ROLE), 3, found(releases, match), UTC, language, "⚠ Not there."
    )
    assert_valid(message, mentioning=MENTION)


@settings(deadline=None, max_examples=40)
@given(st.lists(SCOPE, max_size=MAX_ANNOUNCEMENTS), LANGUAGE)
def test_reasons_are_short(scopes: list[Scope], language: Language) -> None:
    assert len(reason_lines(scopes, language)) <= 600


def test_a_scope_in_words() -> None:
    everything = Scope("harbor.example", "ferry fares", "anything about *health*")
    assert scope_text(everything, ENGLISH) == (
        r"the question “anything about \*health\*”, the words “ferry fares”, "
        "the newsroom harbor.example"
    )
    assert scope_text(Scope(), ENGLISH) == "all releases"
    spanish = load_languages().by_code["es"]
    assert scope_text(Scope(words="ferry"), spanish) == "las palabras «ferry»"


def test_an_announcement_says_where_what_and_whom() -> None:
    line = announcement_line(announcement(Scope(words="ferry"), ROLE), UTC, ENGLISH)
    assert line == "<#10>: the words “ferry”, mentions <@&7>"
    assert announcement_line(announcement(Scope(), id=None), UTC, ENGLISH) == (
        "<#10>: all releases (from /settings)"
    )


def test_only_what_was_added_here_can_be_removed_here() -> None:
    of_settings, added = announcement(Scope(), id=None), announcement(HEALTH, id=4)
    (menu,) = items_of(announcements_message([of_settings, added], UTC, ENGLISH), STRING_SELECT)
    assert [(each["label"], each["value"]) for each in menu["options"]] == [
        ("anything about veterans' health", "4")
    ]
    assert not items_of(announcements_message([of_settings], UTC, ENGLISH), STRING_SELECT)


def test_a_preview_shows_a_few_releases_of_the_past_and_counts_the_others() -> None:
    releases = [info(number, title=f"Title {number}") for number in range(7)]
    text = "Clinics open. Veterans are treated there."
    match = match_of(releases[0], text, (14, 41))
    message = preview_message(announcement(HEALTH), 3, found(releases, match), UTC, ENGLISH)
    _, line, count, first, second, *_, more = texts_of(message)
    assert line == "<#10>: the question “anything about veterans' health”"
    assert count == "In the 90 days up to May 2, 2024, I would have announced 7 releases."
    assert first.splitlines() == [
        "**Title 0**",
        "-# May 2, 2024",
        "> Clinics open. **Veterans are treated there.**",
    ]
    assert second.splitlines() == ["**Title 1**", "-# May 2, 2024"]
    assert more == "-# and 2 more"
    assert [each["label"] for each in items_of(message, BUTTON)] == ["Keep", "Cancel"]


def test_a_preview_of_undated_releases_says_why_it_is_empty() -> None:
    preview = ScopePreview(Scope(), [], {}, None, None)
    message = preview_message(announcement(Scope()), 3, preview, UTC, ENGLISH)
    assert texts_of(message)[-1].startswith("None of the releases has a date")


def test_what_is_offered_is_not_one_of_the_settings() -> None:
    message = preview_message(announcement(HEALTH, id=None), 3, found([]), UTC, ENGLISH)
    assert texts_of(message)[1] == "<#10>: the question “anything about veterans' health”"


def test_an_announcement_says_at_which_hour_of_which_time_zone_it_comes() -> None:
    daily = replace(announcement(Scope(), ROLE), digest=0)
    assert announcement_line(daily, ZoneInfo("Europe/Madrid"), ENGLISH) == (
        "<#10>: all releases, once a day at 0:00 (Europe/Madrid), mentions <@&7>"
    )
    spanish = load_languages().by_code["es"]
    line = announcement_line(replace(daily, role=None), UTC, spanish)
    assert line == "<#10>: todos los comunicados, una vez al día a las 0:00 (UTC)"
