"""What the documents tell people to type can be typed."""

import importlib.util
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest

from bot.cli.commands import verbatim
from bot.client import build_bot
from bot.settings import Settings
from tests.documents.markdown import DOCUMENTS, ROOT, Code, code
from tests.loopback import LoopbackDiscord

_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z …]*\]|…")  # "[PATH …]": what a person puts there


def lines(beginning: str) -> Iterator[Code]:
    """What begins so, in all documents."""
    for document in DOCUMENTS:
        for each in code(document):
            if each.text.startswith(beginning):
                yield each


def commands() -> Iterator[tuple[str, click.Command]]:
    """The commands by what is typed, and those of groups."""
    for name, command in verbatim.commands.items():
        yield name, command
        if isinstance(command, click.Group):
            for within, each in command.commands.items():
                yield f"{name} {within}", each


def test_every_line_for_verbatim_is_understood() -> None:
    understood = 0
    for line in lines("verbatim "):
        typed = _PLACEHOLDER.sub("x", line.text.partition("  #")[0].partition(" > ")[0])
        arguments = shlex.split(typed)[1:]
        command: click.Command = verbatim
        context = click.Context(verbatim, info_name="verbatim")
        try:
            while isinstance(command, click.Group) and arguments:
                name = arguments.pop(0)
                found = command.get_command(context, name)
                assert found, f"{line}: there is no command {name!r}: {line.text}"
                command, context = found, click.Context(found, parent=context, info_name=name)
            if arguments:  # a command alone may stand for all that can be done with it
                command.make_parser(context).parse_args(arguments)
        except click.UsageError as error:
            pytest.fail(f"{line}: {error.message}: {line.text}")
        understood += 1
    assert understood > 50


def test_every_command_is_documented() -> None:
    typed = {line.text for line in lines("verbatim ")}
    for name, command in commands():
        if not command.hidden:
            assert any(each.startswith(f"verbatim {name}") for each in typed), name


async def test_every_command_of_discord_is_documented_with_its_options(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, releases=(ROOT / "seeds",))
    async with LoopbackDiscord() as discord:
        bot = build_bot(settings, connector=discord.connector)
        async with discord.running(bot):
            await discord.commands_registered()
            commands = list(discord.commands)
    assert len(commands) > 10
    page = ROOT / "docs" / "discord.md"
    typed = [each.text for each in code(page)]
    prose = page.read_text(encoding="utf-8")
    for command in commands:
        if command.get("type", 1) != 1:  # in the menu of a message
            assert f"*Apps → {command['name']}*" in prose
            continue
        for name, options in named(command):
            assert any(f"{each} ".startswith(f"/{name} ") for each in typed), name
            for option in options:
                assert any(option in re.findall(r"\w+", each) for each in typed), (name, option)


def named(command: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """A command, or those of a group, with the names of the options."""
    options = command.get("options", [])
    within = [each for each in options if each["type"] in (1, 2)]
    if not within:
        yield command["name"], [each["name"] for each in options]
    for each in within:
        for name, found in named(each):
            yield f"{command['name']} {name}", found


def test_every_module_that_is_run_is_there() -> None:
    found = list(lines("python -m "))
    assert len(found) > 10
    for line in found:
        module = line.text.split()[2].rstrip(".…")
        assert importlib.util.find_spec(module), f"{line}: {line.text}"


def test_every_target_of_make_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    found = list(lines("make "))
    assert found
    for line in found:
        assert line.text.split()[1] in targets, f"{line}: {line.text}"


@pytest.mark.parametrize("document", [ROOT / "docs" / "contributing.md"])
def test_every_target_of_make_is_documented(document: Path) -> None:
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.M)
    typed = {each.text for each in code(document)}
    assert {f"make {target}" for target in targets} - typed == {"make clean"}  # what it says itself
