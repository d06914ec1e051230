"""Fits the weights of ``retrieval.confidence``, compares those of the fusion, and prints both.

    python -m tests.benchmarks.fit_confidence [--shared DIR] [--data DIR]

The archive is the releases of ``qa/training_questions.jsonl`` and 1,500 more of the same newsrooms.
Answerable questions are asked of archives of 1, 3, 10, 60 and all of its releases that hold the
right one; the same questions of archives that lack it; and questions from ``qa/reading`` about
other subjects. None of this touches ``qa/questions.jsonl``, which quality is reported on.
"""

import argparse
import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from embeddings.encoder import SentenceTransformerEncoder, Vectors
from embeddings.models import find_model
from retrieval.archive import Archive
from retrieval.index import Index
from retrieval.lexical import LexicalIndex
from retrieval.search import DENSE_WEIGHT
from retrieval.terms import terms

SHARED = Path(__file__).parents[3] / "shared"
_SIZES = (1, 3, 10, 60)  # releases in a small archive
_OTHERS = 1500
_OFF_SUBJECT = 600
_SEED = 5


@dataclass(frozen=True, slots=True)
class Case:
    """One question asked of one archive: the evidence, and whether the archive holds the answer."""

    kind: str
    size: int
    evidence: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Corpus:
    """The rows of an index with their terms, so that smaller archives can be cut out of it."""

    vectors: Vectors
    terms: Sequence[list[str]]
    lexical: LexicalIndex
    rows_of: dict[str, NDArray[np.intp]]

    @classmethod
    def of(cls, index: Index) -> "Corpus":
        headings = {each.number: each for each in index.catalogue.headings()}
        documents: list[list[str]] = []
        for release, paragraph in index.passages.tolist():
            heading = headings[release]
            text = index.catalogue.paragraph_texts([(release, paragraph)])[release, paragraph]
            documents.append(terms(f"{heading.title}\n{heading.author or ''}\n{text}"))
        rows_of = {
            heading.id: np.flatnonzero(index.release_of == number)
            for number, heading in headings.items()
        }
        return cls(np.array(index.vectors.vectors), documents, index.lexical, rows_of)

    def evidence(
        self, question: str, vector: NDArray[np.float32], ids: Sequence[str]
    ) -> tuple[float, float, float]:
        """Cosine and coverage of the best passage among some releases, and their log count."""
        rows = np.concatenate([self.rows_of[id] for id in ids])
        if len(ids) > max(_SIZES):  # nearly all: its statistics are those of all
            lexical, scored = self.lexical, rows
        else:
            lexical, scored = LexicalIndex.build([self.terms[row] for row in rows]), slice(None)
        weights = {term: lexical.idf(term) for term in terms(question)}
        total = sum(weights.values()) or 1.0
        cosines = self.vectors[rows] @ vector
        bm25 = lexical.scores([*weights])[scored]
        scores = DENSE_WEIGHT * cosines + (1 - DENSE_WEIGHT) * bm25 / total
        best = int(np.argmax(scores))
        held = set(self.terms[rows[best]])
        coverage = sum(weight for term, weight in weights.items() if term in held) / total
        return float(cosines[best]), coverage, float(np.log(len(rows)))


def cases(
    corpus: Corpus,
    encoder: SentenceTransformerEncoder,
    training: Sequence[dict[str, Any]],
    off_subject: Sequence[str],
) -> Iterator[Case]:
    """Every question asked of archives of every size, with and without its release."""
    chance = random.Random(_SEED)
    ids = list(corpus.rows_of)
    vectors = encoder.encode_queries([row["question"] for row in training])
    off_vectors = encoder.encode_queries(off_subject)
    for size in (*_SIZES, len(ids)):
        for row, vector in zip(training, vectors, strict=True):
            right = row["release_id"]
            others = [id for id in chance.sample(ids, min(size + 1, len(ids))) if id != right]
            question = row["question"]
            with_it = [right, *others[: size - 1]]
            yield Case("answerable", size, corpus.evidence(question, vector, with_it))
            yield Case("near", size, corpus.evidence(question, vector, others[:size]))
        for question, vector in zip(off_subject, off_vectors, strict=True):
            some = chance.sample(ids, min(size, len(ids)))
            yield Case("far", size, corpus.evidence(question, vector, some))


def fit(found: Sequence[Case]) -> None:
    """Fit the logistic rule; print its weights and what it lets through at its threshold."""
    evidence = np.array([case.evidence for case in found])
    kinds = np.array([case.kind for case in found])
    sizes = np.array([case.size for case in found])
    # A near miss may hold the answer after all (joint releases): it counts half.
    weights = np.where(kinds == "near", 0.5, 1.0)
    rule = LogisticRegression(C=1000, max_iter=10_000)
    rule.fit(evidence, kinds == "answerable", sample_weight=weights)
    probability = rule.predict_proba(evidence)[:, 1]
    largest = sizes == sizes.max()
    threshold = np.quantile(probability[largest & (kinds == "answerable")], 0.10)
    cosine, coverage, passages = rule.coef_[0]
    print(
        f"bias {rule.intercept_[0]:.2f}, cosine {cosine:.2f}, coverage {coverage:.2f}, "
        f"log passages {passages:.2f}, threshold {threshold:.2f}"
    )
    print("answered:  releases  answerable    near     far")
    for size in np.unique(sizes):
        shares = [
            np.mean(probability[(sizes == size) & (kinds == kind)] >= threshold)
            for kind in ("answerable", "near", "far")
        ]
        print(f"{size:19}" + "".join(f"{share:12.3f}" for share in shares))


def compare_fusions(index: Index, encoder: SentenceTransformerEncoder, path: Path) -> None:
    """Print the MRR of the right paragraph for some weights of the dense score."""
    questions = [row["question"] for row in _rows(path)]
    vectors = encoder.encode_queries(questions)
    places = [(row["release_id"], row["paragraph"]) for row in _rows(path)]
    reciprocal: dict[float, list[float]] = {weight: [] for weight in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)}
    for question, vector, (id, paragraph) in zip(questions, vectors, places, strict=True):
        heading = index.catalogue.find(id)
        assert heading is not None
        right = (index.passages == (heading.number, paragraph)).all(axis=1)
        query = terms(question)
        total = sum(index.lexical.idf(term) for term in set(query)) or 1.0
        dense, lexical = index.vectors.scores(vector), index.lexical.scores(query) / total
        for weight, values in reciprocal.items():
            scores = weight * dense + (1 - weight) * lexical
            values.append(1 / (1 + int((scores > scores[right].max()).sum())))
    for weight, values in reciprocal.items():
        print(f"dense weight {weight:.1f}: MRR {np.mean(values):.3f}")


def main() -> None:
    """Build the archive if it is not there, then fit."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--data", type=Path, default=Path(".cache/benchmarks/training"))
    arguments = parser.parse_args()
    training = _rows(arguments.shared / "qa/training_questions.jsonl")
    encoder = SentenceTransformerEncoder(find_model())
    archive = Archive(arguments.data, encoder)
    if not (arguments.data / "CURRENT").exists():
        source = arguments.data / "releases.jsonl"
        _choose(arguments.shared / "releases/congress.jsonl.gz", training, source)
        archive.reindex([source])
    with gzip.open(arguments.shared / "qa/reading/questions.jsonl.gz", "rt", encoding="utf-8") as f:
        questions = [json.loads(line)["question"] for line in f]
    off_subject = random.Random(_SEED).sample(questions, _OFF_SUBJECT)
    compare_fusions(archive.index, encoder, arguments.shared / "qa/training_questions.jsonl")
    fit(list(cases(Corpus.of(archive.index), encoder, training, off_subject)))


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _choose(releases: Path, training: Sequence[dict[str, Any]], path: Path) -> None:
    """Write the releases that the questions are about, and some more of the same newsrooms."""
    wanted = {row["release_id"] for row in training}
    with gzip.open(releases, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    newsrooms = {row["domain"] for row in rows if row["id"] in wanted}
    others = [row for row in rows if row["domain"] in newsrooms and row["id"] not in wanted]
    chosen = [row for row in rows if row["id"] in wanted]
    chosen += random.Random(_SEED).sample(others, _OTHERS)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in chosen), encoding="utf-8")


if __name__ == "__main__":
    main()
