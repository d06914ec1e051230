"""Question files with their archives, which several benchmarks ask: newsrooms and companies."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from retrieval.archive import Archive
from tests.benchmarks import companies, retrieval
from tests.benchmarks.archives import Builder, Row, read_rows
from tests.benchmarks.parts import Options


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A question file, the data folder that it is asked of, and the day on which it is asked.

    ``releases`` is the file that the archive was built from, if it is known.
    """

    name: str
    questions: Path
    data: Path
    today: date
    releases: Path | None = None

    def open(self, using: Builder) -> Archive:
        return using.open(self.data, self.today)

    def release_rows(self) -> list[Row]:
        """Return the releases of the archive; none if the file is not known."""
        return [*read_rows(self.releases)] if self.releases else []


def standard_sets(options: Options, using: Builder) -> tuple[QuestionSet, ...]:
    """Return the sets that quality is reported on, their archives built if they are missing."""
    newsrooms = retrieval.newsrooms_file(options)
    using.build(options.data, newsrooms, retrieval.TODAY)
    companies.build(options, using)
    return (
        QuestionSet("six newsrooms", options.questions, options.data, retrieval.TODAY, newsrooms),
        QuestionSet(
            "companies",
            companies.QUESTIONS,
            companies.folder(options),
            companies.TODAY,
            companies.source_file(options),
        ),
    )


def add_sets(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        nargs=3,
        action="append",
        default=[],
        metavar=("NAME", "QUESTIONS", "DATA"),
        help="a question file and an indexed data folder, instead of the standard sets",
    )


def named_sets(arguments: argparse.Namespace) -> tuple[QuestionSet, ...]:
    """Return the sets of the command line, if any."""
    given: Sequence[tuple[str, str, str]] = arguments.set
    return tuple(
        QuestionSet(name, Path(questions), Path(data), date.today())
        for name, questions, data in given
    )
