"""What serves a request, as text for a terminal."""

from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from bot.cli.hints import with_data
from bot.cli.layout import Wrapped
from bot.cli.views import ReleaseListView, hint
from bot.phrases import span_line
from bot.request_phrases import request_line, understood_line
from retrieval.query.requests import RequestKind
from retrieval.request_answers import NEWEST, RequestAnswer

_MAX_LISTED = 20  # releases


def request_view(found: RequestAnswer, data: Path | None) -> RenderableType:
    """What serves a request: a line, or the releases that it asks for.

    ``data`` is the folder that was given with ``--data``, which a command repeats.
    """
    understood = understood_line(found)
    note = [Wrapped(Text(f"({understood})\n", style="dim"))] if understood else []
    if not found.releases:
        return Group(*note, Wrapped(Text(request_line(found))))
    listed = found.request.kind is RequestKind.LIST
    shown = found.releases[: _MAX_LISTED if listed else NEWEST]
    over_time = [Wrapped(Text(_over_time(found), style="dim"))] if listed and len(shown) > 1 else []
    head = Wrapped(Text(request_line(found), style="bold"))
    blank = Text()
    return Group(
        *note, head, *over_time, blank, ReleaseListView(shown), blank, hint(_further(found, data))
    )


def _over_time(found: RequestAnswer) -> str:
    """How many releases there were when: "2019 3, 2020 5"."""
    bins = found.timeline.bins if found.timeline else ()
    return ", ".join(f"{span_line(bin.first, bin.last)}: {bin.count}" for bin in bins if bin.count)


def _further(found: RequestAnswer, data: Path | None) -> str:
    """How to see more."""
    if found.request.kind is RequestKind.NEWEST:
        return f"More: {with_data('verbatim releases', data)}"
    if found.request.kind is RequestKind.COUNT and len(found.releases) > NEWEST:
        return "These are the newest. For the list, ask for: everything on " + found.topic
    if len(found.releases) > _MAX_LISTED:
        return "These are the newest. --since, --until and --newsroom narrow them; --json has all."
    return f"One of them in full: {with_data('verbatim release ID', data)}"
