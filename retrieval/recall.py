"""How many of the true nearest a vector store finds, by questions taken from the releases."""

from collections.abc import Sequence
from itertools import chain

import numpy as np

from embeddings.encoder import Encoder, Vectors
from retrieval.release import Release
from retrieval.sentences import sentence_spans
from retrieval.vectors import VectorStore

LEAST_RECALL = 0.99  # of the ten nearest: a store that finds fewer is not used

_NEAREST = 10
_SAMPLE = 200  # questions, half of them titles and half sentences
_TOGETHER = 20  # searched for in one scan
_ROUNDING = 1e-6  # between cosines of one row


def sample_questions(releases: Sequence[Release], encoder: Encoder) -> Vectors:
    """(m, d) float32: titles and sentences of releases from all times, encoded as questions."""
    step = max(1, len(releases) * 2 // _SAMPLE)
    texts = chain.from_iterable((release.title, _sentence(release)) for release in releases[::step])
    return encoder.encode_queries([text for text in texts if text.strip()])


def _sentence(release: Release) -> str:
    """The first sentence of a paragraph from the middle."""
    middle = release.paragraphs[len(release.paragraphs) // 2]
    spans = sentence_spans(middle)
    return middle[slice(*spans[0])] if spans else middle


def recall(store: VectorStore, exact: VectorStore, queries: Vectors) -> float:
    """The share, in 0..1, of the ten nearest rows of each query that ``store`` finds.

    A row that is as near as the tenth counts, whichever of them it is.
    """
    found = []
    for start in range(0, len(queries), _TOGETHER):
        some = queries[start : start + _TOGETHER]
        _, nearest = exact.top(some, _NEAREST)
        _, scores = store.top(some, _NEAREST)
        found.append((scores >= nearest[:, -1:] - _ROUNDING).mean(axis=1))
    return float(np.concatenate(found).mean()) if found else 1.0
