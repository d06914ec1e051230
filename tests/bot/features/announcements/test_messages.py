"""Announcements are valid messages, whatever the releases contain."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.archive_service import ReleaseSummary
from bot.features.announcements.messages import MAX_LISTED, announcement_message, digest_message
from bot.i18n import ENGLISH, Language, load_languages
from retrieval.scope import Scope
from tests.bot.features.rendering import assert_valid, texts_of
from tests.bot.features.strategies import LANGUAGE, TEXT, info, summaries

CHANGED = 1_700_000_000.5
CONDITION = st.one_of(st.none(), TEXT)
SCOPES = st.lists(st.builds(Scope, CONDITION, CONDITION, CONDITION), max_size=10)
ROLES = list(range(10**18, 10**18 + 10))
FERRIES = Scope(words="ferry")
WHEN = st.one_of(st.none(), st.floats(0, 4e9))


@settings(deadline=None, max_examples=30)
@given(summaries(1, 1), WHEN, SCOPES, LANGUAGE)
def test_any_announcement_is_valid(
    releases: list[ReleaseSummary], changed: float | None, scopes: list[Scope], language: Language
) -> None:
    message = announcement_message(releases[0], changed, language, scopes=scopes)
    assert_valid(message, mentioning=mark(changed))


@settings(deadline=None, max_examples=30)
@given(summaries(1, MAX_LISTED + 2), st.integers(0, 30_000), WHEN, SCOPES, LANGUAGE)
def test_any_digest_is_valid(
    releases: list[ReleaseSummary],
    more: int,
    changed: float | None,
    scopes: list[Scope],
    language: Language,
) -> None:
    when = {release.info.id: changed for release in releases[::2]}
    total = len(releases) + more
    message = digest_message(releases, total, when, language, scopes=scopes, roles=ROLES)
    assert_valid(message, mentioning=" ".join(f"<@&{role}>" for role in ROLES))


def test_an_announcement_says_why_it_came_and_mentions_the_roles_that_it_notifies() -> None:
    release = ReleaseSummary(info(title="Ferry Fares Rise"), "They rise.")
    message = announcement_message(release, None, ENGLISH, scopes=[FERRIES], roles=[7, 8])
    mentions, title, _, reason = texts_of(message)
    assert (mentions, title) == ("<@&7> <@&8>", "### New release")
    assert reason == "-# Matches the words “ferry”"
    assert message.mentions().to_dict() == {"parse": [], "roles": [7, 8]}


def test_a_digest_says_why_it_came() -> None:
    release = ReleaseSummary(info(title="Ferry Fares Rise"), "")
    message = digest_message([release], 6, {}, ENGLISH, scopes=[FERRIES, Scope("Coast")])
    assert texts_of(message)[-1] == "-# Matches the words “ferry”\n-# Matches the newsroom Coast"
    assert message.mentions().to_dict() == {"parse": [], "roles": []}


def test_an_announcement_shows_the_release_and_whether_it_has_changed() -> None:
    release = ReleaseSummary(info(title="Bridge Opens"), "It is open.")
    title, text = texts_of(announcement_message(release, None, ENGLISH))
    assert title == "### New release"
    assert text.splitlines() == ["**Bridge Opens**", "-# May 2, 2024", "It is open."]
    _, changed = texts_of(announcement_message(release, CHANGED, ENGLISH))
    assert changed == f"{text}\n-# Changed <t:1700000000:R>"


def test_a_digest_lists_the_first_titles_and_counts_the_others() -> None:
    url = "https://harbor.example/{}".format
    releases = [
        ReleaseSummary(info(number, title=f"Title {number}", url=url(number)), "Not shown.")
        for number in range(MAX_LISTED)
    ]
    title, lines, more = texts_of(digest_message(releases, 100, {"1": CHANGED}, ENGLISH))
    assert title == "### 100 new releases"
    first, second, *others = lines.splitlines()
    assert first == "- [Title 0](<https://harbor.example/0>)"
    assert second == "- [Title 1](<https://harbor.example/1>) (changed)"
    assert len(others) == MAX_LISTED - 2
    assert more == f"-# and {100 - MAX_LISTED} more: /releases"


def test_a_digest_of_long_titles_lists_as_many_as_fit() -> None:
    releases = [
        ReleaseSummary(info(number, title=f"{number} " + "long title " * 12), "")
        for number in range(MAX_LISTED)
    ]
    _, lines, more = texts_of(digest_message(releases, MAX_LISTED, {}, ENGLISH))
    listed = len(lines.splitlines())
    assert 20 < listed < MAX_LISTED
    assert more == f"-# and {MAX_LISTED - listed} more: /releases"


def test_announcements_are_translated() -> None:
    spanish = load_languages().by_code["es"]
    release = ReleaseSummary(info(title="Bridge Opens"), "")
    title, text = texts_of(announcement_message(release, CHANGED, spanish))
    assert title == "### Comunicado nuevo"
    assert text.endswith("-# Modificado <t:1700000000:R>")
    _, lines = texts_of(digest_message([release], 1, {"0": CHANGED}, spanish))
    assert lines == "- **Bridge Opens** (modificado)"


def mark(changed: float | None) -> str | None:
    """The time that Discord shows in the language of the reader; it notifies nobody."""
    return None if changed is None else f"<t:{int(changed)}:R>"
