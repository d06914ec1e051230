"""The settings are a valid message, whatever the newsrooms are called."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.features.server_settings.messages import ALL_NEWSROOMS, settings_message
from bot.i18n import ENGLISH, Language
from bot.state.servers import MAX_PASSAGES, ServerSettings
from retrieval.text.keys import text_checksum
from tests.bot.features.rendering import assert_valid, items_of
from tests.bot.features.strategies import LANGUAGE, TEXT

SELECT = 3
IDS = st.integers(1, 2**63)
SETTINGS = st.builds(
    ServerSettings,
    channels=st.lists(IDS, max_size=40).map(tuple),
    newsroom=st.one_of(st.none(), TEXT),
    private=st.booleans(),
    passages=st.integers(1, MAX_PASSAGES),
    announce=st.one_of(st.none(), IDS),
    managers=st.one_of(st.none(), IDS),
)
WARNING = st.sampled_from([None, "⚠ I am not allowed to write in <#1>."])


@settings(deadline=None, max_examples=60)
@given(SETTINGS, st.lists(TEXT, max_size=40), LANGUAGE, WARNING)
@example(ServerSettings(newsroom=""), ["", "", " "], ENGLISH, None)
@example(ServerSettings((1, 1), newsroom="a"), ["a", "a"], ENGLISH, None)
def test_any_settings_are_valid(
    chosen: ServerSettings, newsrooms: list[str], language: Language, warning: str | None
) -> None:
    assert_valid(settings_message(chosen, newsrooms, language, warning))


def test_the_selected_newsroom_is_listed_even_if_there_are_many() -> None:
    names = [f"Newsroom {number}" for number in range(100)]
    message = settings_message(ServerSettings(newsroom=names[-1]), names, ENGLISH)
    options = items_of(message, SELECT)[0]["options"]
    assert len(options) == 25
    assert [each["value"] for each in options if each["default"]] == [text_checksum(names[-1])]


def test_all_newsrooms_are_selected_by_default() -> None:
    options = items_of(settings_message(ServerSettings(), ["a"], ENGLISH), SELECT)[0]["options"]
    assert [each["value"] for each in options if each["default"]] == [ALL_NEWSROOMS]
