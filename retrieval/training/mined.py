"""The files of mined candidates: features by name, texts, labels and what the reader says.

A folder has ``candidates.npz`` (the columns of a `FeatureTable` over the candidates of all
questions, one after the other, and the number of candidates of each question as ``sizes``),
``questions.jsonl`` (everything else, one question a line, in the same order) and, once
`retrieval.training.score_candidates` has run, ``readings.npy``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.ranking.features import FEATURES, FeatureTable
from retrieval.training.examples import Positive
from retrieval.training.rows import read_rows, write_rows

_CANDIDATES, _QUESTIONS, _READINGS = "candidates.npz", "questions.jsonl", "readings.npy"


@dataclass(frozen=True)
class MinedQuestion:
    """A question with its n candidates.

    Attributes:
        question: the text that was searched for.
        kind: the kind given in the question file.
        newsroom: the newsroom that published the answer, or what comes nearest to one; empty if
            nothing does.
        archive: the kind of the archive.
        passages: the number of passages in it.
        features: one row per candidate.
        relevant: (n,) bool, whether each candidate answers.
        texts: the candidates in the form that the reader reads.
        titles: where the title begins in each of these texts: the encoder reads no more than what
            follows.
        paragraphs: (n,) the number of each candidate's paragraph within its release.
        releases: (n,) the number of each candidate's release.
        gold: the passages that answer, found or not, with the answer's place in each.
        gold_titles: where the title begins in these.
        member: in whose name the answer was published, if in anybody's.
        readings: (n, 2) float32, the reader's score and answers, NaN where it did not read; None if
            they have not been computed.
    """

    question: str
    kind: str
    newsroom: str
    archive: str
    passages: int
    features: FeatureTable
    relevant: NDArray[np.bool_]
    texts: Sequence[str]
    titles: Sequence[int]
    paragraphs: NDArray[np.intp]
    releases: NDArray[np.intp]
    gold: Sequence[Positive]
    gold_titles: Sequence[int]
    member: str = ""
    readings: NDArray[np.float32] | None = None


def write_mined(folder: Path, questions: Sequence[MinedQuestion]) -> None:
    """Write everything but the readings into a folder, which is created if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = {
        name: np.concatenate([each.features.columns[name] for each in questions])
        for name in FEATURES
    }
    np.savez(
        folder / _CANDIDATES,
        allow_pickle=False,
        sizes=np.array([len(each.texts) for each in questions]),
        **columns,
    )
    write_rows(folder / _QUESTIONS, map(_row, questions))


def read_mined(folder: Path) -> Iterator[MinedQuestion]:
    """Yield the questions of a folder, with their readings if there are any."""
    with np.load(folder / _CANDIDATES, allow_pickle=False) as stored:
        columns = {name: stored[name] for name in FEATURES}
        sizes = stored["sizes"].tolist()
    readings = np.load(folder / _READINGS) if (folder / _READINGS).exists() else None
    start = 0
    for size, row in zip(sizes, read_rows(folder / _QUESTIONS), strict=True):
        here = slice(start, start + size)
        start += size
        relevant = np.zeros(size, dtype=np.bool_)
        relevant[row["relevant"]] = True
        yield MinedQuestion(
            question=row["question"],
            kind=row["kind"],
            newsroom=row["newsroom"],
            archive=row["archive"],
            passages=row["passages"],
            features=FeatureTable({name: column[here] for name, column in columns.items()}),
            relevant=relevant,
            texts=row["texts"],
            titles=row["titles"],
            paragraphs=np.array(row["paragraphs"], dtype=np.intp),
            releases=np.array(row["releases"], dtype=np.intp),
            gold_titles=row["gold_titles"],
            member=row["member"],
            gold=[Positive(text, (start, end)) for text, start, end in row["gold"]],
            readings=None if readings is None else readings[here],
        )


def write_readings(folder: Path, readings: Sequence[NDArray[np.float32]]) -> None:
    """Write what the reader says of the candidates, (n, 2) float32 for each question."""
    np.save(folder / _READINGS, np.concatenate(readings))


def _row(mined: MinedQuestion) -> dict[str, Any]:
    return {
        "question": mined.question,
        "kind": mined.kind,
        "newsroom": mined.newsroom,
        "archive": mined.archive,
        "passages": mined.passages,
        "relevant": np.flatnonzero(mined.relevant).tolist(),
        "texts": list(mined.texts),
        "titles": list(mined.titles),
        "gold_titles": list(mined.gold_titles),
        "member": mined.member,
        "gold": [[each.text, *(each.span or (0, 0))] for each in mined.gold],
        "paragraphs": mined.paragraphs.tolist(),
        "releases": mined.releases.tolist(),
    }
