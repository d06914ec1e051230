"""Simple methods over the same index, for comparison: dense, BM25, and fusions of the two.

They filter by the given dates only, and put a follow-up behind the question before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder, Vectors
from retrieval.evaluation.embedding_cache import OnEmbedded, embedded
from retrieval.evaluation.questions import DEPTH, ParagraphRef
from retrieval.index.bm25 import Bm25Index
from retrieval.index.index import Index
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

_RRF = 60
_DENSE_SHARE = 0.6

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Texts:
    """What is embedded beside the index: each different text once.

    ``paragraphs`` is (n,), the text of each row of the index; ``sentences`` is (s,), the text of
    each sentence, row after row; ``starts`` is (n,), where the sentences of each row begin.
    """

    different: tuple[str, ...]
    paragraphs: NDArray[np.intp]
    sentences: NDArray[np.intp]
    starts: NDArray[np.intp]


class Baselines:
    """The methods over one index, by name.

    What the index has no vectors of, bare paragraphs and sentences, is embedded at the first
    question and kept in ``data``; ``on_embedded`` is told how far that is.
    """

    def __init__(
        self,
        data: Path,
        index: Index,
        encoder: Encoder,
        on_embedded: OnEmbedded = lambda done, total: None,
    ) -> None:
        self._data = data
        self._index = index
        self._encoder = encoder
        self._on_embedded = on_embedded

    def rank(self, question: Question) -> Mapping[str, list[ParagraphRef]]:
        """The best paragraphs for a question by each method of `NAMES`, best first."""
        text = question.text
        if question.previous:
            text = f"{question.previous[:MAX_CHARACTERS]} {text}"
        rows = self._rows(question)
        if not rows.size:
            return {name: [] for name in NAMES}
        scores = self._scores(text, rows)
        return {name: self._places(rows, scores[name]) for name in NAMES}

    def _scores(self, text: str, rows: NDArray[np.intp]) -> dict[str, Scores]:
        """By method the (r,) float32 scores of the rows; ``-inf`` for what it does not find."""
        query = self._encoder.encode_queries([text])[0]
        cosines = np.vecdot(self._vectors, query)
        dense = cosines[self._texts.paragraphs][rows]
        best = np.maximum.reduceat(cosines[self._texts.sentences], self._texts.starts)[rows]
        titled = self._index.vectors.scores_of(query, rows)
        bare_terms = self._bare_lexical.scores_of(terms(text), rows)
        titled_terms = self._index.bm25.scores_of(terms(text), rows)
        dense_share = (standardised(titled) + standardised(best)) / 2
        return {
            DENSE: dense,
            DENSE_TITLE: titled,
            BM25: _found(bare_terms),
            BM25_TITLE: _found(titled_terms),
            RRF: reciprocal_ranks(dense, _found(bare_terms)),
            RRF_TITLE: reciprocal_ranks(titled, _found(titled_terms)),
            Z_SCORED: _DENSE_SHARE * dense_share + (1 - _DENSE_SHARE) * standardised(titled_terms),
        }

    def _rows(self, question: Question) -> NDArray[np.intp]:
        newsroom = self._index.releases.newsroom(question.newsroom)
        allowed = self._index.allowed_rows(Filter(question.since, question.until, newsroom))
        return np.arange(len(self._index.passages)) if allowed is None else np.flatnonzero(allowed)

    def _places(self, rows: NDArray[np.intp], scores: Scores) -> list[ParagraphRef]:
        """The `DEPTH` best paragraphs; of one in several passages the best stands for it."""
        places: dict[ParagraphRef, None] = {}
        for at in np.argsort(-scores, kind="stable"):
            if len(places) == DEPTH or not np.isfinite(scores[at]):
                break
            release, paragraph = self._index.passages[rows[at], :2]
            places.setdefault((int(release), int(paragraph)))
        return list(places)

    @cached_property
    def _rows_texts(self) -> tuple[str, ...]:
        """The passage of each row, without its title."""
        return tuple(self._index.texts())

    @cached_property
    def _texts(self) -> _Texts:
        of_rows = [
            [text[slice(*span)] for span in sentence_spans(text)] or [text]
            for text in self._rows_texts
        ]
        # Most paragraphs are one sentence, and many stand in several releases.
        numbers: dict[str, int] = {}
        for text in chain(self._rows_texts, chain.from_iterable(of_rows)):
            numbers.setdefault(text, len(numbers))
        lengths = [len(sentences) for sentences in of_rows]
        return _Texts(
            different=tuple(numbers),
            paragraphs=np.array([numbers[text] for text in self._rows_texts], dtype=np.intp),
            sentences=np.array([numbers[text] for each in of_rows for text in each], dtype=np.intp),
            starts=np.cumsum([0, *lengths[:-1]], dtype=np.intp),
        )

    @cached_property
    def _vectors(self) -> Vectors:
        folder = self._data / FOLDER / self._index.manifest.generation
        return embedded(folder, self._texts.different, self._encoder, self._on_embedded)

    @cached_property
    def _bare_lexical(self) -> Bm25Index:
        return Bm25Index.build(terms_of_many(self._rows_texts))


def reciprocal_ranks(*searches: Scores) -> Scores:
    """Reciprocal rank fusion with k = 60 (Cormack, Clarke and Büttcher 2009): (n,) float32.

    ``-inf`` in a search is what it did not find; it gets nothing for it, and ``-inf`` where no
    search found it.
    """
    total = np.zeros(len(searches[0]), dtype=np.float32)
    for scores in searches:
        ranks = np.empty(len(scores), dtype=np.float32)
        ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
        total += np.where(np.isfinite(scores), 1 / (_RRF + ranks), 0).astype(np.float32)
    return _found(total)


def standardised(scores: Scores) -> Scores:
    """Scores less their mean, in standard deviations; all 0 where they do not differ."""
    spread = float(scores.std()) or 1.0
    return np.asarray((scores - scores.mean()) / spread, dtype=np.float32)


def _found(scores: Scores) -> Scores:
    """Scores above 0; no shared term, no find."""
    return np.where(scores > 0, scores, -np.inf).astype(np.float32)
