"""What stands over the channel: modal dialogs, and the list of an autocomplete."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from tests.loopback import User

from .components import Layout, UnknownComponent, components_html, select_html
from .icons import avatar, icon
from .markdown import Names
from .scene import Modal, Suggestions

Json = dict[str, Any]

_PARAGRAPH = 2


def modal_html(modal: Modal, names: Names, bot: User) -> str:
    """The dialog, with what was typed. Raises `UnknownComponent`."""
    inner = "".join(_part(each, modal.typed, names) for each in modal.data["components"])
    return (
        f'<div class="modal"><div class="head">{avatar(bot)}'
        f"<h2>{escape(modal.data['title'])}</h2>{icon('close')}</div>"
        f'<div class="body">{inner}</div>'
        '<div class="foot"><div class="button secondary">Cancel</div>'
        '<div class="button primary">Submit</div></div></div>'
    )


def _part(component: Json, typed: Mapping[str, str], names: Names) -> str:
    if component["type"] == 1:  # a row with one text input, whose label is its own
        (inner,) = component["components"]
        return _labelled(inner.get("label") or "", None, inner, typed, names)
    if component["type"] == 18:
        inner = component["component"]
        return _labelled(component["label"], component.get("description"), inner, typed, names)
    if component["type"] == 10:
        return components_html([component], Layout(names))
    raise UnknownComponent(component)


def _labelled(
    label: str, description: str | None, inner: Json, typed: Mapping[str, str], names: Names
) -> str:
    star = '<span class="star">*</span>' if inner.get("required", True) else ""
    about = f'<div class="about">{escape(description)}</div>' if description else ""
    return (
        f'<div class="labelled"><div class="label">{escape(label)}{star}</div>'
        f"{about}{_input(inner, typed, names)}</div>"
    )


def _input(component: Json, typed: Mapping[str, str], names: Names) -> str:
    if component["type"] != 4:
        if component["type"] not in (3, 5, 6, 7, 8):
            raise UnknownComponent(component)
        return select_html(component, names)
    size = "paragraph" if component.get("style") == _PARAGRAPH else "short"
    text = typed.get(component.get("custom_id", "")) or component.get("value")
    if text:
        return f'<div class="input {size}">{escape(text)}</div>'
    return f'<div class="input {size} empty">{escape(component.get("placeholder") or "")}</div>'


def suggestions_html(shown: Suggestions, bot: User) -> str:
    """The choices, above the message box with the command as far as it is typed."""
    rows = "".join(
        f'<div class="choice{" chosen" if number == shown.chosen else ""}">'
        f"{escape(choice['name'])}</div>"
        for number, choice in enumerate(shown.choices)
    )
    if not rows:
        rows = '<div class="choice none">No options match your search.</div>'
    filled = "".join(_option(name, text) for name, text in shown.filled)
    current = _option(shown.option, shown.typed, current=True)
    return (
        f'<div class="suggestions"><div class="panel"><div class="head">'
        f"Options for <b>{escape(shown.option)}</b></div>{rows}</div>"
        f'<div class="typing">{avatar(bot)}<span class="command">/{escape(shown.command)}</span>'
        f"{filled}{current}</div></div>"
    )


def _option(name: str, text: str, *, current: bool = False) -> str:
    caret = '<span class="caret"></span>' if current else ""
    mark = " current" if current else ""
    return (
        f'<span class="option{mark}"><span class="name">{escape(name)}</span>'
        f'<span class="value">{escape(text)}{caret}</span></span>'
    )
