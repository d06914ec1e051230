"""Components: what Discord fills in, and how it shows them in a message."""

from __future__ import annotations

import mimetypes

from ..models import COMPONENTS_V2, FILE, SELECTS, Attachment, Json, Message, walk_components
from ..rules import ATTACHMENT


def complete_components(components: list[Json]) -> tuple[Json, ...]:
    """Return copies of components with the ids and defaults that Discord fills in."""
    numbered = [_copy(item) for item in components]
    taken = {item["id"] for item in walk_components(numbered) if item.get("id")}
    free = (number for number in range(1, 1000) if number not in taken)
    for item in walk_components(numbered):
        if not item.get("id"):
            item["id"] = next(free)
        if item["type"] in SELECTS:
            item.setdefault("min_values", 1)
            item.setdefault("max_values", 1)
            for each in item.get("default_values") or ():
                each["id"] = str(each["id"])
        if item.get("emoji"):
            # A Unicode emoji has no id (/resources/emoji#emoji-object).
            given = item["emoji"].items()
            item["emoji"] = {key: value for key, value in given if value is not None}
    return tuple(numbered)


def mentionable_text(content: str, components: list[Json], flags: int) -> str:
    """Return the text in which mentions count: the content, or a layout's text displays."""
    if not flags & COMPONENTS_V2:
        return content
    return "\n".join(item.get("content") or "" for item in walk_components(components))


def _copy(item: Json) -> Json:
    copied = dict(item)
    if item.get("default_values"):
        copied["default_values"] = [dict(each) for each in item["default_values"]]
    if isinstance(item.get("components"), list):
        copied["components"] = [_copy(each) for each in item["components"]]
    for key in ("accessory", "component"):
        if isinstance(item.get(key), dict):
            copied[key] = _copy(item[key])
    return copied


def shown_component(message: Message, item: Json) -> Json:
    """Return a component as Discord sends it back, with the URLs of its media."""
    shown = {"description": None, "spoiler": False, **item} if "media" in item else dict(item)
    for key in ("components", "items"):
        if key in item:
            shown[key] = [shown_component(message, each) for each in item[key]]
    if "accessory" in item:
        shown["accessory"] = shown_component(message, item["accessory"])
    for key in ("media", "file"):
        if key in item:
            shown[key] = _unfurled(message, item[key]["url"])
    if item.get("type") == FILE:
        file = _attachment(message, item["file"]["url"])
        shown |= {"name": file and file.filename, "size": file and len(file.data)}
    return shown


def _unfurled(message: Message, url: str) -> Json:
    file = _attachment(message, url)
    if file is None:
        return {"id": str(message.id), "url": url, "proxy_url": url}
    url = attachment_url(message, file)
    return {
        "id": str(file.id),
        "attachment_id": str(file.id),
        "url": url,
        "proxy_url": url,
        "content_type": mimetypes.guess_type(file.filename)[0],
    }


def _attachment(message: Message, url: str) -> Attachment | None:
    name = url.removeprefix(ATTACHMENT) if url.startswith(ATTACHMENT) else None
    return next((each for each in message.attachments if each.filename == name), None)


def attachment_url(message: Message, file: Attachment) -> str:
    """Return the URL at which Discord would serve a file of a message."""
    return f"https://cdn.discordapp.com/attachments/{message.channel_id}/{file.id}/{file.filename}"
