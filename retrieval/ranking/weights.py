"""All weights of the ranking and of the decision to answer, by the name of what they weigh.

They are printed by ``python -m retrieval.training.fit_ranking`` and ``fit_confidence``; see
docs/retrieval.md for what they were fitted on.
"""

from collections.abc import Mapping

COSINE = 0.6
"""Weight of the cosine when it is averaged with BM25 for the initial score."""

RELEASE = 1.0
"""Weight of a release's best row in the initial score of its other rows."""

FIRST_STAGE: Mapping[str, float] = {
    "cosine": 18.0155,
    "bm25": 6.2112,
    "release": 13.5822,
    "beyond": 3.2586,
    "number": 0.8543,
    "quotation": 0.4799,
    "speaker": 0.7355,
    "named": 1.7153,
    "dated": 1.9412,
    "recency": 3.0000,
    "cited": 2.0000,
}
"""Weights of the features for choosing what to rerank, and for ranking without a reranker."""

RERANKED: Mapping[str, float] = {
    "cosine": 9.3381,
    "bm25": 9.1000,
    "release": 17.0000,
    "beyond": 0.0000,
    "number": 0.0000,
    "quotation": 0.3932,
    "speaker": 0.4034,
    "named": 1.3000,
    "dated": 0.9561,
    "recency": 3.0000,
    "cited": 2.0000,
    "reranker": 0.3804,
    "answers": 0.4499,
}
"""Of the same features, and of the reranker's score and answers.

``bm25``, ``release`` and ``named`` are above the fitted 6.0, 12.4 and 0.6: the questions of the fit
avoid the words of the releases more than people do (docs/retrieval.md).
"""

CONFIDENCE: Mapping[str, float] = {
    "bias": -1.3297,
    "score": 0.3097,
    "any": 0.2845,
    "cosine": 3.3813,
    "passages": -0.1464,
}
"""Of `retrieval.ranking.confidence.SIGNALS`, where a reader tells what answers."""

CONFIDENCE_UNREAD: Mapping[str, float] = {
    "bias": -2.6298,
    "score": 0.0000,
    "any": 0.0000,
    "cosine": 6.9485,
    "passages": -0.0873,
}
"""The same where none does."""

THRESHOLD = 0.25
"""The confidence that nine of ten answerable questions reach, over archives of every size."""

NEAR_THRESHOLD = 0.01
"""The confidence from which passages that do not answer are near enough to be shown."""

PASSAGE = (-6.9374, 0.3632)
PASSAGE_UNREAD = (-7.1268, 0.2967)
"""Bias and slope that turn a passage's score into a probability, with a reranker and without."""

SOURCE_THRESHOLD, SOURCE_THRESHOLD_UNRERANKED = 0.18, 0.15
"""That probability, with a reranker and without, from which a passage says what a message says.

Of sentences of other newsrooms two in a hundred come so near (docs/retrieval.md).
"""
