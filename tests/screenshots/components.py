"""A message's components as HTML, of both kinds: rows of classic ones, and Components v2.

Numbers are Discord's component types:
https://discord.com/developers/docs/components/reference#component-object-component-types
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from tests.loopback import Attachment

from .icons import icon
from .markdown import Names, markdown_html
from .media import attached, file_html, picture_html

Json = dict[str, Any]

_STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link"}
_SELECTS = {
    3: "Make a selection",
    5: "Select a user",
    6: "Select a role",
    7: "Select a user or role",
    8: "Select a channel",
}


class UnknownComponent(LookupError):
    """A component that this page does not draw: a picture without it would mislead."""

    def __init__(self, component: Json) -> None:
        super().__init__(f"components of type {component.get('type')} cannot be drawn yet")
        self.component = component


@dataclass(frozen=True)
class Layout:
    """What components refer to besides themselves."""

    names: Names
    attachments: Sequence[Attachment] = ()


def components_html(components: Sequence[Json], layout: Layout) -> str:
    """All of them, one below the other. Raises `UnknownComponent`."""
    return "".join(_component(each, layout) for each in components)


def select_html(component: Json, names: Names) -> str:
    """A closed select: its default options, or else its placeholder."""
    chosen = [option["label"] for option in component.get("options", ()) if option.get("default")]
    for value in component.get("default_values") or ():
        known = {"user": names.users, "role": names.roles, "channel": names.channels}
        sign = "#" if value["type"] == "channel" else "@"
        chosen.append(sign + known[value["type"]].get(int(value["id"]), "unknown"))
    placeholder = component.get("placeholder") or _SELECTS[component["type"]]
    text = escape(", ".join(chosen) or placeholder)
    state = " chosen" if chosen else ""
    off = " disabled" if component.get("disabled") else ""
    return f'<div class="select{state}{off}"><span>{text}</span>{icon("chevron")}</div>'


def _component(component: Json, layout: Layout) -> str:
    kind = component["type"]
    if kind in _SELECTS:
        return select_html(component, layout.names)
    draw = {
        1: _row,
        2: _button,
        9: _section,
        10: _text,
        11: _thumbnail,
        12: _gallery,
        13: _file,
        14: _separator,
        17: _container,
    }.get(kind)
    if draw is None:
        raise UnknownComponent(component)
    return draw(component, layout)


def _row(component: Json, layout: Layout) -> str:
    return f'<div class="row">{components_html(component["components"], layout)}</div>'


def _button(component: Json, layout: Layout) -> str:
    style = _STYLES[component["style"]]
    off = " disabled" if component.get("disabled") else ""
    emoji = component.get("emoji") or {}
    face = f'<span class="emoji">{escape(emoji["name"])}</span>' if emoji.get("name") else ""
    label = component.get("label")
    text = f"<span>{escape(label)}</span>" if label else ""
    arrow = icon("external") if style == "link" else ""
    return f'<div class="button {style}{off}">{face}{text}{arrow}</div>'


def _section(component: Json, layout: Layout) -> str:
    texts = components_html(component["components"], layout)
    accessory = _component(component["accessory"], layout)
    return (
        f'<div class="section"><div class="texts">{texts}</div>'
        f'<div class="accessory">{accessory}</div></div>'
    )


def _text(component: Json, layout: Layout) -> str:
    return f'<div class="text">{markdown_html(component["content"], layout.names)}</div>'


def _thumbnail(component: Json, layout: Layout) -> str:
    picture = picture_html(
        component["media"]["url"], layout.attachments, component.get("description")
    )
    return f'<div class="thumbnail{_veil(component)}">{picture}</div>'


def _gallery(component: Json, layout: Layout) -> str:
    items = component["items"]
    pictures = "".join(
        f'<div class="item{_veil(item)}">'
        f"{picture_html(item['media']['url'], layout.attachments, item.get('description'))}</div>"
        for item in items
    )
    return f'<div class="gallery of-{min(len(items), 4)}">{pictures}</div>'


def _file(component: Json, layout: Layout) -> str:
    attachment = attached(component["file"]["url"], layout.attachments)
    if attachment is None:
        raise LookupError(f"a file is always an attachment, not {component['file']['url']!r}")
    return file_html(attachment)


def _separator(component: Json, layout: Layout) -> str:
    line = "line" if component.get("divider", True) else "gap"
    size = "large" if component.get("spacing", 1) == 2 else "small"
    return f'<div class="separator {line} {size}"></div>'


def _container(component: Json, layout: Layout) -> str:
    colour = component.get("accent_color")
    accent = "" if colour is None else f' style="--accent: #{colour:06x}"'
    bar = " accented" if accent else ""
    inner = components_html(component["components"], layout)
    return f'<div class="container{bar}{_veil(component)}"{accent}>{inner}</div>'


def _veil(component: Json) -> str:
    return " veiled" if component.get("spoiler") else ""
