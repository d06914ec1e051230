"""What people are shown of their subscriptions is valid, whatever it contains."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.archive_service import ReleaseSummary
from bot.features.announcements.messages import announcement_message, digest_message
from bot.features.subscriptions.messages import (
    confirmation,
    subscription_offer,
    subscriptions_message,
    with_end_buttons,
)
from bot.i18n import ENGLISH, Language, load_languages
from bot.state.subscriptions import MAX_SUBSCRIPTIONS, Subscription
from retrieval.release import ReleaseInfo
from retrieval.scope import Scope, ScopePreview
from tests.bot.features.rendering import assert_valid, items_of, texts_of
from tests.bot.features.strategies import LANGUAGE, TEXT, info, several_infos, summaries
from tests.loopback.models import BUTTON, STRING_SELECT

CONDITION = st.one_of(st.none(), TEXT)
SCOPES = st.lists(
    st.builds(Scope, CONDITION, CONDITION, CONDITION), min_size=1, max_size=MAX_SUBSCRIPTIONS
)
HEALTH, FERRIES = Scope(question="anything about veterans' health"), Scope(words="ferry")


def subscribed(*scopes: Scope) -> list[Subscription]:
    return [
        Subscription(1, scope, "en-US", id=id, channel=10)
        for id, scope in enumerate(scopes, start=1)
    ]


@settings(deadline=None, max_examples=40)
@given(SCOPES, LANGUAGE)
def test_any_list_and_any_confirmation_are_valid(scopes: list[Scope], language: Language) -> None:
    assert_valid(subscriptions_message(subscribed(*scopes), language))
    assert_valid(confirmation(subscribed(*scopes)[0], language))


@settings(deadline=None, max_examples=40)
@given(SCOPES, several_infos(0, 8), LANGUAGE)
def test_any_offer_is_valid(
    scopes: list[Scope], releases: list[ReleaseInfo], language: Language
) -> None:
    preview = ScopePreview(scopes[0], releases, {}, date(2024, 5, 2), None)
    assert_valid(subscription_offer(3, preview, language))


@settings(deadline=None, max_examples=40)
@given(SCOPES, summaries(1, 30), LANGUAGE)
def test_any_message_to_a_subscriber_is_valid(
    scopes: list[Scope], releases: list[ReleaseSummary], language: Language
) -> None:
    single = announcement_message(releases[0], 1.0, language, scopes=scopes)
    digest = digest_message(releases, 40, {}, language, scopes=scopes)
    for message in (single, digest):
        told = with_end_buttons(message, subscribed(*scopes), language)
        assert_valid(told)
        labels = [each["label"] for each in items_of(told, BUTTON)]
        assert len(labels) == len(scopes)
        assert all(len(label) <= 80 for label in labels)


def test_a_message_has_a_button_that_ends_each_subscription_that_it_is_sent_for() -> None:
    message = announcement_message(ReleaseSummary(info(), "Text."), None, ENGLISH)
    one = items_of(with_end_buttons(message, subscribed(HEALTH), ENGLISH), BUTTON)
    assert [(each["label"], each["custom_id"]) for each in one] == [
        ("End this subscription", "v1:subscription-end:1")
    ]
    several = items_of(with_end_buttons(message, subscribed(HEALTH, FERRIES), ENGLISH), BUTTON)
    assert [(each["label"], each["custom_id"]) for each in several] == [
        ("End: anything about veterans' health", "v1:subscription-end:1"),
        ("End: ferry", "v1:subscription-end:2"),
    ]


def test_a_list_can_end_one_or_all() -> None:
    message = subscriptions_message(subscribed(HEALTH, Scope()), ENGLISH)
    _, lines, _ = texts_of(message)
    assert lines == "- the question “anything about veterans' health”\n- all releases"
    (menu,) = items_of(message, STRING_SELECT)
    assert [(each["label"], each["value"]) for each in menu["options"]] == [
        ("anything about veterans' health", "1"),
        ("all releases", "2"),
    ]
    assert [each["label"] for each in items_of(message, BUTTON)] == ["End all"]
    empty = subscriptions_message([], ENGLISH)
    assert "Nothing yet." in texts_of(empty)
    assert not items_of(empty, BUTTON)


def test_whoever_subscribed_to_everything_is_told_so() -> None:
    spanish = load_languages().by_code["es"]
    release = ReleaseSummary(info(), "Text.")
    for language, reason in (
        (ENGLISH, "-# You subscribed to all releases"),
        (spanish, "-# Te has suscrito a todos los comunicados"),
    ):
        message = announcement_message(release, None, language, scopes=[Scope()])
        assert texts_of(message)[-1] == reason
