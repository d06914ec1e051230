"""Answers, releases and reports as text for a terminal; plain where it is not one."""

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
    paragraphs_counted,
    progress_line,
    published,
    query_line,
    releases_counted,
)
from retrieval.indexing.report import IndexReport
from retrieval.indexing.report import Progress as BuildProgress
from retrieval.ranking.answer import Answer, CitedPassage, worth_showing
from retrieval.release import ReleaseInfo

if TYPE_CHECKING:
    from bot.cli.doctor import CheckResult
    from retrieval.ranking.explanation import PassageExplanation

_SHOWN = 3  # passages of an answer
_MARKS = {"ok": ("✓", "green"), "missing": ("–", "yellow"), "error": ("✗", "red")}
_STAGES = {
    "reading": "Reading releases",
    "embedding": "Indexing",
    "writing": "Writing the index",
}


def answer_view(answer: Answer) -> RenderableType:
    """The passages that answer; or the word that nothing does, and the nearest ones."""
    shown: list[RenderableType] = []
    understood = query_line(answer.ranking.query)
    note = [Text(f"({understood})\n", style="dim")] if understood else []
    release = None
    for passage in worth_showing(answer.passages, _SHOWN, answered=answer.answered):
        if passage.release != release:  # passages of one release stand under one title
            release = passage.release
            shown += [Text(), _release_line(release)] if shown else [_release_line(release)]
        shown.append(_passage_view(passage, emphasise=answer.answered))
    if answer.answered:
        return Group(*note, *shown)
    nothing = Text(f"{str(answer.reason).capitalize()}.", style="bold yellow")
    if not shown:
        return Group(*note, nothing)
    return Group(
        *note, nothing, Text("The nearest passages, which may be on something else:\n"), *shown
    )


def _release_line(release: ReleaseInfo) -> RenderableType:
    return Text.assemble((release.title, "bold cyan"), "\n", (published(release), "dim"))


def _passage_view(passage: CitedPassage, *, emphasise: bool) -> RenderableType:
    quoted = Text(passage.text)
    if emphasise:
        quoted.stylize("bold", *passage.highlight)
    also = also_line(passage)
    return Group(
        Padding(quoted, (1, 0, 1, 4), expand=False),
        Text(f"— {citation(passage)}", style="dim", overflow="fold"),
        *([Text(f"  {also}", style="dim", overflow="fold")] if also else []),
        *([Text(passage.link, style="blue", overflow="fold")] if passage.link else []),
    )


def release_list_view(infos: Sequence[ReleaseInfo]) -> RenderableType:
    """Releases, one a line."""
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
    """A release, whole, its paragraphs numbered."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 1, 0))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(ratio=1)
    for number, paragraph in enumerate(paragraphs, start=1):
        table.add_row(str(number), Text(paragraph))
    return Group(
        _release_line(info),
        Text(f"{info.url or info.source}\n", style="blue", overflow="fold"),
        table,
    )


def report_view(report: IndexReport) -> RenderableType:
    """What a build did, and which documents it refused."""
    lines = [
        f"{releases_counted(report.releases)}, {paragraphs_counted(report.paragraphs)} "
        f"in {report.seconds:.1f} s: "
        f"{report.added:,} added, {report.changed:,} changed, {report.removed:,} removed, "
        f"{report.unchanged:,} unchanged, {len(report.refused):,} refused."
    ]
    lines += [f"refused {each.source}: {each.reason}" for each in report.refused]
    return Text("\n".join(lines))


def findings_view(findings: "Sequence[CheckResult]") -> RenderableType:
    """What was looked at, a line each, with how to mend it below."""
    lines = Text()
    for finding in findings:
        mark, style = _MARKS[finding.state]
        lines.append(f"{mark} ", style=style)
        lines.append(f"{finding.check}: {finding.detail}\n")
        if finding.fix:
            lines.append(f"  → {finding.fix}\n", style="bold")
    lines.rstrip()
    return lines


class BuildBar:
    """How far an index build is, on stderr: a bar in a terminal, else a line now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: tuple[str, int] | None = None
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
        """Show how far the build is."""
        if not self._console.is_terminal:
            self._say(progress)
            return
        self._bar.update(
            self._task,
            description=_STAGES[progress.stage],
            completed=progress.done,
            total=progress.total,
        )

    def _say(self, progress: BuildProgress) -> None:
        """A line for every tenth of the releases, and for every thousand while reading."""
        part = progress.done // 1000
        if progress.total:
            part = 10 * progress.done // progress.total
        if (said := (progress.stage, part)) != self._said and (part or progress.total):
            self._said = said
            self._console.print(progress_line(progress))


_REASONS = 8  # of the evidence, what weighs most
_BEGINNING = 90  # characters of a passage


def explanation_view(answer: Answer) -> RenderableType:
    """How the question was understood, then every passage with what spoke for and against it."""
    from retrieval.ranking.explanation import explain  # numpy, which only answers need

    query = answer.ranking.query
    terms = ", ".join(
        f"{term} {weight:.1f}"
        for term, weight in sorted(query.idf.items(), key=lambda item: -item[1])
    )
    lines = [Text("\nWhy", style="bold")]
    lines.append(Text(f"searched for: {query.text}"))
    lines.append(Text(f"terms, by rarity: {terms or 'none'}"))
    for name, found in (
        ("from", query.filter.since),
        ("until", query.filter.until),
        ("newsroom", query.filter.newsroom),
        ("members named", ", ".join(sorted(query.named.members))),
        ("newsrooms named", ", ".join(sorted(query.named.newsrooms))),
    ):
        if found:
            lines.append(Text(f"{name}: {found}"))
    lines.append(Text(f"confidence: {answer.confidence:.3f}"))
    passages = explain(answer.ranking, answer.question.limit)
    lines += [_passage(each) for each in passages if each.shown]
    if nearly := [each for each in passages if not each.shown]:
        lines += [Text("\nNearly", style="bold"), *map(_passage, nearly)]
    return Group(*lines)


def _passage(each: "PassageExplanation") -> Text:
    reasons = "  ".join(
        f"{reason.name} {reason.value:.2f} ({reason.adds:+.2f})"
        for reason in each.reasons[:_REASONS]
    )
    beginning = each.text if len(each.text) <= _BEGINNING else f"{each.text[:_BEGINNING]}…"
    return Text.assemble(
        (f"\n{each.rank}. {each.title}, paragraph {each.paragraph}\n", "cyan"),
        f"   {beginning}\n",
        (f"   total {each.total:.2f}, before reading {each.first}: {reasons}", "dim"),
    )
