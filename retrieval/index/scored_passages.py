"""Which passages of an index are searched, and what is found."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retrieval.release import Filter


@dataclass(frozen=True, slots=True)
class Selection:
    """Which passages may be found.

    Those of releases that ``filter`` lets through, whose paragraphs hold each of the ``phrases``
    word for word, whatever the case, accents and punctuation. Passages that recur through their
    newsrooms' releases and answer nothing are among them only if they hold a phrase: whoever quotes
    them means them.
    """

    filter: Filter = field(default_factory=Filter)
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoredPassages:
    """n passages, each in a row, with their scores for a question, ascending by row.

    Attributes:
        rows: (n,) intp: what names each passage in its generation. Rows are in the order of
            release, paragraph and start.
        releases: (n,) int32: the number of the release of each.
        cosine: (n,) float32: of the question's vector and its own.
        bm25: (n,) float32: its BM25 score over the sum of the question's idf.
    """

    rows: NDArray[np.intp]
    releases: NDArray[np.int32]
    cosine: NDArray[np.float32]
    bm25: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.rows)

    def mean(self, cosine: float) -> NDArray[np.float32]:
        """(n,) float32: the mean of cosine and BM25, in which ``cosine`` weighs the former."""
        return np.float32(cosine) * self.cosine + np.float32(1 - cosine) * self.bm25

    def joined(self, other: "ScoredPassages") -> "ScoredPassages":
        """These and others, each once."""
        rows, first = np.unique(np.concatenate([self.rows, other.rows]), return_index=True)
        return ScoredPassages(
            rows,
            np.concatenate([self.releases, other.releases])[first],
            np.concatenate([self.cosine, other.cosine])[first],
            np.concatenate([self.bm25, other.bm25])[first],
        )
