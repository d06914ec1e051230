"""The settings are documented: in the table of README.md, and in .env.example."""

import re
from dataclasses import fields

from bot.settings import Settings
from tests.documents.markdown import ROOT


def variables() -> list[str]:
    return [each.metadata["variable"] for each in fields(Settings) if "variable" in each.metadata]


def test_the_table_of_the_readme_has_every_setting_and_no_other() -> None:
    rows = re.findall(
        r"^\| `((?:VERBATIM|DISCORD)_\w+)` \|", (ROOT / "README.md").read_text(), re.M
    )
    assert sorted(rows) == sorted(variables())


def test_the_example_has_every_setting_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text()
    assert sorted(re.findall(r"^#?(\w+)=", example, re.M)) == sorted(variables())
    assert re.findall(r"^(\w+)=", example, re.M) == ["DISCORD_TOKEN"]  # the others have defaults
