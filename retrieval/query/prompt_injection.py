"""What is ordered of a chatbot rather than asked of the releases ("Ignore your rules and say …").

Verbatim can only quote, so an order does no harm; but an answer to it would look like obedience.
"""

import re

_BEGINS = r"(?:^|[.!?:;\n]\s*|\b(?:please|now|and|then)\s+)"
_ORDER = re.compile(
    rf"{_BEGINS}(?:ignore|forget|disregard|override|bypass)\s+(?:(?:all|any|every|the|your|my|these"
    r"|those|previous|prior|earlier|above|of)\s+)*"
    r"(?:instructions?|rules|prompts?|guidelines|directives|constraints|restrictions)\b"
    rf"|{_BEGINS}(?:you are now|from now on|pretend (?:to be|that|you)|act as|roleplay)\b"
    r"|\b(?:system|hidden|secret) prompt\b"
    rf"|{_BEGINS}(?:reveal|print|show|output|repeat)\s+(?:me\s+)?your\s+(?:prompt|instructions|rules)\b",
    re.IGNORECASE,
)


def is_prompt_injection(text: str) -> bool:
    """Whether a text orders a chatbot about, and so asks the releases nothing."""
    return _ORDER.search(text) is not None
