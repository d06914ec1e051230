"""Detect prompt injection: instructions to a chatbot ("Ignore your rules and say …").

Verbatim can only quote, so such an instruction does no harm; but an answer to it would look like
compliance.
"""

import re

_START = r"(?:^|[.!?:;\n]\s*|\b(?:please|now|and|then)\s+)"
_INSTRUCTION = re.compile(
    rf"{_START}(?:ignore|forget|disregard|override|bypass)\s+(?:(?:all|any|every|the|your|my|these"
    r"|those|previous|prior|earlier|above|of)\s+)*"
    r"(?:instructions?|rules|prompts?|guidelines|directives|constraints|restrictions)\b"
    rf"|{_START}(?:you are now|from now on|pretend (?:to be|that|you)|act as|roleplay)\b"
    r"|\b(?:system|hidden|secret) prompt\b"
    rf"|{_START}(?:reveal|print|show|output|repeat)\s+(?:me\s+)?your\s+(?:prompt|instructions|rules)\b",
    re.IGNORECASE,
)


def is_prompt_injection(text: str) -> bool:
    """Whether ``text`` gives a chatbot instructions instead of asking about the releases."""
    return _INSTRUCTION.search(text) is not None
