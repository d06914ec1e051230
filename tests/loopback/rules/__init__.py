"""What Discord refuses although its API description does not say so."""

from __future__ import annotations

from typing import Any

from .book import Denied, Problem, Refused, RuleBook
from .commands import CHOICES, COMMANDS
from .mentions import pings
from .messages import ATTACHMENT, DEFERS, MESSAGES, Draft
from .modals import MODALS
from .state import STATE_RULES

__all__ = [
    "ATTACHMENT",
    "CHOICES",
    "COMMANDS",
    "DEFERS",
    "MESSAGES",
    "MODALS",
    "STATE_RULES",
    "Denied",
    "Draft",
    "Problem",
    "Refused",
    "RuleBook",
    "all_rules",
    "pings",
]


def all_rules() -> dict[str, str]:
    """Return the source of every rule, by the rule's name."""
    books: list[RuleBook[Any]] = [MESSAGES, DEFERS, CHOICES, MODALS, COMMANDS]
    listed = {rule.name: rule.source for book in books for rule in book.rules}
    return {**STATE_RULES, **listed}
