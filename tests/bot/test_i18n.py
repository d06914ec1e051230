"""The messages of the bot in each of its languages."""

import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from bot.client import build_bot
from bot.i18n import ENGLISH, LOCALES, Language, load_languages
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "BadQuestion": None,
    "NamedSpan": None,
}
TRANSLATED = sorted(path.stem for path in LOCALES.glob("*.po"))
# The terminal is English only.
TERMINAL = {"evaluation_view.py"}

Key = str | tuple[str, ...]


@pytest.fixture(params=TRANSLATED)
def messages(request: pytest.FixtureRequest) -> list[Message]:
    """The messages of a catalog."""
    with (LOCALES / f"{request.param}.po").open("rb") as file:
        return [message for message in read_po(file, locale=request.param) if message.id]


def keys_in_the_code() -> set[Key]:
    """The messages in the code of the bot, as keys of a catalog."""
    files = [path for path in (ROOT / "bot").rglob("*.py") if path.name not in TERMINAL]
    files += [ROOT / "retrieval" / f"{name}.py" for name in ("question", "release", "standing")]
    keys: set[Key] = set()
    for path in files:
        with path.open("rb") as file:
            keys |= {found[1] for found in extract("python", file, keywords=KEYWORDS)}
    return keys


async def keys_of_the_commands(tmp_path: Path) -> set[Key]:
    """The names and descriptions of the commands and their options."""
    bot = build_bot(Settings(data=tmp_path, reranker="none"))
    await bot.add_features()
    keys = set(_texts([command.to_dict(bot.tree) for command in bot.tree.get_commands()]))
    bot.services.state.close()
    return keys


def _texts(payloads: list[dict[str, Any]]) -> Iterator[str]:
    for command in payloads:
        for item in (command, *command.get("options", ())):
            yield item["name"]
            if item.get("description"):
                yield item["description"]


async def test_a_catalog_translates_every_message_and_nothing_else(
    messages: list[Message], tmp_path: Path
) -> None:
    assert all(message.string and not message.fuzzy for message in messages)
    assert all(all(each.string) for each in messages if not isinstance(each.string, str))
    keys = {message.id for message in messages}
    assert keys == keys_in_the_code() | await keys_of_the_commands(tmp_path)


def test_a_translation_has_the_placeholders_of_the_original(messages: list[Message]) -> None:
    for message in messages:
        originals = [message.id] if isinstance(message.id, str) else message.id
        strings = [message.string] if isinstance(message.string, str) else message.string
        for original, translation in zip(originals, strings, strict=True):
            assert placeholders(original) == placeholders(translation), original


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_are_english_and_spanish() -> None:
    assert set(load_languages().by_code) == {"en", "es"}


@pytest.mark.parametrize(
    ("locale", "code"),
    [("es-ES", "es"), ("es-419", "es"), ("en-GB", "en"), ("fr", "en"), (None, "en"), ("", "en")],
)
def test_other_languages_fall_back_to_english(locale: str | None, code: str) -> None:
    assert load_languages().for_locale(locale).code == code


def spanish() -> Language:
    return load_languages().for_locale("es-ES")


def test_numbers_dates_and_plurals_follow_the_language() -> None:
    day = date(2025, 9, 8)
    assert (ENGLISH.date(day), spanish().date(day)) == (
        "September 8, 2025",
        "8 de septiembre de 2025",
    )
    assert (ENGLISH.month(day), spanish().month(day)) == ("September 2025", "septiembre de 2025")
    assert spanish().month(day, year=False) == "septiembre"
    assert (ENGLISH.number(25601), spanish().number(25601)) == ("25,601", "25.601")
    counts = [spanish().ngettext("{count} release", "{count} releases", n) for n in (0, 1, 2)]
    assert counts == ["0 comunicados", "1 comunicado", "2 comunicados"]


def test_a_message_without_a_translation_stays_english() -> None:
    assert spanish().gettext("No such message, {name}", name="Ada") == "No such message, Ada"
