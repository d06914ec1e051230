"""A whole release as text for a terminal, with what changed in it."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from bot.cli.layout import Wrapped
from bot.cli.views import address_line, heading_lines
from bot.phrases import changed_line
from retrieval.ranking.full_release import FullRelease
from retrieval.release import ReleaseCopy
from retrieval.release_history import ReleaseHistory, TextChange
from retrieval.text.wording_changes import ChangedParagraph, Edit, abridged

# As wdiff marks them, so that they can be told apart without colours.
_MARKS = {
    Edit.KEPT: ("", "", ""),
    Edit.REMOVED: ("[-", "-]", "red strike"),
    Edit.ADDED: ("{+", "+}", "green underline"),
}


def release_view(history: ReleaseHistory) -> RenderableType:
    """A whole release, with numbered paragraphs, each attachment under its name, and changes."""
    release = history.release
    info = release.info
    where = address_line(info.url) if info.url else Wrapped(Text(info.source, "blue"), unbroken=0)
    dated = [Wrapped(Text(f"Date found in: {info.date_source}", "dim"))] if info.date_source else []
    also = [_also(copy) for copy in release.also]
    changed = [f"{_sentence(changed_line(history.changed))} (below)"] if history.changed else []
    return Group(
        *heading_lines(info),
        where,
        *also,
        *dated,
        *(Wrapped(Text(line, "yellow")) for line in changed),
        *_numbered(release),
        *(part for change in history.changes for part in _change(change)),
    )


def _also(copy: ReleaseCopy) -> RenderableType:
    """Where else a release was read."""
    address = copy.url or copy.source
    newsroom = f" ({copy.newsroom})" if copy.newsroom and not copy.url else ""
    start = "Also at: "
    text = Text.assemble((start, "dim"), (f"{address}{newsroom}", "blue"))
    return Wrapped(text, unbroken=len(start))


def _numbered(release: FullRelease) -> Iterator[RenderableType]:
    digits = len(str(len(release.paragraphs)))
    attached = {numbers[0]: attachment for attachment, numbers in release.attachments()}
    for number, paragraph in enumerate(release.paragraphs, start=1):
        if attachment := attached.get(number):
            yield Text()
            yield Wrapped(Text(attachment.name, "bold cyan"))
            if attachment.url:
                yield address_line(attachment.url)
        text = Text.assemble((f"{number:>{digits}}", "dim"), "  ", paragraph)
        yield Text()
        yield Wrapped(text, hanging=digits + 2)


def _change(change: TextChange) -> Iterator[RenderableType]:
    yield Text()
    yield Wrapped(Text(f"{_sentence(changed_line(change.seen))}:", "bold yellow"))
    for paragraph in filter(None, (change.title, *change.paragraphs)):
        yield Text()
        yield Wrapped(_marked(paragraph), indent=2)


def _marked(paragraph: ChangedParagraph) -> Text:
    runs = list[Text | str]()
    for run in abridged(paragraph):
        start, end, style = _MARKS[run.edit]
        runs += [" ", Text(f"{start}{run.text}{end}", style)]
    return Text.assemble(*runs[1:])


def _sentence(line: str) -> str:
    return f"{line[:1].upper()}{line[1:]}"
