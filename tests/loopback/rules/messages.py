"""What Discord refuses in a message, or in a deferred response."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..models import (
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
from .book import Problem, RuleBook
from .state import STATE_RULES

V2_TYPES = frozenset({9, 10, 11, 12, 13, 14, 17})
ATTACHMENT = "attachment://"
LINK_STYLE, PREMIUM_STYLE = 5, 6
_BUTTON_NEEDS: dict[Any, str] = {LINK_STYLE: "url", PREMIUM_STYLE: "sku_id"}


@dataclass(frozen=True)
class Draft:
    """A message as it would be after a request: its body merged into the message before it."""

    body: Json
    """The message body of the request itself."""
    content: str
    embeds: list[Json]
    components: list[Json]
    attachments: tuple[str, ...]
    """The names of the attached files."""
    flags: int
    flags_before: int = 0

    @property
    def is_v2(self) -> bool:
        """Whether the message has the components v2 flag."""
        return bool(self.flags & COMPONENTS_V2)


MESSAGES: RuleBook[Draft] = RuleBook()
DEFERS: RuleBook[Json] = RuleBook()


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
        urls = [
            (("url",), embed.get("url"), False),
            (("author", "url"), (embed.get("author") or {}).get("url"), False),
            (("author", "icon_url"), (embed.get("author") or {}).get("icon_url"), True),
            (("footer", "icon_url"), (embed.get("footer") or {}).get("icon_url"), True),
            (("image", "url"), (embed.get("image") or {}).get("url"), True),
            (("thumbnail", "url"), (embed.get("thumbnail") or {}).get("url"), True),
        ]
        for path, url, is_picture in urls:
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
    """Yield the faults of the selects in a message or modal."""
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
