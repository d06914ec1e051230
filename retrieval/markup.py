"""A chat message as plain text: without mentions, emoji, addresses and marks."""

import re

_LINK = re.compile(r"\[([^][\n]*)\]\(<?https?://[^\s)]*\)")  # the words stay, the address goes
_MARKUP = re.compile(
    r"<(?:@[!&]?|#)\d+>"  # whom and where it mentions
    r"|<a?:\w+:\d+>|<t:-?\d+(?::\w)?>|</[^<>:]+:\d+>"  # emoji, times, commands
    r"|<?https?://[^\s<>]+>?"
    r"|^(?:[ \t]*(?:>>>|>|-?#{1,3})[ \t]+)+"  # quotations and headings
    r"|\*+|~~|\|\||`+|\b__|__\b",  # emphasis
    re.MULTILINE | re.IGNORECASE,
)


def plain(message: str) -> str:
    """The words of a message, line by line, as they would be read aloud."""
    lines = _MARKUP.sub(" ", _LINK.sub(r"\1", message)).splitlines()
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
