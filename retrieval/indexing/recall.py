"""How many of the nearest passages a vector store finds, measured when an index is built."""

from collections.abc import Sequence
from itertools import chain

import numpy as np

from embeddings.encoder import Encoder, Vectors
from retrieval.index.vectors import VectorStore
from retrieval.release import Release
from retrieval.text.sentences import sentence_spans

MIN_RECALL = 0.99  # of the nearest: an approximate store that finds fewer is not used

_NEAREST = 10
_QUERIES = 200  # half of them titles and half sentences
_AT_ONCE = 20  # queries of one scan
_ROUNDING = 1e-6  # between cosines of one row


def sample_queries(releases: Sequence[Release], encoder: Encoder) -> Vectors:
    """(m, d) float32: titles and sentences of releases from all times, encoded as queries."""
    step = max(1, len(releases) * 2 // _QUERIES)
    texts = chain.from_iterable((each.title, _sentence(each)) for each in releases[::step])
    return encoder.encode_queries([text for text in texts if text.strip()])


def _sentence(release: Release) -> str:
    """The first sentence of the paragraph in the middle."""
    middle = release.paragraphs[len(release.paragraphs) // 2]
    spans = sentence_spans(middle)
    return middle[slice(*spans[0])] if spans else middle


def recall(store: VectorStore, exact: VectorStore, queries: Vectors) -> float:
    """The share, in 0..1, of the ten nearest rows of each query that ``store`` finds.

    A row counts if it is as near as the tenth nearest of ``exact``, whichever row that is.
    """
    shares = []
    for start in range(0, len(queries), _AT_ONCE):
        block = queries[start : start + _AT_ONCE]
        _, nearest = exact.top(block, _NEAREST)
        _, scores = store.top(block, _NEAREST)
        shares.append((scores >= nearest[:, -1:] - _ROUNDING).mean(axis=1))
    return float(np.concatenate(shares).mean()) if shares else 1.0
