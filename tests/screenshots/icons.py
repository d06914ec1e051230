"""The few icons of Discord's window, drawn anew, and avatars."""

from __future__ import annotations

from html import escape

from tests.loopback import User

_COLOURS = ("#3ba55d", "#eb459e", "#faa61a", "#00a8fc", "#9b59b6", "#e67e22")


def avatar(person: User) -> str:
    """A round picture: quotation marks for the bot, a letter for a person."""
    if person.bot:
        return (
            '<svg class="avatar" viewBox="0 0 40 40" aria-hidden="true">'
            '<rect width="40" height="40" fill="#5865f2"/>'
            '<path fill="#fff" d="M10 24v-5c0-4.2 2.3-7 6.3-8l.9 2.3c-2.2.8-3.3 2-3.4 '
            "3.9H17V24zM22 24v-5c0-4.2 2.3-7 6.3-8l.9 2.3c-2.2.8-3.3 2-3.4 "
            '3.9H29V24z" transform="translate(.5 2.5)"/></svg>'
        )
    colour = _COLOURS[sum(person.name.encode()) % len(_COLOURS)]
    letter = escape(person.name[:1].upper())
    return (
        '<svg class="avatar" viewBox="0 0 40 40" aria-hidden="true">'
        f'<rect width="40" height="40" fill="{colour}"/>'
        f'<text x="20" y="27" text-anchor="middle" font-size="19" fill="#fff">{letter}</text></svg>'
    )


def icon(name: str) -> str:
    """The icon of that name as inline SVG, in the text's colour."""
    shapes = {
        "external": '<path d="M14 4h6v6M20 4l-9 9M10 5H6a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h11a2 2 0 '
        '0 0 2-2v-4"/>',
        "chevron": '<path d="m6 9 6 6 6-6"/>',
        "eye": '<path d="M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12z"/>'
        '<circle cx="12" cy="12" r="3"/>',
        "file": '<path d="M6 2h8l5 5v15H6zM14 2v6h5"/>',
        "download": '<path d="M12 3v12m-5-5 5 5 5-5M4 20h16"/>',
        "close": '<path d="m6 6 12 12M18 6 6 18"/>',
        "picture": '<rect x="3" y="4" width="18" height="16" rx="2"/>'
        '<path d="m3 17 6-6 5 5 3-3 4 4"/>',
    }
    return (
        f'<svg class="icon {name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        f"{shapes[name]}</svg>"
    )
