"""What Discord refuses although its API description does not say so.

A rule is a function that yields the `Problem`s it finds; its decorator gives it a name and a
source. A source that begins with ``/`` is a page of https://docs.discord.com/developers; other
sources are named in full. Rules about the state of an interaction or a channel cannot be judged
from a body alone: they are listed in `STATE_RULES` and raised as `Refused` where the state is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from .records import (
    ACTION_ROW,
    BUTTON,
    COMPONENTS_V2,
    EPHEMERAL,
    FILE,
    SELECTS,
    STRING_SELECT,
    TEXT_DISPLAY,
    Json,
    walk_components,
)

Subject = TypeVar("Subject")

V2_TYPES = frozenset({9, 10, 11, 12, 13, 14, 17})
ATTACHMENT = "attachment://"
LINK_STYLE, PREMIUM_STYLE = 5, 6
_BUTTON_NEEDS: dict[Any, str] = {LINK_STYLE: "url", PREMIUM_STYLE: "sku_id"}


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a body: where it is, and Discord's code and words for it."""

    path: tuple[str | int, ...]
    code: str
    message: str


@dataclass(frozen=True)
class Rule(Generic[Subject]):
    name: str
    source: str
    find: Callable[[Subject], Iterable[Problem]]
    error_code: int


class Refused(Exception):
    """A request that Discord answers with an error: status, Discord's code, and the rule."""

    def __init__(
        self,
        rule: str,
        status: int,
        code: int,
        message: str,
        *,
        problems: Iterable[Problem] = (),
        source: str = "",
    ) -> None:
        self.rule = rule
        self.status = status
        self.code = code
        self.message = message
        self.problems = tuple(problems)
        self.source = source or STATE_RULES.get(rule, "")
        super().__init__(self.detail)

    @property
    def detail(self) -> str:
        where = [
            f"{'.'.join(map(str, problem.path)) or 'body'}: {problem.message}"
            for problem in self.problems
        ]
        return "; ".join(where) or self.message

    def body(self) -> Json:
        """The error as Discord writes it (/topics/opcodes-and-status-codes#json)."""
        body: Json = {"code": self.code, "message": self.message}
        if self.problems and self.code == 50035:
            errors: Json = {}
            for problem in self.problems:
                place = errors
                for step in problem.path:
                    place = place.setdefault(str(step), {})
                place.setdefault("_errors", []).append(
                    {"code": problem.code, "message": problem.message}
                )
            body["errors"] = errors
        return body


class Denied(Refused):
    """Refused for what the bot learns only by it: an error to handle, and no violation."""


STATE_RULES: dict[str, str] = {
    "ack-deadline": "/interactions/receiving-and-responding#interaction-callback (3 seconds)",
    "ack-once": "/topics/opcodes-and-status-codes#json (40060)",
    "ack-first": "/interactions/receiving-and-responding#followup-messages",
    "followup-limit": "/interactions/receiving-and-responding#create-followup-message (5)",
    "token-lifetime": "/interactions/receiving-and-responding#followup-messages (15 minutes)",
    "callback-type": "/interactions/receiving-and-responding#interaction-response-object",
    "empty-message": "/topics/opcodes-and-status-codes#json (50006)",
    "unknown-reference": "/resources/message#message-reference-structure",
    "unknown-message": "/topics/opcodes-and-status-codes#json (10008)",
    "unknown-channel": "/topics/opcodes-and-status-codes#json (10003)",
    "unknown-user": "/topics/opcodes-and-status-codes#json (10013)",
    "unknown-command": "/topics/opcodes-and-status-codes#json (10063)",
    "unknown-guild": "/topics/opcodes-and-status-codes#json (10004)",
    "unknown-application": "/topics/opcodes-and-status-codes#json (10002)",
    "no-access": "/topics/opcodes-and-status-codes#json (50001, 50007, 50013)",
    "channel-kind": "/topics/opcodes-and-status-codes#json (50024)",
    "thread-once": "/topics/opcodes-and-status-codes#json (160004)",
    "crosspost-once": "/topics/opcodes-and-status-codes#json (40033)",
    "foreign-message": "/topics/opcodes-and-status-codes#json (50005)",
    "unknown-route": "the loopback does not know this route",
    "unknown-interaction": "/topics/opcodes-and-status-codes#json (10062)",
    "unreadable-body": "/topics/opcodes-and-status-codes#json (50109)",
    "unknown-upload": "/reference#uploading-files",
    "global-rate": "/topics/rate-limits#global-rate-limit (50 requests a second)",
    "command-creates": "/interactions/application-commands#registering-a-command (200 a day)",
    "gateway-rate": "/events/gateway#rate-limiting (120 events in 60 seconds)",
    "heartbeat": "/events/gateway#sending-heartbeats",
    "gateway-op": "/topics/opcodes-and-status-codes#gateway",
    "schema": "Discord's API description (github.com/discord/discord-api-spec)",
    "loopback-answer": "the loopback's own answer, by Discord's API description",
}


class RuleBook(Generic[Subject]):
    """The rules about one kind of body, and how often each has been asked."""

    def __init__(self) -> None:
        self.rules: list[Rule[Subject]] = []

    def rule(
        self, name: str, source: str, error_code: int = 50035
    ) -> Callable[[Callable[[Subject], Iterable[Problem]]], Callable[[Subject], Iterable[Problem]]]:
        def add(
            find: Callable[[Subject], Iterable[Problem]],
        ) -> Callable[[Subject], Iterable[Problem]]:
            self.rules.append(Rule(name, source, find, error_code))
            return find

        return add

    def check(self, subject: Subject, counts: Counter[str], prefix: tuple[str, ...] = ()) -> None:
        """Raise `Refused` for the first rule that finds problems. ``prefix`` leads their paths."""
        for rule in self.rules:
            counts[rule.name] += 1
            problems = [
                Problem((*prefix, *problem.path), problem.code, problem.message)
                for problem in rule.find(subject)
            ]
            if problems:
                shown = "Invalid Form Body" if rule.error_code == 50035 else problems[0].message
                raise Refused(
                    rule.name,
                    400,
                    rule.error_code,
                    shown,
                    problems=problems,
                    source=rule.source,
                )


@dataclass(frozen=True)
class Draft:
    """A message as it would be after the request: what it says, over what there was."""

    body: Json
    """The request's own message body."""
    content: str
    embeds: list[Json]
    components: list[Json]
    attachments: tuple[str, ...]
    """The names of the files on it."""
    flags: int
    flags_before: int = 0

    @property
    def is_v2(self) -> bool:
        return bool(self.flags & COMPONENTS_V2)


MESSAGES: RuleBook[Draft] = RuleBook()
COMMANDS: RuleBook[list[Json]] = RuleBook()
CHOICES: RuleBook[list[Json]] = RuleBook()
DEFERS: RuleBook[Json] = RuleBook()
MODALS: RuleBook[Json] = RuleBook()  # its rules are in modals.py


# -- messages ---------------------------------------------------------------------------------


@MESSAGES.rule("content-length", "/resources/message#create-message (content)")
def content_length(draft: Draft) -> Iterator[Problem]:
    if len(draft.content) > 2000:
        yield Problem(("content",), "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.")


@MESSAGES.rule("embeds-total", "/resources/message#embed-object-embed-limits")
def embeds_total(draft: Draft) -> Iterator[Problem]:
    texts: list[str | None] = []
    for embed in draft.embeds:
        texts += [embed.get("title"), embed.get("description")]
        texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
        for each in embed.get("fields") or ():
            texts += [each.get("name"), each.get("value")]
    total = sum(len((text or "").strip()) for text in texts)  # Discord trims before it counts
    if total > 6000:
        yield Problem(
            ("embeds",),
            "MAX_EMBED_SIZE_EXCEEDED",
            f"Embed size exceeds maximum size of 6000 (it is {total})",
        )


@MESSAGES.rule("embed-urls", "/resources/message#embed-object (url: http or https only)")
def embed_urls(draft: Draft) -> Iterator[Problem]:
    for number, embed in enumerate(draft.embeds):
        places = [
            (("url",), embed.get("url"), False),
            (("author", "url"), (embed.get("author") or {}).get("url"), False),
            (("author", "icon_url"), (embed.get("author") or {}).get("icon_url"), True),
            (("footer", "icon_url"), (embed.get("footer") or {}).get("icon_url"), True),
            (("image", "url"), (embed.get("image") or {}).get("url"), True),
            (("thumbnail", "url"), (embed.get("thumbnail") or {}).get("url"), True),
        ]
        for path, url, is_picture in places:
            allowed = ("http", "https", "attachment") if is_picture else ("http", "https")
            if url and urlsplit(url).scheme not in allowed:
                yield Problem(
                    ("embeds", number, *path),
                    "URL_TYPE_INVALID_SCHEME",
                    f'Scheme "{urlsplit(url).scheme}" must be one of {allowed}.',
                )
            elif url and not urlsplit(url).netloc:
                yield Problem(
                    ("embeds", number, *path), "URL_TYPE_INVALID_URL", "Not a well formed URL."
                )


@MESSAGES.rule("components-rows", "/components/reference#legacy-message-component-behavior")
def components_rows(draft: Draft) -> Iterator[Problem]:
    if not draft.is_v2 and len(draft.components) > 5:
        yield Problem(("components",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")


@MESSAGES.rule("components-count", "/components/reference (40 components in all)")
def components_count(draft: Draft) -> Iterator[Problem]:
    total = sum(1 for _ in walk_components(draft.components))
    if draft.is_v2 and total > 40:
        yield Problem(
            ("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"{total} of at most 40."
        )


@MESSAGES.rule("components-text", "discord.py ui.LayoutView (4000 characters of text in all)")
def components_text(draft: Draft) -> Iterator[Problem]:
    total = sum(
        len(item.get("content") or "")
        for item in walk_components(draft.components)
        if item.get("type") == TEXT_DISPLAY
    )
    if total > 4000:
        yield Problem(
            ("components",),
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"Total displayable text size exceeds 4000 (it is {total}).",
        )


@MESSAGES.rule("text-display-blank", "/components/reference#text-display (content)")
def text_display_blank(draft: Draft) -> Iterator[Problem]:
    for item in walk_components(draft.components):
        if item.get("type") == TEXT_DISPLAY and not (item.get("content") or "").strip():
            yield Problem(("components",), "BASE_TYPE_REQUIRED", "This field is required")


@MESSAGES.rule("media-urls", "/components/reference#unfurled-media-item-structure")
def media_urls(draft: Draft) -> Iterator[Problem]:
    if "components" not in draft.body:
        return
    for item in walk_components(draft.components):
        media = [each.get("media") for each in (item, *(item.get("items") or ()))]
        for url in [each.get("url") or "" for each in media if each]:
            if urlsplit(url).scheme not in ("http", "https", "attachment"):
                yield Problem(
                    ("components",), "URL_TYPE_INVALID_SCHEME", f"No address of media: {url!r}."
                )
            yield from _unknown_attachment(url, draft)
        if item.get("type") == FILE:
            url = item["file"].get("url") or ""
            if not url.startswith(ATTACHMENT):
                yield Problem(
                    ("components",), "URL_TYPE_INVALID_SCHEME", f"Not an attachment: {url!r}."
                )
            yield from _unknown_attachment(url, draft)


def _unknown_attachment(url: str, draft: Draft) -> Iterator[Problem]:
    if url.startswith(ATTACHMENT) and url.removeprefix(ATTACHMENT) not in draft.attachments:
        yield Problem(
            ("components",),
            "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
            f"The referenced attachment {url!r} was not found.",
        )


@MESSAGES.rule("components-v2-flag", "/components/reference (message flag 1 << 15)")
def components_v2_flag(draft: Draft) -> Iterator[Problem]:
    if draft.is_v2:
        return
    for number, item in enumerate(draft.components):
        if item.get("type") in V2_TYPES:
            yield Problem(
                ("components", number),
                "UNION_TYPE_CHOICES",
                'Value of field "type" must be one of (1,) without IS_COMPONENTS_V2.',
            )


@MESSAGES.rule("components-v2-alone", "/components/reference (no content, no embeds)")
def components_v2_alone(draft: Draft) -> Iterator[Problem]:
    if not draft.is_v2:
        return
    legacy = {
        "content": draft.content,
        "embeds": draft.embeds,
        "poll": draft.body.get("poll"),
        "sticker_ids": draft.body.get("sticker_ids"),
    }
    for key, value in legacy.items():
        if value:
            yield Problem(
                (key,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )


@MESSAGES.rule("components-v2-kept", "/components/using-message-components (it cannot be removed)")
def components_v2_kept(draft: Draft) -> Iterator[Problem]:
    was_v2 = draft.flags_before & COMPONENTS_V2
    asked = draft.body.get("flags")
    if was_v2 and asked is not None and not asked & COMPONENTS_V2:
        yield Problem(
            ("flags",),
            "MESSAGE_COMPONENTS_V2_FLAG_REMOVED",
            "IS_COMPONENTS_V2 cannot be removed from a message.",
        )


@MESSAGES.rule("custom-id-unique", "/components/reference#anatomy-of-a-component-custom-id")
def custom_id_unique(draft: Draft) -> Iterator[Problem]:
    counts = Counter(
        item["custom_id"] for item in walk_components(draft.components) if item.get("custom_id")
    )
    for custom_id, count in counts.items():
        if count > 1:
            yield Problem(
                ("components",),
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                f"Component custom id cannot be duplicated ({custom_id!r}).",
            )


@MESSAGES.rule("component-id-unique", "/components/reference#anatomy-of-a-component (id)")
def component_id_unique(draft: Draft) -> Iterator[Problem]:
    counts = Counter(item["id"] for item in walk_components(draft.components) if item.get("id"))
    for id_, count in counts.items():
        if count > 1:
            yield Problem(
                ("components",), "COMPONENT_ID_DUPLICATED", f"The id {id_} is there {count} times."
            )


@MESSAGES.rule("button-fields", "/components/reference#button (link, premium and other styles)")
def button_fields(draft: Draft) -> Iterator[Problem]:
    for item in walk_components(draft.components):
        if item.get("type") != BUTTON:
            continue
        style, path = item.get("style"), ("components",)
        has = {key for key in ("url", "custom_id", "sku_id") if item.get(key)}
        wanted = _BUTTON_NEEDS.get(style, "custom_id")
        if has != {wanted}:
            yield Problem(
                path,
                "BUTTON_COMPONENT_INVALID_FIELDS",
                f"A button of style {style} needs {wanted} and no other of url, custom_id, "
                f"sku_id (it has {sorted(has) or 'none'}).",
            )
        url = item.get("url")
        if url and urlsplit(url).scheme not in ("http", "https", "discord"):
            yield Problem(
                path,
                "URL_TYPE_INVALID_SCHEME",
                f"Scheme \"{urlsplit(url).scheme}\" must be one of ('http', 'https', 'discord').",
            )
        if style != PREMIUM_STYLE and not item.get("label") and not item.get("emoji"):
            yield Problem(
                path, "BUTTON_COMPONENT_LABEL_REQUIRED", "A label or an emoji is required."
            )


@MESSAGES.rule("select-alone", "/components/reference#action-row (five buttons or one select)")
def select_alone(draft: Draft) -> Iterator[Problem]:
    for item in walk_components(draft.components):
        inside = item.get("components") or ()
        has_select = any(each.get("type") in SELECTS for each in inside)
        if item.get("type") == ACTION_ROW and len(inside) > 1 and has_select:
            yield Problem(
                ("components",),
                "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                "A select must be alone in its row.",
            )


@MESSAGES.rule("select-values", "/components/reference#string-select (options, values)")
def select_values(draft: Draft) -> Iterator[Problem]:
    yield from select_problems(draft.components)


def select_problems(components: list[Json]) -> Iterator[Problem]:
    """What is wrong with the selects of a message or a modal."""
    for item in walk_components(components):
        if item.get("type") not in SELECTS:
            continue
        least, most = item.get("min_values", 1), item.get("max_values", 1)
        if least > most:
            yield Problem(("components",), "NUMBER_TYPE_MAX", "min_values exceeds max_values.")
        chosen = item.get("default_values")
        if chosen and not least <= len(chosen) <= most:
            text = "The default values are too many or too few."
            yield Problem(("components",), "BASE_TYPE_BAD_LENGTH", text)
        if item["type"] != STRING_SELECT:
            continue
        options = item.get("options") or []
        if most > len(options):
            yield Problem(
                ("components",), "NUMBER_TYPE_MAX", "max_values exceeds the number of options."
            )
        values = [option.get("value") for option in options]
        if len(values) != len(set(values)):
            yield Problem(
                ("components",),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used.",
            )


@MESSAGES.rule("allowed-mentions", "/resources/message#allowed-mentions-object")
def allowed_mentions(draft: Draft) -> Iterator[Problem]:
    mentions = draft.body.get("allowed_mentions") or {}
    parse = mentions.get("parse") or ()
    for kind in ("users", "roles"):
        if kind in parse and mentions.get(kind):
            yield Problem(
                ("allowed_mentions",),
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )


@MESSAGES.rule("empty-message", STATE_RULES["empty-message"], error_code=50006)
def empty_message(draft: Draft) -> Iterator[Problem]:
    parts = (draft.content.strip(), draft.embeds, draft.components, draft.attachments)
    if not any(parts) and not draft.body.get("poll") and not draft.body.get("sticker_ids"):
        yield Problem((), "", "Cannot send an empty message")


@DEFERS.rule(
    "defer-flags", "/interactions/receiving-and-responding#interaction-response-object (EPHEMERAL)"
)
def defer_flags(data: Json) -> Iterator[Problem]:
    if (data.get("flags") or 0) & ~EPHEMERAL:
        yield Problem(("flags",), "BITFIELD_INVALID", "A defer may set EPHEMERAL only.")


# -- autocomplete -----------------------------------------------------------------------------


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


# -- application commands ---------------------------------------------------------------------

NAMING = "/interactions/application-commands#application-command-object-application-command-naming"
_NAME = re.compile(r"^[-_'\w]{1,32}$")  # \w holds the letters and digits of every script


Item = tuple[Json, tuple[str | int, ...]]


def _named(commands: Iterable[Json], path: tuple[str | int, ...] = ()) -> Iterator[Item]:
    """Each slash command and option with its path."""
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


# -- who is notified --------------------------------------------------------------------------

_MENTIONS = {
    "everyone": re.compile(r"@(?:everyone|here)"),
    "roles": re.compile(r"<@&(\d+)>"),
    "users": re.compile(r"<@!?(\d+)>"),
}


def pings(text: str, mentions: Any) -> tuple[str, ...]:
    """The mentions in ``text`` that notify somebody (/resources/message#allowed-mentions-object).

    Without ``allowed_mentions`` everything is parsed; ``{}`` or an empty ``parse`` notifies nobody.
    """
    found: list[str] = []
    for kind, pattern in _MENTIONS.items():
        for match in pattern.finditer(text):
            if mentions is None or kind in (mentions.get("parse") or ()):
                found.append(match[0])
            elif kind != "everyone":
                named = {str(one) for one in mentions.get(kind) or ()}
                if match[1] in named:
                    found.append(match[0])
    return tuple(found)


def all_rules() -> dict[str, str]:
    """Every rule's name with its source."""
    books: list[RuleBook[Any]] = [MESSAGES, DEFERS, CHOICES, MODALS, COMMANDS]
    listed = {rule.name: rule.source for book in books for rule in book.rules}
    return {**STATE_RULES, **listed}
