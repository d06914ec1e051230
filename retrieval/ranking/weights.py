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
    "cosine": 13.0468,
    "bm25": 6.0000,
    "release": 19.6503,
    "beyond": 4.7413,
    "number": 1.5611,
    "quotation": 0.7213,
    "speaker": 0.8320,
    "named": 2.8468,
    "dated": 2.0591,
    "recency": 3.0000,
    "cited": 2.4909,
}
"""Weights of the features for choosing what to rerank, and for ranking without a reranker."""

RERANKED: Mapping[str, float] = {
    "cosine": 5.1013,
    "bm25": 6.0000,
    "release": 12.0078,
    "beyond": 1.2387,
    "number": 0.0326,
    "quotation": 0.6586,
    "speaker": 0.4531,
    "named": 1.4327,
    "dated": 1.1454,
    "recency": 3.0000,
    "cited": 2.0085,
    "reranker": 0.7540,
    "answers": 0.0000,
}
"""Of the same features and the reranker's score."""

CONFIDENCE: Mapping[str, float] = {
    "bias": -6.1473,
    "reranker": 0.3141,
    "any": -0.0199,
    "lead": 0.4202,
    "passages": -0.1048,
    "covered": 4.3668,
    "within": 3.8286,
    "cosine": 3.9736,
    "bm25": -2.4263,
    "beyond": -4.1658,
    "number": -0.4226,
    "quotation": 0.2975,
    "speaker": 0.2177,
    "named": 0.9432,
}
"""Of `retrieval.ranking.confidence.SIGNALS`, with a reranker."""

CONFIDENCE_UNREAD: Mapping[str, float] = {
    "bias": -7.4130,
    "reranker": 0.0000,
    "any": 0.0000,
    "lead": 0.4986,
    "passages": -0.0773,
    "covered": 7.0732,
    "within": 4.3191,
    "cosine": 4.9773,
    "bm25": -7.3924,
    "beyond": -3.4725,
    "number": 0.4115,
    "quotation": 0.2601,
    "speaker": 0.0165,
    "named": 1.0631,
}
"""The same without one."""

THRESHOLD = 0.20
"""The confidence that nine of ten answerable questions reach over two thousand releases."""

NEAR_THRESHOLD = 0.03
"""The confidence from which passages that do not answer are near enough to be shown."""

PASSAGE = (-8.7401, 0.5131)
PASSAGE_UNRERANKED = (-10.4175, 0.3395)
"""Bias and slope that turn a passage's score into a probability, with a reranker and without."""

SOURCE_THRESHOLD, SOURCE_THRESHOLD_UNRERANKED = 0.25, 0.075
"""That probability, with a reranker and without, from which a passage says what a message says.

Of sentences of other newsrooms two in a hundred come so near (docs/retrieval.md).
"""
