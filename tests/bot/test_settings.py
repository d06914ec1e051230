"""Settings from the environment and from .env."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import (
    BadSetting,
    BadSettings,
    DataFolderMissing,
    Settings,
    Shards,
    check_data_folder,
)
from embeddings.models import BASE_MODEL, DEFAULT_MODEL


def test_defaults() -> None:
    settings = Settings()
    assert settings.discord_token is None
    assert settings.releases == ()
    assert settings.data == Path("data")
    assert settings.model == DEFAULT_MODEL
    assert settings.newsroom is None
    assert settings.precision is None
    assert not settings.private_addresses
    assert settings.fetch_delay == 1
    assert settings.contact is None


def test_variables_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a.b.c")
    monkeypatch.setenv("VERBATIM_RELEASES", f"one{os.pathsep} ~/two")
    monkeypatch.setenv("VERBATIM_DATA", "~/data")
    monkeypatch.setenv("VERBATIM_NEWSROOM", "harbor.example")
    monkeypatch.setenv("VERBATIM_THRESHOLD", "0.4")
    monkeypatch.setenv("VERBATIM_QUESTIONS_PER_MINUTE", "3")
    monkeypatch.setenv("VERBATIM_PRECISION", "INT8")
    monkeypatch.setenv("VERBATIM_MODELS", "~/models")
    monkeypatch.setenv("VERBATIM_KEEP_NAMES", "Yes")
    monkeypatch.setenv("VERBATIM_KEEP_DAYS", "7")
    monkeypatch.setenv("VERBATIM_LOG_LEVEL", "debug")
    monkeypatch.setenv("VERBATIM_PRIVATE_ADDRESSES", "yes")
    monkeypatch.setenv("VERBATIM_FETCH_DELAY", "2.5")
    monkeypatch.setenv("VERBATIM_CONTACT", "press@harbor.example")
    settings = Settings()
    assert settings.discord_token == "a.b.c"
    assert settings.releases == (Path("one"), Path.home() / "two")
    assert settings.data == Path.home() / "data"
    assert settings.newsroom == "harbor.example"
    assert settings.threshold == 0.4
    assert settings.questions_per_minute == 3
    assert settings.precision == "int8"
    assert settings.models_folder == Path.home() / "models"
    assert settings.keep_names
    assert settings.keep_days == 7
    assert settings.log_level == "DEBUG"
    assert settings.private_addresses
    assert settings.fetch_delay == 2.5
    assert settings.contact == "press@harbor.example"


@pytest.mark.parametrize(
    "contact", ["https://harbor.example/bot?a=b", "ada.quill+bot@coast.example"]
)
def test_a_contact_is_a_web_address_or_an_email_address(
    monkeypatch: pytest.MonkeyPatch, contact: str
) -> None:
    monkeypatch.setenv("VERBATIM_CONTACT", contact)
    assert Settings().contact == contact


def test_the_environment_takes_precedence_over_a_dotenv_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("VERBATIM_DATA=from-file\nVERBATIM_NEWSROOM=file.example\n")
    monkeypatch.setenv("VERBATIM_DATA", "from-environment")
    settings = Settings()
    assert settings.data == Path("from-environment")
    assert settings.newsroom == "file.example"


def test_a_binary_dotenv_file_is_reported() -> None:
    Path(".env").write_bytes(b"DISCORD_TOKEN=\xff\n")
    with pytest.raises(BadSetting, match=r"^\.env cannot be read"):
        Settings()


def test_arguments_take_precedence_over_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERBATIM_DATA", "from-environment")
    assert Settings(data=Path("given")).data == Path("given")


def test_a_data_folder_is_named_by_an_argument_or_a_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not Settings().data_is_named
    assert Settings(data=Path("data")).data_is_named
    Path(".env").write_text("VERBATIM_DATA=data\n")
    assert Settings().data_is_named
    monkeypatch.setenv("VERBATIM_DATA", " ")
    assert not Settings().data_is_named


def test_only_where_no_model_is_named_that_of_an_earlier_version_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Settings().replaced_models == (DEFAULT_MODEL, BASE_MODEL)
    monkeypatch.setenv("VERBATIM_MODEL", "  ")
    assert Settings().replaced_models == (DEFAULT_MODEL, BASE_MODEL)
    monkeypatch.setenv("VERBATIM_MODEL", DEFAULT_MODEL)
    assert Settings().replaced_models == (DEFAULT_MODEL,)
    assert Settings(model=BASE_MODEL).replaced_models == ()
    monkeypatch.setenv("VERBATIM_MODEL", "./mine")
    assert Settings().replaced_models == ()


def test_only_a_data_folder_that_was_named_must_exist() -> None:
    check_data_folder(Settings())
    with pytest.raises(DataFolderMissing, match="there is no data folder data"):
        check_data_folder(Settings(data=Path("data")))
    Path("data").mkdir()
    check_data_folder(Settings(data=Path("data")))


def test_models_are_in_the_data_folder_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VERBATIM_MODELS")
    assert Settings(data=Path("given")).models_folder == Path("given/models")


def test_an_empty_variable_is_ignored() -> None:
    Path(".env").write_text("DISCORD_TOKEN=\nVERBATIM_DATA=\n")
    assert Settings().discord_token is None
    assert Settings().data == Path("data")


def test_no_secret_is_in_the_repr() -> None:
    settings = Settings(discord_token="secret", store="postgresql://bot:secret@db/press")
    assert "secret" not in repr(settings)


def test_some_shards_of_a_bot_are_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().shards is None
    monkeypatch.setenv("VERBATIM_SHARDS", "2,0,2/4")
    assert Settings().shards == Shards((0, 2), 4)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("VERBATIM_THRESHOLD", "high", "is 'high': it must be a number from 0 to 1"),
        ("VERBATIM_THRESHOLD", "1.5", "it must be a number from 0 to 1"),
        ("VERBATIM_THRESHOLD", "nan", "it must be a number from 0 to 1"),
        ("VERBATIM_QUESTIONS_PER_MINUTE", "0", "it must be a whole number, 1 or more"),
        ("VERBATIM_SERVER_QUESTIONS_PER_MINUTE", "many", "it must be a whole number, 1 or more"),
        ("VERBATIM_KEEP_DAYS", "-3", "it must be a whole number, 1 or more"),
        ("VERBATIM_KEEP_DAYS", "999999", "it must be 36,500 or less"),
        ("VERBATIM_KEEP_NAMES", "perhaps", "it must be yes or no"),
        ("VERBATIM_PRIVATE_ADDRESSES", "some", "it must be yes or no"),
        ("VERBATIM_REFRESH", "often", "it must be a time from 1m to 30d, such as 30m, 1h or 1d"),
        ("VERBATIM_REFRESH", "0h", "it must be a time from 1m to 30d"),
        ("VERBATIM_REFRESH", "31d", "it must be a time from 1m to 30d"),
        ("VERBATIM_REFRESH", "-1h", "it must be a time from 1m to 30d"),
        ("VERBATIM_REFRESH", "1h30m", "it must be a time from 1m to 30d"),
        ("VERBATIM_REFRESH", "99999999999h", "it must be a time from 1m to 30d"),
        ("VERBATIM_FETCH_DELAY", "-1", "it must be a number of seconds from 0 to 3,600"),
        ("VERBATIM_FETCH_DELAY", "nan", "it must be a number of seconds from 0 to 3,600"),
        ("VERBATIM_FETCH_DELAY", "soon", "is 'soon': it must be a number of seconds from 0"),
        ("VERBATIM_CONTACT", "Ada Quill", "it must be a web address or an e-mail address"),
        ("VERBATIM_CONTACT", "a@b.example) X (", "it must be a web address or an e-mail address"),
        ("VERBATIM_CONTACT", "a@münchen.example", "it must be a web address or an e-mail address"),
        ("VERBATIM_TIMEZONE", "Mars/Olympus", "it must be the name of a time zone, such as Europe"),
        ("VERBATIM_TIMEZONE", "Europe", "it must be the name of a time zone"),
        ("VERBATIM_TIMEZONE", "../../etc/passwd", "it must be the name of a time zone"),
        ("VERBATIM_TIMEZONE", "x" * 5000, "it must be the name of a time zone"),
        ("VERBATIM_SHARDS", "all", "it must be numbers and how many there are in all: 0,1/4"),
        ("VERBATIM_SHARDS", "0,1", "it must be numbers and how many there are in all"),
        ("VERBATIM_SHARDS", "/2", "it must be numbers and how many there are in all"),
        ("VERBATIM_SHARDS", "2/2", "the shards of 2 are numbered from 0 to 1"),
        ("VERBATIM_SHARDS", "-1/2", "the shards of 2 are numbered from 0 to 1"),
        ("VERBATIM_STORE", "press", "it must be the address of a database: postgresql://"),
        ("VERBATIM_LOG_LEVEL", "loud", "it must be one of DEBUG"),
        ("VERBATIM_RELEASES", "news::blog", "it names an empty path between its ':'"),
        ("VERBATIM_RELEASES", ":", "it names an empty path"),
        ("VERBATIM_RELEASES", "news: ", "it names an empty path"),
        ("VERBATIM_RELEASE", "news", "did you mean VERBATIM_RELEASES?"),
        ("VERBATIM_PRECISION", "int4", "it must be float32 or int8"),
        ("VERBATIM_XYZ", "1", "is not a setting"),
    ],
)
def test_an_invalid_setting_is_reported_in_one_line(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSetting, match=variable) as caught:
        Settings()
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_invalid_settings_are_reported_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = ("VERBATIM_RELEASE", "VERBATIM_THRESHOLD", "VERBATIM_KEEP_DAYS")
    for variable in wrong:
        monkeypatch.setenv(variable, "high")
    with pytest.raises(BadSettings) as caught:
        Settings()
    assert {each.name for each in caught.value.each} == set(wrong)
    text = str(caught.value)
    assert all(f"{variable} is" in text for variable in wrong)
    assert "\n" not in text
    # What is passed is not read from its variable.
    monkeypatch.delenv("VERBATIM_RELEASE")
    with pytest.raises(BadSetting, match="VERBATIM_KEEP_DAYS"):
        Settings(threshold=0.5)


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("", timedelta(hours=1)),
        ("30m", timedelta(minutes=30)),
        ("2 H", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("off", None),
        ("OFF", None),
    ],
)
def test_how_often_sites_are_read_again(
    text: str, interval: timedelta | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERBATIM_REFRESH", text)
    assert Settings().refresh == interval


def test_the_time_zone_is_utc_or_a_named_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(Settings().timezone) == "UTC"
    monkeypatch.setenv("VERBATIM_TIMEZONE", "Europe/Madrid")
    assert str(Settings().timezone) == "Europe/Madrid"


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("VERBATIM_DATA", "~nobody-of-this-name/data"),
        ("VERBATIM_RELEASES", "~nobody-of-this-name/releases"),
        ("VERBATIM_TIMEZONE", "a/" * 3000 + "b"),
    ],
)
def test_a_value_that_the_system_cannot_take_is_a_bad_setting(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str
) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(BadSetting, match=variable):
        Settings()
