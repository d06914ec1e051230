"""A Discord on loopback, to test a discord.py client that is not patched.

`LoopbackDiscord` serves enough of Discord's API on a Unix socket. The client gets a connector to
that socket and believes that it talks to discord.com; every request is checked against Discord's
API description and against the rules that the description does not express. README.md says more.
"""

from .description import Description, DescriptionNotFound
from .faults import InjectedFailure
from .interactions import Interaction, NotOffered, UserMessage
from .markdown import Names, markdown_html
from .models import (
    COMPONENTS_V2,
    TEXT_DISPLAY,
    Attachment,
    Button,
    Channel,
    ForumTag,
    Message,
    Request,
    User,
    Violation,
    walk_components,
)
from .report import Report, Totals
from .responses import ConnectionCut
from .rules import Refused, all_rules, pings
from .server import LoopbackDiscord
from .validation import check_message
from .world import Clock

__all__ = [
    "COMPONENTS_V2",
    "TEXT_DISPLAY",
    "Attachment",
    "Button",
    "Channel",
    "Clock",
    "ConnectionCut",
    "Description",
    "DescriptionNotFound",
    "ForumTag",
    "InjectedFailure",
    "Interaction",
    "LoopbackDiscord",
    "Message",
    "Names",
    "NotOffered",
    "Refused",
    "Report",
    "Request",
    "Totals",
    "User",
    "UserMessage",
    "Violation",
    "all_rules",
    "check_message",
    "markdown_html",
    "pings",
    "walk_components",
]
