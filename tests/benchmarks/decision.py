"""What is answered against what is refused, at every threshold, and how well both are told apart.

    python -m tests.benchmarks.decision [--set NAME QUESTIONS DATA] … [--before FILE …]
        [--data DIR] [--shared DIR] [--plots DIR]

Without ``--set``, the questions over six newsrooms and those over companies are asked. ``--before``
is what ``verbatim eval --json`` printed for the questions of a set: its curve is drawn beside.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.evaluation.evaluate import evaluate
from retrieval.evaluation.metrics import bootstrap_auroc, bootstrap_mean, threshold_for
from retrieval.evaluation.questions import FAR, NEAR, sort_of
from tests.benchmarks.archives import builder
from tests.benchmarks.parts import (
    Options,
    Part,
    Plot,
    Series,
    Table,
    Target,
    add_options,
    add_plots,
    options_of,
    show,
)
from tests.benchmarks.question_sets import QuestionSet, add_sets, named_sets, standard_sets
from tests.benchmarks.retrieval import interval

PERCENT_ANSWERED = (80, 85, 90, 95)
NOW = "now"
_LEAST_AUROC = 0.85

OutcomeJson = Mapping[str, Any]
"""One of the ``outcomes`` of ``verbatim eval --json``."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """The confidences of one run over one set of questions.

    Attributes:
        run: what the run is called.
        ids: those of all its questions.
        known: the confidences of the questions with an answer.
        near, far: those of the others, by sort.
        at_threshold: the shares answered and of the near ones refused, at the run's own threshold.
    """

    run: str
    ids: frozenset[str]
    known: tuple[float, ...]
    near: tuple[float, ...]
    far: tuple[float, ...]
    at_threshold: tuple[float, float]


def decisions(run: str, outcomes: Sequence[OutcomeJson]) -> Decisions:
    """Return the decisions of a run, which has questions with an answer and near ones.

    Raises:
        ValueError: if it lacks either.
    """
    known = [each for each in outcomes if each["ranks"]]
    others = [each for each in outcomes if not each["ranks"]]
    near, far = ([each for each in others if sort_of(each["kind"]) == sort] for sort in (NEAR, FAR))
    if not known or not near:
        raise ValueError(f"{run}: it needs questions with an answer, and of a kind 'near'")
    return Decisions(
        run=run,
        ids=frozenset(each["id"] for each in outcomes),
        known=tuple(each["confidence"] for each in known),
        near=tuple(each["confidence"] for each in near),
        far=tuple(each["confidence"] for each in far),
        at_threshold=(
            float(np.mean([each["answered"] for each in known])),
            float(np.mean([not each["answered"] for each in near])),
        ),
    )


def curve(found: Decisions) -> tuple[tuple[float, float], ...]:
    """Return (answered, near refused) at every threshold, from the highest to the lowest."""
    known, near = np.array(found.known), np.array(found.near)
    thresholds = [np.inf, *sorted({*found.known, *found.near}, reverse=True)]
    return tuple(
        (float((known >= each).mean()), float((near < each).mean())) for each in thresholds
    )


def read_runs(paths: Sequence[Path]) -> list[Decisions]:
    """Read what ``verbatim eval --json`` printed; each run has the name of its file."""
    return [
        decisions(path.stem, json.loads(path.read_text(encoding="utf-8"))["outcomes"])
        for path in paths
    ]


def measure(options: Options) -> Part:
    """Measure the standard sets."""
    return measure_sets(options, (), ())


def measure_sets(
    options: Options, sets: Sequence[QuestionSet], earlier: Sequence[Decisions]
) -> Part:
    """Ask the questions of the sets, or of the standard ones, and compare with earlier runs.

    Raises:
        ValueError: if an earlier run has none of their questions.
    """
    found: dict[str, list[Decisions]] = {}
    with builder(options) as using:
        for each in sets or standard_sets(options, using):
            outcomes = evaluate(each.open(using), each.questions).outcomes
            found[each.name] = [decisions(NOW, [asdict(outcome) for outcome in outcomes])]
    for run in earlier:
        of = [name for name, (now, *_) in found.items() if now.ids & run.ids]
        if not of:
            raise ValueError(f"{run.run}: it has none of the questions that were asked")
        found[of[0]].append(run)
    return Part(
        "The decision",
        "A threshold answers the questions whose confidence reaches it. Intervals are 95 %, by"
        " bootstrap.",
        (_separation(found), _at_shares(found)),
        tuple(_plot(name, runs) for name, runs in found.items()),
        tuple(
            Target(
                f"{name}: AUROC against near alone",
                _LEAST_AUROC,
                "",
                estimate.value if (estimate := bootstrap_auroc(now.known, now.near)) else None,
                at_least=True,
            )
            for name, (now, *_) in found.items()
        ),
    )


def _separation(found: Mapping[str, Sequence[Decisions]]) -> Table:
    return Table(
        "AUROC of the confidence, and the default threshold",
        ("", "answerable", "near", "far", "AUROC near", "AUROC far", "answered", "near refused"),
        tuple(
            (
                f"{name}, {each.run}",
                *(str(len(values)) for values in (each.known, each.near, each.far)),
                interval(bootstrap_auroc(each.known, each.near)),
                interval(bootstrap_auroc(each.known, each.far)),
                *(f"{share:.3f}" for share in each.at_threshold),
            )
            for name, runs in found.items()
            for each in runs
        ),
    )


def _at_shares(found: Mapping[str, Sequence[Decisions]]) -> Table:
    rows = []
    for name, runs in found.items():
        for percent in PERCENT_ANSWERED:
            for each in runs:
                threshold = threshold_for(each.known, percent)
                shares = [
                    interval(bootstrap_mean([value < threshold for value in values]))
                    if values
                    else ""
                    for values in (each.near, each.far)
                ]
                rows.append((f"{name}, {each.run}", f".{percent}", f"{threshold:.4f}", *shares))
    return Table(
        "Refused where a given share is answered",
        ("", "answered", "threshold", "near refused", "far refused"),
        tuple(rows),
    )


def _plot(name: str, runs: Sequence[Decisions]) -> Plot:
    series = [Series(each.run, curve(each)) for each in runs]
    series += [Series(f"{each.run}, default threshold", (each.at_threshold,)) for each in runs]
    return Plot(
        f"decision-{name.replace(' ', '-')}",
        f"Answered against refused: {name}",
        "share of the answerable questions answered",
        "share of the near questions refused",
        tuple(series),
        shares=True,
    )


def main() -> None:
    """Measure the sets of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_options(parser)
    add_plots(parser)
    add_sets(parser)
    parser.add_argument("--before", nargs="+", type=Path, default=[], metavar="FILE")
    arguments = parser.parse_args()
    options = options_of(arguments)
    part = measure_sets(options, named_sets(arguments), read_runs(arguments.before))
    show(part, arguments.plots)


if __name__ == "__main__":
    main()
