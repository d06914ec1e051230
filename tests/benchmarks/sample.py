"""Sixty questions in plain words about the sample release: 40 that it answers, 20 that it does not.

python -m tests.benchmarks.sample
"""

import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings, open_archive
from retrieval.archive import Archive
from retrieval.evaluation.metrics import bootstrap_mean
from retrieval.evaluation.questions import FAR, NEAR, sort_of
from retrieval.question import Question
from tests.benchmarks.parts import Options, Part, Table, Target, run_alone
from tests.benchmarks.retrieval import interval

SEEDS = Path(__file__).parents[2] / "seeds"
QUESTIONS = Path(__file__).parent / "data/sample.tsv"


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    """A question about the sample release.

    ``paragraph`` is the number of the one that answers it with the words ``answer``. Where nothing
    does, ``answer`` is empty and ``paragraph`` the nearest, 0 for another subject.
    """

    text: str
    kind: str
    paragraph: int
    answer: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer: ``rank`` is that of the right paragraph, if it was found."""

    question: SampleQuestion
    rank: int | None
    answered: bool
    confidence: float


def read(path: Path = QUESTIONS) -> tuple[SampleQuestion, ...]:
    """Read the questions: tab-separated paragraph, kind, question, and answer or ``-``."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(
            SampleQuestion(
                row["question"],
                row["kind"],
                int(row["paragraph"]),
                "" if row["answer"] == "-" else row["answer"],
            )
            for row in rows
        )


def ask(archive: Archive, questions: Sequence[SampleQuestion]) -> list[Asked]:
    """Ask an archive of the sample release each question."""
    asked = []
    for each in questions:
        answer = archive.ask(Question(each.text))
        ranked = [hit.candidate.number for hit in answer.ranking.hits]
        found = each.answer and each.paragraph in ranked
        rank = ranked.index(each.paragraph) + 1 if found else None
        asked.append(Asked(each, rank, answer.answered, answer.confidence))
    return asked


def measure(_: Options) -> Part:
    """Ask each question."""
    with tempfile.TemporaryDirectory() as data:
        archive = open_archive(Settings(data=Path(data)))
        archive.reindex([SEEDS])
        asked = ask(archive, read())
    known = [each for each in asked if each.question.answer]
    others = [each for each in asked if not each.question.answer]
    right = [each.answered and each.rank == 1 for each in known]
    refused = [not each.answered for each in others]
    return Part(
        "The sample release",
        "Sixty questions in plain words about the page in `seeds/`; it answers forty.",
        (_shares(known, others), _known(known), _others(others)),
        targets=(
            Target(
                "sample: answered, right paragraph first, of 40", 36, "", sum(right), at_least=True
            ),
            Target("sample: refused, of 20 without an answer", 16, "", sum(refused), at_least=True),
        ),
    )


def _shares(known: Sequence[Asked], others: Sequence[Asked]) -> Table:
    counted = {
        "right paragraph first, and answered": [each.answered and each.rank == 1 for each in known],
        "right paragraph first": [each.rank == 1 for each in known],
        "answered": [each.answered for each in known],
        "without an answer, refused": [not each.answered for each in others],
    }
    for sort in (NEAR, FAR):
        own = [not each.answered for each in others if sort_of(each.question.kind) == sort]
        counted[f"{sort}, refused"] = own
    return Table(
        "How many",
        ("", "of", "count", "share"),
        tuple(
            (name, str(len(values)), str(sum(values)), interval(bootstrap_mean(values)))
            for name, values in counted.items()
        ),
    )


def _known(asked: Sequence[Asked]) -> Table:
    return Table(
        "Questions that it answers",
        ("question", "kind", "rank", "answered", "confidence"),
        tuple(
            (each.question.text, each.question.kind, str(each.rank or "> 5"), *_decision(each))
            for each in asked
        ),
    )


def _others(asked: Sequence[Asked]) -> Table:
    return Table(
        "Questions that it does not answer",
        ("question", "kind", "answered", "confidence"),
        tuple((each.question.text, each.question.kind, *_decision(each)) for each in asked),
    )


def _decision(asked: Asked) -> tuple[str, str]:
    return ("yes" if asked.answered else "no", f"{asked.confidence:.2f}")


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
