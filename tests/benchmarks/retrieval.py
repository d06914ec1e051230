"""How often the right paragraph is found, by each search alone and by the product's fusion.

    python -m tests.benchmarks.retrieval [QUESTIONS.jsonl] [--releases FILE.jsonl.gz] [--data DIR]

Questions have ``id, question, answer (null where nothing answers), release_id, also, since, until,
previous (an id)``. A hit is a paragraph that holds the answer's words, in a right release; a
question that follows up another is put behind it. The index is built in ``--data`` over the
newsrooms of `NEWSROOMS` if it is not there yet; its build is timed.
"""

import argparse
import gzip
import json
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import SentenceTransformerEncoder
from embeddings.models import find_model
from retrieval.archive import Archive
from retrieval.catalogue import Filter
from retrieval.index import Index
from retrieval.question import Question
from retrieval.search import search
from retrieval.terms import terms
from retrieval.vectors import top_k

SHARED = Path(__file__).parents[3] / "shared"
NEWSROOMS = (
    "norcross.house.gov",
    "lofgren.house.gov",
    "www.hoeven.senate.gov",
    "www.duckworth.senate.gov",
    "www.bennet.senate.gov",
    "www.fischer.senate.gov",
)
_DEPTH = 100  # paragraphs ranked for a question
_RRF = 60  # Cormack, Clarke and Büttcher 2009

Place = tuple[int, int]
"""Release number and paragraph number."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the places of its answer; none where nothing answers it."""

    kind: str
    question: Question
    right: frozenset[Place]


def read_questions(path: Path, index: Index) -> list[Asked]:
    """Read a question file and look up where its answers stand."""
    rows = {row["id"]: row for row in map(json.loads, path.read_text("utf-8").splitlines())}
    asked = []
    for row in rows.values():
        previous = rows.get(row.get("previous"))
        text = f"{previous['question']} {row['question']}" if previous else row["question"]
        question = Question(text, _day(row.get("since")), _day(row.get("until")), limit=_DEPTH)
        right = frozenset(_places(row, index)) if row["answer"] else frozenset[Place]()
        if row["answer"] and not right:
            print(f"{row['id']}: the answer stands nowhere in the index; left out")
            continue
        asked.append(Asked(row["kind"], question, right))
    return asked


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _places(row: dict[str, Any], index: Index) -> Iterator[Place]:
    answer = _plain(row["answer"])
    for id in (row["release_id"], *row.get("also", [])):
        if heading := index.catalogue.find(id):
            for number, text in enumerate(index.catalogue.paragraphs(heading.number), start=1):
                if answer in _plain(text):
                    yield heading.number, number


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


Rank = Callable[[Question], Sequence[Place]]


class Methods:
    """The product's search and, over the same index, each of its parts."""

    def __init__(self, index: Index, encoder: SentenceTransformerEncoder) -> None:
        self._index = index
        self._encoder = encoder

    def dense(self, question: Question) -> Sequence[Place]:
        """Cosine of question and passage under its title."""
        return self._places(self._dense(question))

    def lexical(self, question: Question) -> Sequence[Place]:
        """BM25 over title, author and passage."""
        return self._places(self._lexical(question))

    def rrf(self, question: Question) -> Sequence[Place]:
        """Reciprocal rank fusion of the two."""
        total = np.zeros(len(self._index.vectors), dtype=np.float32)
        for scores in (self._dense(question), self._lexical(question)):
            order = np.argsort(-scores, kind="stable")
            ranks = np.empty_like(order)
            ranks[order] = np.arange(len(order))
            total += np.where(np.isfinite(scores), 1 / (_RRF + ranks + 1), -np.inf)
        return self._places(total)

    def fusion(self, question: Question) -> Sequence[Place]:
        """What Verbatim does."""
        hits = search(self._index, self._encoder, question)
        return [(hit.release, hit.paragraph) for hit in hits]

    def _dense(self, question: Question) -> NDArray[np.float32]:
        vector = self._encoder.encode_queries([question.text])[0]
        return self._index.vectors.scores(vector, self._allowed(question))

    def _lexical(self, question: Question) -> NDArray[np.float32]:
        scores = self._index.lexical.scores(terms(question.text))
        allowed = self._allowed(question)
        return scores if allowed is None else np.where(allowed, scores, -np.inf)

    def _allowed(self, question: Question) -> NDArray[np.bool_] | None:
        return self._index.rows(Filter(question.since, question.until))

    def _places(self, scores: NDArray[np.float32]) -> Sequence[Place]:
        rows = top_k(scores, 2 * _DEPTH)
        places = ((int(a), int(b)) for a, b in self._index.passages[rows])
        return list(dict.fromkeys(places))[:_DEPTH]


def report_ranks(name: str, rank: Rank, asked: Sequence[Asked]) -> None:
    """Print hit@k and MRR over paragraphs, and hit@k over releases, of one method."""
    first, release = [], []
    for each in asked:
        ranking = rank(each.question)
        first.append(_first(place in each.right for place in ranking))
        releases = dict.fromkeys(number for number, _ in ranking)
        wanted = {number for number, _ in each.right}
        release.append(_first(number in wanted for number in releases))
    hits = [sum(rank <= k for rank in first) / len(first) for k in (1, 3, 5, 10)]
    mrr = sum(1 / rank for rank in first) / len(first)
    found = [sum(rank <= k for rank in release) / len(release) for k in (1, 3)]
    print(f"{name:34}" + "".join(f"{value:8.3f}" for value in (*hits, mrr, *found)))


def _first(hits: Iterator[bool]) -> float:
    return next((rank for rank, hit in enumerate(hits, start=1) if hit), float("inf"))


def report_answers(archive: Archive, asked: Sequence[Asked]) -> None:
    """Print the share of questions that are answered, by kind, and how long an answer takes."""
    answered: dict[str, list[bool]] = {}
    milliseconds = []
    for each in asked:
        answer = archive.ask(each.question)
        kind = "answerable" if each.right else each.kind
        answered.setdefault(kind, []).append(answer.answered)
        milliseconds.append(answer.milliseconds)
    for kind, values in answered.items():
        print(f"answered, {kind}: {sum(values) / len(values):.3f} of {len(values)}")
    print(f"question to answer, warm: median {statistics.median(milliseconds):.1f} ms")


def _built(archive: Archive, releases: Path, data: Path) -> None:
    """Build the index over `NEWSROOMS`, unless it is there."""
    if (data / "CURRENT").exists():
        return
    data.mkdir(parents=True, exist_ok=True)
    source = data / "newsrooms.jsonl"
    with gzip.open(releases, "rt", encoding="utf-8") as lines:
        chosen = [line for line in lines if json.loads(line)["domain"] in NEWSROOMS]
    source.write_text("".join(chosen), encoding="utf-8")
    started = time.perf_counter()
    report = archive.reindex([source])
    print(f"indexed {report.releases:,} releases in {time.perf_counter() - started:.0f} s")


def main() -> None:
    """Build what is missing, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("questions", nargs="?", type=Path, default=SHARED / "qa/questions.jsonl")
    parser.add_argument("--releases", type=Path, default=SHARED / "releases/congress.jsonl.gz")
    parser.add_argument("--data", type=Path, default=Path(".cache/benchmarks/newsrooms"))
    arguments = parser.parse_args()
    encoder = SentenceTransformerEncoder(find_model())
    archive = Archive(arguments.data, encoder)
    _built(archive, arguments.releases, arguments.data)
    asked = read_questions(arguments.questions, archive.index)
    answerable = [each for each in asked if each.right]
    methods = Methods(archive.index, encoder)
    print(f"{len(answerable)} answerable questions, {archive.index.manifest.passages:,} passages\n")
    columns = ("hit@1", "@3", "@5", "@10", "MRR", "rel@1", "rel@3")
    print(f"{'':34}" + "".join(f"{column:>8}" for column in columns))
    report_ranks("dense, title and paragraph", methods.dense, answerable)
    report_ranks("BM25, title, author, paragraph", methods.lexical, answerable)
    report_ranks("RRF of the two", methods.rrf, answerable)
    report_ranks("Verbatim", methods.fusion, answerable)
    print()
    report_answers(archive, asked)


if __name__ == "__main__":
    main()
