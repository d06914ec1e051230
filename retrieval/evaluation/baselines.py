"""Baselines over the same index: dense retrieval, BM25, and fusions of the two.

They filter by the dates and the newsroom of the question, but do not parse its text. A follow-up is
appended to the previous question.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder, Vectors
from embeddings.errors import VerbatimError
from retrieval.evaluation.embedding_cache import OnEmbedded, cached_vectors
from retrieval.evaluation.questions import DEPTH, ParagraphRef
from retrieval.index.bm25 import Bm25Index
from retrieval.index.folder_index import FolderIndex
from retrieval.index.scored_passages import Selection
from retrieval.question import MAX_CHARACTERS, Question
from retrieval.release import Filter
from retrieval.text.sentences import sentence_spans
from retrieval.text.tokens import terms, terms_of_many

FOLDER = "baselines"

DENSE = "dense, paragraph"
DENSE_TITLE = "dense, title + paragraph"
BM25 = "BM25, paragraph"
BM25_TITLE = "BM25, title, member, paragraph"
RRF = "RRF of the two, paragraph"
RRF_TITLE = "RRF of the two, with title"
Z_SCORED = "z-scored dense, sentence, BM25"
NAMES = (DENSE, DENSE_TITLE, BM25, BM25_TITLE, RRF, RRF_TITLE, Z_SCORED)

_RRF_K = 60
_DENSE_WEIGHT = 0.6

Scores = NDArray[np.float32]


class BaselinesUnavailable(VerbatimError):
    """Baselines are to be measured over an index that is not in a data folder."""

    def __init__(self) -> None:
        super().__init__(
            "baselines are measured over an index in a data folder, and VERBATIM_STORE names "
            "another one. Copy it: verbatim move --to FOLDER"
        )


@dataclass(frozen=True, slots=True)
class _Texts:
    """The texts that are embedded in addition to the index, each once.

    Attributes:
        unique: the texts.
        paragraphs: (n,) the number of the text of each row of the index.
        sentences: (s,) the number of the text of each sentence, row after row.
        starts: (n,) the position in ``sentences`` at which each row begins.
    """

    unique: tuple[str, ...]
    paragraphs: NDArray[np.intp]
    sentences: NDArray[np.intp]
    starts: NDArray[np.intp]


class Baselines:
    """Ranks by each of the methods `NAMES` over one index.

    The index has no vectors of sentences, nor of paragraphs without their titles. They are embedded
    at the first question and cached.

    Args:
        data: the data folder, which also gets the cache.
        index: an open generation in it.
        encoder: the model of the index.
        on_embedded: called with the progress of embedding.
    """

    def __init__(
        self,
        data: Path,
        index: FolderIndex,
        encoder: Encoder,
        on_embedded: OnEmbedded = lambda done, total: None,
    ) -> None:
        self._data = data
        self._index = index
        self._encoder = encoder
        self._on_embedded = on_embedded

    def rank(self, question: Question) -> Mapping[str, list[ParagraphRef]]:
        """Return by method the `DEPTH` best paragraphs for a question, best first."""
        text = question.text
        if question.previous:
            text = f"{question.previous[:MAX_CHARACTERS]} {text}"
        rows = self._rows(question)
        if not rows.size:
            return {name: [] for name in NAMES}
        scores = self._scores(text, rows)
        return {name: self._best_paragraphs(rows, scores[name]) for name in NAMES}

    def _scores(self, text: str, rows: NDArray[np.intp]) -> dict[str, Scores]:
        """Return by method the (r,) float32 scores of rows; ``-inf`` where it does not match."""
        query = self._encoder.encode_queries([text])[0]
        cosines = np.vecdot(self._vectors, query)
        dense = cosines[self._texts.paragraphs][rows]
        best_sentence = np.maximum.reduceat(cosines[self._texts.sentences], self._texts.starts)[
            rows
        ]
        titled = self._index.vectors.scores_of(query, rows)
        untitled_bm25 = self._untitled_bm25.scores(terms(text))[rows]
        titled_bm25 = self._index.bm25.scores(terms(text))[rows]
        mean_dense = (standardized(titled) + standardized(best_sentence)) / 2
        return {
            DENSE: dense,
            DENSE_TITLE: titled,
            BM25: _matches(untitled_bm25),
            BM25_TITLE: _matches(titled_bm25),
            RRF: reciprocal_rank_fusion(dense, _matches(untitled_bm25)),
            RRF_TITLE: reciprocal_rank_fusion(titled, _matches(titled_bm25)),
            Z_SCORED: _DENSE_WEIGHT * mean_dense + (1 - _DENSE_WEIGHT) * standardized(titled_bm25),
        }

    def _rows(self, question: Question) -> NDArray[np.intp]:
        newsroom = self._index.releases.newsroom(question.newsroom)
        searched = Selection(Filter(question.since, question.until, newsroom))
        allowed = self._index.rows_in(searched)
        return np.arange(len(self._index.passages)) if allowed is None else np.flatnonzero(allowed)

    def _best_paragraphs(self, rows: NDArray[np.intp], scores: Scores) -> list[ParagraphRef]:
        """Return the `DEPTH` best paragraphs, each by the best of its passages."""
        paragraphs: dict[ParagraphRef, None] = {}
        for position in np.argsort(-scores, kind="stable"):
            if len(paragraphs) == DEPTH or not np.isfinite(scores[position]):
                break
            release, paragraph = self._index.passages[rows[position], :2]
            paragraphs.setdefault((int(release), int(paragraph)))
        return list(paragraphs)

    @cached_property
    def _passage_texts(self) -> tuple[str, ...]:
        """The passage of each row, without its title."""
        return tuple(self._index.texts())

    @cached_property
    def _texts(self) -> _Texts:
        sentences = [
            [text[slice(*span)] for span in sentence_spans(text)] or [text]
            for text in self._passage_texts
        ]
        # Most paragraphs are one sentence, and many occur in several releases.
        numbers: dict[str, int] = {}
        for text in chain(self._passage_texts, chain.from_iterable(sentences)):
            numbers.setdefault(text, len(numbers))
        lengths = [len(each) for each in sentences]
        return _Texts(
            unique=tuple(numbers),
            paragraphs=np.array([numbers[text] for text in self._passage_texts], dtype=np.intp),
            sentences=np.array(
                [numbers[text] for each in sentences for text in each], dtype=np.intp
            ),
            starts=np.cumsum([0, *lengths[:-1]], dtype=np.intp),
        )

    @cached_property
    def _vectors(self) -> Vectors:
        folder = self._data / FOLDER / self._index.manifest.generation
        return cached_vectors(folder, self._texts.unique, self._encoder, self._on_embedded)

    @cached_property
    def _untitled_bm25(self) -> Bm25Index:
        return Bm25Index.build(terms_of_many(self._passage_texts))


def reciprocal_rank_fusion(*runs: Scores) -> Scores:
    """Return the (n,) float32 fusion of runs with k = 60 (Cormack, Clarke and Büttcher 2009).

    A score of ``-inf`` marks an item that a run did not retrieve, which then contributes 0 to it;
    an item that no run retrieved gets ``-inf``.
    """
    total = np.zeros(len(runs[0]), dtype=np.float32)
    for scores in runs:
        ranks = np.empty(len(scores), dtype=np.float32)
        ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
        total += np.where(np.isfinite(scores), 1 / (_RRF_K + ranks), 0).astype(np.float32)
    return _matches(total)


def standardized(scores: Scores) -> Scores:
    """Return the z-scores; all 0 if the scores do not differ."""
    deviation = float(scores.std()) or 1.0
    return np.asarray((scores - scores.mean()) / deviation, dtype=np.float32)


def _matches(scores: Scores) -> Scores:
    """Replace scores of 0, which mean that no term matches, by ``-inf``."""
    return np.where(scores > 0, scores, -np.inf).astype(np.float32)
