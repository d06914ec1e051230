"""Answers, releases and reports as text for a terminal, or plain text elsewhere."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.style import Style
from rich.text import Text

from bot.cli.hints import listed, with_data
from bot.cli.layout import Wrapped, column_width, wrapped_lines
from bot.phrases import (
    also_line,
    citation,
    closest_line,
    note_lines,
    nothing_line,
    paragraph_count,
    published,
    query_line,
    release_count,
)
from retrieval.indexing.report import IndexReport
from retrieval.ranking.answer import Answer, CitedPassage, Reason, worth_showing
from retrieval.release import ReleaseInfo

if TYPE_CHECKING:
    from bot.cli.doctor import CheckResult
    from retrieval.ranking.explanation import PassageExplanation

_MAX_PASSAGES = 3  # of an answer
_ADVICE = "Ask about what the releases report: who, what, when, why, how much."
_MAX_FEATURES = 8  # of a passage that is explained
_MAX_PREVIEW = 90  # characters of such a passage
_MIN_TITLE = 40  # columns of a title in a list with a column for each particular
_MARKS = {"ok": ("✓", "green"), "missing": ("–", "yellow"), "error": ("✗", "red")}


def answer_view(answer: Answer) -> RenderableType:
    """An answer, or the closest passages where nothing published says that, or advice."""
    passages: list[RenderableType] = []
    release = None
    for passage in worth_showing(answer.passages, _MAX_PASSAGES):
        if passage.release != release:  # passages of one release share a heading
            release = passage.release
            passages += [Text(), *heading_lines(release)] if passages else heading_lines(release)
        passages.append(_passage_view(passage, emphasize=answer.answered))
    understood = query_line(answer.ranking.query)
    note = [Wrapped(Text(f"({understood})\n", style="dim"))] if understood else []
    if answer.answered:
        return Group(*note, *passages)
    if release:
        closest = Wrapped(Text(f"{closest_line(answer.passages[0].release.title)}\n"))
        return Group(*note, _reason(nothing_line()), closest, *passages)
    advice = [Wrapped(Text(_ADVICE))] if answer.reason is Reason.NOTHING_ANSWERS else []
    return Group(*note, _reason(f"{str(answer.reason).capitalize()}."), *advice)


def _reason(text: str) -> RenderableType:
    return Wrapped(Text(text, style="bold yellow"))


def heading_lines(info: ReleaseInfo) -> list[RenderableType]:
    """The title of a release, and when and by whom it was published."""
    return [Wrapped(Text(info.title, "bold cyan")), Wrapped(Text(published(info), "dim"))]


def _passage_view(passage: CitedPassage, *, emphasize: bool) -> RenderableType:
    quoted = Text(passage.text)
    if emphasize:
        quoted.stylize("bold", *passage.highlight)
        if passage.words:
            quoted.stylize("underline", *passage.words)
    also = also_line(passage)
    above: list[RenderableType] = []
    if passage.lead_in:
        above = [Wrapped(Text(passage.lead_in.text), indent=4), Text()]
    below: list[RenderableType] = [
        part for item in passage.items for part in (Text(), Wrapped(Text(item.text), indent=6))
    ]
    return Group(
        Text(),
        *above,
        Wrapped(quoted, indent=4),
        *below,
        Text(),
        Wrapped(Text(f"— {citation(passage)}", style="dim")),
        *([Wrapped(Text(f"  {also}", style="dim"))] if also else []),
        *([address_line(passage.link)] if passage.link else []),
    )


def address_line(address: str) -> RenderableType:
    """An address, which opens from terminals that can follow it."""
    return Wrapped(Text(address, Style(color="blue", link=address)), unbroken=0)


class ReleaseListView:
    """A list of releases: one per line, or one below the other where the terminal is narrow."""

    def __init__(self, infos: Sequence[ReleaseInfo]) -> None:
        self._infos = infos

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines."""
        rows = [_particulars(info) for info in self._infos]
        days, titles, newsrooms, ids = (column_width(column) for column in zip(*rows, strict=True))
        room = options.max_width - (days + newsrooms + ids + 6)
        indent = " " * (days + 2)
        for day, title, newsroom, id in rows:
            start = Text.assemble((_padded(day, days), "dim"), "  ")
            if room < min(titles, _MIN_TITLE):
                yield Wrapped(start + Text(title), hanging=len(indent))
                fits = len(indent) + column_width([f"{newsroom} · {id}"]) <= options.max_width
                between = (" · " if fits else "\n") if newsroom else ""
                where = Text.assemble((newsroom, "dim"), (between, "dim"), (id, "cyan"))
                yield Wrapped(where, indent=len(indent), unbroken=len(where) - len(id))
                continue
            first, *others = wrapped_lines(Text(title), min(room, titles))
            first.pad_right(min(room, titles) - first.cell_len)
            end = Text.assemble("  ", (_padded(newsroom, newsrooms), "dim"), "  ", (id, "cyan"))
            for line in (start + first + end, *(Text(indent) + other for other in others)):
                yield from line.render(console, "\n")


def _particulars(info: ReleaseInfo) -> tuple[str, str, str, str]:
    day = info.date.isoformat() if info.date else "undated"
    title = f"{info.title} (no longer on the site)" if info.gone else info.title
    return day, title, info.newsroom or "", info.id


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - column_width([text]))


def hints_view(answer: Answer, remark: str | None, data: Path | None) -> RenderableType:
    """What goes on from an answer: the release in full, or what there is, and a remark on where
    answers come from.

    ``data`` is the folder that was given with ``--data``, which the command repeats.
    """
    hints: list[RenderableType] = []
    if answer.passages:
        id = shlex.quote(answer.passages[0].release.id)
        hints.append(hint(f"The whole release: {with_data(f'verbatim release {id}', data)}"))
    elif answer.reason is Reason.NOTHING_ANSWERS:
        hints.append(hint(f"What the newest are about: {with_data('verbatim releases', data)}"))
    if remark:
        hints.append(hint(f"{remark[0].upper()}{remark[1:]}"))
    return Group(Text(), *hints) if hints else Group()


def hint(text: str) -> RenderableType:
    """A hint below a result, whose command at the end is in one piece."""
    return Wrapped(Text(text, "dim"), unbroken=_command_in(text))


def _command_in(text: str) -> int | None:
    """The position of the command in which a hint ends, which is to be copied in one piece."""
    advice, colon, _ = text.partition(": verbatim ")
    return len(advice) + 2 if colon else None


def report_view(report: IndexReport) -> RenderableType:
    """What a build changed, the documents that it refused, and the notes on others."""
    lines = [
        f"{release_count(report.releases)}, {paragraph_count(report.paragraphs)} "
        f"in {report.seconds:.1f} s: "
        f"{report.added:,} added, {report.changed:,} changed, {report.removed:,} removed, "
        f"{report.unchanged:,} unchanged, {report.refused_count:,} refused."
    ]
    lines += [f"refused {document.source}: {document.reason}" for document in report.refused]
    if report.more_refused:
        lines.append(f"refused {report.more_refused:,} more")
    noted = note_lines(report.notes, report.note_counts, report.more_notes)
    lines += [f"note {line}" for line in noted]
    return Group(*(Wrapped(Text(line)) for line in lines))


def sources_view(report: IndexReport) -> RenderableType:
    """What a build read, if that is several files and folders, and what it no longer reads."""
    lines = []
    if len(report.sources) > 1:
        lines.append(f"Read from {len(report.sources)} sources: {listed(report.sources)}")
    if report.dropped:
        lines.append(dropped_line(report))
    return Group(*(Wrapped(Text(line)) for line in lines))


def dropped_line(report: IndexReport) -> str:
    """What a build no longer reads, and what went with it."""
    removed = release_count(report.removed)
    return f"No longer read ({removed} removed): {listed(report.dropped)}"


def checks_view(results: "Sequence[CheckResult]") -> RenderableType:
    """The results of the checks, one per line, each followed by how to fix what is wrong."""
    lines: list[RenderableType] = []
    for result in results:
        mark, style = _MARKS[result.state]
        found = Text.assemble((mark, style), f" {result.check}: {result.detail}")
        lines.append(Wrapped(found, hanging=2))
        if result.fix:
            fix = Text(f"→ {result.fix}", "bold")
            lines.append(Wrapped(fix, indent=2, hanging=2, unbroken=_command_in(fix.plain)))
    return Group(*lines)


def explanation_view(answer: Answer) -> RenderableType:
    """How the question was understood, and the features that ranked each passage."""
    from retrieval.ranking.explanation import explain  # imports numpy

    query = answer.ranking.query
    terms = ", ".join(
        f"{term} {idf:.1f}" for term, idf in sorted(query.idf.items(), key=lambda item: -item[1])
    )
    lines = [Text("\nWhy", style="bold")]
    lines.append(Text(f"searched for: {query.text}"))
    if query.follows_up:
        lines.append(Text(f"follow-up: {query.relation} what was asked before"))
    lines.append(Text(f"terms, by rarity: {terms or 'none'}"))
    for name, value in (
        ("from", query.filter.since),
        ("until", query.filter.until),
        ("newsroom", query.filter.newsroom),
        ("members named", ", ".join(sorted(query.named.members))),
        ("newsrooms named", ", ".join(sorted(query.named.newsrooms))),
    ):
        if value:
            lines.append(Text(f"{name}: {value}"))
    lines.append(Text(f"confidence: {answer.confidence:.3f}"))
    passages = explain(answer.ranking, len(answer.passages))
    lines += [_explained(passage) for passage in passages if passage.shown]
    if others := [passage for passage in passages if not passage.shown]:
        lines += [Text("\nNot in the answer", style="bold"), *map(_explained, others)]
    return Group(*map(Wrapped, lines))


def _explained(passage: "PassageExplanation") -> Text:
    features = "  ".join(
        f"{feature.name} {feature.value:.2f} ({feature.adds:+.2f})"
        for feature in passage.reasons[:_MAX_FEATURES]
    )
    text = passage.text
    preview = text if len(text) <= _MAX_PREVIEW else f"{text[:_MAX_PREVIEW]}…"
    return Text.assemble(
        (f"\n{passage.rank}. {passage.title}, paragraph {passage.paragraph}\n", "cyan"),
        f"   {preview}\n",
        (f"   total {passage.total:.2f}, rank {passage.first} before reranking: {features}", "dim"),
    )
