"""The state of the index as a message."""

from collections.abc import Sequence

import discord
from discord import ui

from bot.archive_service import ArchiveStatus
from bot.core.components import Message, container, fit
from bot.core.markdown import shortened
from bot.i18n import Language
from bot.phrases import paragraph_count, progress_line, release_count
from bot.served_sources import Mismatch
from bot.source_service import KnownSource

_MAX_NAME = 120  # characters of the name of a newsroom or a model
_MAX_NEWSROOMS = 1200  # characters of the list of newsrooms
_MAX_FAILING = 5  # sites


def status_message(
    status: ArchiveStatus,
    language: Language,
    failing: Sequence[KnownSource] = (),
    mismatches: Sequence[Mismatch] = (),
) -> Message:
    """The size, the age, the model and the newsrooms of the index, and a running build.

    ``failing`` are the web sites that cannot be read, and ``mismatches`` say where the index is not
    what its sources are.
    """
    _ = language.gettext
    manifest = status.manifest
    releases = release_count(manifest.releases, language)
    paragraphs = paragraph_count(manifest.paragraphs, language)
    lines = [_("### What I have read"), f"**{releases}**, {paragraphs}"]
    if status.first and status.last:
        first, last = language.date(status.first), language.date(status.last)
        lines.append(_("Published: {first} to {last}", first=first, last=last))
    lines.append(_("Read: {when}", when=discord.utils.format_dt(manifest.created, "R")))
    lines.append(_("Model: {model}", model=shortened(manifest.model, _MAX_NAME)))
    if status.newsrooms:
        names = [
            f"{shortened(name, _MAX_NAME) or '–'} ({language.number(count)})"
            for name, count in status.newsrooms
        ]
        lines.append(_("Newsrooms: {names}", names=fit(names, ", ", _MAX_NEWSROOMS)))
    for source in failing[:_MAX_FAILING]:
        if source.refresh and source.refresh.failing_since:
            name = shortened(source.name, _MAX_NAME)
            when = discord.utils.format_dt(source.refresh.failing_since, "R")
            lines.append(_("⚠ {site} cannot be read since {when}", site=name, when=when))
    if len(failing) > _MAX_FAILING:
        lines.append("⚠ …")
    lines += dict.fromkeys(_mismatch_line(each, language) for each in mismatches)
    if status.building:
        lines.append(_("Now: {progress}", progress=progress_line(status.building, language)))
    return Message((container(ui.TextDisplay("\n".join(lines))),))


def _mismatch_line(mismatch: Mismatch, language: Language) -> str:
    """What is wrong. Where files are on the host's machine is of no concern to people here."""
    _ = language.gettext
    match mismatch.kind:
        case "sample":
            return _(
                "⚠ This is a sample. The releases that my host has named are not read yet: a "
                "manager of the server can run /reindex."
            )
        case "unread" | "dropped":
            return _(
                "⚠ My host has named other releases since then: a manager of the server can run "
                "/reindex."
            )
    return _("⚠ The files of these releases are gone. My host can say what I am to read.")
