"""What Discord refuses in application commands and in autocomplete choices."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from ..models import Json
from .book import Problem, RuleBook

COMMANDS: RuleBook[list[Json]] = RuleBook()
CHOICES: RuleBook[list[Json]] = RuleBook()

NAMING = "/interactions/application-commands#application-command-object-application-command-naming"
_NAME = re.compile(r"^[-_'\w]{1,32}$")  # \w holds the letters and digits of every script

Item = tuple[Json, tuple[str | int, ...]]


def _named(commands: Iterable[Json], path: tuple[str | int, ...] = ()) -> Iterator[Item]:
    """Yield each slash command and each option with its path."""
    for number, item in enumerate(commands):
        here = (*path, number)
        yield item, here
        yield from _named(item.get("options") or (), (*here, "options"))


def _slash(commands: Iterable[Json]) -> list[Json]:
    return [command for command in commands if (command.get("type") or 1) == 1]


@COMMANDS.rule("command-name", NAMING)
def command_name(commands: list[Json]) -> Iterator[Problem]:
    for item, path in _named(_slash(commands)):
        name = item.get("name") or ""
        if not _NAME.match(name) or name != name.lower():
            yield Problem(
                (*path, "name"),
                "APPLICATION_COMMAND_INVALID_NAME",
                f"Command name is invalid ({name!r}): 1-32 lower case letters, digits, - and _.",
            )


@COMMANDS.rule("command-unique", "/interactions/application-commands#registering-a-command")
def command_unique(commands: list[Json]) -> Iterator[Problem]:
    counts = Counter((command.get("type") or 1, command.get("name")) for command in commands)
    for (_, name), count in counts.items():
        if count > 1:
            yield Problem(
                (),
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                f"Application command names must be unique ({name!r}).",
            )


@COMMANDS.rule("command-count", "/interactions/application-commands#registering-a-command")
def command_count(commands: list[Json]) -> Iterator[Problem]:
    counts = Counter(command.get("type") or 1 for command in commands)
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        if counts[kind] > most:
            yield Problem((), "BASE_TYPE_MAX_LENGTH", f"At most {most} commands of type {kind}.")


@COMMANDS.rule("command-description", "/interactions/application-commands (description)")
def command_description(commands: list[Json]) -> Iterator[Problem]:
    for item, path in _named(_slash(commands)):
        if not 1 <= len(item.get("description") or "") <= 100:
            yield Problem(
                (*path, "description"),
                "BASE_TYPE_BAD_LENGTH",
                "Must be between 1 and 100 in length.",
            )
    for number, command in enumerate(commands):
        if (command.get("type") or 1) != 1 and (
            command.get("description") or command.get("options")
        ):
            yield Problem(
                (number,),
                "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION",
                "A context menu command has no description and no options.",
            )


@COMMANDS.rule("option-order", "/interactions/application-commands (required options first)")
def option_order(commands: list[Json]) -> Iterator[Problem]:
    for item, path in _named(_slash(commands)):
        optional_seen = False
        for number, option in enumerate(item.get("options") or ()):
            if option.get("required") and optional_seen:
                yield Problem(
                    (*path, "options", number),
                    "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                    "Required options must be placed before non-required options.",
                )
            optional_seen = optional_seen or not option.get("required")


@COMMANDS.rule("option-names", "/interactions/application-commands (unique option names)")
def option_names(commands: list[Json]) -> Iterator[Problem]:
    for item, path in _named(_slash(commands)):
        names = Counter(option.get("name") for option in item.get("options") or ())
        for name, count in names.items():
            if count > 1:
                yield Problem(
                    (*path, "options"),
                    "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                    f"Option name already exists ({name!r}).",
                )


@COMMANDS.rule("option-choices", "/interactions/application-commands (autocomplete, choices)")
def option_choices(commands: list[Json]) -> Iterator[Problem]:
    for item, path in _named(_slash(commands)):
        choices = item.get("choices") or ()
        if choices and item.get("autocomplete"):
            yield Problem(
                path,
                "APPLICATION_COMMAND_OPTIONS_CHOICES_WITH_AUTOCOMPLETE",
                "An option cannot have both autocomplete and choices.",
            )
        for number, choice in enumerate(choices):
            yield from _choice_problems(choice, (*path, "choices", number))


@COMMANDS.rule("command-size", "/interactions/application-commands (8000 characters a command)")
def command_size(commands: list[Json]) -> Iterator[Problem]:
    for number, command in enumerate(_slash(commands)):
        total = 0
        for item, _ in _named([command]):
            total += len(item.get("name") or "") + len(item.get("description") or "")
            for choice in item.get("choices") or ():
                total += len(choice.get("name") or "") + len(str(choice.get("value", "")))
        if total > 8000:
            yield Problem(
                (number,),
                "APPLICATION_COMMAND_TOO_LARGE",
                f"Command exceeds maximum size (8000), it has {total}.",
            )


@CHOICES.rule("choice-value", "/interactions/application-commands#option-choice (100 characters)")
def choice_value(choices: list[Json]) -> Iterator[Problem]:
    for number, choice in enumerate(choices):
        yield from _choice_problems(choice, ("choices", number))


def _choice_problems(choice: Json, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if not 1 <= len(choice.get("name") or "") <= 100:
        yield Problem(
            (*path, "name"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length."
        )
    value = choice.get("value")
    if isinstance(value, str) and not 1 <= len(value) <= 100:
        yield Problem(
            (*path, "value"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length."
        )
