"""The questions that are answered worst, as tables for the documentation.

    python -m tests.benchmarks.worst [--set NAME QUESTIONS DATA] … [--most N] [--data DIR]

Without ``--set``, the questions over six newsrooms and those over companies are asked.
"""

import argparse
import textwrap
from collections.abc import Sequence

from retrieval.archive import Archive
from retrieval.evaluation.evaluate import Outcome, evaluate
from retrieval.evaluation.questions import EvalQuestion, read_questions
from tests.benchmarks.archives import builder
from tests.benchmarks.parts import Options, Part, Table, add_options, options_of, show
from tests.benchmarks.question_sets import QuestionSet, add_sets, named_sets, standard_sets

_MOST = 20
_SHOWN = 80  # characters of a paragraph


def misranked(outcomes: Sequence[Outcome], most: int) -> list[Outcome]:
    """Return the questions whose right paragraph is not first, those where it is lowest first."""
    missed = [each for each in outcomes if each.ranks and each.ranks.paragraph != 1]
    return sorted(missed, key=_rank, reverse=True)[:most]


def _rank(outcome: Outcome) -> float:
    return (outcome.ranks and outcome.ranks.paragraph) or float("inf")


def misjudged(outcomes: Sequence[Outcome], most: int) -> list[Outcome]:
    """Return the questions answered though nothing answers them, the most confident first."""
    answered = [each for each in outcomes if not each.ranks and each.answered]
    return sorted(answered, key=lambda each: -each.confidence)[:most]


def refused(outcomes: Sequence[Outcome], most: int) -> list[Outcome]:
    """Return the questions refused though an answer stood first, the least confident first."""
    silent = [
        each for each in outcomes if each.ranks and each.ranks.paragraph == 1 and not each.answered
    ]
    return sorted(silent, key=lambda each: each.confidence)[:most]


def measure_sets(options: Options, sets: Sequence[QuestionSet], most: int) -> Part:
    """Ask the questions of the sets, or of the standard ones."""
    tables: list[Table] = []
    with builder(options) as using:
        for each in sets or standard_sets(options, using):
            archive = each.open(using)
            questions = {entry.id: entry for entry in read_questions(each.questions)}
            outcomes = evaluate(archive, each.questions).outcomes
            for title, chosen in (
                ("right paragraph not first", misranked(outcomes, most)),
                ("answered without an answer", misjudged(outcomes, most)),
                ("refused, right paragraph first", refused(outcomes, most)),
            ):
                tables.append(_table(f"{each.name}: {title}", archive, questions, chosen))
    return Part("The worst", f"At most {most} of each sort.", tuple(tables))


def _table(
    title: str, archive: Archive, questions: dict[str, EvalQuestion], chosen: Sequence[Outcome]
) -> Table:
    rows = []
    for each in chosen:
        asked = questions[each.id].question
        previous = f" (after: {asked.previous})" if asked.previous else ""
        right = "" if each.ranks is None else "yes" if each.ranks.release == 1 else "no"
        rows.append(
            (
                f"{each.id}: {asked.text}{previous}",
                each.kind,
                "" if each.ranks is None else str(each.ranks.paragraph or "not found"),
                stood_first(archive, questions[each.id]),
                right,
                "yes" if each.answered else "no",
                f"{each.confidence:.2f}",
            )
        )
    columns = "question|kind|rank|stood first|its release is right|answered|confidence"
    return Table(title, tuple(columns.split("|")), tuple(rows))


def stood_first(archive: Archive, entry: EvalQuestion) -> str:
    """Return release, number and opening of the first paragraph for a question; empty if none."""
    passages = archive.ask(entry.question).passages
    if not passages:
        return ""
    text = textwrap.shorten(passages[0].text, _SHOWN, placeholder=" …")
    return f"{passages[0].release.id} ¶{passages[0].paragraph}: {text}"


def main() -> None:
    """Tabulate the worst of the sets of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_options(parser)
    add_sets(parser)
    parser.add_argument("--most", type=int, default=_MOST, help="rows of each table")
    arguments = parser.parse_args()
    options = options_of(arguments)
    show(measure_sets(options, named_sets(arguments), arguments.most), None)


if __name__ == "__main__":
    main()
