"""An evaluation as tables for a terminal, or plain text elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from bot.cli.layout import Wrapped, column_width
from bot.i18n import ENGLISH
from retrieval.evaluation.evaluate import DecisionRate, Evaluation, Outcome, Quality
from retrieval.evaluation.metrics import Estimate
from retrieval.evaluation.questions import sort_of

_MAX_MISSES = 20
_MIN_NAMES = 12  # columns of the first column of a table, which is folded


def evaluation_view(evaluation: Evaluation) -> RenderableType:
    """Rankings by method and by kind of question, decisions, highlights, and the worst misses."""
    lines = Group(*(Wrapped(Text(line), hanging=2) for line in _lines(evaluation)))
    parts: list[RenderableType] = [*_tables(evaluation), lines]
    spaced: list[RenderableType] = [parts[0]]
    for part in parts[1:]:
        spaced += [Text(), part]
    return Group(*spaced)


def _tables(evaluation: Evaluation) -> Iterator[RenderableType]:
    compared = evaluation.comparisons
    if evaluation.quality:
        methods = [evaluation.quality, *(each.quality for each in compared)]
        kinds = evaluation.kinds if len(evaluation.kinds) > 1 else ()
        yield _rankings("method", methods)
        if kinds:
            yield _rankings("kind of question", kinds)
        leads = {each.quality.name: each.lead for each in compared}
        yield _intervals([*methods, *kinds], leads)
    abstention = evaluation.abstention
    shares = [(f"{each.kind}, refused", each) for each in abstention.refused]
    if abstention.answered:
        shares.insert(0, ("answerable, answered", abstention.answered))
    for sort in abstention.sorts:
        kinds_of_sort = [
            each for each in abstention.refused if sort_of(each.kind) == sort.rate.kind
        ]
        if len(kinds_of_sort) > 1:
            shares.append((f"all {sort.rate.kind}, refused", sort.rate))
    yield _shares(shares)


class Figures:
    """A table of figures; where the terminal is too narrow for it, a few lines for each row.

    Args:
        first: the heading of the first column, which is folded.
        names: the headings of the others; ``full_names`` are those that need no neighbour.
    """

    def __init__(
        self, first: str, names: Sequence[str], full_names: Sequence[str] | None = None
    ) -> None:
        self._first = first
        self._names = names
        self._full_names = full_names or names
        self._rows: list[tuple[str, tuple[str, ...]]] = []

    def add_row(self, name: str, *values: str) -> None:
        """Add a row: its name for the first column, and values for the others, left to right."""
        self._rows.append((name, values))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table, or the lines."""
        names, *columns = zip_longest(
            (self._first, *self._names),
            *((name, *values) for name, values in self._rows),
            fillvalue="",
        )
        folded = min(column_width(names), _MIN_NAMES)
        if folded + sum(1 + column_width(column) for column in columns) <= options.max_width:
            yield self._table(folded)
            return
        yield Wrapped(Text(self._first, "bold"))
        for name, values in self._rows:
            yield Wrapped(Text(name))
            figures = zip(self._full_names, values, strict=False)
            shown = (f"{heading}\N{NO-BREAK SPACE}{value}" for heading, value in figures)
            yield Wrapped(Text(", ".join(shown)), indent=2)

    def _table(self, min_width: int) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
        table.add_column(self._first, overflow="fold", min_width=min_width)
        for name in self._names:
            table.add_column(name, justify="right", no_wrap=True)
        for name, values in self._rows:
            table.add_row(Text(name), *values)
        return table


def _rankings(first: str, qualities: Sequence[Quality]) -> Figures:
    table = Figures(
        first,
        ["n", "hit@1", "@3", "@5", "@10", "MRR", "nDCG", "rel@1", "@3"],
        ["n", "hit@1", "hit@3", "hit@5", "hit@10", "MRR", "nDCG", "rel@1", "rel@3"],
    )
    for each in qualities:
        means = [*each.hits.values(), each.mrr, each.ndcg, *each.releases.values()]
        values = [f"{mean.value:.3f}" for mean in means]
        table.add_row(each.name, str(each.questions), *values)
    return table


def _intervals(qualities: Sequence[Quality], leads: Mapping[str, Estimate]) -> Figures:
    """The confidence intervals of the means, and of the lead over each other method."""
    columns = ["hit@1", "MRR", *(["Verbatim leads in MRR by"] if leads else [])]
    table = Figures("95 % intervals", columns)
    for each in qualities:
        row = [_bounds(each.hits[1]), _bounds(each.mrr)]
        if lead := leads.get(each.name):
            row.append(f"{lead.value:+.3f} ({lead.low:+.3f} to {lead.high:+.3f})")
        table.add_row(each.name, *row)
    return table


def _shares(shares: Sequence[tuple[str, DecisionRate]]) -> Figures:
    table = Figures("decision", ["n", "now (95 %)", "if 90 % are answered"])
    for name, each in shares:
        at_ninety = _with_interval(each.at_ninety) if each.at_ninety else "–"
        table.add_row(name, str(each.questions), _with_interval(each.current), at_ninety)
    return table


def _lines(evaluation: Evaluation) -> Iterator[str]:
    abstention = evaluation.abstention
    if abstention.auroc:
        yield f"AUROC of the confidence: {_with_interval(abstention.auroc)}"
    for each in abstention.sorts:
        if each.auroc:
            yield f"AUROC against {each.rate.kind} alone: {_with_interval(each.auroc)}"
    if abstention.threshold is not None:
        yield f"threshold that answers 90 % of the answerable: {abstention.threshold:.4f}"
    if evaluation.highlight:
        yield f"highlight on the answer: {_with_interval(evaluation.highlight)}"
    yield f"a question takes {evaluation.milliseconds:.0f} ms (median)"
    misses = sorted(filter(_is_miss, evaluation.outcomes), key=_rank, reverse=True)
    if misses:
        names = ", ".join(f"{miss.id} ({_where(miss)})" for miss in misses[:_MAX_MISSES])
        more = f" and {len(misses) - _MAX_MISSES} more" if len(misses) > _MAX_MISSES else ""
        yield f"right paragraph not first: {names}{more}"
    if evaluation.lost:
        yield ENGLISH.ngettext(
            "{count} question left out:", "{count} questions left out:", len(evaluation.lost)
        )
        yield from (f"  {question.id}: {question.reason}" for question in evaluation.lost)


def _is_miss(outcome: Outcome) -> bool:
    return outcome.ranks is not None and outcome.ranks.paragraph != 1


def _rank(outcome: Outcome) -> float:
    return (outcome.ranks and outcome.ranks.paragraph) or float("inf")


def _where(outcome: Outcome) -> str:
    return f"rank {_rank(outcome):.0f}" if _rank(outcome) < float("inf") else "not found"


def _with_interval(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def _bounds(estimate: Estimate) -> str:
    return f"{estimate.low:.3f}–{estimate.high:.3f}"
