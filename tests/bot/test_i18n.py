"""What Verbatim says, in each of its languages."""

import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from discord import app_commands

from bot.client import build_bot
from bot.i18n import ENGLISH, LOCALES, Language, read_languages
from bot.settings import Settings
from tests.conftest import SEEDS

ROOT = Path(__file__).parents[2]
KEYWORDS = {"say": None, "count": (1, 2), "BadQuestion": None, "NamedSpan": None}
SPOKEN = sorted(path.stem for path in LOCALES.glob("*.po"))
# The terminal speaks English alone.
TERMINAL = {"evaluation_view.py"}

Key = str | tuple[str, ...]


def texts_in_the_code() -> set[Key]:
    """Every text that is said in Discord, as a catalogue's key."""
    files = [path for path in (ROOT / "bot").rglob("*.py") if path.name not in TERMINAL]
    files += [ROOT / "retrieval" / "question.py", ROOT / "retrieval" / "release.py"]
    found: set[Key] = set()
    for path in files:
        with path.open("rb") as file:
            found |= {each[1] for each in extract("python", file, keywords=KEYWORDS)}
    return found


def texts_of_the_commands(tmp_path: Path) -> set[Key]:
    """Every name and description that Discord is told of."""
    bot = build_bot(Settings(releases=(SEEDS,), data=tmp_path, reranker="none"))
    from bot.features.ask.cog import AskCog
    from bot.features.reindex.cog import ReindexCog
    from bot.features.releases.cog import ReleasesCog
    from bot.features.server_settings.cog import ServerSettingsCog
    from bot.features.unanswered.cog import UnansweredCog

    asking = AskCog(bot, bot.services)
    cogs = (
        asking,
        ReleasesCog(bot.services),
        ReindexCog(bot.services),
        UnansweredCog(bot.services),
        ServerSettingsCog(bot, bot.services),
    )
    commands: list[Any] = [asking.menu]
    commands += [command for cog in cogs for command in cog.walk_app_commands()]
    return set(told(commands, bot.tree))


def told(commands: list[Any], tree: app_commands.CommandTree[Any]) -> Iterator[str]:
    for command in commands:
        payload = command.to_dict(tree)
        for item in (payload, *payload.get("options", ())):
            yield item["name"]
            if item.get("description"):
                yield item["description"]


@pytest.mark.parametrize("code", SPOKEN)
def test_a_language_is_complete_and_has_nothing_left_over(code: str, tmp_path: Path) -> None:
    with (LOCALES / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    messages = [each for each in catalogue if each.id]
    assert all(each.string and not each.fuzzy for each in messages)
    assert all(all(each.string) for each in messages if not isinstance(each.string, str))
    keys = {each.id for each in messages}
    wanted = texts_in_the_code() | texts_of_the_commands(tmp_path)
    assert keys == wanted


@pytest.mark.parametrize("code", SPOKEN)
def test_a_translation_fills_in_what_the_original_does(code: str) -> None:
    with (LOCALES / f"{code}.po").open("rb") as file:
        for message in read_po(file, locale=code):
            originals = [message.id] if isinstance(message.id, str) else message.id
            strings = [message.string] if isinstance(message.string, str) else message.string
            for original, text in zip(originals, strings, strict=True):
                if message.id:
                    assert fields(original) == fields(text), original


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_english_and_spanish_are_spoken() -> None:
    assert set(read_languages().spoken) == {"en", "es"}


@pytest.mark.parametrize(
    ("locale", "code"),
    [("es-ES", "es"), ("es-419", "es"), ("en-GB", "en"), ("fr", "en"), (None, "en"), ("", "en")],
)
def test_who_speaks_another_language_is_answered_in_english(locale: str | None, code: str) -> None:
    assert read_languages().of(locale).code == code


def spanish() -> Language:
    return read_languages().of("es-ES")


def test_numbers_dates_and_plurals_are_those_of_the_language() -> None:
    day = date(2025, 9, 8)
    assert (ENGLISH.date(day), spanish().date(day)) == (
        "September 8, 2025",
        "8 de septiembre de 2025",
    )
    assert (ENGLISH.month(day), spanish().month(day)) == ("September 2025", "septiembre de 2025")
    assert spanish().month(day, year=False) == "septiembre"
    assert (ENGLISH.number(25601), spanish().number(25601)) == ("25,601", "25.601")
    counted = [spanish().count("{count} release", "{count} releases", n) for n in (0, 1, 2)]
    assert counted == ["0 comunicados", "1 comunicado", "2 comunicados"]


def test_a_text_without_translation_stays_english() -> None:
    assert spanish().say("No such text, {name}", name="Ada") == "No such text, Ada"
