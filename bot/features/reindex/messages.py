"""What whoever runs the bot sees: the state of the index, and a build of it."""

from collections.abc import Iterator, Sequence

import discord
from discord import ui

from bot.archive_service import ArchiveStatus
from bot.core.actions import StopBuild
from bot.core.components import Attachment, Message, button, fit, frame, rows
from bot.core.markdown import shortened
from bot.i18n import Language
from bot.phrases import paragraphs_counted, progress_line, releases_counted
from retrieval.indexing.report import IndexReport
from retrieval.release import RefusedDocument

_NAME = 120
_NEWSROOMS = 1200
_LISTED = 6  # documents of a kind that are named in the message itself
_LINE = 140  # so that six of all four kinds have room


def status_message(status: ArchiveStatus, language: Language) -> Message:
    """What the archive holds."""
    manifest = status.manifest
    lines = [
        language.say("### What I have read"),
        f"**{releases_counted(manifest.releases, language)}**, "
        f"{paragraphs_counted(manifest.paragraphs, language)}",
    ]
    if status.first and status.last:
        first, last = language.date(status.first), language.date(status.last)
        lines.append(language.say("Published: {first} to {last}", first=first, last=last))
    when = discord.utils.format_dt(manifest.created, "R")
    lines.append(language.say("Read: {when}", when=when))
    lines.append(language.say("Model: {model}", model=shortened(manifest.model, _NAME)))
    if status.newsrooms:
        named = [
            f"{shortened(name, _NAME) or '–'} ({language.number(count)})"
            for name, count in status.newsrooms
        ]
        lines.append(language.say("Newsrooms: {names}", names=fit(named, ", ", _NEWSROOMS)))
    if status.building:
        now = progress_line(status.building, language)
        lines.append(language.say("Now: {progress}", progress=now))
    return Message((frame(ui.TextDisplay("\n".join(lines))),))


def progress_message(line: str, language: Language) -> Message:
    """How far a build is, with a button that stops it."""
    stop = button(language.say("Cancel"), StopBuild(), discord.ButtonStyle.danger)
    return Message((ui.TextDisplay(f"{line[:1].upper()}{line[1:]} …"), *rows([stop])))


def report_message(report: IndexReport, language: Language) -> Message:
    """What a build did; with a file that names every document where there are many."""
    names = list(_changes(report, language))
    head = language.say(
        "{releases}, {paragraphs}, in {seconds} s.",
        releases=releases_counted(report.releases, language),
        paragraphs=paragraphs_counted(report.paragraphs, language),
        seconds=f"{report.seconds:,.1f}",
    )
    unchanged = language.say("Unchanged: {count}", count=language.number(report.unchanged))
    title = language.say("### Reindexed")
    blocks: list[ui.Item[ui.LayoutView]] = [ui.TextDisplay(f"{title}\n{head}\n{unchanged}")]
    for name, documents in names:
        if documents:
            title = f"**{name}: {language.number(len(documents))}**"
            listed = [f"- {shortened(each, _LINE) or '–'}" for each in documents[:_LISTED]]
            if len(documents) > _LISTED:
                listed.append("- …")
            blocks.append(ui.TextDisplay("\n".join([title, *listed])))
    if all(len(documents) <= _LISTED for _, documents in names):
        return Message((frame(*blocks),))
    file = Attachment("reindexed.txt", _file(names))
    return Message((frame(*blocks), ui.File(f"attachment://{file.name}")), (file,))


def _changes(report: IndexReport, language: Language) -> Iterator[tuple[str, Sequence[str]]]:
    documents = report.documents
    yield language.say("Added"), documents.added
    yield language.say("Changed"), documents.changed
    yield language.say("Removed"), documents.removed
    yield language.say("Refused"), [_refusal(each) for each in report.refused]


def _refusal(refused: RefusedDocument) -> str:
    return f"{refused.source}: {refused.reason}"


def _file(names: Sequence[tuple[str, Sequence[str]]]) -> bytes:
    parts = [
        "\n".join(
            [f"{name}: {len(documents)}", *(f"  {' '.join(each.split())}" for each in documents)]
        )
        for name, documents in names
    ]
    return ("\n\n".join(parts) + "\n").encode("utf-8", "replace")
