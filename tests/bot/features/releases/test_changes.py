"""What changed in a release is readable, valid, and marked."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.components import Message
from bot.features.releases.changes import changed_passage_blocks, changes_message
from bot.features.releases.messages import release_message
from bot.i18n import ENGLISH, Language
from bot.quoted_passages import ChangedPassage
from retrieval.index.earlier_wordings import EarlierWording, Wording
from retrieval.ranking.full_release import FullRelease
from retrieval.release import ReleaseInfo
from retrieval.release_history import PassageChange, ReleaseHistory
from tests.bot.features.rendering import Rendered, assert_valid, items_of, texts_of
from tests.bot.features.strategies import LANGUAGE, TEXT, info, infos

BUTTON = 2
SEEN = datetime(2026, 5, 3, 12, tzinfo=UTC)
BEFORE = ("The bridge cost $48 million.", "The ferry will run again.", "Nobody was hurt.")
NOW = ("The bridge cost $49 million.", "Nobody was hurt.", "The pier stays closed.")
PARAGRAPHS = st.lists(TEXT, max_size=4).map(tuple)


def history(
    now: tuple[str, ...] = NOW, *earlier: tuple[str, ...], release: ReleaseInfo | None = None
) -> ReleaseHistory:
    """A release that said something else before, the latest wording first."""
    wordings = (EarlierWording(Wording("Title", each), SEEN) for each in earlier or (BEFORE,))
    return ReleaseHistory(FullRelease(release or info(), now), tuple(wordings))


def labels(message: Message) -> list[str]:
    return [each["label"] for each in items_of(message, BUTTON)]


def test_a_short_release_shows_its_changes_below_itself() -> None:
    message = release_message(history(), 0, ENGLISH)
    _, _, changes, legend, source = texts_of(message)
    assert changes.split("\n\n") == [
        "**Changed on May 3, 2026**",
        "The bridge cost ~~$48~~ __$49__ million.",
        "~~The ferry will run again.~~",
        "__The pier stays closed.__",
    ]
    assert legend == "-# ~~struck out~~ was removed, __underlined__ was added"
    assert source == "-# May 2, 2024 · changed on May 3, 2026 · a.txt (no web address)"
    assert "What changed" not in labels(message)


def test_a_long_release_has_a_button_for_its_changes() -> None:
    long = ("word " * 500, "other " * 200, *NOW)
    message = release_message(history(long, ("word " * 500, *BEFORE)), 0, ENGLISH)
    assert "What changed" in labels(message)
    assert not any("Changed on" in text for text in texts_of(message))


def test_an_unchanged_release_speaks_of_no_change() -> None:
    message = release_message(ReleaseHistory(FullRelease(info(), NOW)), 0, ENGLISH)
    assert "hanged" not in "".join(texts_of(message))
    assert labels(message) == []


def test_the_last_change_comes_first() -> None:
    older = ("The bridge cost $47 million.", *BEFORE[1:])
    text = texts_of(changes_message(history(NOW, BEFORE, older), 0, ENGLISH))[1]
    assert text.index("~~$48~~ __$49__") < text.index("~~$47~~ __$48__")
    assert text.count("**Changed on") == 2


def test_where_no_change_is_known_that_is_said() -> None:
    message = changes_message(ReleaseHistory(FullRelease(info(), NOW)), 0, ENGLISH)
    assert texts_of(message)[1] == "No change of this release is known."


def test_what_ends_in_a_mark_of_its_own_is_still_marked_as_a_whole() -> None:
    changed = history(("The file a__ is new.",), ("The file b~~ is new.",))
    shown = Rendered(texts_of(changes_message(changed, 0, ENGLISH))[1])
    assert shown.text.replace("\u200b", "").endswith("The file b~~ a__ is new.")
    assert {"s", "u"} <= shown.tags


@settings(deadline=None, max_examples=40)
@given(infos(), PARAGRAPHS, PARAGRAPHS, PARAGRAPHS, LANGUAGE)
def test_any_changes_are_valid_on_all_pages(
    release: ReleaseInfo,
    now: tuple[str, ...],
    before: tuple[str, ...],
    older: tuple[str, ...],
    language: Language,
) -> None:
    changed = history(now, before, older, release=release)
    assert_valid(release_message(changed, 0, language))
    page, more = 0, True
    while more and page < 12:
        message = changes_message(changed, page, language)
        assert_valid(message)
        more = any(
            each["label"] == "▶" and not each.get("disabled") for each in items_of(message, BUTTON)
        )
        page += 1


@settings(deadline=None, max_examples=30)
@given(infos(), st.lists(TEXT, min_size=1, max_size=3), st.booleans(), LANGUAGE, st.data())
def test_what_became_of_any_passage_is_valid(
    release: ReleaseInfo,
    paragraphs: list[str],
    is_dated: bool,
    language: Language,
    data: st.DataObject,
) -> None:
    now = data.draw(st.one_of(st.none(), st.integers(1, len(paragraphs))))
    whole = data.draw(st.sampled_from([None, FullRelease(release, paragraphs)]))
    change = PassageChange(SEEN if is_dated else None, now if is_dated else None)
    changed = [ChangedPassage(rank, whole, change) for rank in (1, 2, 3)]
    assert_valid(Message(tuple(changed_passage_blocks(changed, language))))
