"""Discord's own API description (OpenAPI 3.1), against which bodies are checked.

Discord publishes it at https://github.com/discord/discord-api-spec. It is not part of this
package: the environment variable ``DISCORD_OPENAPI`` holds the path of a copy. A description of
only the routes that a bot uses is enough.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from .models import Json
from .rules import Problem, Refused

VARIABLE = "DISCORD_OPENAPI"

# Keys that discord.py 2.7 sends and Discord accepts, although the description lacks them.
UNLISTED_KEYS = {
    "RichEmbed": {"flags": {"type": "integer"}},
    "IncomingWebhookUpdateRequestPartial": {"tts": {"type": "boolean"}},
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": {"tts": {"type": "boolean"}},
    "MessageEditRequestPartial": {"tts": {"type": "boolean"}},
    "CreateForumThreadRequest": {"type": {"type": "integer"}},
    "BaseCreateMessageCreateRequest": {"tts": {"type": "boolean"}},
    "ApplicationCommandUpdateRequest": {"nsfw": {"type": "boolean"}},
    "ApplicationCommandPatchRequestPartial": {"nsfw": {"type": "boolean"}},
}

_MESSAGES = {
    "maxLength": ("BASE_TYPE_MAX_LENGTH", "Must be {} or fewer in length."),
    "minLength": ("BASE_TYPE_MIN_LENGTH", "Must be {} or more in length."),
    "maxItems": ("BASE_TYPE_MAX_LENGTH", "Must be {} or fewer in length."),
    "minItems": ("BASE_TYPE_MIN_LENGTH", "Must be {} or more in length."),
    "maximum": ("NUMBER_TYPE_MAX", "Value should be less than or equal to {}."),
    "minimum": ("NUMBER_TYPE_MIN", "Value should be greater than or equal to {}."),
    "enum": ("BASE_TYPE_CHOICES", "Value must be one of {}."),
    "required": ("BASE_TYPE_REQUIRED", ""),
}


class DescriptionNotFound(FileNotFoundError):
    """The file with the description does not exist."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} does not exist: correct the path in {VARIABLE}, or unset it to check "
            "bodies by rules alone"
        )
        self.path = path


class Description:
    """Discord's API description, ready to check requests and answers.

    Requests are checked more strictly than the description demands: a key that an object does not
    list is a fault, because Discord would silently drop it.
    """

    def __init__(self, document: Json) -> None:
        self._paths: Json = document["paths"]
        answers = copy.deepcopy(document["components"])
        requests = copy.deepcopy(document["components"])
        # discord.py sends ids as integers in some places, and Discord takes both.
        requests["schemas"]["SnowflakeType"] = {
            "anyOf": [requests["schemas"]["SnowflakeType"], {"type": "integer", "minimum": 0}]
        }
        for name, keys in UNLISTED_KEYS.items():
            if name in requests["schemas"]:
                requests["schemas"][name]["properties"].update(keys)
        for schema in requests["schemas"].values():
            if "properties" in schema and "allOf" not in schema:
                schema.setdefault("additionalProperties", False)
        self._requests = {"schemas": requests["schemas"]}
        self._answers = {"schemas": answers["schemas"]}
        self._validators: dict[tuple[str, str, str], Draft202012Validator | None] = {}

    @classmethod
    def load(cls, path: Path) -> Description:
        """Read the description from a file. Raises `DescriptionNotFound`."""
        if not path.is_file():
            raise DescriptionNotFound(path)
        return _load(path)

    @classmethod
    def from_environment(cls) -> Description | None:
        """Read the file that ``DISCORD_OPENAPI`` names; return None if the variable is not set.

        Raises `DescriptionNotFound` if there is no such file.
        """
        named = os.environ.get(VARIABLE)
        return cls.load(Path(named)) if named else None

    def check_request(self, method: str, route: str, body: Any) -> bool:
        """Raise `Refused` (50035) for an invalid body; return whether the route has a schema."""
        validator = self._validator(method, route, "request")
        if validator is None:
            return False
        problems = _problems(validator, body)
        if problems:
            raise Refused("schema", 400, 50035, "Invalid Form Body", problems=problems)
        return True

    def answer_problems(self, method: str, route: str, status: int, body: Any) -> list[Problem]:
        """Return the faults in an answer of the loopback itself."""
        validator = self._validator(method, route, str(status))
        return [] if validator is None else _problems(validator, body)

    def _validator(self, method: str, route: str, part: str) -> Draft202012Validator | None:
        key = (method, route, part)
        if key not in self._validators:
            operation = self._paths.get(route, {}).get(method.lower(), {})
            if part == "request":
                holder, components = operation.get("requestBody", {}), self._requests
            else:
                holder = operation.get("responses", {}).get(part, {})
                components = self._answers
            schema = holder.get("content", {}).get("application/json", {}).get("schema")
            self._validators[key] = (
                Draft202012Validator({**schema, "components": components}) if schema else None
            )
        return self._validators[key]


@cache
def _load(path: Path) -> Description:
    return Description(json.loads(path.read_text(encoding="utf-8")))


def _problems(validator: Draft202012Validator, body: Any) -> list[Problem]:
    return [_problem(error) for outer in validator.iter_errors(body) for error in _readable(outer)]


def _problem(error: ValidationError) -> Problem:
    """Use Discord's code and message if known; cut long messages, which quote the value."""
    code, template = _MESSAGES.get(str(error.validator), ("SCHEMA", ""))
    message = template.format(error.validator_value) if template else error.message
    if len(message) > 300:
        message = f"{message[:150]} … {message[-150:]}"
    return Problem(tuple(error.absolute_path), code, message)


def _readable(error: ValidationError) -> Iterator[ValidationError]:
    """Yield the errors of the union member that was meant: the one whose ``type`` fits."""
    if error.validator not in ("anyOf", "oneOf") or not error.context:
        yield error
        return
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [errors for errors in branches.values() if not any(map(_is_other_type, errors))]
    for inner in min(meant or branches.values(), key=len):
        yield from _readable(inner)


def _is_other_type(error: ValidationError) -> bool:
    """Whether the error only says that another member of the union was meant."""
    path = list(error.relative_path)
    return (not path and error.validator == "type") or (
        path == ["type"] and error.validator in ("enum", "const")
    )
