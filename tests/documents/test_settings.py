"""The settings are documented: in docs/settings.md, and in .env.example."""

import re
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from tests.documents.markdown import ROOT
from tests.documents.settings_reference import GROUPS, in_document, tables, written

EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")


def variables() -> list[str]:
    return [each.metadata["variable"] for each in fields(Settings) if "variable" in each.metadata]


def test_the_reference_is_that_of_the_code() -> None:
    assert in_document() == tables(), "run python -m tests.documents.settings_reference"


def test_the_reference_has_every_setting_once() -> None:
    named = [name for names in GROUPS.values() for name in names]
    assert sorted(named) == sorted(variables())


@pytest.mark.parametrize("field", [each for each in fields(Settings) if each.init])
def test_a_default_may_be_typed_as_it_is_written(field: Field[Any]) -> None:
    default = field.metadata["default"]
    typed = written(default)
    if typed is None:
        assert default in (None, ())
    else:
        assert written(field.metadata["parse"](typed)) == typed


def test_the_readme_names_only_settings_that_there_are() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:VERBATIM|DISCORD)_[A-Z_]+\b", text))
    assert {"DISCORD_TOKEN", "VERBATIM_RELEASES"} <= named <= set(variables())


def test_the_example_has_every_setting_and_no_other() -> None:
    assert sorted(re.findall(r"^#?(\w+)=", EXAMPLE, re.M)) == sorted(variables())
    assert re.findall(r"^(\w+)=", EXAMPLE, re.M) == ["DISCORD_TOKEN"]  # the others have defaults


def test_every_value_of_the_example_is_one_that_the_setting_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text(re.sub(r"^#(?=\w+=)", "", EXAMPLE, flags=re.M), encoding="utf-8")
    settings = Settings()  # raises for one that it does not take
    assert settings.health_port == 9464
    assert settings.contact == "press@example.org"
