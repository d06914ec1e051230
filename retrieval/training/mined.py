"""The files of mined candidates: features by name, texts, labels and the reranker's scores.

A folder has ``candidates.npz`` (the columns of a `FeatureTable` over the candidates of all
questions, one after the other, their ``coverage``, and the number of candidates of each question as
``sizes``), ``questions.jsonl`` (everything else, one question a line, in the same order) and, once
`retrieval.training.score_candidates` has run, ``reranker.npy``.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.ranking.features import FEATURES, FeatureTable

_CANDIDATES, _QUESTIONS, _SCORES = "candidates.npz", "questions.jsonl", "reranker.npy"


@dataclass(frozen=True)
class MinedQuestion:
    """A question with its n candidates.

    Attributes:
        question: the text that was searched for.
        kind: the kind given in the question file.
        newsroom: the newsroom that published the answer; empty if nothing answers.
        passages: the number of passages in the archive.
        features: one row per candidate.
        coverage: (n, 2) float64, see `retrieval.ranking.confidence.coverage`.
        relevant: (n,) bool, whether each candidate answers.
        texts: the candidates in the form that the reranker reads.
        paragraphs: (n,) the number of each candidate's paragraph within its release.
        releases: (n,) the number of each candidate's release.
        sentences: those of the paragraph that answers, as "positives" and "negatives".
        scores: (n,) float32, the reranker's scores; None if they have not been computed.
    """

    question: str
    kind: str
    newsroom: str
    passages: int
    features: FeatureTable
    coverage: NDArray[np.float64]
    relevant: NDArray[np.bool_]
    texts: Sequence[str]
    paragraphs: NDArray[np.intp]
    releases: NDArray[np.intp]
    sentences: Mapping[str, Sequence[str]]
    scores: NDArray[np.float32] | None = None


def write_mined(folder: Path, questions: Sequence[MinedQuestion]) -> None:
    """Write everything but the scores into a folder, which is created if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = {
        name: np.concatenate([each.features.columns[name] for each in questions])
        for name in FEATURES
    }
    np.savez(
        folder / _CANDIDATES,
        allow_pickle=False,
        sizes=np.array([len(each.texts) for each in questions]),
        coverage=np.concatenate([each.coverage for each in questions]),
        **columns,
    )
    with (folder / _QUESTIONS).open("w", encoding="utf-8") as file:
        for each in questions:
            file.write(json.dumps(_row(each), ensure_ascii=False) + "\n")


def read_mined(folder: Path) -> Iterator[MinedQuestion]:
    """Yield the questions of a folder, with their scores if there are any."""
    with np.load(folder / _CANDIDATES, allow_pickle=False) as stored:
        columns = {name: stored[name] for name in FEATURES}
        sizes, coverage = stored["sizes"].tolist(), stored["coverage"]
    scores = np.load(folder / _SCORES) if (folder / _SCORES).exists() else None
    start = 0
    lines = (folder / _QUESTIONS).read_text("utf-8").splitlines()
    for size, line in zip(sizes, lines, strict=True):
        here = slice(start, start + size)
        start += size
        row = json.loads(line)
        relevant = np.zeros(size, dtype=np.bool_)
        relevant[row["relevant"]] = True
        yield MinedQuestion(
            question=row["question"],
            kind=row["kind"],
            newsroom=row["newsroom"],
            passages=row["passages"],
            features=FeatureTable({name: column[here] for name, column in columns.items()}),
            coverage=coverage[here],
            relevant=relevant,
            texts=row["texts"],
            paragraphs=np.array(row["paragraphs"], dtype=np.intp),
            releases=np.array(row["releases"], dtype=np.intp),
            sentences=row["sentences"],
            scores=None if scores is None else scores[here],
        )


def write_scores(folder: Path, scores: Sequence[NDArray[np.float32]]) -> None:
    """Write the reranker's scores of the candidates, (n,) float32 for each question."""
    np.save(folder / _SCORES, np.concatenate(scores))


def _row(mined: MinedQuestion) -> dict[str, Any]:
    return {
        "question": mined.question,
        "kind": mined.kind,
        "newsroom": mined.newsroom,
        "passages": mined.passages,
        "relevant": np.flatnonzero(mined.relevant).tolist(),
        "texts": list(mined.texts),
        "sentences": dict(mined.sentences),
        "paragraphs": mined.paragraphs.tolist(),
        "releases": mined.releases.tolist(),
    }
