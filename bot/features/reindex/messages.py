"""The progress and the report of a build as messages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import discord
from discord import ui

from bot.core.actions import StopBuild
from bot.core.components import Attachment, Block, Message, button, button_rows, container, fit
from bot.core.markdown import shortened
from bot.i18n import Language
from bot.phrases import note_lines, paragraph_count, release_count
from retrieval.indexing.report import IndexReport

_MAX_LISTED = 6  # documents of each kind; the file has all that the report lists
_MAX_LINE = 110  # characters of a document, so that six of all five kinds fit


@dataclass(frozen=True, slots=True)
class _Change:
    """A kind of changes, such as "Added", its documents, and how many more there are."""

    kind: str
    documents: Sequence[str]
    more: int = 0

    @property
    def count(self) -> int:
        return len(self.documents) + self.more


def progress_message(line: str, language: Language) -> Message:
    """The progress of a build, with a button that stops it."""
    stop = button(language.gettext("Cancel"), StopBuild(), discord.ButtonStyle.danger)
    return Message((ui.TextDisplay(f"{line[:1].upper()}{line[1:]} …"), *button_rows([stop])))


def report_message(report: IndexReport, language: Language) -> Message:
    """What a build changed; a file names all documents if there are too many for the message."""
    changes = list(_changes(report, language))
    summary = language.gettext(
        "{releases}, {paragraphs}, in {seconds} s.",
        releases=release_count(report.releases, language),
        paragraphs=paragraph_count(report.paragraphs, language),
        seconds=f"{report.seconds:,.1f}",
    )
    unchanged = language.gettext("Unchanged: {count}", count=language.number(report.unchanged))
    title = language.gettext("### Reindexed")
    lines = [title, summary, unchanged]
    if report.dropped:
        names = fit([shortened(path.name, _MAX_LINE) for path in report.dropped], ", ", _MAX_LINE)
        lines.append(language.gettext("No longer among my sources: {names}", names=names))
    blocks: list[Block] = [ui.TextDisplay("\n".join(lines))]
    for each in changes:
        if each.count:
            lines = [f"**{each.kind}: {language.number(each.count)}**"]
            listed = each.documents[:_MAX_LISTED]
            lines += [f"- {shortened(name, _MAX_LINE) or '–'}" for name in listed]
            if each.count > len(listed):
                lines.append("- …")
            blocks.append(ui.TextDisplay("\n".join(lines)))
    if all(each.count <= _MAX_LISTED for each in changes):
        return Message((container(*blocks),))
    file = Attachment("reindexed.txt", _file(changes, language))
    return Message((container(*blocks), ui.File(f"attachment://{file.name}")), (file,))


def _changes(report: IndexReport, language: Language) -> Iterator[_Change]:
    documents = report.documents
    yield _Change(language.gettext("Added"), documents.added)
    yield _Change(language.gettext("Changed"), documents.changed)
    yield _Change(language.gettext("Removed"), documents.removed)
    refused = [f"{document.source}: {document.reason}" for document in report.refused]
    yield _Change(language.gettext("Refused"), refused, report.more_refused)
    noted = note_lines(report.notes, report.note_counts, report.more_notes)
    yield _Change(language.gettext("Notes"), noted)


def _file(changes: Sequence[_Change], language: Language) -> bytes:
    paragraphs = []
    for each in changes:
        lines = [f"{each.kind}: {each.count}", *each.documents]
        if each.more:
            lines.append(language.gettext("and {count} more", count=language.number(each.more)))
        paragraphs.append("\n  ".join(" ".join(line.split()) for line in lines))
    return ("\n\n".join(paragraphs) + "\n").encode("utf-8", "replace")
