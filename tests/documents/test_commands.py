"""What the documents tell people to type can be typed."""

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot.cli.commands import verbatim
from tests.documents.markdown import DOCUMENTS, ROOT, Code, code

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


@pytest.mark.parametrize("document", [ROOT / "README.md"])
def test_every_target_of_make_is_documented(document: Path) -> None:
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.M)
    typed = {each.text for each in code(document)}
    assert {f"make {target}" for target in targets} - typed == {"make clean"}  # what it says itself
