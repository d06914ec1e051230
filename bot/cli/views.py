"""Answers, releases and reports as text for a terminal, or plain text elsewhere."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from bot.phrases import (
    also_line,
    citation,
    paragraph_count,
    progress_line,
    published,
    query_line,
    release_count,
)
from retrieval.indexing.report import IndexReport
from retrieval.indexing.report import Progress as BuildProgress
from retrieval.ranking.answer import Answer, CitedPassage, worth_showing
from retrieval.release import ReleaseInfo

if TYPE_CHECKING:
    from bot.cli.doctor import CheckResult
    from retrieval.ranking.explanation import PassageExplanation

_MAX_PASSAGES = 3  # of an answer
_MAX_FEATURES = 8  # of a passage that is explained
_MAX_PREVIEW = 90  # characters of such a passage
_MARKS = {"ok": ("✓", "green"), "missing": ("–", "yellow"), "error": ("✗", "red")}
_STAGES = {
    "reading": "Reading releases",
    "embedding": "Indexing",
    "writing": "Writing the index",
}


def answer_view(answer: Answer) -> RenderableType:
    """An answer, or the nearest passages where nothing published answers."""
    passages: list[RenderableType] = []
    release = None
    for passage in worth_showing(answer.passages, _MAX_PASSAGES, answered=answer.answered):
        if passage.release != release:  # passages of one release share a heading
            release = passage.release
            passages += [Text(), _heading(release)] if passages else [_heading(release)]
        passages.append(_passage_view(passage, emphasize=answer.answered))
    understood = query_line(answer.ranking.query)
    note = [Text(f"({understood})\n", style="dim")] if understood else []
    if answer.answered:
        return Group(*note, *passages)
    reason = Text(f"{str(answer.reason).capitalize()}.", style="bold yellow")
    if not passages:
        return Group(*note, reason)
    nearest = Text("The nearest passages, which may be about something else:\n")
    return Group(*note, reason, nearest, *passages)


def _heading(info: ReleaseInfo) -> RenderableType:
    return Text.assemble((info.title, "bold cyan"), "\n", (published(info), "dim"))


def _passage_view(passage: CitedPassage, *, emphasize: bool) -> RenderableType:
    quoted = Text(passage.text)
    if emphasize:
        quoted.stylize("bold", *passage.highlight)
    also = also_line(passage)
    return Group(
        Padding(quoted, (1, 0, 1, 4), expand=False),
        Text(f"— {citation(passage)}", style="dim", overflow="fold"),
        *([Text(f"  {also}", style="dim", overflow="fold")] if also else []),
        *([Text(passage.link, style="blue", overflow="fold")] if passage.link else []),
    )


def release_list_view(infos: Sequence[ReleaseInfo]) -> RenderableType:
    """A list of releases, one per line."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(ratio=1)
    table.add_column(max_width=32, overflow="fold", style="dim")
    table.add_column(max_width=32, overflow="fold", style="cyan")
    for info in infos:
        day = info.date.isoformat() if info.date else "undated"
        table.add_row(day, Text(info.title), info.newsroom or "", info.id)
    return table


def release_view(info: ReleaseInfo, paragraphs: Sequence[str]) -> RenderableType:
    """A whole release, with numbered paragraphs."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 1, 0))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(ratio=1)
    for number, paragraph in enumerate(paragraphs, start=1):
        table.add_row(str(number), Text(paragraph))
    return Group(
        _heading(info),
        Text(f"{info.url or info.source}\n", style="blue", overflow="fold"),
        table,
    )


def report_view(report: IndexReport) -> RenderableType:
    """What a build changed, and the documents that it refused."""
    lines = [
        f"{release_count(report.releases)}, {paragraph_count(report.paragraphs)} "
        f"in {report.seconds:.1f} s: "
        f"{report.added:,} added, {report.changed:,} changed, {report.removed:,} removed, "
        f"{report.unchanged:,} unchanged, {len(report.refused):,} refused."
    ]
    lines += [f"refused {document.source}: {document.reason}" for document in report.refused]
    return Text("\n".join(lines))


def checks_view(results: "Sequence[CheckResult]") -> RenderableType:
    """The results of the checks, one per line, each followed by how to fix what is wrong."""
    lines = Text()
    for result in results:
        mark, style = _MARKS[result.state]
        lines.append(f"{mark} ", style=style)
        lines.append(f"{result.check}: {result.detail}\n")
        if result.fix:
            lines.append(f"  → {result.fix}\n", style="bold")
    lines.rstrip()
    return lines


class BuildBar:
    """The progress of a build: a bar in a terminal, a line now and then elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._printed: tuple[str, int] | None = None
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("releases"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> "BuildBar":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, progress: BuildProgress) -> None:
        """Show the progress."""
        if not self._console.is_terminal:
            self._print(progress)
            return
        self._bar.update(
            self._task,
            description=_STAGES[progress.stage],
            completed=progress.done,
            total=progress.total,
        )

    def _print(self, progress: BuildProgress) -> None:
        """Print a line for each tenth of the releases, and for each thousand while reading."""
        part = progress.done // 1000
        if progress.total:
            part = 10 * progress.done // progress.total
        step = (progress.stage, part)
        if step != self._printed and (part or progress.total):
            self._printed = step
            self._console.print(progress_line(progress))


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
    passages = explain(answer.ranking, answer.question.limit)
    lines += [_explained(passage) for passage in passages if passage.shown]
    if others := [passage for passage in passages if not passage.shown]:
        lines += [Text("\nNot in the answer", style="bold"), *map(_explained, others)]
    return Group(*lines)


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
